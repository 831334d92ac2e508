namespace Aggregator.Grains.Protocol;

/// <summary>How far an entity has come with one partition's log.</summary>
/// <param name="Incarnation">The log's incarnation.</param>
/// <param name="Sequence">All entries up to here that touch the entity are in.</param>
public readonly record struct Mark(long Incarnation, long Sequence);

/// <summary>What an entity does with a delta.</summary>
public enum DeltaVerdict
{
    /// <summary>It follows on: apply it.</summary>
    Apply,

    /// <summary>It follows on if the entity's row is unchanged since it was read: make sure first.</summary>
    Verify,

    /// <summary>It does not follow on: answer the mark, and the partition folds again from there.</summary>
    Refuse,
}

/// <summary>
/// An entity's marks, one per partition. They make the fan-out exactly-once in effect: a delta over (from, to] with the
/// last touching entry <c>previous</c> is applied only if previous ≤ mark ≤ from.
/// </summary>
public sealed class Marks
{
    private readonly SortedDictionary<int, Mark> _marks = [];

    /// <summary>All marks, by partition.</summary>
    public IReadOnlyDictionary<int, Mark> All => _marks;

    /// <summary>The mark of a partition; zero if nothing of it was applied.</summary>
    public Mark this[int partition]
    {
        get => _marks.GetValueOrDefault(partition);
        set => _marks[partition] = value;
    }

    /// <summary>Whether a delta follows on.</summary>
    /// <param name="partition">The log partition.</param>
    /// <param name="incarnation">Its incarnation as the sender knows it.</param>
    /// <param name="previous">The last entry ≤ <paramref name="from"/> after the checkpoint that touched the entity, else the checkpoint.</param>
    /// <param name="previousIsCheckpoint">Whether <paramref name="previous"/> is the checkpoint.</param>
    /// <param name="from">The entry that the delta starts after.</param>
    /// <param name="rowVerified">Whether the entity has just made sure that its row is unchanged.</param>
    public DeltaVerdict Judge(int partition, long incarnation, long previous, bool previousIsCheckpoint, long from, bool rowVerified)
    {
        var mark = this[partition];
        if (incarnation < mark.Incarnation || mark.Sequence > from)
        {
            return DeltaVerdict.Refuse;
        }

        if (mark.Sequence >= previous)
        {
            return DeltaVerdict.Apply;
        }

        // Everything up to the checkpoint is in the entity's row. A mark below it means that nothing touched the entity
        // in between, or that this activation read its row before another one wrote it.
        return !previousIsCheckpoint ? DeltaVerdict.Refuse : rowVerified ? DeltaVerdict.Apply : DeltaVerdict.Verify;
    }

    /// <summary>Whether all that others have come to is in.</summary>
    public bool HaveReached(Marks others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return others._marks.All(one => this[one.Key].Sequence >= one.Value.Sequence);
    }

    /// <summary>The same marks, independent of further changes.</summary>
    public Marks Copy()
    {
        var copy = new Marks();
        foreach (var (partition, mark) in _marks)
        {
            copy[partition] = mark;
        }

        return copy;
    }

    /// <summary>The stored form.</summary>
    public byte[] Encode()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((byte)1);
        writer.Write7BitEncodedInt(_marks.Count);
        foreach (var (partition, mark) in _marks)
        {
            writer.Write7BitEncodedInt(partition);
            writer.Write7BitEncodedInt64(mark.Incarnation);
            writer.Write7BitEncodedInt64(mark.Sequence);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="InvalidDataException">It is of no known version.</exception>
    public static Marks Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        if (reader.ReadByte() is var version and not 1)
        {
            throw new InvalidDataException($"marks of format {version}");
        }

        var marks = new Marks();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            marks[reader.Read7BitEncodedInt()] = new Mark(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        }

        return marks;
    }
}
