using System.Collections.Concurrent;

namespace Aggregator.Grains.Partition;

/// <summary>
/// The partitions of this process that fold what their logs had before they were activated. What a partition has replayed is shown only when none of
/// them does any more: until then every look at an entity would have it make totals that the next delta outdates.
/// </summary>
internal sealed class Replays
{
    private readonly ConcurrentDictionary<PartitionGrain, bool> _running = [];

    /// <summary>Whether a partition folds a backlog.</summary>
    public bool AreRunning => !_running.IsEmpty;

    /// <summary>A partition begins.</summary>
    public void Begin(PartitionGrain partition) => _running[partition] = true;

    /// <summary>Its entities have all of it, or it leaves.</summary>
    public void End(PartitionGrain partition) => _running.TryRemove(partition, out _);
}
