using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Log;

/// <summary>Where a record stands in the claim log.</summary>
/// <param name="Partition">Log partition, 0-based.</param>
/// <param name="Sequence">Entry in the partition, 1-based.</param>
/// <param name="Ordinal">Record in the entry, 0-based.</param>
public readonly record struct LogPosition(int Partition, long Sequence, int Ordinal)
{
    /// <summary>Whether it stands behind another position of the same partition.</summary>
    public bool IsAfter(LogPosition other) => (Sequence, Ordinal).CompareTo((other.Sequence, other.Ordinal)) > 0;
}

/// <summary>An actor, region or source: the address of its aggregate.</summary>
public readonly record struct EntityKey(EntityKind Kind, string Id)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}/{Id}";
}

/// <summary>
/// One thing that happened, as the log keeps it. Self-contained: the fold needs nothing but the record, so live,
/// replay and as-of are one function.
/// </summary>
public abstract record LogRecord
{
    private LogRecord()
    {
    }

    /// <summary>The entities whose aggregate changes with this record, each once.</summary>
    public abstract IReadOnlyCollection<EntityKey> Touches { get; }

    /// <summary>The record as entities are sent it: without the words of its claims, which no fold looks at.</summary>
    public LogRecord WithoutWords() => this switch
    {
        Added added => added with { Claim = added.Claim.WithoutWords() },
        Corrected corrected => corrected with { Claim = corrected.Claim.WithoutWords(), Replaced = corrected.Replaced.WithoutWords() },
        Retracted retracted => retracted with { Removed = retracted.Removed?.WithoutWords() },
        Superseded superseded => superseded with { Removed = superseded.Removed.WithoutWords() },
        Quarantined quarantined => quarantined with { Record = quarantined.Record.WithoutWords() },
        _ => this,
    };

    /// <summary>A claim seen for the first time.</summary>
    public sealed record Added(Claim Claim) : LogRecord
    {
        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches => TouchedBy(Claim);
    }

    /// <summary>Another version of a claim (R3).</summary>
    /// <param name="Claim">The version that came.</param>
    /// <param name="Replaced">The version that stood until then.</param>
    /// <param name="ReplacedAt">Where it stands in the log.</param>
    /// <param name="Stands">Whether the new version stands now; an older revision that comes late does not.</param>
    public sealed record Corrected(Claim Claim, Claim Replaced, LogPosition ReplacedAt, bool Stands) : LogRecord
    {
        /// <summary>From when on a version that ranks higher was known, UTC (R19); null if none does, or if the replaced one alone does, from its reportedAt on.</summary>
        public DateTimeOffset? OutrankedFrom { get; init; }

        /// <summary>The entities that earlier versions name and these two do not: what their past views show ends with this one.</summary>
        public IReadOnlyCollection<EntityKey> Formerly { get; init; } = [];

        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches => [.. TouchedBy(Claim).Union(TouchedBy(Replaced)).Union(Formerly)];

        /// <summary>When a further version came to be known (R19): its reportedAt, but if that is the replaced one's too, its receipt.</summary>
        public static DateTimeOffset KnownFrom(Claim version, Claim replaced, DateTimeOffset receivedAt)
        {
            ArgumentNullException.ThrowIfNull(version);
            ArgumentNullException.ThrowIfNull(replaced);
            return version.ReportedAt == replaced.ReportedAt && receivedAt > version.ReportedAt ? receivedAt : version.ReportedAt;
        }
    }

    /// <summary>A claim taken back (R4); final for its key.</summary>
    /// <param name="Retraction">What is taken back.</param>
    /// <param name="Removed">The version that stood; null if none had come.</param>
    /// <param name="RemovedAt">Where it stands in the log; null if none had come.</param>
    public sealed record Retracted(Retraction Retraction, Claim? Removed, LogPosition? RemovedAt) : LogRecord
    {
        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches =>
            [.. new EntityKey[] { new(EntityKind.Source, Retraction.Source) }.Union(Removed is null ? [] : TouchedBy(Removed)).Union(Formerly)];

        /// <summary>The entities that earlier versions name and the standing one does not.</summary>
        public IReadOnlyCollection<EntityKey> Formerly { get; init; } = [];
    }

    /// <summary>A claim of a report's text that another text of the same report took the place of (R3); final for its key.</summary>
    /// <param name="Source">Registry id of the publisher.</param>
    /// <param name="Removed">The version that stood.</param>
    /// <param name="RemovedAt">Where it stands in the log.</param>
    /// <param name="KnownFrom">When the text that stands was published, UTC.</param>
    public sealed record Superseded(string Source, Claim Removed, LogPosition RemovedAt, DateTimeOffset KnownFrom) : LogRecord
    {
        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches =>
            [.. new EntityKey[] { new(EntityKind.Source, Source) }.Union(TouchedBy(Removed)).Union(Formerly)];

        /// <summary>The entities that earlier versions name and the standing one does not.</summary>
        public IReadOnlyCollection<EntityKey> Formerly { get; init; } = [];
    }

    /// <summary>A text of a report, seen for the first time (R3).</summary>
    public sealed record Reported(ReportText Text) : LogRecord
    {
        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches => [new EntityKey(EntityKind.Source, Text.SourceId)];
    }

    /// <summary>Claims that came again with the same content, counted to show what a source resends (R2).</summary>
    /// <param name="Source">Registry id.</param>
    /// <param name="Count">How many since the last such record.</param>
    public sealed record Duplicates(string Source, long Count) : LogRecord
    {
        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches => [new EntityKey(EntityKind.Source, Source)];
    }

    /// <summary>
    /// A record on which a fold failed: no fold takes it from now on, and what stood of its claim up to it counts nowhere, until another version
    /// comes. It stands in the log, so whoever reads that knows. What views of the past show from before the record stays, and a source's count of corrections may hold it.
    /// </summary>
    /// <param name="Position">Where the record stands.</param>
    /// <param name="Record">The record.</param>
    /// <param name="ReceivedAt">When the record's entry was made, UTC.</param>
    /// <param name="Reason">What happened, for people.</param>
    public sealed record Quarantined(LogPosition Position, LogRecord Record, DateTimeOffset ReceivedAt, string Reason) : LogRecord
    {
        /// <inheritdoc/>
        public override IReadOnlyCollection<EntityKey> Touches => Record.Touches;
    }

    /// <summary>
    /// A claim changes its source, its place (the world where none is given), its target's losses and what its
    /// claimant said.
    /// </summary>
    public static IReadOnlyCollection<EntityKey> TouchedBy(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var touched = new List<EntityKey>(4)
        {
            new(EntityKind.Source, claim.Source.Id),
            new(EntityKind.Region, claim.Region?.Id ?? RegistrySnapshot.World),
        };
        if (claim.Target is { } target)
        {
            touched.Add(new(EntityKind.Actor, target.Id));
        }

        if (claim.Claimant is { } claimant && claimant.Id != claim.Target?.Id)
        {
            touched.Add(new(EntityKind.Actor, claimant.Id));
        }

        return touched;
    }
}

/// <summary>A record with its place in the log.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Record">What happened.</param>
/// <param name="ReceivedAt">When its entry was made, UTC: what a past view knows retractions by, and corrections of an equal time (R19).</param>
public sealed record PlacedRecord(LogPosition Position, LogRecord Record, DateTimeOffset ReceivedAt);
