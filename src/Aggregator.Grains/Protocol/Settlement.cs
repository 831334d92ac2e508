using Aggregator.Domain.Aggregates;

namespace Aggregator.Grains.Protocol;

/// <summary>
/// When an entity's changes are safe: in its own row, and in the row of every ancestor that shows them. Only then do the
/// partitions hear of them as durable; else a crash after the entity's write and before its parent's would leave the
/// parent without them for good, since nobody would send them again. Pure bookkeeping: the entity counts its changes,
/// and row, parent and parts are known by the count that they have.
/// </summary>
/// <param name="hasParent">Whether the entity tells a parent.</param>
public sealed class Settlement(bool hasParent)
{
    // Steps remembered. Beyond them the newest gives way to one newer still: the oldest is the one that can be reached,
    // and leaving steps out only understates what is safe.
    private const int Remembered = 64;

    private readonly List<(long Change, Marks Marks)> _written = [];
    private readonly List<(long Change, PartVersion Version)> _told = [];

    // Of parts that have told something that is not safe yet: a place may have thousands of them, and few tell at once.
    private readonly Dictionary<string, List<(long Change, PartVersion Version)>> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PartVersion> _safeParts = new(StringComparer.Ordinal);
    private bool _hasParent = hasParent;
    private long _inRow = -1;
    private long _above = hasParent ? -1 : long.MaxValue;

    // The count of changes up to which all is safe.
    private long Safe => Math.Min(_inRow, _above);

    /// <summary>Changes since the entity was read from its row.</summary>
    public long Changes { get; private set; }

    /// <summary>Everything up to these marks is safe.</summary>
    public Marks Durable { get; private set; } = new();

    /// <summary>Whether something is not safe yet because the parent has not said that it is.</summary>
    public bool AwaitsParent => _hasParent && _above < _inRow;

    /// <summary>The entity has changed.</summary>
    public void Changed() => Changes++;

    /// <summary>The row has what the entity was at a count of changes, with these marks.</summary>
    public void Written(long changes, Marks marks)
    {
        _inRow = Math.Max(_inRow, changes);
        Remember(_written, (changes, marks));
        Settle();
    }

    /// <summary>A version tells, by push or by row, what the entity was at a count of changes. Versions and counts only grow.</summary>
    public void Told(long changes, PartVersion version) => Remember(_told, (changes, version));

    /// <summary>The count of changes that the row has; -1 before it was written or read.</summary>
    public long InRow => _inRow;

    /// <summary>
    /// The parent says that a version is safe with it. That holds for what the row had when it was asked: a parent that is read anew after it
    /// has answered knows no more of its parts than their rows say.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="inRow"><see cref="InRow"/> when the parent was asked.</param>
    public void SafeAbove(PartVersion version, long inRow)
    {
        if (TakeUpTo(_told, told => told.Version.CompareTo(version) <= 0 && told.Change <= inRow, out var last))
        {
            _above = Math.Max(_above, last.Change);
            Settle();
        }
    }

    /// <summary>A part has told something; it shows from now on.</summary>
    public void Taken(string part, PartVersion version)
    {
        if (!_taken.TryGetValue(part, out var taken))
        {
            _taken[part] = taken = [];
        }

        // Only its own: what is safe of the others does not depend on it, and when an entity is read thousands are taken in one after another.
        Remember(taken, (Changes, version));
        SettlePart(part, taken);
    }

    /// <summary>
    /// The entity tells another parent from now on, or none, and finds out anew what is safe there. What was durable stays so:
    /// whoever reads a row that was made under an earlier registry has it made again (docs/adr/0005-registry-edits.md).
    /// </summary>
    public void Relink(bool toParent)
    {
        _hasParent = toParent;
        _above = toParent ? -1 : long.MaxValue;
        _told.Clear();
        Settle();
    }

    /// <summary>A part is one no more.</summary>
    public void Dropped(string part)
    {
        _taken.Remove(part);
        _safeParts.Remove(part);
    }

    /// <summary>The version of a part that is safe here and above.</summary>
    public PartVersion SafePart(string part) => _safeParts.GetValueOrDefault(part);

    private void Settle()
    {
        var safe = Safe;
        if (TakeUpTo(_written, written => written.Change <= safe, out var row))
        {
            Durable = row.Marks;
        }

        foreach (var (part, taken) in _taken)
        {
            SettlePart(part, taken);
        }
    }

    private void SettlePart(string part, List<(long Change, PartVersion Version)> taken)
    {
        var safe = Safe;
        if (TakeUpTo(taken, one => one.Change <= safe, out var last))
        {
            _safeParts[part] = last.Version;
        }

        if (taken.Count == 0)
        {
            _taken.Remove(part);
        }
    }

    private static bool TakeUpTo<T>(List<T> steps, Predicate<T> isReached, out T last) where T : struct
    {
        var count = steps.FindIndex(step => !isReached(step)) is var first && first < 0 ? steps.Count : first;
        last = count > 0 ? steps[count - 1] : default;
        steps.RemoveRange(0, count);
        return count > 0;
    }

    private static void Remember<T>(List<T> steps, T step)
    {
        if (steps.Count == Remembered)
        {
            steps[^1] = step;
        }
        else
        {
            steps.Add(step);
        }
    }
}
