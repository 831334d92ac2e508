using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Aggregates;

// Records that no fold takes, and how what they brought is taken out.
public sealed partial class ClaimBook
{
    private readonly HashSet<LogPosition> _quarantined = [];
    private HashSet<ulong>? _recounted;

    /// <summary>Records that the fold does not take, and whose claims it does not count (<see cref="LogRecord.Quarantined"/>).</summary>
    public IReadOnlySet<LogPosition> Quarantined => _quarantined;

    /// <summary>
    /// Whether what stands is still to be counted anew: some folds took a record that is quarantined and some did not, so counts may be of more or less. Each bucket is brought into memory for
    /// it once, between <see cref="BeginRecount"/> and <see cref="EndRecount"/>; where all are, it is done at once.
    /// </summary>
    public bool MustRecount { get; private set; }

    /// <summary>Begins to count what stands anew.</summary>
    public void BeginRecount()
    {
        _counts.ForgetClaims();
        _recounted = [];
    }

    /// <summary>Counts the claims of a bucket. All of it is in memory.</summary>
    public void Recount(BucketKey bucket)
    {
        foreach (var claim in this[bucket].Select(one => one.Claim))
        {
            // A claim may be in several.
            if (!BucketKey.Of(claim, owner).Skip(1).Any() || _recounted!.Add(ClaimBucket.Digest(claim.Key)))
            {
                _counts.Count(claim, owner, 1);
            }
        }
    }

    /// <summary>All buckets have been counted.</summary>
    public void EndRecount() => (_recounted, MustRecount) = (null, false);

    /// <summary>Puts back what is quarantined.</summary>
    public void RestoreQuarantined(IEnumerable<LogPosition> positions) => _quarantined.UnionWith(positions);

    // Whatever stood of the claim up to the record stands no more, whether this fold had taken the record or not: which figure holds nobody
    // can say until another version comes. One that has come since stands.
    private void TakeOut(LogRecord record, LogPosition position, HashSet<BucketKey> changed)
    {
        foreach (var version in Versions(record))
        {
            foreach (var bucket in BucketKey.Of(version, owner))
            {
                if (_buckets.TryGetValue(bucket, out var held) && held.Find(version.Key) is { } found && !IsAfter(found.Position, position))
                {
                    held.Remove(version.Key, out _);
                    Moves++;
                    changed.Add(bucket);
                }
            }
        }
    }

    private void Recount()
    {
        MustRecount = true;
        if (_buckets.Keys.Any(IsAway))
        {
            return;
        }

        BeginRecount();
        foreach (var bucket in _buckets.Keys.ToArray())
        {
            Recount(bucket);
        }

        EndRecount();
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

    private static bool IsAfter(LogPosition one, LogPosition other) => (one.Sequence, one.Ordinal).CompareTo((other.Sequence, other.Ordinal)) > 0;
}
