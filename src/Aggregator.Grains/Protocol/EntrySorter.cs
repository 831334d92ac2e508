using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Store.Index;

namespace Aggregator.Grains.Protocol;

/// <summary>Makes one entry of candidates, one after another: each stands on what those before it come to.</summary>
internal sealed class EntrySorter(Known known, int partition, long sequence, DateTimeOffset receivedAt, int candidates)
{
    private readonly List<LogRecord> _records = new(candidates);
    private readonly Dictionary<UInt128, IndexRow> _rows = [];
    private readonly Dictionary<UInt128, Claim> _claims = [];
    private readonly Dictionary<UInt128, List<KnownVersion>> _versions = [];
    private readonly Dictionary<UInt128, HashSet<EntityKey>> _named = [];
    private readonly Dictionary<UInt128, ReportText> _texts = [];
    private readonly AppendOutcome[] _outcomes = new AppendOutcome[candidates];
    private readonly long[] _sequences = new long[candidates];
    private readonly Dictionary<string, long> _duplicates = new(StringComparer.Ordinal);
    private readonly List<(int At, LogRecord Record)> _replacing = [];
    private readonly List<(int At, LogPosition Position)> _originals = [];

    public Sorted Sorted => new()
    {
        Records = _records,
        Rows = _rows,
        Outcomes = _outcomes,
        Sequences = _sequences,
        Replacing = _replacing.ToLookup(one => one.At, one => one.Record),
        Originals = _originals,
        Duplicates = _duplicates,
    };

    public void Take(int at, Candidate candidate)
    {
        var before = HitOf(candidate.Key);
        if (((before is null ? null : Deduplicator.Original(before, candidate.Content)) ?? ReadBefore(candidate)) is { } original)
        {
            _outcomes[at] = AppendOutcome.Duplicate;
            _sequences[at] = original.Sequence;
            _originals.Add((at, new LogPosition(partition, original.Sequence, original.Ordinal)));
            if ((candidate.Claim?.Source.Id ?? candidate.Retraction?.Source) is { } source)
            {
                _duplicates[source] = _duplicates.GetValueOrDefault(source) + 1;
            }

            return;
        }

        if (candidate.Retraction is null && before?.Versions.Count >= ClaimIndex.MaximumVersions)
        {
            _outcomes[at] = AppendOutcome.TooManyVersions;
            return;
        }

        _sequences[at] = sequence;
        _outcomes[at] = candidate switch
        {
            { Claim: { } claim } => Take(at, candidate.Key, claim, before),
            { Retraction: { } retraction } => Take(at, candidate.Key, retraction, before),
            { Text: { } text } => Take(at, candidate.Key, text, before, candidate.Clears),
            _ => throw new InvalidOperationException("an empty candidate"),
        };
    }

    private AppendOutcome Take(int at, UInt128 key, Claim claim, IndexHit? before)
    {
        if (before is null)
        {
            Append(new LogRecord.Added(claim));
            _claims[key] = claim;
            _versions[key] = [new KnownVersion(claim, claim.ReportedAt)];
            return AppendOutcome.Accepted;
        }

        var replaced = ClaimOf(key);
        var position = Next;
        var stands = RowWith(new LogRecord.Added(claim), position).Versions[0] is var first && first.Sequence == position.Sequence && first.Ordinal == position.Ordinal;
        var versions = VersionsOf(key);
        var higher = versions.Where(one => (one.Claim.Revision, one.Claim.ReportedAt).CompareTo((claim.Revision, claim.ReportedAt)) > 0).ToList();
        Append(new LogRecord.Corrected(claim, replaced, PositionOf(before), stands)
        {
            OutrankedFrom = higher.Count == 0 ? null : higher.Min(one => one.KnownFrom),
            Formerly = Formerly(key, claim, replaced),
        });
        NamedOf(key).UnionWith(LogRecord.TouchedBy(claim));
        versions.Add(new KnownVersion(claim, LogRecord.Corrected.KnownFrom(claim, replaced, receivedAt)));
        _replacing.Add((at, _records[^1]));
        _claims[key] = stands ? claim : replaced;
        return AppendOutcome.Corrected;
    }

