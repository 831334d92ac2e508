using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Store.Index;

namespace Aggregator.Grains.Protocol;

/// <summary>One thing on its way into the log: a claim, the retraction of one, or the text of a report whose claims are in before it.</summary>
/// <param name="Claim">The claim; else null.</param>
/// <param name="Retraction">The retraction; else null.</param>
/// <param name="Text">The report's text; else null.</param>
/// <param name="Key">Digest of its identity.</param>
public sealed record Candidate(Claim? Claim, Retraction? Retraction, ReportText? Text, UInt128 Key)
{
    /// <summary>The texts that come with the claim and that it was found in, each with the digest of its report; empty for what was sent as a claim.</summary>
    public IReadOnlyList<(UInt128 Report, ReportText Text)> From { get; init; } = [];

    /// <summary>
    /// Of a text: how many of the claims that fall with it are taken away, and nothing more is done yet. What one entry cannot hold is taken away first, in
    /// several; the text then finds them gone. Null for all that there is to it.
    /// </summary>
    public int? Clears { get; init; }

    /// <summary>What is in a batch, in the order in which it goes into the log: a text behind its claims.</summary>
    public static Candidate[] AllOf(IReadOnlyList<Claim> claims, IReadOnlyList<ReportText> texts)
    {
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentNullException.ThrowIfNull(texts);
        Candidate[] reports = [.. texts.Select(Of)];
        var from = reports.SelectMany(one => one.Text!.Claims.Select(key => (Claim: key, From: (one.Key, one.Text)))).ToLookup(one => one.Claim, one => one.From);
        return [.. claims.Select(claim => Of(claim) with { From = [.. from[claim.Key]] }), .. reports];
    }

    /// <summary>A claim.</summary>
    public static Candidate Of(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return new(claim, null, null, ClaimIdentity.Hash(claim.Key));
    }

    /// <summary>A retraction.</summary>
    public static Candidate Of(Retraction retraction)
    {
        ArgumentNullException.ThrowIfNull(retraction);
        return new(null, retraction, null, ClaimIdentity.Hash(retraction.Key));
    }

    /// <summary>A report's text.</summary>
    public static Candidate Of(ReportText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(null, null, text, ClaimIdentity.HashReport(text.Source, text.Address));
    }

    /// <summary>What tells a version from another; null for a retraction, of which there is one.</summary>
    public UInt128? Content => Claim?.ContentHash ?? Text?.TextHash;
}

/// <summary>A version of a claim.</summary>
/// <param name="Claim">The version.</param>
/// <param name="KnownFrom">When it came to be known, UTC (R19).</param>
public readonly record struct KnownVersion(Claim Claim, DateTimeOffset KnownFrom);

/// <summary>What stands in the log of what a batch is about.</summary>
/// <param name="Held">What the index holds, by key; keys it does not hold are absent.</param>
/// <param name="Claims">The standing claims of the keys that may be replaced or taken back, those of <see cref="Deduplicator.Rivals"/> among them.</param>
/// <param name="Texts">The standing texts of the reports that come with another.</param>
public sealed record Known(
    IReadOnlyDictionary<UInt128, IndexHit> Held,
    IReadOnlyDictionary<UInt128, Claim> Claims,
    IReadOnlyDictionary<UInt128, ReportText> Texts)
{
    /// <summary>Of these keys those that have had more than one version: the entities that any of them names.</summary>
    public IReadOnlyDictionary<UInt128, IReadOnlyCollection<EntityKey>> Named { get; init; } = new Dictionary<UInt128, IReadOnlyCollection<EntityKey>>();

    /// <summary>Of the texts that the candidates were found in those that came before, with all their claims, by report and digest.</summary>
    public IReadOnlySet<(UInt128 Report, UInt128 TextHash)> Read { get; init; } = new HashSet<(UInt128, UInt128)>();

    /// <summary>Of the keys that come with a version older than what stands: all their versions.</summary>
    public IReadOnlyDictionary<UInt128, IReadOnlyList<KnownVersion>> Versions { get; init; } = new Dictionary<UInt128, IReadOnlyList<KnownVersion>>();
}

/// <summary>What a batch comes to: the records to append and the outcome of each candidate.</summary>
public sealed record Sorted
{
    /// <summary>Records to append, in order; their ordinals are their places here.</summary>
    public required IReadOnlyList<LogRecord> Records { get; init; }

    /// <summary>Index rows that hold once the records stand at the sequence they were sorted for.</summary>
    public required IReadOnlyDictionary<UInt128, IndexRow> Rows { get; init; }

    /// <summary>Per candidate, in order.</summary>
    public required AppendOutcome[] Outcomes { get; init; }

    /// <summary>Per candidate: the log entry it rests on.</summary>
    public required long[] Sequences { get; init; }

    /// <summary>The records by which a candidate replaced or took back what had stood, by its place.</summary>
    public required ILookup<int, LogRecord> Replacing { get; init; }

    /// <summary>The records that duplicates are duplicates of, each with the duplicate's place.</summary>
    public required IReadOnlyList<(int At, LogPosition Position)> Originals { get; init; }

    /// <summary>Duplicates per source id.</summary>
    public required IReadOnlyDictionary<string, long> Duplicates { get; init; }
}

