namespace Aggregator.Grains.Hosting;

/// <summary>Bounds and rhythms of partitions.</summary>
public sealed class PartitionOptions
{
    /// <summary>
    /// Claims that may wait in one partition for their append; beyond it a batch is refused as busy. Default 20,000:
    /// more takes bursts without refusals, and memory with it.
    /// </summary>
    public int MaximumQueuedClaims { get; set; } = 20_000;

    /// <summary>
    /// Entries times entities that may wait to be applied; beyond it a batch is refused as busy, so that views never fall
    /// far behind the log. Default 200,000.
    /// </summary>
    public long MaximumUnapplied { get; set; } = 200_000;

    /// <summary>Claims in one log entry. Default 2,000: larger entries cost fewer writes and longer replays.</summary>
    public int MaximumClaimsPerEntry { get; set; } = 2_000;

    /// <summary>Bytes of one log entry as estimated, which is more than it is; well below what the store takes. Default 1 MiB.</summary>
    public int MaximumEntryBytes { get; set; } = 1024 * 1024;

    /// <summary>Log entries folded into one delta to an entity. Default 16.</summary>
    public int MaximumEntriesPerDelta { get; set; } = 16;

    /// <summary>Deltas that one partition has in flight. Default 64.</summary>
    public int MaximumDeltasInFlight { get; set; } = 64;

    /// <summary>Decoded records kept for deltas, so that most need no read of the log. Default 5,000.</summary>
    public int CachedRecords { get; set; } = 5_000;

    /// <summary>Keys of the dedupe index kept in memory. Default 100,000.</summary>
    public int CachedKeys { get; set; } = 100_000;

    /// <summary>How often a partition retries, asks for marks, and writes index and checkpoint. Default 500 ms.</summary>
    public TimeSpan Tick { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a caller waits for its claims to show in the views. Default 20 s, below Orleans' call time-out.</summary>
    public TimeSpan AppliedTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Entries after the checkpoint from which entities are asked to persist at once. Default 2,000.</summary>
    public long PersistBacklog { get; set; } = 2_000;
}

/// <summary>Rhythms of entities.</summary>
public sealed class EntityOptions
{
    /// <summary>Least time from a change to its write. Default 1 s.</summary>
    public TimeSpan PersistAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Random time added to it, so that entities do not write all at once. Default 2 s.</summary>
    public TimeSpan PersistSpread { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long changes gather before the parent is told. Default 50 ms.</summary>
    public TimeSpan PushAfter { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long until a push that failed is tried again. Default 1 s.</summary>
    public TimeSpan PushRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Stored claims that an entity keeps in memory, beside those that are not stored yet and those of the cell that is being
    /// folded; more saves reading them back when their cell changes. Default 20,000.
    /// </summary>
    public int LoadedClaims { get; set; } = 20_000;

    /// <summary>Claims of one entity up to which a view of the past is made (R19); beyond it is refused. Default 500,000.</summary>
    public int PastClaims { get; set; } = 500_000;

    /// <summary>How long an entity waits for the claims of its parts. Default 10 s, below Orleans' call time-out.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Row writes that one process has under way. Default 64: more only wait in the store.</summary>
    public int MaximumWritesInFlight { get; set; } = 64;

    /// <summary>How long after an edit of the registry an entity waits for its parts to tell by themselves. Default 200 ms.</summary>
    public TimeSpan AskParts { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it then asks those that have not. Default 5 s.</summary>
    public TimeSpan AskPartsAgain { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an entity reads its parts' rows again, to catch what a dead silo did not push. Default 30 s.</summary>
    public TimeSpan RefreshParts { get; set; } = TimeSpan.FromSeconds(30);
}
