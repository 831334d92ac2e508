using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// What an entity gives its parent to fold, claim by claim: a body what it says, since its parent speaks with the same voice;
/// an entity merged into another all it has, since every key reads as the other's. It tells which buckets have changed; their
/// claims it gives when it is asked for them, as they are no more than read once.
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

    /// <summary>What the parent is told of a bucket that it folds, instead of its claims.</summary>
    /// <param name="aggregate">The entity.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="since">Since when it is as it is.</param>
    public static ToldState Told(this IAggregate aggregate, BucketKey bucket, PartVersion since)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        var (book, parts) = (aggregate.Book, aggregate.Parts);
        return book.Has(bucket) || parts.Has(bucket)
            ? new ToldState(since, book.HasAnswers(bucket) || parts.HasAnswers(bucket), ToldState.Bits(book.TakesOver(bucket)) | parts.TakesOver(bucket))
            : ToldState.Gone;
    }

    /// <summary>The claims of a bucket, as they were sent; its own and its parts'. All of them are in memory.</summary>
    public static IReadOnlyCollection<Appearance> Claims(this IAggregate aggregate, BucketKey bucket)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        return [.. aggregate.Book[bucket], .. aggregate.Parts.Claims(bucket)];
    }

    /// <summary>All that an entity gives its parent, claims and all, as past views ask for it.</summary>
    public static PartUpdate Everything(this IAggregate aggregate, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        return new(
            new PartVersion(1, 1),
            null,
            aggregate.TellsTotals(registry) ? aggregate.AllLines(registry).Select(line => (line, Total: aggregate.Total(line, registry))).Where(one => !one.Total.IsEmpty).ToDictionary(one => one.line, one => one.Total) : [],
            aggregate.TellsBuckets(registry).ToDictionary(bucket => bucket, aggregate.Claims))
        {
            Resends = aggregate.TellsResends(registry),
        };
    }

    /// <summary>What an entity did with its claims, if it is a source merged into another; its parts' with it.</summary>
    public static Resends TellsResends(this IAggregate aggregate, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        ArgumentNullException.ThrowIfNull(registry);
        return aggregate.Book.Owner.Kind == EntityKind.Source && registry.IsMerged(EntityKind.Source, aggregate.Book.Owner.Id)
            ? aggregate.Parts.Resends.Plus(aggregate.Book.Counts.Resends)
            : default;
    }

    /// <summary>
    /// The claims of an entity that it counts where it and its parts are counted together, so that each counts once: a claim
    /// that names two actors is its target's if that is one of them, else its claimant's.
    /// </summary>
    /// <param name="claims">Its own claims, each once.</param>
    /// <param name="owner">The entity.</param>
    /// <param name="root">Id of the entity whose parts are counted.</param>
    /// <param name="registry">The registry they are counted under.</param>
    public static IEnumerable<Claim> Counted(IEnumerable<Appearance> claims, EntityKey owner, string root, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(registry);
        var (kind, id) = owner;
        return claims
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
    /// The counts of the claims that name an entity, those that name one merged into it among them, each once.
    /// </summary>
    public static Counts Counts(this IAggregate aggregate, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        ArgumentNullException.ThrowIfNull(registry);
        var (book, owner) = (aggregate.Book, aggregate.Book.Owner);
        string[] merged = registry.HasMerges ? [.. aggregate.Parts.Ids.Where(part => registry.IsMerged(owner.Kind, part))] : [];
        if (merged.Length == 0 || !aggregate.HasClaimsOf(merged))
        {
            return book.Counts;
        }

        // What names both was counted as the entity's own.
        var counts = book.Counts.Copy();
        counts.Resends = counts.Resends.Plus(aggregate.Parts.Resends);
        var told = aggregate.Parts.Buckets.SelectMany(aggregate.Parts.Claims).Where(one => LogRecord.TouchedBy(one.Claim) is var touched && touched.Any(IsMergedIntoOwner) && !touched.Contains(owner));
        foreach (var one in told.DistinctBy(one => one.Claim.Key))
        {
            counts.Count(one.Under(registry).Claim, owner, 1);
        }

        return counts;

        bool IsMergedIntoOwner(EntityKey touched) => touched.Kind == owner.Kind && touched != owner && registry.Survivor(touched.Kind, touched.Id) == owner.Id;
    }
}
