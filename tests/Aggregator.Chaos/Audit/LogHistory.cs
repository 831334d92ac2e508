using Aggregator.Grains.Protocol;

namespace Aggregator.Chaos.Audit;

/// <summary>A partition's head in the store.</summary>
internal sealed record LogHead(long Incarnation, long Checkpoint, long Last);

/// <summary>An entity's row: its version, the epoch of its last activation, and how far it has come with each partition.</summary>
internal sealed record LogRow(string Key, long Version, long Epoch, Marks Marks);

/// <summary>What was read in the store in one go: rows first, then heads, then the era.</summary>
/// <param name="At">When all of it had been read.</param>
/// <param name="Rows">Rows of some entities.</param>
/// <param name="Heads">Heads of all partitions.</param>
/// <param name="Era">The store's era; 0 where there is none yet.</param>
internal sealed record LogLook(DateTimeOffset At, IReadOnlyList<LogRow> Rows, IReadOnlyList<LogHead> Heads, long Era);

/// <summary>
/// What must never fall, from look to look: the era, versions and epochs of rows, incarnations; and within an incarnation the end of a log, its checkpoint and the marks of rows.
/// No checkpoint or mark is beyond the log's end in any look.
/// </summary>
internal sealed class LogHistory
{
    private const int Kept = 600;
    private readonly List<LogLook> _looks = [];

    /// <summary>The newest look; null if there is none, or all that was seen may be gone.</summary>
    public LogLook? Newest => _looks.Count > 0 ? _looks[^1] : null;

    /// <summary>One more look: what is wrong in it, and against the one before.</summary>
    public IReadOnlyList<string> Take(LogLook now)
    {
        List<string> wrong = [.. HeadsBeyond(now.Heads), .. MarksBeyond(now.Rows, now.Heads)];
        if (Newest is { } before)
        {
            wrong.AddRange(FallenHeads(before, now));
            wrong.AddRange(FallenRows(before, now));
        }

        _looks.Add(now);
        if (_looks.Count > Kept)
        {
            _looks.RemoveAt(0);
        }

        return wrong;
    }

    /// <summary>The store has lost what it was told after a moment, maybe: what had been read by then still holds, and nothing else.</summary>
    public void Forget(DateTimeOffset after) => _looks.RemoveAll(look => look.At > after);

    /// <summary>Marks beyond the end of their log, or of an incarnation to come.</summary>
    public static IEnumerable<string> MarksBeyond(IEnumerable<LogRow> rows, IReadOnlyList<LogHead> heads) =>
        from row in rows
        from mark in row.Marks.All
        let head = heads[mark.Key]
        where mark.Value.Sequence > head.Last || mark.Value.Incarnation > head.Incarnation
        select $"{row.Key} has the mark {mark.Value.Sequence} of incarnation {mark.Value.Incarnation} of partition {mark.Key}, and its log ends at {head.Last} in incarnation {head.Incarnation}";

    private static IEnumerable<string> HeadsBeyond(IEnumerable<LogHead> heads) =>
        from head in heads.Index()
        where head.Item.Checkpoint > head.Item.Last
        select $"partition {head.Index} is checkpointed to {head.Item.Checkpoint} and its log ends at {head.Item.Last}";

    private static IEnumerable<string> FallenHeads(LogLook before, LogLook now)
    {
        if (now.Era < before.Era)
        {
            yield return $"the store's era is {now.Era} after {before.Era}";
        }

        foreach (var (partition, (head, earlier)) in now.Heads.Zip(before.Heads).Index())
        {
            if (head.Incarnation < earlier.Incarnation)
            {
                yield return $"partition {partition} has incarnation {head.Incarnation} after {earlier.Incarnation}";
            }

            if (head.Incarnation == earlier.Incarnation && head.Last < earlier.Last)
            {
                yield return $"the log of partition {partition} ends at {head.Last} after {earlier.Last}, within incarnation {head.Incarnation}";
            }

            if (head.Incarnation == earlier.Incarnation && head.Checkpoint < earlier.Checkpoint)
            {
                yield return $"partition {partition} is checkpointed to {head.Checkpoint} after {earlier.Checkpoint}, within incarnation {head.Incarnation}";
            }
        }
    }

    private static IEnumerable<string> FallenRows(LogLook before, LogLook now)
    {
        var earlier = before.Rows.ToDictionary(static row => row.Key, StringComparer.Ordinal);
        foreach (var row in now.Rows)
        {
            if (!earlier.TryGetValue(row.Key, out var known))
            {
                continue;
            }

            if (row.Version < known.Version)
            {
                yield return $"{row.Key} has version {row.Version} after {known.Version}";
            }

            if (row.Epoch < known.Epoch)
            {
                yield return $"{row.Key} has epoch {row.Epoch} after {known.Epoch}";
            }

            foreach (var (partition, mark) in known.Marks.All)
            {
                if (row.Marks[partition] is var mine && (mine.Incarnation < mark.Incarnation || (mine.Incarnation == mark.Incarnation && mine.Sequence < mark.Sequence)))
                {
                    yield return $"{row.Key} has the mark {mine.Sequence} of incarnation {mine.Incarnation} of partition {partition} after {mark.Sequence} of {mark.Incarnation}";
                }
            }
        }
    }
}
