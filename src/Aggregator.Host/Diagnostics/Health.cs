using Aggregator.Contracts.Partitions;
using Aggregator.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aggregator.Host.Diagnostics;

/// <summary>Ready: the store answers and the grains of the partitions are reachable from here.</summary>
internal sealed class ReadyCheck(StoreConnection store, IGrainFactory grains, StoreIdentity identity) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.Database.PingAsync().WaitAsync(Limit, cancellationToken);
            await grains.GetGrain<IPartitionGrain>(Random.Shared.Next(identity.Partitions)).PingAsync().WaitAsync(Limit, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("the store or a partition does not answer", fault);
        }
    }
}
