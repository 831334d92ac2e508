namespace Aggregator.Domain.Claims;

/// <summary>A claim's identity: the source as sent (case folded) and the claim's id within it.</summary>
/// <param name="Source">The source's name as it was sent, folded; never what it resolved to, so identity outlives registry edits.</param>
/// <param name="Id">The sender's id, or one derived from the content (<see cref="ClaimIdentity"/>).</param>
public readonly record struct ClaimKey(string Source, string Id) : IComparable<ClaimKey>
{
    /// <inheritdoc/>
    public int CompareTo(ClaimKey other)
    {
        var bySource = string.CompareOrdinal(Source, other.Source);
        return bySource != 0 ? bySource : string.CompareOrdinal(Id, other.Id);
    }

    /// <summary>The form used in evidence lists: <c>source/id</c>.</summary>
    public override string ToString() => $"{Source}/{Id}";
}

/// <summary>A named actor, region or source: the registry id it resolved to, and the words as found.</summary>
/// <param name="Id">Registry id, canonical or provisional.</param>
/// <param name="Text">As sent, or as it stands in the report.</param>
public sealed record EntityRef(string Id, string Text);

/// <summary>UTF-16 offsets [start, end) into a report's text.</summary>
public readonly record struct TextSpan(int Start, int End);

/// <summary>The figure that a claim states.</summary>
public sealed record Figure
{
    /// <summary>What is counted.</summary>
    public required Item Item { get; init; }

    /// <summary>What happened to it.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>How many.</summary>
    public required Bounds Bounds { get; init; }

    /// <summary>One incident or a running total.</summary>
    public Basis Basis { get; init; } = Basis.Incident;

    /// <summary>First day of a running total; null joins the voice's earliest series (R7).</summary>
    public DateOnly? Since { get; init; }

    /// <summary>Day a running total is stated for; null = occurred.to, else the day of reportedAt (R7).</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>The words of the figure ("nearly 50 drones downed"); null if not given.</summary>
    public string? Phrase { get; init; }

    /// <summary>Formation, model or subgroup: part of the statement's key (R6); null for the whole.</summary>
    public string? Detail { get; init; }

    /// <summary>A stated correction of a running total, signed (R8); null if none is stated.</summary>
    public long? Correction { get; init; }

    /// <summary>Classes (<c>item</c> or <c>item/detail</c>) that this figure takes over (R16); empty if none.</summary>
    public IReadOnlyList<string> Supersedes { get; init; } = [];
}

/// <summary>The relation of a claim to another of the same report (R6).</summary>
/// <param name="To">The other claim, as <c>source/id</c>.</param>
/// <param name="Kind">How it relates.</param>
public sealed record Relation(string To, RelationKind Kind);

/// <summary>The document a claim was found in; every part may be unknown.</summary>
public sealed record ReportRef
{
    /// <summary>Where it was published.</summary>
    public string? Url { get; init; }

    /// <summary>Its headline.</summary>
    public string? Title { get; init; }

    /// <summary>A digest that near-identical texts share (R5).</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>
/// One atomic statement found in a report, validated and with its names resolved. Immutable: a correction is a new
/// claim of the same <see cref="Key"/> (R3). It has a figure, a control holder or an event.
/// </summary>
public sealed record Claim
{
    /// <summary>Identity (R2).</summary>
    public required ClaimKey Key { get; init; }

    /// <summary>Digest of the claim as sent, before any name was resolved (R2).</summary>
    public required UInt128 ContentHash { get; init; }

    /// <summary>The publisher.</summary>
    public required EntityRef Source { get; init; }

    /// <summary>First publisher, when known (R5).</summary>
    public EntityRef? Origin { get; init; }

    /// <summary>The document it was found in.</summary>
    public ReportRef? Report { get; init; }

    /// <summary>When the source published it, UTC.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>Who asserts it; null = the source's own voice.</summary>
    public EntityRef? Claimant { get; init; }

    /// <summary>Asserted, denied or confirmed.</summary>
    public Stance Stance { get; init; } = Stance.Asserts;

    /// <summary>What kind of event it tells of; null if only a figure or control is stated.</summary>
    public EventType? Event { get; init; }

    /// <summary>Who acted.</summary>
    public EntityRef? Initiator { get; init; }

    /// <summary>On whom; for a loss, the side that suffered it. Null = everyone (R14).</summary>
    public EntityRef? Target { get; init; }

    /// <summary>Where; null = the world (R14).</summary>
    public EntityRef? Region { get; init; }

    /// <summary>When it happened; null if not said.</summary>
    public Period? Occurred { get; init; }

    /// <summary>The figure stated, if any.</summary>
    public Figure? Figure { get; init; }

    /// <summary>Who holds <see cref="Region"/>, for a claim of control (R13).</summary>
    public EntityRef? Holder { get; init; }

    /// <summary>Relation to another claim of the report (R6).</summary>
    public Relation? Relates { get; init; }

    /// <summary>Admiralty information credibility, 1 (confirmed) to 6 (cannot be judged); null if not rated.</summary>
    public int? Credibility { get; init; }

    /// <summary>The words that carry the claim.</summary>
    public string? Quote { get; init; }

    /// <summary>Where <see cref="Quote"/> stands in the report's text; null for claims not extracted here.</summary>
    public TextSpan? Span { get; init; }

    /// <summary>Claims this one answers, as <c>source/id</c> (R12, R21).</summary>
    public IReadOnlyList<string> RefersTo { get; init; } = [];

    /// <summary>A global incident id, in place of the period in the statement's key (R6).</summary>
    public string? Incident { get; init; }

    /// <summary>Version of the claim under its key (R3); 0 if not given.</summary>
    public int Revision { get; init; }

    /// <summary>The claim as aggregates keep it: no fold looks at its words, and the log has them. Itself if it has none.</summary>
    public Claim WithoutWords() => this is { Quote: null, Span: null, Credibility: null, Report: null or { Title: null }, Figure: null or { Phrase: null } } ? this : this with
    {
        Quote = null,
        Span = null,
        Credibility = null,
        Report = Report is { Title: not null } report ? report with { Title = null } : Report,
        Figure = Figure is { Phrase: not null } figure ? figure with { Phrase = null } : Figure,
    };
}
