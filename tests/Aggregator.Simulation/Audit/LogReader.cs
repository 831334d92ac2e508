using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;
using Aggregator.Store.Log;

namespace Aggregator.Simulation.Audit;

/// <summary>The log as it lies in the store, read without the product's reader of it, and what must hold of it.</summary>
internal sealed class LogReader
{
    private readonly List<PlacedRecord> _records = [];
    private readonly long[] _ends;

    public LogReader(World world, int partitions)
    {
        _ends = new long[partitions];
        for (var partition = 0; partition < partitions; partition++)
        {
            for (var sequence = 1L; world.Store.Get(world.Databases[0].Keys.Slot(partition, sequence)) is { IsNull: false } bytes; sequence++)
            {
                _ends[partition] = sequence;
                _records.AddRange(LogFormat.Decode(EntrySeal.Open((byte[])bytes!, partition, sequence), partition, sequence).Records);
            }
        }
    }

    /// <summary>All records, partition by partition.</summary>
    public IReadOnlyList<PlacedRecord> Records => _records;

    /// <summary>How many records say of another that no fold takes it.</summary>
    public int Quarantined => _records.Count(static placed => placed.Record is LogRecord.Quarantined);

    /// <summary>The last entry of each partition.</summary>
    public IReadOnlyList<long> Ends() => _ends;

    /// <summary>How many entries a world's log has.</summary>
    public static long Count(World world, int partitions)
    {
        var count = 0L;
        for (var partition = 0; partition < partitions; partition++)
        {
            for (var sequence = 1L; world.Store.Exists(world.Databases[0].Keys.Slot(partition, sequence)); sequence++)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>(B, C) Nothing is in the log twice, and (F) each record says what it replaces or takes back.</summary>
    /// <param name="failing">The content of claims that some folds fail on; no record of another may be quarantined (H).</param>
    /// <param name="delivered">How many claims and retractions of each source have come to a partition, however often.</param>
    /// <param name="sent">The versions that may have come to one: nothing else may be in the log (C).</param>
    public void Audit(IReadOnlyCollection<UInt128> failing, IReadOnlyDictionary<string, long> delivered, IReadOnlyCollection<Claim> sent)
    {
        var versions = sent.Select(static claim => (claim.Key, claim.ContentHash)).ToHashSet();
        var (known, resends) = (new Dictionary<ClaimKey, Versions>(), new Dictionary<string, long>(StringComparer.Ordinal));
        var texts = new Dictionary<(int Partition, ClaimKey Report), ReportTexts>();
        ReportTexts? replaced = null;
        foreach (var (position, record, _) in _records)
        {
            if (record is not LogRecord.Superseded)
            {
                replaced?.End(position);
                replaced = null;
            }

            switch (record)
            {
                case LogRecord.Added { Claim: var claim }:
                    RequireSent(claim);
                    Of(claim.Key).Add(claim, position);
                    break;
                case LogRecord.Corrected corrected:
                    RequireSent(corrected.Claim);
                    Of(corrected.Claim.Key).Correct(corrected, position);
                    break;
                case LogRecord.Retracted retracted:
                    Of(retracted.Retraction.Key).Retract(retracted, position);
                    break;
                case LogRecord.Reported { Text: var text }:
                    var report = (position.Partition, Reports.Key(text));
                    replaced = texts.TryGetValue(report, out var before) ? before : texts[report] = new ReportTexts(report.Item2);
                    Require(text.Claims.All(known.ContainsKey), $"F: {report.Item2} is at {position} before all of its claims are in the log");
                    replaced.Take(text, position, key => known.TryGetValue(key, out var versions) && versions.IsStanding);
                    break;
                case LogRecord.Superseded superseded:
                    Require(replaced is not null && replaced.Takes(superseded), $"F: {superseded.Removed.Key} goes with a text at {position}, and none of it went");
                    Of(superseded.Removed.Key).End(superseded.Removed, superseded.RemovedAt, position);
                    break;
                case LogRecord.Quarantined { Record: var taken, Reason: var reason }:
                    var content = ((taken as LogRecord.Added)?.Claim ?? (taken as LogRecord.Corrected)?.Claim)?.ContentHash;
                    Require(content is { } hash && failing.Contains(hash), $"H: {taken.GetType().Name} {content} is quarantined: {reason}");
                    break;
                case LogRecord.Duplicates { Source: var source, Count: var count }:
                    resends[source] = resends.GetValueOrDefault(source) + count;
                    break;
            }
        }

        replaced?.End(null);
        foreach (var (source, count) in resends)
        {
            Require(count <= delivered.GetValueOrDefault(source), $"C: {count} resends of {source} are in the log, of {delivered.GetValueOrDefault(source)} that came");
        }

        void RequireSent(Claim claim) => Require(versions.Contains((claim.Key, claim.ContentHash)), $"C: {claim.Key} {claim.ContentHash} is in the log, and nobody sent it");

        Versions Of(ClaimKey key) => known.TryGetValue(key, out var versions) ? versions : known[key] = new Versions(key);
    }

    /// <summary>(A) What was acknowledged and is not in the log.</summary>
    public IEnumerable<Acknowledged> Missing(IEnumerable<Acknowledged> journal)
    {
        var held = Held();
        return journal.Where(one => one.Outcome != AppendOutcome.TooManyVersions && !held.Contains((one.Key, one.Content))
            && !(one.Outcome == AppendOutcome.Duplicate && held.Contains((one.Key, null))));
    }

    /// <summary>What is in this log and not in another.</summary>
    public IReadOnlyCollection<(ClaimKey Key, UInt128? Content)> Except(LogReader other) => Held().Except(other.Held()).ToHashSet();

    // The versions there are; a retraction has no content, nor has a claim that went with its text.
    private HashSet<(ClaimKey Key, UInt128? Content)> Held() =>
    [
        .. _records.Select<PlacedRecord, (ClaimKey, UInt128?)?>(placed => placed.Record switch
        {
            LogRecord.Added { Claim: var claim } => (claim.Key, claim.ContentHash),
            LogRecord.Corrected { Claim: var claim } => (claim.Key, claim.ContentHash),
            LogRecord.Retracted { Retraction.Key: var key } => (key, null),
            LogRecord.Superseded { Removed.Key: var key } => (key, null),
            LogRecord.Reported { Text: var text } => (Reports.Key(text), text.TextHash),
            _ => null,
        }).OfType<(ClaimKey, UInt128?)>(),
    ];

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(otherwise);
        }
    }

