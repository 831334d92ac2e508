using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Contracts.Entities;

/// <summary>Finds the grains of entities.</summary>
public static class EntityGrains
{
    /// <summary>The grain of an entity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static IEntityGrain GrainOf(this IGrainFactory grains, EntityKind kind, string id) => kind switch
    {
        EntityKind.Actor => grains.GrainOf<IActorGrain>(id),
        EntityKind.Region => grains.GrainOf<IRegionGrain>(id),
        EntityKind.Source => grains.GrainOf<ISourceGrain>(id),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The grain of an entity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such kind.</exception>
    public static IEntityGrain GrainOf(this IGrainFactory grains, EntityKey entity) => grains.GrainOf(entity.Kind, entity.Id);

    /// <summary>The grain of an entity of one kind: what <c>GetGrain</c> gives, which looks the attributes of the interface up each time.</summary>
    public static T GrainOf<T>(this IGrainFactory grains, string id)
        where T : IEntityGrain
    {
        ArgumentNullException.ThrowIfNull(grains);
        if (Names<T>.Known is { } known)
        {
            return (T)grains.GetGrain(GrainId.Create(known.Grain, id), known.Interface);
        }

        var grain = grains.GetGrain<T>(id);
        if (grain is GrainReference reference)
        {
            Names<T>.Known = new Names(reference.GrainId.Type, reference.InterfaceType);
        }

        return grain;
    }

    // The same in every process of a cluster.
    private static class Names<T>
    {
        public static volatile Names? Known;
    }

    private sealed record Names(GrainType Grain, GrainInterfaceType Interface);
}
