using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>The aggregates of a log, each with its parts pushed, as the grains would hold them.</summary>
internal sealed class Tree(IReadOnlyCollection<PlacedRecord> log, RegistrySnapshot registry, DateTimeOffset? asOf = null)
{
    private readonly Dictionary<string, RegionAggregate> _regions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActorAggregate> _actors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceAggregate> _sources = new(StringComparer.Ordinal);

    // Only the entities that a record touches, with all above them, are ever made: a registry may have thousands.
    private readonly HashSet<EntityKey> _alive =
    [
        .. log.SelectMany(placed => placed.Record.Touches)
            .Distinct()
            .SelectMany(entity => registry.Ancestors(entity.Kind, entity.Id).Append(entity.Id).Select(id => new EntityKey(entity.Kind, id))),
    ];

    public Tree(IEnumerable<Appearance> claims)
        : this([.. claims.Select(one => new PlacedRecord(one.Position, new LogRecord.Added(one.Claim), one.Claim.ReportedAt))], Say.Registry)
    {
    }

    /// <summary>The aggregates of claims under a registry.</summary>
    public static Tree Of(IEnumerable<Appearance> claims, RegistrySnapshot registry) =>
        new([.. claims.Select(one => new PlacedRecord(one.Position, new LogRecord.Added(one.Claim), one.Claim.ReportedAt))], registry);

    public RegistrySnapshot Registry => registry;

    /// <summary>Everything the log touches, and what contains it.</summary>
    public IReadOnlyCollection<EntityKey> Entities => _alive;

    public RegionAggregate Region(string id) => Aggregate(_regions, EntityKind.Region, id, static id => new RegionAggregate(id));

    public ActorAggregate Actor(string id) => Aggregate(_actors, EntityKind.Actor, id, static id => new ActorAggregate(id));

    public SourceAggregate Source(string id) => Aggregate(_sources, EntityKind.Source, id, static id => new SourceAggregate(id));

    public IAggregate Of(EntityKey entity) => entity.Kind switch
    {
        EntityKind.Region => Region(entity.Id),
        EntityKind.Actor => Actor(entity.Id),
        _ => Source(entity.Id),
    };

    /// <summary>All totals that an entity tells, without the claims, whose places in the log differ with the order they came in.</summary>
    public PartUpdate Totals(IAggregate aggregate) => aggregate.Update(registry) with { Claims = new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>() };

    private T Aggregate<T>(Dictionary<string, T> made, EntityKind kind, string id, Func<string, T> make) where T : IAggregate
    {
        if (made.TryGetValue(id, out var known))
        {
            return known;
        }

        var aggregate = made[id] = make(id);
        var parts = _alive.Where(entity => entity.Kind == kind && registry.Parent(kind, entity.Id) == id);
        foreach (var part in parts)
        {
            aggregate.Parts.Apply(part.Id, Of(part).Update(registry));
        }

        // As the grains do: a record goes to the entities it touches, and the past is copied out of what they hold.
        var book = asOf is null ? aggregate.Book : new ClaimBook(aggregate.Book.Owner);
        foreach (var placed in log.Where(placed => placed.Record.Touches.Contains(book.Owner)))
        {
            book.Apply(placed);
        }

        if (asOf is { } moment)
        {
            book.CopyTo(aggregate.Book, moment);
        }

        return aggregate;
    }
}

internal static class AggregateExtensions
{
    /// <summary>What the aggregate would push to its parent.</summary>
    public static PartUpdate Update(this IAggregate aggregate, RegistrySnapshot registry) => new(
        new PartVersion(1, 1),
        null,
        aggregate.TellsTotals(registry) ? aggregate.AllLines(registry).ToDictionary(line => line, line => aggregate.Total(line, registry)) : [],
        aggregate.TellsBuckets(registry).ToDictionary(bucket => bucket, aggregate.Claims));

    /// <summary>The aggregate's own claims that are counted with those of an entity it is a part of, each once: as the grains count them, bucket by bucket.</summary>
    public static IEnumerable<Claim> CountedClaims(this IAggregate aggregate, string root, RegistrySnapshot registry)
    {
        var book = aggregate.Book;
        return Telling.Counted(
            book.Buckets.SelectMany(bucket => book[bucket].Where(one => BucketKey.Of(one.Claim, book.Owner).First() == bucket)), book.Owner, root, registry);
    }
}