    /// <summary>What the log has of a key up to some record, by the rules alone (R2 to R4).</summary>
    private sealed class Versions(ClaimKey key)
    {
        private readonly List<(Claim Claim, LogPosition At)> _versions = [];
        private bool _isEnded;

        private (Claim Claim, LogPosition At) Standing => _versions.MaxBy(static one => (one.Claim.Revision, one.Claim.ReportedAt, one.At.Sequence, one.At.Ordinal));

        /// <summary>Whether a version counts.</summary>
        public bool IsStanding => _versions.Count > 0 && !_isEnded;

        public void Add(Claim claim, LogPosition at)
        {
            Put(claim, at);
            Require(_versions.Count == 1, $"B: {key} is added beside another version, at {at}");
        }

        public void Correct(LogRecord.Corrected record, LogPosition at)
        {
            Require(_versions.Count > 0, $"F: {key} is corrected and was not there, at {at}");
            var before = Standing;
            Require(before.At == record.ReplacedAt && before.Claim.ContentHash == record.Replaced.ContentHash, $"F: {key} {record.Replaced.ContentHash} at {record.ReplacedAt} is replaced at {at}, and {before.Claim.ContentHash} stood");
            Put(record.Claim, at);
            Require(record.Stands == (Standing.At == at), $"F: {key} {record.Claim.ContentHash} at {at} {(record.Stands ? "does not stand and says so not" : "stands and says so not")}");
        }

        public void Retract(LogRecord.Retracted record, LogPosition at)
        {
            End(record.Removed, record.RemovedAt, at);
        }

        public void End(Claim? removed, LogPosition? removedAt, LogPosition at)
        {
            Require(!_isEnded, $"B: {key} is retracted twice, at {at}");
            _isEnded = true;
            (Claim? Claim, LogPosition? At) before = _versions.Count > 0 ? Standing : default((Claim?, LogPosition?));
            Require(before.At == removedAt && before.Claim?.ContentHash == removed?.ContentHash, $"F: {key} {removed?.ContentHash} is taken back at {at}, and {before.Claim?.ContentHash} stood");
        }

        private void Put(Claim claim, LogPosition at)
        {
            Require(!_versions.Exists(one => one.Claim.ContentHash == claim.ContentHash), $"B: {key} {claim.ContentHash} is in the log twice, at {at}");
            Require(!_isEnded, $"B: {key} counts after its retraction, at {at}");
            _versions.Add((claim, at));
        }
    }
}
