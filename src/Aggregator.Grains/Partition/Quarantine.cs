using Aggregator.Domain.Log;

namespace Aggregator.Grains.Partition;

/// <summary>
/// The records of a partition that no fold takes: entities have failed on them. The log says which they are, by a record of its own;
/// until that is written a record is only suspected, and still sent. Runs in the turns of its grain.
/// </summary>
internal sealed class Quarantine
{
    private readonly HashSet<LogPosition> _held = [];
    private readonly Dictionary<LogPosition, string> _reported = [];
    private readonly HashSet<LogPosition> _said = [];
    private readonly HashSet<LogPosition> _lost = [];

    /// <summary>Records to be quarantined, each with what happened.</summary>
    public IReadOnlyCollection<KeyValuePair<LogPosition, string>> Reported => _reported;

    /// <summary>Those of the reported ones that were not given by an earlier call.</summary>
    public IReadOnlyList<KeyValuePair<LogPosition, string>> TakeUnsaid() => [.. _reported.Where(one => _said.Add(one.Key))];

    /// <summary>
    /// What is sent of a record: nobody gets one that is quarantined, but in its place that it is. What comes after it and before the log says so then finds the same
    /// with who has never taken it as with who had.
    /// </summary>
    public PlacedRecord InItsPlace(PlacedRecord placed)
    {
        ArgumentNullException.ThrowIfNull(placed);
        return _held.Contains(placed.Position) ? placed with { Record = new LogRecord.Quarantined(placed.Position, placed.Record, placed.ReceivedAt, "") } : placed;
    }

    /// <summary>An entity has failed on a record.</summary>
    public void Report(LogPosition position, string reason)
    {
        if (!_held.Contains(position) && !_lost.Contains(position))
        {
            _reported.TryAdd(position, reason);
        }
    }

    /// <summary>A record cannot be quarantined: its entry, which was folded once, can be read no more, or it takes out another one. It is not reported again.</summary>
    public void GiveUp(LogPosition position)
    {
        _reported.Remove(position);
        _lost.Add(position);
    }

    /// <summary>The log has an entry: what it quarantines is.</summary>
    public void Take(IEnumerable<PlacedRecord> records)
    {
        foreach (var placed in records)
        {
            if (placed.Record is LogRecord.Quarantined { Position: var position })
            {
                _held.Add(position);
                _reported.Remove(position);
            }
        }
    }
}
