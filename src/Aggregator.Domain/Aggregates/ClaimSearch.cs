using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>Which of an entity's claims are asked for (R20); null asks for any.</summary>
public sealed record ClaimSearch
{
    /// <summary>What is counted.</summary>
    public Item? Item { get; init; }

    /// <summary>What happened to it; what <c>lost</c> holds is of it too (R22).</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>Registry id of the target, or of its voice.</summary>
    public string? Target { get; init; }

    /// <summary>Registry id of the claimant, or of its voice.</summary>
    public string? Claimant { get; init; }

    /// <summary>Reported at this moment or later, UTC.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Reported at this moment or earlier, UTC.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Older than this one: where the last page ended.</summary>
    public EvidenceRef? After { get; init; }

    /// <summary>Most claims to answer.</summary>
    public required int Limit { get; init; }

    /// <summary>The claims asked for, newest first.</summary>
    /// <param name="claims">Claims in any order, some perhaps more than once.</param>
    /// <param name="registry">The registry they read under.</param>
    public IReadOnlyList<Appearance> Find(IEnumerable<Appearance> claims, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(registry);

        // The newest so far, oldest first: one claim is looked at once, and no more than the limit are held.
        var found = new SortedDictionary<EvidenceRef, Appearance>();
        foreach (var one in claims)
        {
            var order = RefOf(one);
            if ((After is { } after && order.CompareTo(after) >= 0) || (found.Count == Limit && order.CompareTo(found.First().Key) <= 0) || !Asks(one.Under(registry).Claim, registry))
            {
                continue;
            }

            found[order] = one;
            if (found.Count > Limit)
            {
                found.Remove(found.First().Key);
            }
        }

        return [.. found.Values.Reverse()];
    }

    /// <summary>What a claim is ordered by.</summary>
    public static EvidenceRef RefOf(Appearance one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return new EvidenceRef(one.Claim.ReportedAt, one.Claim.Key);
    }

    private bool Asks(Claim claim, RegistrySnapshot registry) =>
        (Item is null || claim.Figure?.Item == Item)
        && (Outcome is not { } outcome || (claim.Figure is { } figure && (figure.Outcome == outcome || outcome.Parts(figure.Item).Contains(figure.Outcome))))
        && (From is null || claim.ReportedAt >= From)
        && (To is null || claim.ReportedAt <= To)
        && IsOf(claim.Target, Target, registry)
        && IsOf(claim.Claimant, Claimant, registry);

    private static bool IsOf(EntityRef? named, string? asked, RegistrySnapshot registry) =>
        asked is null || (named is not null && (named.Id == asked || registry.Voice(named.Id) == asked));
}
