using Aggregator.Contracts.Entities;
using Aggregator.Domain.Registry;

namespace Aggregator.Host.Query;

/// <summary>Finds the grains of entities.</summary>
internal static class EntityGrains
{
    /// <summary>The grain of an entity.</summary>
    public static IEntityGrain GrainOf(this IGrainFactory grains, EntityKind kind, string id) => kind switch
    {
        EntityKind.Actor => grains.GetGrain<IActorGrain>(id),
        EntityKind.Region => grains.GetGrain<IRegionGrain>(id),
        EntityKind.Source => grains.GetGrain<ISourceGrain>(id),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
