using Aggregator.Contracts.Partitions;
using Aggregator.Contracts.Views;

namespace Aggregator.Contracts.Entities;

/// <summary>
/// One live aggregate. Partitions apply to it, its parts push to it, it pushes to its parent: feeding goes partition →
/// entity → parent, never back. Views of the past are asked for down the tree, and hold nothing while they wait. Keyed by
/// registry id.
/// </summary>
[Alias("aggregator.entity")]
public interface IEntityGrain : IGrainWithStringKey
{
    /// <summary>Applies what a partition's log has for this entity, once, and answers how far it has come.</summary>
    [Alias("apply"), ResponseTimeout(CallLimits.Step)]
    Task<ApplyReply> ApplyAsync(EntityDelta delta);

    /// <summary>Takes in a part's totals.</summary>
    /// <param name="part">The part.</param>
    /// <param name="update">What it tells.</param>
    /// <param name="registry">Version of the registry that it rolls up by.</param>
    /// <param name="structure">Structure of the registry that its totals rest on, its own parts' too; null while some of those have not told.</param>
    /// <param name="era">The era of the store that the part has read its row in.</param>
    /// <returns>False if a version in between is missing, or if it is no part of this entity: send everything.</returns>
    [Alias("take-part"), ResponseTimeout(CallLimits.Step)]
    Task<bool> TakePartAsync(string part, PartUpdateBox update, long registry, ulong? structure, long era);

    /// <summary>Rolls up by at least a version of the registry from now on.</summary>
    /// <param name="registry">The version.</param>
    /// <param name="part">The part that is asked about; null for all.</param>
    /// <returns>Whether what the part tells, or what all parts do, is under that version in the entity's view.</returns>
    [Alias("adopt"), ResponseTimeout(CallLimits.Step)]
    Task<bool> AdoptAsync(long registry, string? part);

    /// <summary>Tells the parent everything again, under at least a version of the registry. Answers before that is done.</summary>
    [Alias("tell-again"), ResponseTimeout(CallLimits.Step)]
    Task TellAgainAsync(long registry);

    /// <summary>
    /// Somebody has told or written under this epoch. An activation of an earlier one has been overtaken by another, which may be gone by
    /// now: it reads its row again and tells everything under a later epoch.
    /// </summary>
    [Alias("outranked"), ResponseTimeout(CallLimits.Step)]
    Task OutrankedAsync(long epoch);

    /// <summary>What this entity has of a part.</summary>
    [Alias("part"), ResponseTimeout(CallLimits.Step)]
    Task<PartStanding> GetPartAsync(string part);

    /// <summary>Answers when all that was applied until now shows in every ancestor's view.</summary>
    [Alias("settle")]
    Task SettleAsync();

    /// <summary>
    /// Answers when all that a partition's log had for the entity up to a mark shows in its view and in every ancestor's. A call that came after level 1.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="mark">The last of its entries that must be in the entity; 0 if all of them are in its row.</param>
    /// <param name="era">The era of the store that the partition has read its log in.</param>
    /// <returns>False if the entity lacks some of that, or has read its row meanwhile and was sent it again: ask again.</returns>
    [Alias("settle-to")]
    Task<bool> SettleToAsync(int partition, long mark, long era);

    /// <summary>
    /// Answers when what a part has told shows in this entity's view and in every ancestor's. A call that came after level 1.
    /// </summary>
    /// <param name="part">The part.</param>
    /// <param name="epoch">The part's epoch under which it has told; 0 if it has told nothing.</param>
    /// <param name="number">The last version under that epoch that this entity has acknowledged.</param>
    /// <param name="era">The era of the store that the part has read its row in.</param>
    /// <returns>False if the entity lacks what the part told, or has read its row meanwhile: tell, and ask again.</returns>
    [Alias("settle-part")]
    Task<bool> SettlePartAsync(string part, long epoch, long number, long era);

    /// <summary>What this entity would have told its parent at a past moment (R19), its parts asked in turn.</summary>
    /// <param name="asOf">The moment, UTC.</param>
    [Alias("past")]
    Task<PartUpdateBox> GetPastAsync(DateTimeOffset asOf);

