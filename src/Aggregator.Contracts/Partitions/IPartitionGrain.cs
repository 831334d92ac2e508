using Aggregator.Contracts.Entities;
using Aggregator.Domain.Log;

namespace Aggregator.Contracts.Partitions;

/// <summary>
/// The one writer of a partition of the claim log: dedupes, appends, acknowledges, and fans out what it appended.
/// Keyed by the partition's number.
/// </summary>
[Alias("aggregator.partition")]
public interface IPartitionGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes claims in. Answers when all of them are durable, or that this cannot be said: then some may be, and sending
    /// all of them again is safe.
    /// </summary>
    [Alias("append")]
    Task<AppendReply> AppendAsync(ClaimBatch batch);

    /// <summary>What the log has of a report's text; null if it was never seen and may come. Sent again it answers its stored claims (R3).</summary>
    [Alias("find-report")]
    Task<KnownReport?> FindReportAsync(ReportTextBox report);

    /// <summary>Takes a claim back. Answers as <see cref="AppendAsync"/> does, with one outcome.</summary>
    [Alias("retract")]
    Task<AppendReply> RetractAsync(RetractionBox retraction);

    /// <summary>
    /// Answers when all that the partition appended up to <paramref name="sequence"/> shows in the views of
    /// <paramref name="entities"/> and of their ancestors.
    /// </summary>
    /// <returns>False if that did not come about in time, or the partition moves: ask again.</returns>
    [Alias("await-applied")]
    Task<bool> AwaitAppliedAsync(long sequence, EntityKey[] entities);

    /// <summary>Takes a record, on which a fold fails, out of all views: soon, by a record of the log. A call that came after level 1.</summary>
    /// <param name="record">Which, and why.</param>
    /// <param name="era">The era of the store that whoever failed on it has read its row in.</param>
    [Alias("quarantine"), ResponseTimeout(CallLimits.Step)]
    Task QuarantineAsync(PoisonedRecord record, long era);

    /// <summary>Keeps the partition awake, so that none sleeps on what it has not fanned out.</summary>
    [Alias("ping"), ResponseTimeout(CallLimits.Step)]
    Task PingAsync();

    /// <summary>
    /// Whether what the log had when the activation read it shows in all views: after a start of everything they are behind until then.
    /// </summary>
    [Alias("caught-up")]
    Task<bool> IsCaughtUpAsync();
}

/// <summary>Claims of one partition, validated and resolved.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.claim-batch")]
public sealed record ClaimBatch
{
    /// <summary>The claims, in the order sent.</summary>
    [Id(0)]
    public required ClaimList Claims { get; init; }

    /// <summary>
    /// Texts of reports all of whose claims are in this batch or in ones before it. Their outcomes follow those of the claims.
    /// </summary>
    [Id(1)]
    public ReportTextBox[] Texts { get; init; } = [];

    /// <summary>Whether the sender will wait for the views: then all of <see cref="AppendReply.AlsoTouched"/> is needed.</summary>
    [Id(2)]
    public bool IsAwaited { get; init; }
}

/// <summary>A report that came before: with the same text, or with others.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.known-report")]
public sealed record KnownReport
{
    /// <summary>How many claims were found in it when it first came.</summary>
    [Id(0)]
    public required int Found { get; init; }

    /// <summary>Those of them that stand, in text order.</summary>
    [Id(1)]
    public required ClaimList Claims { get; init; }

    /// <summary>The last log entry that the answer rests on: its text's, or a later one by which a claim of it was corrected or fell.</summary>
    [Id(2)]
    public required long Sequence { get; init; }

    /// <summary>Entities that the claims do not name, but other versions of them did, or those that it took away, if it may not show in all views yet.</summary>
    [Id(3)]
    public EntityKey[] AlsoTouched { get; init; } = [];

    /// <summary>How many texts may still come, where this one never came; null where it did. Nothing else is said of one that did not. Hosts of level 1 do not know it.</summary>
    [Id(5)]
    public int? TextsLeft { get; init; }
}

/// <summary>A claim to take back.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.retraction")]
public sealed record RetractionBox
{
    /// <summary>The claim's source, folded.</summary>
    [Id(0)]
    public required string Source { get; init; }

    /// <summary>The claim's id.</summary>
    [Id(1)]
    public required string Id { get; init; }

    /// <summary>Registry id of the source.</summary>
    [Id(2)]
    public required string SourceId { get; init; }

    /// <inheritdoc cref="ClaimBatch.IsAwaited"/>
    [Id(3)]
    public bool IsAwaited { get; init; }
}

/// <summary>What became of one claim.</summary>
public enum AppendOutcome : byte
{
    /// <summary>New, and durable now.</summary>
    Accepted = 1,

    /// <summary>The same content is in the log already (R2).</summary>
    Duplicate = 2,

    /// <summary>Another version of a claim in the log, and durable now (R3).</summary>
    Corrected = 3,

    /// <summary>Not taken: the claim has had as many versions as one may have.</summary>
    TooManyVersions = 4,

    /// <summary>A claim taken back, durable now; <see cref="AppendReply.AlsoTouched"/> has whom it named (R4).</summary>
    Retracted = 5,

    /// <summary>No claim had come under the id; durable now, none that comes will count (R4).</summary>
    Blocked = 6,
}

/// <summary>Why it cannot be said that all of a batch is durable. Sent again, what is in already counts once.</summary>
public enum AppendRefusal : byte
{
    /// <summary>It was taken.</summary>
    None = 0,

    /// <summary>More is waiting than the partition may hold; send again later.</summary>
    Busy = 1,

    /// <summary>The store does not take writes now.</summary>
    StoreUnavailable = 2,

    /// <summary>A report's text with the claims that it replaces is more than one log entry holds; sent again it is no less.</summary>
    TooLarge = 3,
}

/// <summary>What became of a batch.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.append-reply")]
public sealed record AppendReply
{
    /// <summary>Why it cannot be said that all is durable; <see cref="AppendRefusal.None"/> if it is.</summary>
    [Id(0)]
    public AppendRefusal Refusal { get; init; }

    /// <summary>Per claim, in the order sent; empty on a refusal.</summary>
    [Id(1)]
    public AppendOutcome[] Outcomes { get; init; } = [];

    /// <summary>The last log entry that any of the claims rests on, originals of duplicates included.</summary>
    [Id(2)]
    public long LastSequence { get; init; }

    /// <summary>
    /// Entities that the claims do not name, but other versions of them did, or claims that fell with a text, or the originals of duplicates; of these, and of what fell ahead of
    /// a text in entries of its own, only where it is asked for.
    /// </summary>
    [Id(3)]
    public EntityKey[] AlsoTouched { get; init; } = [];
}
