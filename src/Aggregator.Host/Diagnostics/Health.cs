using Aggregator.Contracts.Partitions;
using Aggregator.Grains.Hosting;
using Aggregator.Host.Hosting;
using Aggregator.Store;
using Aggregator.Store.Log;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aggregator.Host.Diagnostics;

/// <summary>Ready: not stopping, the store answers and is the one it was, and the grains of the partitions are reachable from here.</summary>
/// <remarks>
/// For the first time only when what was in the log before shows in all views: after a start of everything they are behind for a moment,
/// and a board that shows less than was acknowledged is not to be asked. Not for ever: one entity that never answers keeps nobody out, once no
/// checkpoint has moved for a while. A rebuild (docs/upgrades.md) may take hours, and moves them.
/// </remarks>
internal sealed class ReadyCheck(StoreConnection store, ClaimLog log, IGrainFactory grains, StoreIdentity identity, StoreAlarm alarm, Draining draining, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromMinutes(10);
    private long _movedAt = time.GetTimestamp();
    private long _moved;
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
            var partitions = Enumerable.Range(0, identity.Partitions).ToList();
            var answers = await Task.WhenAll(partitions.Select(partition => grains.GetGrain<IPartitionGrain>(partition).IsCaughtUpAsync())).WaitAsync(Limit, cancellationToken);
            _hasCaughtUp = Array.TrueForAll(answers, static caughtUp => caughtUp) || await IsStuckAsync(partitions, cancellationToken);
        }

        return _hasCaughtUp;
    }

    private async Task<bool> IsStuckAsync(List<int> partitions, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_movedAt) < CatchUpLimit)
        {
            return false;
        }

        var heads = await Task.WhenAll(partitions.Select(partition => log.PeekAsync(partition, cancellationToken))).WaitAsync(Limit, cancellationToken);
        var moved = heads.Sum(static head => head.Checkpoint);
        if (moved == _moved)
        {
            return true;
        }

        (_moved, _movedAt) = (moved, time.GetTimestamp());
        return false;
    }
}
