using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Log;
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
/// checkpoint of those that are behind has moved for a while. A rebuild (docs/upgrades.md) may take hours, and moves them.
/// </remarks>
internal sealed class ReadyCheck(StoreConnection store, ClaimLog log, IGrainFactory grains, StoreIdentity identity, StoreAlarm alarm, Draining draining, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromMinutes(10);
    private long _movedAt = time.GetTimestamp();
    private long _checkpoints;
    private long[]? _before;
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
            var heads = await Task.WhenAll(Enumerable.Range(0, identity.Partitions).Select(partition => log.PeekAsync(partition, cancellationToken))).WaitAsync(Limit, cancellationToken);
            var behind = await BehindAsync(heads, cancellationToken);
            _hasCaughtUp = behind.Count == 0 || IsStuck(behind.Sum(partition => heads[partition].Checkpoint));
        }

        return _hasCaughtUp;
    }

    /// <summary>The partitions of which something does not show yet.</summary>
    private async Task<List<int>> BehindAsync(LogHead[] heads, CancellationToken cancellationToken)
    {
        var partitions = Enumerable.Range(0, heads.Length);
        if (!log.Allows(FeatureLevel.LaterCalls))
        {
            // What is durable is shown. That takes longer, but asks nobody who may not know the question.
            _before ??= [.. heads.Select(head => head.LastSequence)];
            return [.. partitions.Where(partition => heads[partition].Checkpoint < _before[partition])];
        }

        var answers = partitions.Select(partition => grains.GetGrain<IPartitionGrain>(partition).IsCaughtUpAsync());
        var caughtUp = await Task.WhenAll(answers).WaitAsync(Limit, cancellationToken);
        return [.. partitions.Where(partition => !caughtUp[partition])];
    }

    // Of those alone: what is fed meanwhile moves the others.
    private bool IsStuck(long checkpoints)
    {
        if (checkpoints == _checkpoints)
        {
            return time.GetElapsedTime(_movedAt) > CatchUpLimit;
        }

        (_checkpoints, _movedAt) = (checkpoints, time.GetTimestamp());
        return false;
    }
}