    private AppendOutcome Take(int at, UInt128 key, Retraction retraction, IndexHit? before)
    {
        if (before is null)
        {
            Append(new LogRecord.Retracted(retraction, null, null));
            return AppendOutcome.Blocked;
        }

        var removed = ClaimOf(key);
        Append(new LogRecord.Retracted(retraction, removed, PositionOf(before)) { Formerly = Formerly(key, removed) });
        _replacing.Add((at, _records[^1]));
        return AppendOutcome.Retracted;
    }

    // R3: the claims of the text that does not stand go, be they those of the earlier text or its own.
    private AppendOutcome Take(int at, UInt128 key, ReportText text, IndexHit? before, int? clears)
    {
        var position = Next;
        var stands = RowWith(new LogRecord.Reported(text), position).Versions[0] is var first && first.Sequence == position.Sequence && first.Ordinal == position.Ordinal;
        if (clears is null)
        {
            Append(new LogRecord.Reported(text));
        }

        if (before is null)
        {
            _texts[key] = text;
            return AppendOutcome.Accepted;
        }

        var other = _texts.TryGetValue(key, out var inBatch) ? inBatch : known.Texts[key];
        var (standing, fallen) = stands ? (text, other) : (other, text);
        foreach (var claim in fallen.Claims.Except(standing.Claims))
        {
            if (_records.Count == clears)
            {
                break;
            }

            var hash = ClaimIdentity.Hash(claim);
            if (HitOf(hash) is { Standing.IsRetraction: false } hit)
            {
                var removed = ClaimOf(hash);
                Append(new LogRecord.Superseded(text.SourceId, removed, PositionOf(hit), standing.PublishedAt) { Formerly = Formerly(hash, removed) });
                _replacing.Add((at, _records[^1]));
            }
        }

        _texts[key] = standing;
        return AppendOutcome.Corrected;
    }

    // What a text says was settled when it first came, whatever its words would say to another extraction: what that finds besides would be of no text, and stay for good.
    private IndexVersion? ReadBefore(Candidate candidate)
    {
        var last = default(IndexVersion?);
        foreach (var (report, text) in candidate.From)
        {
            if (HitOf(report) is not { } hit || Deduplicator.Original(hit, text.TextHash) is not { } version || !(version.Sequence == sequence || known.Read.Contains((report, text.TextHash))))
            {
                return null;
            }

            last = version;
        }

        return last;
    }

    private LogPosition Next => new(partition, sequence, _records.Count);

    private void Append(LogRecord record)
    {
        var row = RowWith(record, Next);
        _rows[row.Key] = row;
        _records.Add(record);
    }

    private IndexRow RowWith(LogRecord record, LogPosition position)
    {
        var (key, version) = Deduplicator.VersionOf(record, position)!.Value;
        return IndexRow.With(key, HitOf(key), version);
    }

    private IndexHit? HitOf(UInt128 key) => _rows.TryGetValue(key, out var row) ? new IndexHit(row.Versions) : known.Held.GetValueOrDefault(key);

    private Claim ClaimOf(UInt128 key) => _claims.TryGetValue(key, out var inBatch) ? inBatch : known.Claims[key];

    // What stands, known from its reportedAt, does where no version comes that is older: none outranks what comes then.
    private List<KnownVersion> VersionsOf(UInt128 key)
    {
        if (!_versions.TryGetValue(key, out var versions))
        {
            _versions[key] = versions = known.Versions.TryGetValue(key, out var held) ? [.. held] : [new KnownVersion(ClaimOf(key), ClaimOf(key).ReportedAt)];
        }

        return versions;
    }

    private HashSet<EntityKey> NamedOf(UInt128 key)
    {
        if (!_named.TryGetValue(key, out var named))
        {
            _named[key] = named = [.. known.Named.TryGetValue(key, out var held) ? held : LogRecord.TouchedBy(ClaimOf(key))];
        }

        return named;
    }

    private EntityKey[] Formerly(UInt128 key, params Claim[] now) => [.. NamedOf(key).Except(now.SelectMany(LogRecord.TouchedBy))];

    private LogPosition PositionOf(IndexHit hit) => new(partition, hit.Standing.Sequence, hit.Standing.Ordinal);
}
