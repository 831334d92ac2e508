using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// What an entity gives its parent to fold, claim by claim: a body what it says, since its parent speaks with the same voice;
/// an entity merged into another all it has, since every key reads as the other's.
/// </summary>
public static class Telling
{
    /// <summary>Whether the claims of a bucket are the parent's to fold.</summary>
    public static bool Tells(this IAggregate aggregate, BucketKey bucket, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        ArgumentNullException.ThrowIfNull(registry);
        var (kind, id) = aggregate.Book.Owner;
        return registry.IsMerged(kind, id)
            || (kind == EntityKind.Actor && bucket.Kind == BucketKind.Said && registry.Parent(kind, id) is { } parent && registry.Voice(id) == registry.Voice(parent));
    }

    /// <summary>The buckets that are the parent's to fold.</summary>
    public static IEnumerable<BucketKey> TellsBuckets(this IAggregate aggregate, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        return aggregate.Book.Buckets.Union(aggregate.Parts.Buckets).Where(bucket => aggregate.Tells(bucket, registry));
    }

    /// <summary>The claims of a bucket, as they were sent; its own and its parts'.</summary>
    public static IReadOnlyCollection<Appearance> Claims(this IAggregate aggregate, BucketKey bucket)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        return [.. aggregate.Book[bucket], .. aggregate.Parts.Claims(bucket)];
    }

    /// <summary>The entity's own standing claims, without its parts', each once.</summary>
    public static IEnumerable<Appearance> OwnClaims(this IAggregate aggregate)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        return aggregate.Book.Buckets.SelectMany(bucket => aggregate.Book[bucket]).DistinctBy(one => one.Claim.Key);
    }

    /// <summary>
    /// The entity's own claims that it counts where it and its parts are counted together, so that each counts once: a claim
    /// that names two actors is its target's if that is one of them, else its claimant's.
    /// </summary>
    /// <param name="aggregate">The entity.</param>
    /// <param name="root">Id of the entity whose parts are counted.</param>
    /// <param name="registry">The registry they are counted under.</param>
    public static IEnumerable<Claim> CountedClaims(this IAggregate aggregate, string root, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        ArgumentNullException.ThrowIfNull(registry);
        var (kind, id) = aggregate.Book.Owner;
        return aggregate.OwnClaims()
            .Where(one => kind != EntityKind.Actor
                || one.Claim.Target?.Id == id
                || one.Under(registry).Claim.Target is not { } target
                || !registry.IsWithin(EntityKind.Actor, target.Id, root))
            .Select(one => one.Claim);
    }

    /// <summary>Whether the totals are the parent's to add up: those of a merged entity are not, its claims are.</summary>
    public static bool TellsTotals(this IAggregate aggregate, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        ArgumentNullException.ThrowIfNull(registry);
        return !registry.IsMerged(aggregate.Book.Owner.Kind, aggregate.Book.Owner.Id);
    }

    /// <summary>
    /// The counts of the claims that name an entity, those that name one merged into it among them, each once. Resends,
    /// corrections and retractions are those of its own id.
    /// </summary>
    public static Counts Counts(this IAggregate aggregate, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        ArgumentNullException.ThrowIfNull(registry);
        var (book, owner) = (aggregate.Book, aggregate.Book.Owner);
        var merged = registry.HasMerges
            ? aggregate.Parts.Buckets.SelectMany(aggregate.Parts.Claims).Where(one => LogRecord.TouchedBy(one.Claim).Any(IsMergedIntoOwner)).ToList()
            : [];
        if (merged.Count == 0)
        {
            return book.Counts;
        }

        var counts = new Counts { Duplicates = book.Counts.Duplicates, Corrections = book.Counts.Corrections, Retractions = book.Counts.Retractions, Reports = book.Counts.Reports };
        foreach (var one in book.Buckets.SelectMany(bucket => book[bucket]).Concat(merged).DistinctBy(one => one.Claim.Key))
        {
            counts.Count(one.Under(registry).Claim, owner, 1);
        }

        return counts;

        bool IsMergedIntoOwner(EntityKey touched) => touched.Kind == owner.Kind && touched != owner && registry.Survivor(touched.Kind, touched.Id) == owner.Id;
    }
}
