namespace Aggregator.Domain.Claims;

/// <summary>
/// One text that a report has had (R3): a report posted again with another text replaces the claims of the earlier one. Texts
/// of one report order by <see cref="PublishedAt"/>, then arrival; the last stands.
/// </summary>
public sealed record ReportText
{
    /// <summary>The publisher as sent, folded (<see cref="ClaimIdentity.SourceName"/>).</summary>
    public required string Source { get; init; }

    /// <summary>Registry id of the publisher.</summary>
    public required string SourceId { get; init; }

    /// <summary>What the report is known by: its URL, else its text's digest.</summary>
    public required string Address { get; init; }

    /// <summary>Digest of the text.</summary>
    public required UInt128 TextHash { get; init; }

    /// <summary>When it was published, UTC.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The claims found in it, in text order; none is a text without claims.</summary>
    public required IReadOnlyList<ClaimKey> Claims { get; init; }
}
