using Aggregator.Contracts.Views;
using Aggregator.Domain.Log;

namespace Aggregator.Host.Live;

/// <summary>What watchers ask of the system.</summary>
internal interface ILiveSource
{
    /// <summary>Version of the registry as this process knows it.</summary>
    long RegistryVersion { get; }

    /// <summary>The entity that one reads as: itself, or what it was merged into.</summary>
    EntityKey SurvivorOf(EntityKey entity);

    /// <summary>The version of an entity's view; −1 where nobody can be asked for it alone.</summary>
    Task<long> GetVersionAsync(EntityKey entity);

    /// <summary>The first page of an entity's view, of the store that this host serves; null if nobody knows the entity.</summary>
    Task<EntityView?> GetViewAsync(EntityKey entity);

    /// <summary>Has the entity's silo take up a version of the registry.</summary>
    Task AdoptAsync(EntityKey entity, long registry);

    /// <summary>The era of the store as this process knows it: in one era versions of an entity only grow.</summary>
    Task<long> GetEraAsync();

    /// <summary>The era of the store as it is now.</summary>
    Task<long> AskEraAsync();
}
