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

    /// <summary>
    /// Entries times entities after the checkpoint that a partition keeps in memory; beyond it a batch is refused as busy: an entity whose row cannot be written, or that
    /// takes nothing, holds up nobody else before. Default 2,000,000, of some 16 MiB.
    /// </summary>
    public long MaximumTracked { get; set; } = 2_000_000;

    /// <summary>How long the checkpoint may stand still before the partition says, as an alert, which entity holds it up. Default 10 minutes.</summary>
    public TimeSpan CheckpointStands { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Claims in one log entry. Default 2,000: larger entries cost fewer writes and longer replays.</summary>
    public int MaximumClaimsPerEntry { get; set; } = 2_000;

    /// <summary>Bytes of one log entry as estimated, which is more than it is; well below what the store takes. Default 1 MiB.</summary>
    public int MaximumEntryBytes { get; set; } = 1024 * 1024;

    /// <summary>Log entries folded into one delta to an entity. Default 16.</summary>
    public int MaximumEntriesPerDelta { get; set; } = 16;

    /// <summary>Deltas that one partition has in flight. Default 16: there are many partitions, and what waits in entities times out.</summary>
    public int MaximumDeltasInFlight { get; set; } = 16;

    /// <summary>
    /// Records of the log that a partition has decoded and some entity lacks: a backlog is read no faster than it is applied. Default 8,000:
    /// more makes fewer and larger deltas of a backlog, and costs about 1 KiB a record.
    /// </summary>
    public int RecordsAhead { get; set; } = 8_000;

    /// <summary>Decoded records kept for deltas, so that hardly one needs a read of the log; somewhat more than <see cref="RecordsAhead"/>. Default 10,000.</summary>
    public int CachedRecords { get; set; } = 10_000;

    /// <summary>Entries of the log that may wait to be decoded; beyond it a batch is refused as busy. Default 2,000.</summary>
    public long MaximumBehind { get; set; } = 2_000;

    /// <summary>Entries that the index may lack when an activation begins for it to take them in first; beyond it batches are refused as busy meanwhile. Default 256.</summary>
    public int EntriesIndexedAtOnce { get; set; } = 256;

    /// <summary>Rows of the index that are kept in memory, while it takes in what it lacks, before they are written. Default 20,000.</summary>
    public int RowsUnwritten { get; set; } = 20_000;

    /// <summary>Entities that are asked at once how far their rows are. Default 256.</summary>
    public int EntitiesAskedAtOnce { get; set; } = 256;

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

    /// <summary>
    /// How long changes gather, before a write and before the parent is told, while a backlog of the log is being folded. Default 15 s. Claims alone, without totals,
    /// are written if there are more than may stay in memory (<see cref="LoadedClaims"/>), else after <see cref="LongestBacklog"/>.
    /// </summary>
    public TimeSpan InBacklog { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a delta of a backlog waits for an entity that is at other work before it is put off. Default 5 s, below Orleans' call time-out.</summary>
    public TimeSpan BusyAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long changes gather at most while none is, however long totals take to make. Default 1 s.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long totals stay as they are at most in such a backlog, while an entity's claims have not doubled; after a cold start as long again as it has lasted by then.
    /// Default 2 minutes. They are made no sooner than ten times what it took last, even if claims have doubled.
    /// </summary>
    public TimeSpan LongestBacklog { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long changes gather before the parent is told. Default 50 ms.</summary>
    public TimeSpan PushAfter { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long until a push that failed is tried again. Default 1 s.</summary>
    public TimeSpan PushRetry { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Stored claims that an entity keeps in memory, beside those that are not stored yet and those of the cell that is being
    /// folded; more saves reading them back when their cell changes. Default 20,000.
    /// </summary>
    public int LoadedClaims { get; set; } = 20_000;

    /// <summary>
    /// Claims that all entities of a process keep in memory together. Default 500,000, about 0.5 KiB each; beyond it each keeps no more than a twentieth of
    /// <see cref="LoadedClaims"/> of those that are stored.
    /// </summary>
    public long LoadedClaimsInAll { get; set; } = 500_000;

    /// <summary>Claims of one entity up to which a view of the past is made (R19); beyond it is refused. Default 500,000.</summary>
    public int PastClaims { get; set; } = 500_000;

    /// <summary>How long an entity waits for the claims of its parts; what has come by then is kept, and the rest is asked for again. Default 10 s, below Orleans' call time-out.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Row writes that one process has under way. Default 64: more only wait in the store.</summary>
    public int MaximumWritesInFlight { get; set; } = 64;

    /// <summary>Folds that read stored claims in one process at a time. Default 16: each holds the claims of the cells that it folds.</summary>
    public int MaximumReadsInFlight { get; set; } = 16;

    /// <summary>Entities of one process that make all their totals at a time while a backlog of the log is being folded; others write without. Default twice the processors.</summary>
    public int MaximumTotalsInFlight { get; set; } = 2 * Environment.ProcessorCount;

    /// <summary>Totals that an entity makes in one go, before others have a turn of the processor. Default 64.</summary>
    public int LinesAtOnce { get; set; } = 64;

    /// <summary>How long after an edit of the registry an entity waits for its parts to tell by themselves. Default 200 ms.</summary>
    public TimeSpan AskParts { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it then asks those that have not. Default 5 s.</summary>
    public TimeSpan AskPartsAgain { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an entity reads its parts' rows again, to catch what a dead silo did not push. Default 30 s.</summary>
    public TimeSpan RefreshParts { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long after a silo has come or gone an entity asks the store before each view whether another activation has begun since. Default 1 minute: by then Orleans has,
    /// as a rule, ended all but one.
    /// </summary>
    public TimeSpan Unsettled { get; set; } = TimeSpan.FromMinutes(1);
}
