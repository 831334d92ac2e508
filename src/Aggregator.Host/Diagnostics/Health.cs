using Aggregator.Contracts.Partitions;
using Aggregator.Grains.Hosting;
using Aggregator.Host.Hosting;
using Aggregator.Store;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aggregator.Host.Diagnostics;

/// <summary>Ready: not stopping, the store answers and is the one it was, and the grains of the partitions are reachable from here.</summary>
/// <remarks>
/// For the first time only when what was in the log before shows in all views: after a start of everything they are behind for a moment,
/// and a board that shows less than was acknowledged is not to be asked. Not for ever: one entity that never answers keeps nobody out.
/// </remarks>
internal sealed class ReadyCheck(StoreConnection store, IGrainFactory grains, StoreIdentity identity, StoreAlarm alarm, Draining draining, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromMinutes(10);
    private readonly long _began = time.GetTimestamp();
    private bool _hasCaughtUp;

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
            return await HasCaughtUpAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("views are catching up with the log");
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("the store or a partition does not answer", fault);
        }
    }

    private async Task<bool> HasCaughtUpAsync(CancellationToken cancellationToken)
    {
        if (!_hasCaughtUp)
        {
            var answers = Enumerable.Range(0, identity.Partitions).Select(partition => grains.GetGrain<IPartitionGrain>(partition).IsCaughtUpAsync());
            _hasCaughtUp = Array.TrueForAll(await Task.WhenAll(answers).WaitAsync(Limit, cancellationToken), static caughtUp => caughtUp)
                || time.GetElapsedTime(_began) > CatchUpLimit;
        }

        return _hasCaughtUp;
    }
}
