using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// The claims that name one entity, by bucket, those that stand and those that past views still show (R19), and its
/// counts: the fold of the log for that entity. Applying a record is the same live and in replay. The words of a claim stay
/// in the log, where its position leads to them.
/// </summary>
public sealed class ClaimBook(EntityKey owner)
{
    private readonly Dictionary<BucketKey, ClaimBucket> _buckets = [];
    private readonly HashSet<BucketKey> _dirty = [];

    // Where versions of a claim are kept that no longer stand, so that a correction looks at no others.
    private readonly Dictionary<ClaimKey, HashSet<BucketKey>> _formers = [];
    private readonly Dictionary<BucketKey, long> _stamps = [];
    private readonly Counts _counts = new();
    private long _stamp;

    /// <summary>The entity.</summary>
    public EntityKey Owner => owner;

    /// <summary>Its counts.</summary>
    public Counts Counts => _counts;

    /// <summary>The buckets that have standing claims.</summary>
    public IEnumerable<BucketKey> Buckets => _buckets.Where(pair => pair.Value.Standing.Count > 0).Select(pair => pair.Key);

    /// <summary>The buckets that have or had standing claims.</summary>
    public IReadOnlyCollection<BucketKey> Changed => _stamps.Keys;

    /// <summary>Grows with every change of any bucket.</summary>
    public long Stamp => _stamp;

    /// <summary>Another number after every change of the bucket: what a fold of it may be kept by.</summary>
    public long StampOf(BucketKey bucket) => _stamps.GetValueOrDefault(bucket);

    /// <summary>The standing claims of a bucket, in no order; empty if there is none.</summary>
    public IReadOnlyCollection<Appearance> this[BucketKey bucket] =>
        _buckets.TryGetValue(bucket, out var held) ? held.Standing.Values : [];

    /// <summary>What stands no more in a bucket, in no order.</summary>
    public IReadOnlyCollection<Former> FormersOf(BucketKey bucket) =>
        _buckets.TryGetValue(bucket, out var held) ? held.Formers : [];

    /// <summary>Folds one record in.</summary>
    /// <returns>The buckets whose standing claims changed.</returns>
    public IReadOnlyCollection<BucketKey> Apply(PlacedRecord placed)
    {
        ArgumentNullException.ThrowIfNull(placed);
        var changed = new HashSet<BucketKey>();
        switch (placed.Record)
        {
            case LogRecord.Added added:
                Put(new Appearance(added.Claim, placed.Position), changed);
                break;
            case LogRecord.Corrected corrected:
                _counts.Corrections += corrected.Claim.Source.Id == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                Correct(corrected, placed, changed);
                break;
            case LogRecord.Retracted retracted:
                _counts.Retractions += retracted.Retraction.Source == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                Retract(retracted.Retraction.Key, retracted.Removed, placed.ReceivedAt, changed);
                break;
            case LogRecord.Superseded superseded:
                _counts.Corrections += superseded.Source == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                Retract(superseded.Removed.Key, superseded.Removed, superseded.KnownFrom, changed);
                break;
            case LogRecord.Reported:
                _counts.Reports++;
                break;
            case LogRecord.Duplicates duplicates:
                _counts.Duplicates += duplicates.Count;
                break;
            default:
                throw new InvalidOperationException($"no fold for {placed.Record.GetType().Name}");
        }

        foreach (var bucket in changed)
        {
            _stamps[bucket] = ++_stamp;
        }

        _dirty.UnionWith(changed);
        return changed;
    }

    /// <summary>Puts into an empty book of the same entity what was known at a moment (R19). Resends and corrections are not counted.</summary>
    public void CopyTo(ClaimBook past, DateTimeOffset asOf)
    {
        ArgumentNullException.ThrowIfNull(past);
        var counted = new HashSet<ClaimKey>();
        foreach (var (bucket, held) in _buckets)
        {
            var known = held.AsOf(asOf).ToList();
            if (known.Count > 0)
            {
                past.Restore(bucket, known, []);
            }

            foreach (var one in known.Where(one => counted.Add(one.Claim.Key)))
            {
                past._counts.Count(one.Claim, owner, 1);
            }
        }
    }

    /// <summary>The buckets that changed since the last call.</summary>
    public IReadOnlyCollection<BucketKey> TakeDirty()
    {
        var dirty = _dirty.ToArray();
        _dirty.Clear();
        return dirty;
    }

    /// <summary>Puts a stored bucket back.</summary>
    internal void Restore(BucketKey bucket, IEnumerable<Appearance> standing, IEnumerable<Former> formers)
    {
        var held = _buckets[bucket] = new ClaimBucket(standing, formers);
        foreach (var former in held.Formers)
        {
            Remember(former.Appearance.Claim.Key, bucket);
        }

        _stamps[bucket] = ++_stamp;
    }

