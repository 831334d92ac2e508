using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Ledger;

/// <summary>A claim where it stands in the log: one source carrying one statement.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Position">Where it stands in the log.</param>
public sealed record Appearance(Claim Claim, LogPosition Position)
{
    /// <summary>
    /// When it came to be known (R19): reportedAt, but for a correction with the same reportedAt as what it replaced the time
    /// of receipt.
    /// </summary>
    public DateTimeOffset KnownFrom { get; init; } = Claim.ReportedAt;

    /// <summary>
    /// The order of the ledger: (reportedAt, source, id). It breaks every tie (R1), and nothing else than the claims
    /// themselves decides it.
    /// </summary>
    public static readonly Comparer<Appearance> Order = Comparer<Appearance>.Create(static (left, right) =>
    {
        var byTime = left.Claim.ReportedAt.CompareTo(right.Claim.ReportedAt);
        return byTime != 0 ? byTime : left.Claim.Key.CompareTo(right.Claim.Key);
    });

    /// <summary>The claim as it reads under a registry: an id that was merged into another reads as that one.</summary>
    public Appearance Under(RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (!registry.HasMerges || !IsRead())
        {
            return this;
        }

        return this with
        {
            Claim = Claim with
            {
                Source = Read(EntityKind.Source, Claim.Source)!,
                Origin = Read(EntityKind.Source, Claim.Origin),
                Claimant = Read(EntityKind.Actor, Claim.Claimant),
                Initiator = Read(EntityKind.Actor, Claim.Initiator),
                Target = Read(EntityKind.Actor, Claim.Target),
                Region = Read(EntityKind.Region, Claim.Region),
                Holder = Read(EntityKind.Actor, Claim.Holder),
            },
        };

        // One merge somewhere must not cost a copy of every claim there is.
        bool IsRead() => IsMerged(EntityKind.Source, Claim.Source) || IsMerged(EntityKind.Source, Claim.Origin)
            || IsMerged(EntityKind.Actor, Claim.Claimant) || IsMerged(EntityKind.Actor, Claim.Initiator)
            || IsMerged(EntityKind.Actor, Claim.Target) || IsMerged(EntityKind.Region, Claim.Region) || IsMerged(EntityKind.Actor, Claim.Holder);

        bool IsMerged(EntityKind kind, EntityRef? named) => named is not null && registry.IsMerged(kind, named.Id);

        EntityRef? Read(EntityKind kind, EntityRef? named) =>
            named is null || !registry.IsMerged(kind, named.Id) ? named : named with { Id = registry.Survivor(kind, named.Id) };
    }

    /// <summary>The day of reportedAt, UTC.</summary>
    public DateOnly ReportedOn => DateOnly.FromDateTime(Claim.ReportedAt.UtcDateTime);
}

/// <summary>A version of a claim that stands no more: what past views still show (R19).</summary>
/// <param name="Appearance">The version.</param>
/// <param name="Until">From when on another version, or a retraction, was known.</param>
public readonly record struct Former(Appearance Appearance, DateTimeOffset Until);

/// <summary>What is counted of whom, where: the unit that statements are folded in.</summary>
/// <param name="Target">Actor id as in the claims; null for everyone.</param>
/// <param name="Item">What is counted.</param>
/// <param name="Outcome">What happened to it.</param>
/// <param name="Region">Region id as in the claims, the world where none is given.</param>
public readonly record struct CellKey(string? Target, Item Item, Outcome Outcome, string Region) : IComparable<CellKey>
{
    /// <inheritdoc/>
    public int CompareTo(CellKey other)
    {
        var byTarget = string.CompareOrdinal(Target, other.Target);
        if (byTarget != 0)
        {
            return byTarget;
        }

        var byItem = Item.CompareTo(other.Item);
        if (byItem != 0)
        {
            return byItem;
        }

        var byOutcome = Outcome.CompareTo(other.Outcome);
        return byOutcome != 0 ? byOutcome : string.CompareOrdinal(Region, other.Region);
    }
}