    /// <summary>The claims of a bucket that the entity told its parent of, its own and its parts'; the fold of a bucket is the parent's who speaks with its voice.</summary>
    /// <param name="bucket">The bucket, as it was told.</param>
    [Alias("told"), ResponseTimeout(CallLimits.Step)]
    Task<RecordList> GetToldAsync(string bucket);

    /// <summary>The claims that the entity's numbers rest on, its parts' among them, newest first, with their words (R20).</summary>
    [Alias("claims")]
    Task<ClaimsPage> GetClaimsAsync(ClaimsQuery query);

    /// <summary>The same without their words, as <see cref="GetClaimsAsync"/> asks parts for them.</summary>
    [Alias("find-claims")]
    Task<RecordList> FindClaimsAsync(ClaimsQuery query);

    /// <summary>When the entity's claims were reported or happened (R18), with those of its parts.</summary>
    [Alias("timeline")]
    Task<TimelineCounts> GetTimelineAsync(TimelineQuery query);

    /// <summary>The version that a view made now would have, without making one: cheap enough to be asked again and again.</summary>
    [Alias("version"), ResponseTimeout(CallLimits.Step)]
    Task<long> GetVersionAsync();
}

/// <summary>The aggregate of an actor.</summary>
[Alias("aggregator.actor")]
public interface IActorGrain : IEntityGrain
{
    /// <summary>The view; null if no claim names the actor and the registry does not know it.</summary>
    /// <param name="asOf">The moment that it shows (R19), UTC; null for now.</param>
    [Alias("view")]
    Task<ActorView?> GetViewAsync(DateTimeOffset? asOf);
}

/// <summary>The aggregate of a region.</summary>
[Alias("aggregator.region")]
public interface IRegionGrain : IEntityGrain
{
    /// <summary>The view; null if no claim names the region and the registry does not know it.</summary>
    /// <param name="asOf">The moment that it shows (R19), UTC; null for now.</param>
    [Alias("view")]
    Task<RegionView?> GetViewAsync(DateTimeOffset? asOf);

    /// <summary>Denials and confirmations made in this region and those that contain it, which reach into its parts (R12).</summary>
    /// <param name="asOf">Those known at this moment, UTC; null for now.</param>
    [Alias("answers")]
    Task<AnswerList> GetAnswersAsync(DateTimeOffset? asOf);

    /// <summary>What the region gives a source towards its track record (R17), as it stands.</summary>
    [Alias("judgements")]
    Task<SourceTally> GetJudgementsAsync(string source);
}

/// <summary>The aggregate of a source.</summary>
[Alias("aggregator.source")]
public interface ISourceGrain : IEntityGrain
{
    /// <summary>The view; null if nothing came from the source and the registry does not know it.</summary>
    /// <param name="asOf">The moment that it shows (R19), UTC; null for now.</param>
    [Alias("view")]
    Task<SourceView?> GetViewAsync(DateTimeOffset? asOf);

    /// <summary>Takes in what a region gives the source towards its track record; an older tally than is held changes nothing.</summary>
    [Alias("take-judgements"), ResponseTimeout(CallLimits.Step)]
    Task TakeJudgementsAsync(string region, SourceTally tally);
}

/// <summary>What a region gives one source towards its track record (R17): absolute, under a version of the region.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.source-tally")]
public readonly record struct SourceTally
{
    /// <summary>Epoch of the region's activation.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>Counts what the region has told in that epoch.</summary>
    [Id(1)]
    public required long Number { get; init; }

    /// <summary>Statements on which the source's figure overlaps the one that stands.</summary>
    [Id(2)]
    public required long Confirmed { get; init; }

    /// <summary>Statements on which it does not.</summary>
    [Id(3)]
    public required long Contradicted { get; init; }

    /// <summary>The era of the store that the region has read its row in.</summary>
    [Id(4)]
    public long Era { get; init; }

    /// <summary>Whether it says that the region gives the source nothing.</summary>
    public bool IsNone => Confirmed == 0 && Contradicted == 0;
}

