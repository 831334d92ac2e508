using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Aggregates;

// Records that no fold takes, and how what they brought is taken out.
public sealed partial class ClaimBook
{
    private readonly HashSet<LogPosition> _quarantined = [];

    /// <summary>Records that the fold does not take, and whose claims it does not count (<see cref="LogRecord.Quarantined"/>).</summary>
    public IReadOnlySet<LogPosition> Quarantined => _quarantined;

    /// <summary>
    /// Whether what stands is still to be counted anew (<see cref="Recounting"/>): some folds took a record that is quarantined and some did not, so counts may be of more or less.
    /// </summary>
    public bool MustRecount { get; private set; }

    /// <summary>
    /// Counts what stands anew, bucket by bucket: whoever goes through them brings each into memory before the next. Whoever breaks off reads the book again. It holds no more than
    /// what was applied: else what it is ahead by would be counted once more when that is applied.
    /// </summary>
    public IEnumerable<BucketKey> Recounting()
    {
        var counted = new HashSet<ulong>();
        _counts.ForgetClaims();
        foreach (var bucket in _buckets.Keys.ToArray())
        {
            yield return bucket;

            foreach (var claim in this[bucket].Select(static one => one.Claim))
            {
                // A claim may be in several.
                if (!BucketKey.Of(claim, owner).Skip(1).Any() || counted.Add(ClaimBucket.Digest(claim.Key)))
                {
                    _counts.Count(claim, owner, 1);
                }
            }
        }

        MustRecount = false;
    }

    /// <summary>Puts back what is quarantined, and whether what stands is still to be counted anew.</summary>
    public void RestoreQuarantined(IEnumerable<LogPosition> positions, bool mustRecount = false)
    {
        _quarantined.UnionWith(positions);
        MustRecount |= mustRecount;
    }

    // Whatever stood of the claim up to the record stands no more, whether this fold had taken the record or not: which figure holds nobody
    // can say until another version comes. One that has come since stands. What stood before the record is shown of the past until then.
    private void TakeOut(LogRecord.Quarantined quarantined, HashSet<BucketKey> changed)
    {
        var (position, record, receivedAt, _) = quarantined;
        DateTimeOffset? until = record switch
        {
            LogRecord.Corrected corrected => VersionOf(corrected, position, receivedAt).KnownFrom,
            LogRecord.Retracted => receivedAt,
            LogRecord.Superseded superseded => superseded.KnownFrom,
            _ => null,
        };
        foreach (var version in Versions(record))
        {
            foreach (var bucket in BucketKey.Of(version, owner))
            {
                if (_buckets.TryGetValue(bucket, out var held) && held.Find(version.Key) is { } found && !found.Position.IsAfter(position))
                {
                    held.Remove(version.Key, out _);
                    Moves++;
                    changed.Add(bucket);
                    if (until is { } end && !_quarantined.Contains(found.Position))
                    {
                        Keep(bucket, new Former(found, end));
                    }
                }
            }
        }

        foreach (var bucket in KeyOf(record) is { } key ? BucketsWithFormers(key) : [])
        {
            var held = _buckets[bucket];
            switch (record)
            {
                case LogRecord.Corrected corrected:
                    held.Outranked(VersionOf(corrected, position, receivedAt));
                    break;
                case LogRecord.Retracted or LogRecord.Superseded:
                    held.Ended(KeyOf(record)!.Value, until!.Value, position);
                    break;
                default:
                    continue;
            }

            Moved(bucket);
        }
    }

    // The versions of the claim that a record is about, of which one stands where the record was taken and maybe another where it was not.
    private IEnumerable<Claim> Versions(LogRecord record)
    {
        Claim?[] versions = record switch
        {
            LogRecord.Added added => [added.Claim],
            // One that came late and does not stand took nothing's place.
            LogRecord.Corrected { Stands: false } => [],
            LogRecord.Corrected corrected => [corrected.Claim, corrected.Replaced],
            LogRecord.Retracted retracted => [retracted.Removed],
            LogRecord.Superseded superseded => [superseded.Removed],
            _ => [],
        };
        return versions.OfType<Claim>().Where(Touches);
    }

    private static ClaimKey? KeyOf(LogRecord record) => record switch
    {
        LogRecord.Added added => added.Claim.Key,
        LogRecord.Corrected corrected => corrected.Claim.Key,
        LogRecord.Retracted retracted => retracted.Retraction.Key,
        LogRecord.Superseded superseded => superseded.Removed.Key,
        _ => null,
    };
}
