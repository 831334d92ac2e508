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
    private readonly Dictionary<RedisKey, (RedisValue Field, Marks Marks, long Version, long Epoch)> _rows = [];
    private readonly Standing[] _standings;

    public Growth(StoreKeys keys, int partitions)
    {
        _keys = keys;
        _standings = new Standing[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            _partitionOf[keys.Incarnation(partition)] = _partitionOf[keys.IndexedTo(partition)] = _partitionOf[keys.Last(partition)] = partition;
        }
    }

    /// <summary>What fell, or passed the end of the log; null if nothing has.</summary>
    public string? Fault { get; private set; }

    /// <summary>A script has run.</summary>
    public void Ran(SimStore store, string script, RedisKey first)
    {
        if (script == StoreScripts.WriteRow || script == StoreScripts.RaiseEpoch)
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
        var before = _rows.GetValueOrDefault(row, (RedisValue.Null, new Marks(), 0, 0));
        var stands = (Field: store.HashGet(row, MarksField), before.Marks, Version: (long)store.HashGet(row, "$v"), Epoch: (long)store.HashGet(row, "$e"));
        if (stands.Version < before.Version || stands.Epoch < before.Epoch)
        {
            Fault ??= $"D: {row} falls from version {before.Version} and epoch {before.Epoch} to {stands.Version} and {stands.Epoch}";
        }

        if (!stands.Field.IsNull && stands.Field != before.Field)
        {
            stands.Marks = Marks.Decode((byte[])stands.Field!);
            LookAtMarks(row, before.Marks, stands.Marks);
        }

        _rows[row] = stands;
    }

    private void LookAtMarks(RedisKey row, Marks before, Marks stands)
    {
        foreach (var (partition, mark) in stands.All)
        {
            if (mark.Sequence > _standings[partition].End)
            {
                Fault ??= $"D: {row} has {mark} of partition {partition}, whose log ends at {_standings[partition].End}";
            }
        }

        foreach (var (partition, held) in before.All)
        {
            if (stands[partition] is var mark && (mark.Incarnation < held.Incarnation || mark.Sequence < held.Sequence))
            {
                Fault ??= $"D: {row} falls from {held} to {mark} of partition {partition}";
            }
        }
    }

    /// <summary>Where a partition stands.</summary>
    private readonly record struct Standing(long Incarnation, long End, long Last, long Checkpoint, long Indexed);
}
