using System.Collections.Concurrent;
using System.Threading.Channels;
using Aggregator.Contracts.Entities;
using Aggregator.Domain.Log;

namespace Aggregator.Grains.Registry;

/// <summary>
/// The entities that are active in this process, and the versions of the registry that they have yet to hear of: one that
/// nobody asks for anything would else never roll up again.
/// </summary>
internal sealed class LiveEntities
{
    private readonly ConcurrentDictionary<EntityKey, (object Activation, IEntityGrain Grain)> _entities = new();

    // One waiting version is enough: the next to be told is always the latest.
    private readonly Channel<long> _versions = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>An activation begins.</summary>
    public void Add(EntityKey entity, object activation, IEntityGrain grain) => _entities[entity] = (activation, grain);

    /// <summary>An activation ends; a later one of the same entity stays.</summary>
    public void Remove(EntityKey entity, object activation)
    {
        if (_entities.TryGetValue(entity, out var held) && ReferenceEquals(held.Activation, activation))
        {
            _entities.TryRemove(new(entity, held));
        }
    }

    /// <summary>All entities that are active now.</summary>
    public IEnumerable<(EntityKey Entity, IEntityGrain Grain)> All => _entities.Select(pair => (pair.Key, pair.Value.Grain));

    /// <summary>Totals made under an earlier registry than this are to be made again.</summary>
    public void StructureChanged(long version) => _versions.Writer.TryWrite(version);

    /// <summary>The versions that the entities are to be told of.</summary>
    public IAsyncEnumerable<long> Versions(CancellationToken cancellationToken) => _versions.Reader.ReadAllAsync(cancellationToken);
}