/// <summary>What an entity has of a part, as versions of what the part told.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.part-standing")]
public readonly record struct PartStanding
{
    /// <summary>Epoch of the version in its memory.</summary>
    [Id(0)]
    public required long HeldEpoch { get; init; }

    /// <summary>Number of the version in its memory.</summary>
    [Id(1)]
    public required long HeldNumber { get; init; }

    /// <summary>Epoch of the version in its row and in those of its ancestors.</summary>
    [Id(2)]
    public required long SafeEpoch { get; init; }

    /// <summary>Number of the version in its row and in those of its ancestors.</summary>
    [Id(3)]
    public required long SafeNumber { get; init; }

    /// <summary>The era of the store that it has read its row in.</summary>
    [Id(4)]
    public long Era { get; init; }
}

/// <summary>What the entries (From, To] of a partition's log have for one entity, folded into one message.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.entity-delta")]
public sealed record EntityDelta
{
    /// <summary>The partition.</summary>
    [Id(0)]
    public required int Partition { get; init; }

    /// <summary>Its log's incarnation.</summary>
    [Id(1)]
    public required long Incarnation { get; init; }

    /// <summary>The last entry up to <see cref="From"/> and after the checkpoint that touched the entity, else the checkpoint.</summary>
    [Id(2)]
    public required long Previous { get; init; }

    /// <summary>Whether <see cref="Previous"/> is the checkpoint: everything up to it is durable in the entity's row.</summary>
    [Id(3)]
    public required bool PreviousIsCheckpoint { get; init; }

    /// <summary>The mark that the partition expects at the most.</summary>
    [Id(4)]
    public required long From { get; init; }

    /// <summary>The mark after it is applied; equal to <see cref="From"/> if only the marks are asked for.</summary>
    [Id(5)]
    public required long To { get; init; }

    /// <summary>The records, in log order.</summary>
    [Id(6)]
    public required RecordList Records { get; init; }

    /// <summary>Whether the entity should persist now, since much of the log waits for it to be checkpointed.</summary>
    [Id(7)]
    public bool PersistSoon { get; init; }

    /// <summary>The era of the store that the partition read its log in.</summary>
    [Id(8)]
    public long Era { get; init; }

    /// <summary>Whether the partition is behind its log, so that more for this entity is likely to come soon: writes and pushes may gather more.</summary>
    [Id(9)]
    public bool IsBacklog { get; init; }
}

/// <summary>How far an entity has come with a partition's log.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.apply-reply")]
public sealed record ApplyReply
{
    /// <summary>The incarnation of the log that the mark belongs to.</summary>
    [Id(2)]
    public required long Incarnation { get; init; }

    /// <summary>Everything up to here that touches the entity is in its memory.</summary>
    [Id(0)]
    public required long Mark { get; init; }

    /// <summary>Everything up to here that touches the entity is in its row and in those of its ancestors.</summary>
    [Id(1)]
    public required long DurableMark { get; init; }

    /// <summary>A record of the delta that cannot be folded; null if there is none. The mark is before it.</summary>
    [Id(3)]
    public PoisonedRecord? Poisoned { get; init; }

    /// <summary>
    /// Whether the entity was at other work for so long that nothing was done about the delta, and is to be sent it again: the marks say nothing. Given to a backlog's
    /// deltas alone (<see cref="EntityDelta.IsBacklog"/>).
    /// </summary>
    [Id(4)]
    public bool IsBusy { get; init; }
}

/// <summary>A record that a fold failed on.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.poisoned")]
public sealed record PoisonedRecord
{
    /// <summary>The entry of the partition's log.</summary>
    [Id(0)]
    public required long Sequence { get; init; }

    /// <summary>The record in it.</summary>
    [Id(1)]
    public required int Ordinal { get; init; }

    /// <summary>What happened, for people.</summary>
    [Id(2)]
    public required string Reason { get; init; }
}
