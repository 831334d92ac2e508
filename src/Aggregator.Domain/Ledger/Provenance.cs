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
    public Provenance Plus(Provenance other) => Sum([this, other]);

    /// <summary>All that any of several rests on.</summary>
    public static Provenance Sum(IReadOnlyList<Provenance> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return all switch
        {
            [] => None,
            [var one] => one,
            _ => new Provenance
            {
                Bodies = Union(all, one => one.Bodies),
                Sources = Union(all, one => one.Sources),
                Origins = Union(all, one => one.Origins),
                Initiators = Union(all, one => one.Initiators),
                Appearances = all.Sum(one => one.Appearances),
                Unnumbered = all.Sum(one => one.Unnumbered),
                DeniedBy = [.. all.SelectMany(one => one.DeniedBy).Distinct().Order()],
                ConfirmedBy = [.. all.SelectMany(one => one.ConfirmedBy).Distinct().Order()],
                Variants = [.. all.SelectMany(one => one.Variants).Distinct().Order().Take(Variant.Maximum)],
                Evidence = Newest(all),
            },
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

    private static IReadOnlyList<string> Union(IReadOnlyList<Provenance> all, Func<Provenance, IReadOnlyList<string>> of)
    {
        // Most parts rest on what one has: then there is nothing to sort.
        var most = all.Select(of).MaxBy(ids => ids.Count)!;
        HashSet<string>? union = null;
        foreach (var one in all)
        {
            var ids = of(one);
            if (ReferenceEquals(ids, most) || ids.Count == 0)
            {
                continue;
            }

            union ??= new HashSet<string>(most, StringComparer.Ordinal);
            union.UnionWith(ids);
        }

        return union is null || union.Count == most.Count ? most : [.. union.Order(StringComparer.Ordinal)];
    }

    // Each is newest first: one that begins with what is too old already has nothing to give.
    private static EvidenceRef[] Newest(IReadOnlyList<Provenance> all)
    {
        Span<EvidenceRef> newest = new EvidenceRef[MaxEvidence];
        Span<EvidenceRef> merged = new EvidenceRef[MaxEvidence];
        var count = 0;
        foreach (var one in all)
        {
            var evidence = one.Evidence;
            if (evidence.Count == 0 || (count == MaxEvidence && evidence[0].CompareTo(newest[^1]) <= 0))
            {
                continue;
            }

            var (left, right, made) = (0, 0, 0);
            while (made < MaxEvidence && (left < count || right < evidence.Count))
            {
                var order = left == count ? -1 : right == evidence.Count ? 1 : newest[left].CompareTo(evidence[right]);
                merged[made++] = order >= 0 ? newest[left] : evidence[right];
                left += order >= 0 ? 1 : 0;
                right += order <= 0 ? 1 : 0;
            }

            count = made;
            var spare = newest;
            newest = merged;
            merged = spare;
        }

        return newest[..count].ToArray();
    }
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
