using Aggregator.Store;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Aggregator.Grains.Hosting;

/// <summary>Makes an Orleans client one that reaches the aggregates of a cluster.</summary>
public static class AggregatorClient
{
    /// <summary>Adds the store, the registry as this process knows it, and the silos as the store's membership table names them.</summary>
    /// <exception cref="InvalidOperationException">The store is embedded: no other process can be in a cluster with its silo.</exception>
    public static IClientBuilder AddAggregator(this IClientBuilder client, StoreConnection store, StoreIdentity identity, ClusterSettings cluster)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(cluster);
        if (string.IsNullOrWhiteSpace(store.Options.Redis))
        {
            throw new InvalidOperationException("a client of a cluster needs Store:Redis");
        }

        client.UseRedisClustering(options => options.ConfigurationOptions = store.Configuration);
        client.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = cluster.Id);
        OrleansLimits.Set(client);
        client.UseConnectionRetryFilter<SiloSearch>();
        client.Services.AddAggregatorStore(store, identity, cluster);
        return client;
    }
}
