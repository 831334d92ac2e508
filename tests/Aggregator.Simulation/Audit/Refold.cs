using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.TrackRecord;

namespace Aggregator.Simulation.Audit;

/// <summary>The aggregates that a log comes to when one thread folds it from the start, each with its parts.</summary>
internal sealed class Refold
{
    private readonly Dictionary<EntityKey, List<PlacedRecord>> _touching = [];
    private readonly Dictionary<string, IReadOnlyList<Answer>> _inherited = [];
    private readonly RegistrySnapshot _registry;
    private readonly Dictionary<EntityKey, IAggregate> _made = [];
    private readonly HashSet<EntityKey> _entities;
    private readonly Action<EntityKey, IAggregate> _fill;

    public Refold(IReadOnlyCollection<PlacedRecord> log, RegistrySnapshot registry)
    {
        // What is quarantined nobody folds: in its place whoever never took it hears that.
        var quarantined = log.Select(placed => (placed.Record as LogRecord.Quarantined)?.Position).ToHashSet();
        HasQuarantined = quarantined.Any(position => position is not null);
        _registry = registry;
        _entities = [];
        _fill = Fill;
        foreach (var one in log)
        {
            var placed = quarantined.Contains(one.Position) ? one with { Record = new LogRecord.Quarantined(one.Position, one.Record, one.ReceivedAt, "") } : one;
            foreach (var entity in placed.Record.Touches)
            {
                if (!_touching.TryGetValue(entity, out var touching))
                {
                    _touching[entity] = touching = [];
                    _entities.Add(entity);
                    _entities.UnionWith(registry.Ancestors(entity.Kind, entity.Id).Select(id => new EntityKey(entity.Kind, id)));
                }

                touching.Add(placed);
            }
        }
    }

    private Refold(Refold now, DateTimeOffset moment)
    {
        (_registry, _entities) = (now._registry, now._entities);
        _fill = (entity, aggregate) => now.Of(entity).Book.CopyTo(aggregate.Book, moment);
    }

    /// <summary>What was known at a moment (R19).</summary>
    public Refold AsOf(DateTimeOffset moment) => new(this, moment);

    /// <summary>Whether the log takes a record out of all folds.</summary>
    public bool HasQuarantined { get; }

    /// <summary>All that the log touches, with what contains it.</summary>
    public IReadOnlyCollection<EntityKey> All => _entities;

    /// <summary>All that the log touches, with what contains it; what was merged is part of its survivor.</summary>
    public IEnumerable<EntityKey> Entities => _entities.Where(entity => !_registry.IsMerged(entity.Kind, entity.Id));

    /// <summary>Denials and confirmations made in what contains a region, from the top.</summary>
    public IReadOnlyList<Answer> Inherited(string region)
    {
        if (!_inherited.TryGetValue(region, out var inherited))
        {
            _inherited[region] = inherited = _registry.Parent(EntityKind.Region, region) is { } parent
                ? [.. Inherited(parent), .. ((RegionAggregate)Of(new(EntityKind.Region, parent))).OwnAnswers(_registry)]
                : [];
        }

        return inherited;
    }

    /// <summary>The aggregate of an entity.</summary>
    public IAggregate Of(EntityKey entity)
    {
        if (_made.TryGetValue(entity, out var made))
        {
            return made;
        }

        IAggregate aggregate = entity.Kind switch
        {
            EntityKind.Region => new RegionAggregate(entity.Id),
            EntityKind.Actor => new ActorAggregate(entity.Id),
            _ => new SourceAggregate(entity.Id),
        };
        _made[entity] = aggregate;
        foreach (var part in PartsOf(entity))
        {
            aggregate.Parts.Apply(part.Id, Told(Of(part)));
        }

        _fill(entity, aggregate);
        if (aggregate is SourceAggregate source)
        {
            foreach (var region in source.Regions(_registry).ToArray())
            {
                var judgements = ((RegionAggregate)Of(new(EntityKind.Region, region))).Judgements;
                judgements.Refresh(_registry);
                source.Judgements.Take(region, new PartVersion(1, 1), judgements[entity.Id]);
            }
        }

        return aggregate;
    }

    /// <summary>When the claims of an entity and its parts came (R18), day by day.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="root">Id of the entity that was asked first.</param>
    public Timeline TimelineOf(EntityKey entity, string root) => PartsOf(entity).Aggregate(
        Timeline.Of(Telling.Counted(OwnClaims(entity), entity, root, _registry), Views.Bucket, Views.By), (sum, part) => sum.Plus(TimelineOf(part, root)));

    /// <summary>The claims of an entity and its parts that stand, newest first, each once.</summary>
    public IEnumerable<Claim> ClaimsOf(EntityKey entity) =>
        WithParts(entity).SelectMany(OwnClaims).DistinctBy(ClaimSearch.RefOf).OrderByDescending(ClaimSearch.RefOf).Select(one => one.Claim);

    private IEnumerable<EntityKey> WithParts(EntityKey entity) => PartsOf(entity).SelectMany(WithParts).Prepend(entity);

    private IEnumerable<EntityKey> PartsOf(EntityKey entity) => _entities.Where(one => one.Kind == entity.Kind && _registry.Parent(one.Kind, one.Id) == entity.Id);

    private IEnumerable<Appearance> OwnClaims(EntityKey entity)
    {
        var book = Of(entity).Book;
        return book.Buckets.SelectMany(bucket => book[bucket].Where(one => BucketKey.Of(one.Claim, entity).First() == bucket));
    }

    private void Fill(EntityKey entity, IAggregate aggregate)
    {
        foreach (var placed in _touching.GetValueOrDefault(entity) ?? [])
        {
            aggregate.Book.Apply(placed);
        }

        if (aggregate.Book.MustRecount)
        {
            Assert.All(aggregate.Book.Recounting().ToList(), bucket => Assert.False(aggregate.Book.IsAway(bucket)));
        }
    }

    private PartUpdate Told(IAggregate part) => new(
        new PartVersion(1, 1),
        null,
        part.TellsTotals(_registry) ? part.AllLines(_registry).ToDictionary(line => line, line => part.Total(line, _registry)) : [],
        part.TellsBuckets(_registry).ToDictionary(bucket => bucket, part.Claims))
    {
        Resends = part.TellsResends(_registry),
    };
}
