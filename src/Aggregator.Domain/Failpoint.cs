using Aggregator.Domain.Log;

namespace Aggregator.Domain;

/// <summary>
/// Moments between two steps of the protocol, at which a test ends or stops the process. Nothing happens at them unless a start-up
/// hook has put an <c>Action&lt;string, object?&gt;</c> into the application's data under <see cref="DataName"/> before the
/// host's own code ran; no setting can.
/// </summary>
public static class Failpoint
{
    /// <summary>Name of the data that holds what to do.</summary>
    public const string DataName = "Aggregator.Failpoint";

    /// <summary>A batch is sorted and encoded; its entry is not in the log.</summary>
    public const string BeforeAppend = "before-append";

    /// <summary>The entry is in the log; nobody has been answered, and neither index nor fan-out know of it.</summary>
    public const string AfterAppend = "after-append";

    /// <summary>An entity has answered a delta; others that the same entries touch may not have theirs.</summary>
    public const string MidFanOut = "mid-fan-out";

    /// <summary>All entities have everything that is in the log; not all of it is in their rows.</summary>
    public const string AfterApply = "after-apply";

    /// <summary>A checkpoint is saved.</summary>
    public const string AfterCheckpoint = "after-checkpoint";

    /// <summary>An entity is about to fold a record (the detail: the <see cref="LogRecord"/>).</summary>
    public const string Fold = "fold";

    /// <summary>Claims are about to be folded (the detail: the claims, of type <see cref="IReadOnlyCollection{T}"/> of <see cref="Ledger.Appearance"/>).</summary>
    public const string Claims = "claims";

    private static readonly Action<string, object?>? Hook = AppContext.GetData(DataName) as Action<string, object?>;

    /// <summary>The process has come to a moment.</summary>
    /// <param name="moment">One of the names above.</param>
    /// <param name="detail">What it is about, where the name says so.</param>
    public static void Reach(string moment, object? detail = null) => Hook?.Invoke(moment, detail);
}