    private bool Touches(Claim claim) => LogRecord.TouchedBy(claim).Contains(owner);

    // A version is outranked from when a higher one is known; one that is outranked when it becomes known never stands.
    private void Correct(LogRecord.Corrected corrected, PlacedRecord placed, HashSet<BucketKey> changed)
    {
        var version = new Appearance(corrected.Claim, placed.Position);
        if (corrected.Claim.ReportedAt == corrected.Replaced.ReportedAt && placed.ReceivedAt > version.KnownFrom)
        {
            version = version with { KnownFrom = placed.ReceivedAt };
        }

        var higher = HigherKnownFrom(corrected, version);
        _dirty.UnionWith(BucketsWithFormers(version.Claim.Key).Where(bucket => _buckets[bucket].Outranked(version)));
        if (corrected.Stands)
        {
            Take(corrected.Replaced, version.KnownFrom, changed);
            Put(version, changed);
        }
        else if (Touches(corrected.Claim))
        {
            foreach (var bucket in BucketKey.Of(corrected.Claim, owner))
            {
                Keep(bucket, new Former(WithoutWords(version), higher));
            }
        }
    }

    // Past views before that moment show what then stood: a retraction is known from its receipt on, another text of a report
    // from its publication.
    private void Retract(ClaimKey key, Claim? removed, DateTimeOffset knownFrom, HashSet<BucketKey> changed)
    {
        _dirty.UnionWith(BucketsWithFormers(key).Where(bucket => _buckets[bucket].Ended(key, knownFrom)));
        if (removed is not null)
        {
            Take(removed, knownFrom, changed);
        }
    }

    // From when on a higher version than this one was known: what stands is known here only if it names this entity, else
    // by what the record says of it; and what stood before it may have been known earlier.
    private DateTimeOffset HigherKnownFrom(LogRecord.Corrected corrected, Appearance version)
    {
        var standing = BucketKey.Of(corrected.Replaced, owner)
            .Select(bucket => _buckets.TryGetValue(bucket, out var held) ? held.Standing.GetValueOrDefault(corrected.Replaced.Key)?.KnownFrom : null)
            .FirstOrDefault(known => known is not null) ?? corrected.Replaced.ReportedAt;
        return BucketsWithFormers(version.Claim.Key)
            .SelectMany(bucket => _buckets[bucket].Outranking(version))
            .Select(former => former.KnownFrom)
            .Append(standing)
            .Min();
    }

    private BucketKey[] BucketsWithFormers(ClaimKey claim) => _formers.TryGetValue(claim, out var buckets) ? [.. buckets] : [];

    private void Keep(BucketKey bucket, Former former)
    {
        BucketOf(bucket).Keep(former);
        Remember(former.Appearance.Claim.Key, bucket);
        _dirty.Add(bucket);
    }

    private void Remember(ClaimKey claim, BucketKey bucket)
    {
        if (!_formers.TryGetValue(claim, out var buckets))
        {
            _formers[claim] = buckets = [];
        }

        buckets.Add(bucket);
    }

    private void Put(Appearance appearance, HashSet<BucketKey> changed)
    {
        if (!Touches(appearance.Claim))
        {
            return;
        }

        _counts.Count(appearance.Claim, owner, 1);
        appearance = WithoutWords(appearance);
        foreach (var bucket in BucketKey.Of(appearance.Claim, owner))
        {
            BucketOf(bucket).Standing[appearance.Claim.Key] = appearance;
            changed.Add(bucket);
        }
    }

    private void Take(Claim claim, DateTimeOffset until, HashSet<BucketKey> changed)
    {
        if (!Touches(claim))
        {
            return;
        }

        _counts.Count(claim, owner, -1);
        foreach (var bucket in BucketKey.Of(claim, owner))
        {
            if (_buckets.TryGetValue(bucket, out var held) && held.Standing.Remove(claim.Key, out var former))
            {
                Keep(bucket, new Former(former, until));
                changed.Add(bucket);
            }
        }
    }

    private ClaimBucket BucketOf(BucketKey bucket)
    {
        if (!_buckets.TryGetValue(bucket, out var held))
        {
            _buckets[bucket] = held = new ClaimBucket([], []);
        }

        return held;
    }

    private static Appearance WithoutWords(Appearance appearance)
    {
        var claim = appearance.Claim;
        return appearance with
        {
            Claim = claim with
            {
                Quote = null,
                Span = null,
                Credibility = null,
                Report = claim.Report is { } report ? report with { Title = null } : null,
                Figure = claim.Figure is { Phrase: not null } figure ? figure with { Phrase = null } : claim.Figure,
            },
        };
    }
}
