using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Store.Index;

namespace Aggregator.Grains.Protocol;

/// <summary>One claim, or the retraction of one, on its way into the log.</summary>
/// <param name="Claim">The claim; null for a retraction.</param>
/// <param name="Retraction">The retraction; null for a claim.</param>
/// <param name="Key">Digest of the claim's key.</param>
public sealed record Candidate(Claim? Claim, Retraction? Retraction, UInt128 Key)
{
    /// <summary>A claim.</summary>
    public static Candidate Of(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return new(claim, null, ClaimIdentity.Hash(claim.Key));
    }

    /// <summary>A retraction.</summary>
    public static Candidate Of(Retraction retraction)
    {
        ArgumentNullException.ThrowIfNull(retraction);
        return new(null, retraction, ClaimIdentity.Hash(retraction.Key));
    }

    /// <summary>Registry id of the source.</summary>
    public string Source => Claim?.Source.Id ?? Retraction!.Source;
}

/// <summary>What a batch comes to: the records to append and the outcome of each claim.</summary>
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

    /// <summary>The version that each correcting candidate replaced, by its place.</summary>
    public required IReadOnlyDictionary<int, Claim> Replaced { get; init; }

    /// <summary>Duplicates per source id.</summary>
    public required IReadOnlyDictionary<string, long> Duplicates { get; init; }
}

/// <summary>
/// R2, R3 and R4 at the log's door: what is new, what came before, what replaces what. Pure: what stands is given, what is
/// to stand is answered, and nothing holds before the append has.
/// </summary>
public static class Deduplicator
{
    /// <summary>Sorts claims for the entry at <paramref name="sequence"/>.</summary>
    /// <param name="candidates">In the order sent.</param>
    /// <param name="held">What the index holds of their keys; keys it does not hold are absent.</param>
    /// <param name="standing">The standing claims of the keys that come with new content.</param>
    /// <param name="partition">The partition, for positions.</param>
    /// <param name="sequence">The entry that the records will be.</param>
    public static Sorted Sort(
        IReadOnlyList<Candidate> candidates,
        IReadOnlyDictionary<UInt128, IndexHit> held,
        IReadOnlyDictionary<UInt128, Claim> standing,
        int partition,
        long sequence)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(standing);
        var records = new List<LogRecord>(candidates.Count);
        var rows = new Dictionary<UInt128, IndexRow>();
        var claims = new Dictionary<UInt128, Claim>();
        var outcomes = new AppendOutcome[candidates.Count];
        var sequences = new long[candidates.Count];
        var duplicates = new Dictionary<string, long>(StringComparer.Ordinal);
        var replacing = new Dictionary<int, Claim>();
        for (var at = 0; at < candidates.Count; at++)
        {
            var (claim, retraction, key) = candidates[at];
            var before = rows.TryGetValue(key, out var row) ? new IndexHit(row.Versions) : held.GetValueOrDefault(key);
            if (before is not null && Original(before, claim?.ContentHash) is { } original)
            {
                var source = candidates[at].Source;
                outcomes[at] = AppendOutcome.Duplicate;
                sequences[at] = original;
                duplicates[source] = duplicates.GetValueOrDefault(source) + 1;
                continue;
            }

            if (claim is null)
            {
                Retract(at, retraction!, key, before);
                continue;
            }

            if (before?.Versions.Count >= ClaimIndex.MaximumVersions)
            {
                outcomes[at] = AppendOutcome.TooManyVersions;
                continue;
            }

            var position = new LogPosition(partition, sequence, records.Count);
            rows[key] = IndexRow.With(key, before, new IndexVersion(claim.ContentHash, sequence, position.Ordinal, claim.Revision, claim.ReportedAt.UtcTicks));
            sequences[at] = sequence;
            if (before is null)
            {
                records.Add(new LogRecord.Added(claim));
                outcomes[at] = AppendOutcome.Accepted;
                claims[key] = claim;
                continue;
            }

            var replaced = claims.TryGetValue(key, out var inBatch) ? inBatch : standing[key];
            var stands = rows[key].Versions[0] is var first && first.Sequence == sequence && first.Ordinal == position.Ordinal;
            records.Add(new LogRecord.Corrected(claim, replaced, new LogPosition(partition, before.Standing.Sequence, before.Standing.Ordinal), stands));
            outcomes[at] = AppendOutcome.Corrected;
            replacing[at] = replaced;
            claims[key] = stands ? claim : replaced;
        }

        return new Sorted { Records = records, Rows = rows, Outcomes = outcomes, Sequences = sequences, Replaced = replacing, Duplicates = duplicates };

        void Retract(int at, Retraction retraction, UInt128 key, IndexHit? before)
        {
            outcomes[at] = AppendOutcome.Retracted;
            sequences[at] = sequence;
            rows[key] = IndexRow.With(key, before, IndexVersionOf(new LogPosition(partition, sequence, records.Count)));
            if (before is null)
            {
                records.Add(new LogRecord.Retracted(retraction, null, null));
                return;
            }

            var removed = claims.TryGetValue(key, out var inBatch) ? inBatch : standing[key];
            records.Add(new LogRecord.Retracted(retraction, removed, new LogPosition(partition, before.Standing.Sequence, before.Standing.Ordinal)));
            replacing[at] = removed;
        }
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
            if (record is LogRecord.Retracted { Retraction.Key: var taken })
            {
                var retracted = ClaimIdentity.Hash(taken);
                yield return IndexRow.With(retracted, held(retracted), IndexVersionOf(position));
                continue;
            }

            var claim = record switch
            {
                LogRecord.Added added => added.Claim,
                LogRecord.Corrected corrected => corrected.Claim,
                _ => null,
            };
            if (claim is not null)
            {
                var key = ClaimIdentity.Hash(claim.Key);
                yield return IndexRow.With(key, held(key), new IndexVersion(claim.ContentHash, position.Sequence, position.Ordinal, claim.Revision, claim.ReportedAt.UtcTicks));
            }
        }
    }

    /// <summary>The keys whose standing claim is about to be replaced or taken back, and so is needed.</summary>
    public static IEnumerable<UInt128> Contested(IEnumerable<Candidate> candidates, IReadOnlyDictionary<UInt128, IndexHit> held) =>
        candidates.Where(one => held.TryGetValue(one.Key, out var hit) && Original(hit, one.Claim?.ContentHash) is null).Select(one => one.Key).Distinct();

    private static IndexVersion IndexVersionOf(LogPosition retraction) => new(0, retraction.Sequence, retraction.Ordinal, 0, 0, IsRetraction: true);

    // After a retraction everything under its key is a duplicate of it.
    private static long? Original(IndexHit hit, UInt128? content)
    {
        foreach (var version in hit.Versions)
        {
            if (version.IsRetraction || version.ContentHash == content)
            {
                return version.Sequence;
            }
        }

        return null;
    }
}
