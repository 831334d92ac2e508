using Aggregator.Grains.Protocol;
using Aggregator.Simulation.Store;
using Aggregator.Store.Connection;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Simulation.Audit;

/// <summary>
/// Looks at what is written as it is written (D): a partition's last sequence and incarnation, its checkpoint, how far it is indexed, and the marks
/// of every row only grow, and none passes the end of the log. Until the store restarts: what it lost then is counted anew.
/// </summary>
internal sealed class Growth
{
    private const string MarksField = "marks";

    private readonly StoreKeys _keys;
    private readonly Dictionary<RedisKey, int> _partitionOf = [];
    private readonly Dictionary<RedisKey, (RedisValue Field, Marks Marks)> _rows = [];
    private readonly Standing[] _standings;

    public Growth(StoreKeys keys, int partitions)
    {
        _keys = keys;
        _standings = new Standing[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            _partitionOf[keys.Incarnation(partition)] = _partitionOf[keys.IndexedTo(partition)] = partition;
        }
    }

    /// <summary>What fell, or passed the end of the log; null if nothing has.</summary>
    public string? Fault { get; private set; }

    /// <summary>A script has run.</summary>
    public void Ran(SimStore store, string script, RedisKey first)
    {
        if (script == StoreScripts.WriteRow)
        {
            LookAtRow(store, first);
        }
        else if (_partitionOf.TryGetValue(first, out var partition))
        {
            LookAtPartition(store, partition);
        }
    }

    /// <summary>The store has restarted, and may have lost its end: what it has now holds together, and grows from there.</summary>
    public void Restarted(SimStore store)
    {
        Array.Clear(_standings);
        RedisKey[] rows = [.. _rows.Keys];
        _rows.Clear();
        for (var partition = 0; partition < _standings.Length; partition++)
        {
            LookAtPartition(store, partition);
        }

        foreach (var row in rows)
        {
            LookAtRow(store, row);
        }
    }

    private void LookAtPartition(SimStore store, int partition)
    {
        var before = _standings[partition];
        var end = before.End;
        while (store.Exists(_keys.Slot(partition, end + 1)))
        {
            end++;
        }

        var stands = new Standing(
            (long)store.Get(_keys.Incarnation(partition)), end, (long)store.Get(_keys.Last(partition)), (long)store.Get(_keys.Checkpoint(partition)), (long)store.Get(_keys.IndexedTo(partition)));
        if (stands.Incarnation < before.Incarnation || stands.Last < before.Last || stands.Checkpoint < before.Checkpoint || stands.Indexed < before.Indexed)
        {
            Fault ??= $"D: partition {partition} falls from {before} to {stands}";
        }
        else if (stands.Last > end || stands.Checkpoint > end || stands.Indexed > end)
        {
            Fault ??= $"D: partition {partition} passes the end of its log: {stands}";
        }

        _standings[partition] = stands;
    }

    private void LookAtRow(SimStore store, RedisKey row)
    {
        var before = _rows.GetValueOrDefault(row);
        if (store.HashGet(row, MarksField) is not { IsNull: false } field || field == before.Field)
        {
            return;
        }

        var marks = Marks.Decode((byte[])field!);
        foreach (var (partition, mark) in marks.All)
        {
            if (mark.Sequence > _standings[partition].End)
            {
                Fault ??= $"D: {row} has {mark} of partition {partition}, whose log ends at {_standings[partition].End}";
            }
        }

        foreach (var (partition, held) in before.Marks?.All ?? new Marks().All)
        {
            if (marks[partition] is var mark && (mark.Incarnation < held.Incarnation || mark.Sequence < held.Sequence))
            {
                Fault ??= $"D: {row} falls from {held} to {mark} of partition {partition}";
            }
        }

        _rows[row] = (field, marks);
    }

    /// <summary>Where a partition stands.</summary>
    private readonly record struct Standing(long Incarnation, long End, long Last, long Checkpoint, long Indexed);
}
