using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Registry;
using Aggregator.Host.Diagnostics;
using Aggregator.Host.Query;
using Aggregator.Store;

namespace Aggregator.Host.Live;

/// <summary>The grains of the cluster, as watchers ask them.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A semaphore that nobody waits for with a handle holds nothing.")]
internal sealed class GrainSource(IGrainFactory grains, IRegistry registry, StoreDatabase store, StoreWatch watch, StoreAlarm alarm) : ILiveSource
{
    private static readonly ViewPage FirstPage = new(0, ViewPage.DefaultLimit);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // An edit of the registry has all watchers ask at once.
    private readonly SemaphoreSlim _views = new(64);

    /// <inheritdoc/>
    public long RegistryVersion => registry.Current.Version;

    /// <inheritdoc/>
    public EntityKey SurvivorOf(EntityKey entity) => entity with { Id = registry.Current.Survivor(entity.Kind, entity.Id) };

    /// <inheritdoc/>
    public Task<long> GetVersionAsync(EntityKey entity) => store.Level >= FeatureLevel.LaterCalls ? GrainOf(entity).GetVersionAsync() : Task.FromResult(-1L);

    /// <inheritdoc/>
    /// <exception cref="StoreUnavailableException">The store is another: what its grains show is not ours to tell.</exception>
    /// <exception cref="TimeoutException">Others are asked for more views than this host makes at once; asked again later.</exception>
    public async Task<EntityView?> GetViewAsync(EntityKey entity)
    {
        if (!await _views.WaitAsync(Patience))
        {
            throw new TimeoutException("as many views are being made as this host makes at once");
        }

        try
        {
            var view = await ViewAsync(entity);
            await watch.LookAsync();
            return alarm.What is { } lost ? throw new StoreUnavailableException(lost) : view is null ? null : FirstPage.Of(view);
        }
        finally
        {
            _views.Release();
        }
    }

    /// <inheritdoc/>
    public Task AdoptAsync(EntityKey entity, long registry) => GrainOf(entity).AdoptAsync(registry, null);

    /// <inheritdoc/>
    public Task<long> GetEraAsync() => store.Session.OpenAsync();

    /// <inheritdoc/>
    public Task<long> AskEraAsync() => store.Session.PulseAsync();

    private IEntityGrain GrainOf(EntityKey entity) => grains.GrainOf(entity.Kind, entity.Id);

    private async Task<EntityView?> ViewAsync(EntityKey entity) => entity.Kind switch
    {
        EntityKind.Actor => await grains.GrainOf<IActorGrain>(entity.Id).GetViewAsync(null),
        EntityKind.Region => await grains.GrainOf<IRegionGrain>(entity.Id).GetViewAsync(null),
        EntityKind.Source => await grains.GrainOf<ISourceGrain>(entity.Id).GetViewAsync(null),
        _ => throw new ArgumentOutOfRangeException(nameof(entity)),
    };
}
