using Aggregator.Grains.Entities;
using Aggregator.Grains.Registry;
using Aggregator.Store;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Registry;
using Aggregator.Store.Rows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Aggregator.Grains.Hosting;

/// <summary>Makes an Orleans silo one that keeps aggregates.</summary>
public static class AggregatorSilo
{
    /// <summary>
    /// Adds the grains' services, Orleans' own state in the same store, and membership: in memory for the embedded store,
    /// which one process holds, else in Redis.
    /// </summary>
    public static ISiloBuilder AddAggregator(this ISiloBuilder silo, StoreConnection store, StoreIdentity identity, ClusterSettings cluster)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(cluster);
        if (string.IsNullOrWhiteSpace(store.Options.Redis))
        {
            silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, serviceId: cluster.Id, clusterId: cluster.Id);
        }
        else
        {
            silo.UseRedisClustering(options => options.ConfigurationOptions = store.Configuration);
            silo.ConfigureEndpoints(cluster.AdvertisedIP, cluster.SiloPort, cluster.GatewayPort, listenOnAnyHostAddress: !System.Net.IPAddress.IsLoopback(cluster.AdvertisedIP));
            silo.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = cluster.Id);
        }

        OrleansLimits.Set(silo, cluster, identity.Level);
        silo.Configure<SiloConnectionOptions>(Doorkeeper.Set);
        silo.AddIncomingGrainCallFilter<StoreFaultFilter>();
        silo.AddRedisGrainStorageAsDefault(options => options.ConfigurationOptions = store.Configuration);
        silo.UseRedisReminderService(options => options.ConfigurationOptions = store.Configuration);
        silo.Services.AddAggregatorStore(store, identity, cluster);
        silo.Services.AddSingleton(NewMembershipChanges);
        silo.Services.AddSingleton<EntityServices>();
        silo.Services.AddSingleton<Partition.Replays>();
        silo.Services.AddSingleton<IActivationWorkingSetObserver, Departures>();
        silo.Services.AddHostedService<StorePulse>();
        silo.Services.AddHostedService<PartitionPinger>();
        silo.Services.AddHostedService<EntityWaker>();
        return silo;
    }

    private static MembershipChanges NewMembershipChanges(IServiceProvider provider)
    {
        var changes = new MembershipChanges(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<EntityOptions>>().Value.Unsettled);
        provider.GetRequiredService<ISiloStatusOracle>().SubscribeToSiloStatusEvents(changes);
        return changes;
    }

    /// <summary>Adds the store and the registry, as grains and hosts use them.</summary>
    public static IServiceCollection AddAggregatorStore(this IServiceCollection services, StoreConnection store, StoreIdentity identity, ClusterSettings cluster)
    {
        services.AddSingleton(cluster);
        services.AddSingleton<StoreAlarm>();
        services.AddSingleton<IStoreAlarm>(provider => provider.GetRequiredService<StoreAlarm>());
        services.TryAddSingleton(ProcessClock.Time);
        services.AddSingleton(store);
        services.AddSingleton<StoreDatabase>(store);
        services.AddSingleton(identity);
        services.AddSingleton<ClaimLog>();
        services.AddSingleton<ClaimIndex>();
        services.AddSingleton<EntityRows>();
        services.AddSingleton<RegistryEdits>();
        services.AddSingleton<LiveEntities>();
        services.AddSingleton<LiveRegistry>();
        services.AddSingleton<IRegistry>(provider => provider.GetRequiredService<LiveRegistry>());
        services.AddSingleton<IRegistryEditor>(provider => provider.GetRequiredService<LiveRegistry>());
        services.AddHostedService<RegistryPoller>();
        return services;
    }
}
