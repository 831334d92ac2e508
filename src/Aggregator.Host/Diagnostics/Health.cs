using Aggregator.Contracts.Partitions;
using Aggregator.Grains.Hosting;
using Aggregator.Host.Hosting;
using Aggregator.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aggregator.Host.Diagnostics;

/// <summary>Ready: not stopping, the store answers and is the one it was, and the grains of the partitions are reachable from here.</summary>
internal sealed class ReadyCheck(StoreConnection store, IGrainFactory grains, StoreIdentity identity, StoreAlarm alarm, Draining draining) : IHealthCheck
{
    // Below what a probe waits for.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (alarm.What is { } lost)
        {
            return HealthCheckResult.Unhealthy(lost);
        }

        if (draining.IsStopping)
        {
            return HealthCheckResult.Unhealthy("the host is stopping");
        }

        try
        {
            var partition = grains.GetGrain<IPartitionGrain>(Random.Shared.Next(identity.Partitions));
            await Task.WhenAll(store.Database.PingAsync(), partition.PingAsync()).WaitAsync(Limit, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("the store or a partition does not answer", fault);
        }
    }
}
