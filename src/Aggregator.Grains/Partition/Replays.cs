namespace Aggregator.Grains.Partition;

/// <summary>
/// The partitions of this process that fold what their logs had before they were activated. What a partition has replayed is shown only when none of
/// them does any more: until then every look at an entity would have it make totals that the next delta outdates.
/// </summary>
internal sealed class Replays(TimeProvider time)
{
    // Whether more is to come than is being applied.
    private readonly Dictionary<object, bool> _running = [];
    private volatile bool _areRunning;
    private volatile bool _areLong;
    private long _longSince;

    /// <summary>Whether a partition folds a backlog.</summary>
    public bool AreRunning => _areRunning;

    /// <summary>Whether one of them has more to come than entities take at once, as after a cold start; not after the few entries that a checkpoint is behind.</summary>
    public bool AreLong => _areLong;

    /// <summary>For how long that has been so; zero if it is not.</summary>
    public TimeSpan LongFor
    {
        get
        {
            lock (_running)
            {
                return _areLong ? time.GetElapsedTime(_longSince) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>A partition begins.</summary>
    public void Begin(object partition) => Change(() => _running[partition] = false);

    /// <summary>A partition that has begun has to wait until entities have taken what it has read.</summary>
    public void Wait(object partition) => Change(() =>
    {
        if (_running.ContainsKey(partition))
        {
            _running[partition] = true;
        }
    });

    /// <summary>Its entities have all of it, or it leaves.</summary>
    public void End(object partition) => Change(() => _running.Remove(partition));

    private void Change(Action change)
    {
        lock (_running)
        {
            change();
            _areRunning = _running.Count > 0;
            var wereLong = _areLong;
            _areLong = _running.ContainsValue(true);
            _longSince = _areLong && !wereLong ? time.GetTimestamp() : _longSince;
        }
    }
}
