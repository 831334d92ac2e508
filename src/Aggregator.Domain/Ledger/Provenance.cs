using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// What a number rests on: who said it, who carried it, which claims. Sets are sorted, so that equal sets read the same.
/// </summary>
public sealed record Provenance
{
    /// <summary>Most claims named as evidence; the rest is found through the claims endpoint.</summary>
    public const int MaxEvidence = 32;

    /// <summary>Nothing.</summary>
    public static readonly Provenance None = new();

    /// <summary>Actor ids of the bodies that spoke.</summary>
    public IReadOnlyList<string> Bodies { get; init; } = [];

    /// <summary>Source ids that carried it.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Source ids that name its origins (R5).</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Actor ids named as initiators, who are parties to the line.</summary>
    public IReadOnlyList<string> Initiators { get; init; } = [];

    /// <summary>How many claims carry it.</summary>
    public int Appearances { get; init; }

    /// <summary>How many statements have no number (R11).</summary>
    public int Unnumbered { get; init; }

    /// <summary>Voices that deny it (R12).</summary>
    public IReadOnlyList<Voice> DeniedBy { get; init; } = [];

    /// <summary>Voices that confirm it (R21).</summary>
    public IReadOnlyList<Voice> ConfirmedBy { get; init; } = [];

    /// <summary>What its voice also said of the same and what does not stand beside it (R8, R10), in their order.</summary>
    public IReadOnlyList<Variant> Variants { get; init; } = [];

    /// <summary>Claims it rests on, newest first, at most <see cref="MaxEvidence"/>.</summary>
    public IReadOnlyList<EvidenceRef> Evidence { get; init; } = [];

    /// <summary>All that either rests on.</summary>
    public Provenance Plus(Provenance other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Provenance
        {
            Bodies = Union(Bodies, other.Bodies),
            Sources = Union(Sources, other.Sources),
            Origins = Union(Origins, other.Origins),
            Initiators = Union(Initiators, other.Initiators),
            Appearances = Appearances + other.Appearances,
            Unnumbered = Unnumbered + other.Unnumbered,
            DeniedBy = [.. DeniedBy.Union(other.DeniedBy).Order()],
            ConfirmedBy = [.. ConfirmedBy.Union(other.ConfirmedBy).Order()],
            Variants = Variants.Count + other.Variants.Count == 0 ? [] : [.. Variants.Union(other.Variants).Order().Take(Variant.Maximum)],
            Evidence = [.. Evidence.Union(other.Evidence).OrderDescending().Take(MaxEvidence)],
        };
    }

    internal static Provenance Of(IReadOnlyList<Placed> placed, int unnumbered) => new()
    {
        Bodies = Sorted(placed.Select(one => one.Claim.Claimant?.Id)),
        Sources = Sorted(placed.Select(one => one.Claim.Source.Id)),
        Origins = Sorted(placed.Select(one => one.Origin)),
        Initiators = Sorted(placed.Select(one => one.Claim.Initiator?.Id)),
        Appearances = placed.Count,
        Unnumbered = unnumbered,
        Evidence = [.. placed.Select(one => new EvidenceRef(one.Claim.ReportedAt, one.Claim.Key)).OrderDescending().Take(MaxEvidence)],
    };

    private static string[] Sorted(IEnumerable<string?> ids) =>
        [.. ids.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Union(IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        right.Count == 0 ? left : left.Count == 0 ? right : Sorted(left.Concat(right));
}

/// <summary>A claim named as evidence, with its time to order by.</summary>
public readonly record struct EvidenceRef(DateTimeOffset ReportedAt, ClaimKey Claim) : IComparable<EvidenceRef>
{
    /// <inheritdoc/>
    public int CompareTo(EvidenceRef other)
    {
        var byTime = ReportedAt.CompareTo(other.ReportedAt);
        return byTime != 0 ? byTime : Claim.CompareTo(other.Claim);
    }
}