/// <summary>
/// R2, R3 and R4 at the log's door: what is new, what came before, what replaces what. Pure: what stands is given, what is
/// to stand is answered, and nothing holds before the append has.
/// </summary>
public static class Deduplicator
{
    /// <summary>Sorts candidates for the entry at <paramref name="sequence"/>.</summary>
    /// <param name="candidates">In the order sent.</param>
    /// <param name="known">What the log has of them.</param>
    /// <param name="partition">The partition, for positions.</param>
    /// <param name="sequence">The entry that the records will be.</param>
    /// <param name="receivedAt">When the entry is made, UTC.</param>
    public static Sorted Sort(IReadOnlyList<Candidate> candidates, Known known, int partition, long sequence, DateTimeOffset receivedAt)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(known);
        var sorter = new EntrySorter(known, partition, sequence, receivedAt, candidates.Count);
        for (var at = 0; at < candidates.Count; at++)
        {
            sorter.Take(at, candidates[at]);
        }

        return sorter.Sorted;
    }

    /// <summary>The index rows of records that are in the log: what a replay or another writer's entry adds.</summary>
    /// <param name="records">Records of one entry.</param>
    /// <param name="held">What the index holds of a key; null if nothing.</param>
    public static IEnumerable<IndexRow> Rows(IEnumerable<PlacedRecord> records, Func<UInt128, IndexHit?> held)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(held);
        foreach (var (position, record, _) in records)
        {
            if (VersionOf(record, position) is { Key: var key, Version: var version })
            {
                yield return IndexRow.With(key, held(key), version);
            }
        }
    }

    /// <summary>The keys of claims that come with a version the index does not hold, and whose standing version is so needed.</summary>
    public static IEnumerable<UInt128> Contested(IEnumerable<Candidate> candidates, IReadOnlyDictionary<UInt128, IndexHit> held) =>
        candidates.Where(one => one.Text is null && held.TryGetValue(one.Key, out var hit) && Original(hit, one.Content) is null).Select(one => one.Key).Distinct();

    /// <summary>The texts that the index does not hold, by report, of those reports that have had another, or come with several: the claims of one of them are about to go (R3).</summary>
    public static IEnumerable<IGrouping<UInt128, ReportText>> Rivals(IEnumerable<Candidate> candidates, IReadOnlyDictionary<UInt128, IndexHit> held) =>
        candidates.Where(one => one.Text is not null && (!held.TryGetValue(one.Key, out var hit) || Original(hit, one.Content) is null))
            .GroupBy(one => one.Key, one => one.Text!)
            .Where(report => held.ContainsKey(report.Key) || report.Skip(1).Any());

    /// <summary>The texts that the index holds, by report, of those that claims were found in; each once.</summary>
    public static IEnumerable<(UInt128 Report, IndexVersion Text)> Repeated(IEnumerable<Candidate> candidates, IReadOnlyDictionary<UInt128, IndexHit> held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return candidates.SelectMany(static one => one.From).Select(static one => (one.Report, one.Text.TextHash)).Distinct()
            .Where(one => held.ContainsKey(one.Report))
            .Select(one => (one.Report, Text: Original(held[one.Report], one.TextHash)))
            .Where(static one => one.Text is not null).Select(static one => (one.Report, one.Text!.Value));
    }

    /// <summary>The keys that come with a version older than what stands.</summary>
    public static HashSet<UInt128> Late(IEnumerable<Candidate> candidates, IReadOnlyDictionary<UInt128, IndexHit> held) =>
    [
        .. candidates.Where(one => one.Claim is { } claim && held.TryGetValue(one.Key, out var hit)
            && (claim.Revision, claim.ReportedAt.UtcTicks).CompareTo(((int)hit.Standing.Revision, hit.Standing.ReportedAtTicks)) < 0).Select(one => one.Key),
    ];

    /// <summary>After a retraction everything under its key is a duplicate of it.</summary>
    internal static IndexVersion? Original(IndexHit hit, UInt128? content)
    {
        foreach (var version in hit.Versions)
        {
            if (version.IsRetraction || version.ContentHash == content)
            {
                return version;
            }
        }

        return null;
    }

    /// <summary>What a record adds to the index; null if nothing.</summary>
    internal static (UInt128 Key, IndexVersion Version)? VersionOf(LogRecord record, LogPosition position)
    {
        return record switch
        {
            LogRecord.Added { Claim: var claim } => (ClaimIdentity.Hash(claim.Key), Version(claim.ContentHash, claim.Revision, claim.ReportedAt)),
            LogRecord.Corrected { Claim: var claim } => (ClaimIdentity.Hash(claim.Key), Version(claim.ContentHash, claim.Revision, claim.ReportedAt)),
            LogRecord.Retracted { Retraction.Key: var key } => (ClaimIdentity.Hash(key), End()),
            LogRecord.Superseded { Removed.Key: var key } => (ClaimIdentity.Hash(key), End()),
            LogRecord.Reported { Text: var text } => (ClaimIdentity.HashReport(text.Source, text.Address), Version(text.TextHash, 0, text.PublishedAt)),
            _ => null,
        };

        IndexVersion Version(UInt128 content, int revision, DateTimeOffset at) => new(content, position.Sequence, position.Ordinal, revision, at.UtcTicks);

        IndexVersion End() => new(0, position.Sequence, position.Ordinal, 0, 0, IsRetraction: true);
    }
}
