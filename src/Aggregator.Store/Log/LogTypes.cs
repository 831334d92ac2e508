namespace Aggregator.Store.Log;

/// <summary>Where a partition's log stands.</summary>
/// <param name="Incarnation">Raised when the store came back, maybe with a shorter log; appends under another one are fenced.</param>
/// <param name="LastSequence">The last entry; 0 for an empty log.</param>
/// <param name="Checkpoint">Up to here every entity's state is durable; 0 at first.</param>
public sealed record LogHead(long Incarnation, long LastSequence, long Checkpoint)
{
    /// <summary>The era of the store that it was opened in (<see cref="Connection.StoreSession"/>); 0 where it was only looked at.</summary>
    public long Era { get; init; }
}

/// <summary>One entry as stored, writer's nonce included.</summary>
/// <param name="Sequence">Its position, from 1.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record LogEntry(long Sequence, byte[] Bytes);

/// <summary>The known outcome of an append. An unknown one is never returned.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The entry is in its slot, durable as far as the store promises.</summary>
    /// <param name="Late">True if it was there already: an earlier attempt had succeeded.</param>
    public sealed record Appended(bool Late) : AppendResult;

    /// <summary>Another writer's entry is in the slot; absorb it before anything else.</summary>
    /// <param name="Winner">The bytes in the slot.</param>
    public sealed record Taken(byte[] Winner) : AppendResult;

    /// <summary>The log has another incarnation; nothing was written.</summary>
    /// <param name="Incarnation">The incarnation in the store, 0 if there is none.</param>
    public sealed record Fenced(long Incarnation) : AppendResult;

    /// <summary>The slot before is empty; nothing was written.</summary>
    public sealed record Gap : AppendResult;
}

/// <summary>The outcome of saving a checkpoint.</summary>
public abstract record CheckpointResult
{
    private CheckpointResult()
    {
    }

    /// <summary>The store holds this checkpoint or a higher one.</summary>
    /// <param name="Checkpoint">The checkpoint in the store.</param>
    public sealed record Saved(long Checkpoint) : CheckpointResult;

    /// <summary>The log has another incarnation; nothing was written.</summary>
    /// <param name="Incarnation">The incarnation in the store.</param>
    public sealed record Fenced(long Incarnation) : CheckpointResult;
}
