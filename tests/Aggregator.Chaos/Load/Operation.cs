namespace Aggregator.Chaos.Load;

internal enum OperationKind
{
    /// <summary>Claims, for the first time.</summary>
    Claims,

    /// <summary>Claims that are there, with another figure.</summary>
    Correction,

    /// <summary>One claim is taken back.</summary>
    Retraction,
}

/// <summary>One thing that a sender does until it is acknowledged, or once if it gives up at the first failure.</summary>
/// <param name="number">Counts operations.</param>
/// <param name="kind">What is done.</param>
/// <param name="claims">With what claims.</param>
/// <param name="persists">Whether it is sent until it is acknowledged; otherwise it counts once or not at all.</param>
internal sealed class Operation(int number, OperationKind kind, ClaimSpec[] claims, bool persists)
{
    private volatile bool _isAcknowledged;

    public int Number => number;

    public OperationKind Kind => kind;

    public ClaimSpec[] Claims => claims;

    public bool Persists => persists;

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether senders may take it for acknowledged; the audit asks the journal.</summary>
    public bool IsAcknowledged => _isAcknowledged;

    /// <summary>Whether another operation speaks of the same claims already: one at a time, so that what is to be expected is plain.</summary>
    public bool IsTaken { get; set; }

    public string Ndjson => string.Join('\n', claims.Select(claim => claim.Json));

    public void Acknowledge() => _isAcknowledged = true;
}
