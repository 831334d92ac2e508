namespace Aggregator.Domain.Claims;

/// <summary>
/// A name in a draft: the words as sent or found and, where a stage has already resolved them, the registry id.
/// </summary>
/// <param name="Text">The words.</param>
/// <param name="Id">The id they stand for; null leaves it to the registry.</param>
public sealed record NameRef(string Text, string? Id = null);

/// <summary>
/// A claim as sent or extracted: well-formed, but not yet checked or resolved. <see cref="ClaimAdmission"/> turns it
/// into a <see cref="Claim"/> or says what is wrong with it. Vocabulary stands as the sender's slugs.
/// </summary>
public sealed record ClaimDraft
{
#pragma warning disable CS1591 // members mirror the wire form of a claim; see Claim for their meaning
    public string? Id { get; init; }
    public string? Source { get; init; }
    public string? Origin { get; init; }
    public ReportRef? Report { get; init; }
    public DateTimeOffset? ReportedAt { get; init; }
    public NameRef? Claimant { get; init; }
    public string? Stance { get; init; }
    public string? Event { get; init; }
    public NameRef? Initiator { get; init; }
    public NameRef? Target { get; init; }
    public NameRef? Region { get; init; }
    public DateOnly? OccurredFrom { get; init; }
    public DateOnly? OccurredTo { get; init; }
    public FigureDraft? Figure { get; init; }
    public NameRef? Holder { get; init; }
    public string? RelatesTo { get; init; }
    public string? RelatesAs { get; init; }
    public int? Credibility { get; init; }
    public string? Quote { get; init; }
    public TextSpan? Span { get; init; }
    public IReadOnlyList<string> RefersTo { get; init; } = [];
    public string? Incident { get; init; }
    public int? Revision { get; init; }
#pragma warning restore CS1591
}

/// <summary>A figure as sent or extracted; see <see cref="Figure"/>.</summary>
public sealed record FigureDraft
{
#pragma warning disable CS1591
    public string? Item { get; init; }
    public string? Outcome { get; init; }
    public long? Low { get; init; }
    public long? Best { get; init; }
    public long? High { get; init; }
    public string? Basis { get; init; }
    public DateOnly? Since { get; init; }
    public DateOnly? AsOf { get; init; }
    public string? Phrase { get; init; }
    public string? Detail { get; init; }
    public long? Correction { get; init; }
    public IReadOnlyList<string> Supersedes { get; init; } = [];
#pragma warning restore CS1591
}
