namespace Aggregator.Chaos.Load;

internal enum OperationKind
{
    /// <summary>Claims, for the first time.</summary>
    Claims,

    /// <summary>Claims that are there, with another figure.</summary>
    Correction,

    /// <summary>One claim is taken back.</summary>
    Retraction,

    /// <summary>A report whose claims the host finds.</summary>
    Report,

    /// <summary>A report that is there, with another text.</summary>
    Repost,
}

/// <summary>One thing that a sender does until it is acknowledged, or once if it gives up at the first failure.</summary>
/// <param name="number">Counts operations.</param>
/// <param name="kind">What is done.</param>
/// <param name="claims">With what claims.</param>
/// <param name="persists">Whether it is sent until it is acknowledged; otherwise it counts once or not at all.</param>
internal sealed class Operation(int number, OperationKind kind, ClaimSpec[] claims, bool persists)
{
    private volatile bool _isAcknowledged;
    private volatile ClaimSpec[] _claims = claims;

    public int Number => number;

    public OperationKind Kind => kind;

    /// <summary>Those of a report have no ids before a host was asked for them.</summary>
    public ClaimSpec[] Claims => _claims;

    /// <summary>The report that is sent; null where claims are.</summary>
    public ReportSpec? Report => _claims[0].Report;

    public bool HasIds => _claims[0].Id.Length > 0;

    /// <summary>The report whose text it takes the place of.</summary>
    public Operation? Replaces { get; init; }

    public bool Persists => persists;

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether senders may take it for acknowledged; the audit asks the journal.</summary>
    public bool IsAcknowledged => _isAcknowledged;

    /// <summary>When it was acknowledged.</summary>
    public DateTimeOffset AcknowledgedAt { get; private set; }

    /// <summary>Whether all its claims were said to be shown by every view, and the store has lost nothing since.</summary>
    public bool IsShown { get; set; }

    /// <summary>Whether another operation speaks of the same claims already: one at a time, so that what is to be expected is plain.</summary>
    public bool IsTaken { get; set; }

    public string Ndjson => string.Join('\n', Lines);

    public IEnumerable<string> Lines => _claims.Select(claim => claim.Json);

    public void Identify(ClaimSpec[] identified) => _claims = identified;

    public void Acknowledge(DateTimeOffset at)
    {
        AcknowledgedAt = at;
        _isAcknowledged = true;
    }
}
