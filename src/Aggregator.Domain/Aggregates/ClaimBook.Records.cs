using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

// How records of the log are folded in, and what they need.
public sealed partial class ClaimBook
{
    /// <summary>
    /// The chunks out of memory that a record is applied to: those that must be in it because they may hold the claim, and of what is read anyway the one that takes what is
    /// kept of it, so that corrections make no chunks of their own.
    /// </summary>
    public IEnumerable<ChunkKey> Needs(LogRecord record)
    {
        return record switch
        {
            LogRecord.Corrected corrected => Holding(corrected.Claim.Key, corrected.Replaced).Union(Room(corrected.Claim)),
            LogRecord.Retracted retracted => Holding(retracted.Retraction.Key, retracted.Removed),
            LogRecord.Superseded superseded => Holding(superseded.Removed.Key, superseded.Removed),
            LogRecord.Quarantined { Record: var taken } when KeyOf(taken) is { } key => Versions(taken).Append(null).SelectMany(version => Holding(key, version)),
            _ => [],
        };

        IEnumerable<ChunkKey> Holding(ClaimKey key, Claim? standing) => BucketsWithFormers(key).Union(Own(standing)).SelectMany(bucket => AwayWith(bucket, key)).Union(Room(standing));

        IEnumerable<ChunkKey> Room(Claim? of) => Own(of).Select(AwayWithRoom).OfType<ChunkKey>();

        IEnumerable<BucketKey> Own(Claim? claim) => claim is not null && Touches(claim) ? BucketKey.Of(claim, owner) : [];
    }

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
                _counts.Retractions += retracted.Removed is not null && retracted.Retraction.Source == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                Retract(retracted.Retraction.Key, retracted.Removed, retracted.RemovedAt ?? placed.Position, placed.ReceivedAt, placed.Position, changed);
                break;
            case LogRecord.Superseded superseded:
                _counts.Corrections += superseded.Source == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                Retract(superseded.Removed.Key, superseded.Removed, superseded.RemovedAt, superseded.KnownFrom, placed.Position, changed);
                break;
            case LogRecord.Quarantined quarantined:
                _quarantined.Add(quarantined.Position);
                TakeOut(quarantined, changed);

                // Said in the record's own place, it was never taken here; what a write that broke off has left of it is taken out.
                MustRecount |= changed.Count > 0 || placed.Position != quarantined.Position;
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
            Stamp(bucket);
        }

        _dirty.UnionWith(changed);
        return changed;
    }

    // A version is outranked from when a higher one is known; one that is outranked when it becomes known never stands.
    private void Correct(LogRecord.Corrected corrected, PlacedRecord placed, HashSet<BucketKey> changed)
    {
        var version = VersionOf(corrected, placed.Position, placed.ReceivedAt);
        foreach (var bucket in BucketsWithFormers(version.Claim.Key))
        {
            _buckets[bucket].Outranked(version);
            Moved(bucket);
        }

        if (corrected.Stands)
        {
            Take(corrected.Replaced, corrected.ReplacedAt, version.KnownFrom, changed);
            Put(version, changed);
        }
        else if (Touches(corrected.Claim))
        {
            foreach (var bucket in BucketKey.Of(corrected.Claim, owner))
            {
                Keep(bucket, new Former(WithoutWords(version), corrected.OutrankedFrom ?? corrected.Replaced.ReportedAt));
            }
        }
    }

    // Past views before that moment show what then stood: a retraction is known from its receipt on, another text of a report
    // from its publication.
    private void Retract(ClaimKey key, Claim? removed, LogPosition removedAt, DateTimeOffset knownFrom, LogPosition by, HashSet<BucketKey> changed)
    {
        foreach (var bucket in BucketsWithFormers(key))
        {
            _buckets[bucket].Ended(key, knownFrom, by);
            Moved(bucket);
        }

        if (removed is not null)
        {
            Take(removed, removedAt, knownFrom, changed);
        }
    }

    private static Appearance VersionOf(LogRecord.Corrected corrected, LogPosition position, DateTimeOffset receivedAt) =>
        new(corrected.Claim, position) { KnownFrom = LogRecord.Corrected.KnownFrom(corrected.Claim, corrected.Replaced, receivedAt) };

    private BucketKey[] BucketsWithFormers(ClaimKey claim) => _formers.TryGetValue(ClaimBucket.Digest(claim), out var buckets) ? [.. buckets] : [];

    private void Keep(BucketKey bucket, Former former)
    {
        BucketOf(bucket).Keep(former);
        Remember(ClaimBucket.Digest(former.Appearance.Claim.Key), bucket);
        _dirty.Add(bucket);
    }

    private void Remember(ulong claim, BucketKey bucket)
    {
        if (!_formers.TryGetValue(claim, out var buckets))
        {
            _formers[claim] = buckets = [];
        }

        buckets.Add(bucket);
    }

    private void Moved(BucketKey bucket)
    {
        Moves++;
        if (_buckets[bucket].IsDirty)
        {
            _dirty.Add(bucket);
        }
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
            var held = BucketOf(bucket);
            held.Put(appearance);
            held.UsedAt = ++_uses;
            changed.Add(bucket);
        }
    }

    private void Take(Claim claim, LogPosition position, DateTimeOffset until, HashSet<BucketKey> changed)
    {
        if (!Touches(claim))
        {
            return;
        }

        _counts.Count(claim, owner, _quarantined.Contains(position) ? 0 : -1);
        foreach (var bucket in BucketKey.Of(claim, owner))
        {
            var held = BucketOf(bucket);
            if (held.Remove(claim.Key, out var former))
            {
                Moves++;
                changed.Add(bucket);
            }

            var isHeld = former?.Claim.ContentHash == claim.ContentHash;
            if (former is not null && (isHeld || position.IsAfter(former.Position)))
            {
                // One from before it stood where the record that brought it was not taken, and was suspected: it is cut when that is quarantined.
                Keep(bucket, new Former(former, until));
            }

            if (!isHeld && !held.HasFormer(claim))
            {
                // A write that broke off had stored what came after it, and not yet that it once stood.
                Keep(bucket, new Former(WithoutWords(new Appearance(claim, position)), until));
            }
        }
    }

    private ClaimBucket BucketOf(BucketKey bucket)
    {
        if (!_buckets.TryGetValue(bucket, out var held))
        {
            _buckets[bucket] = held = new ClaimBucket(_loaded);
        }

        return held;
    }

    private static Appearance WithoutWords(Appearance appearance) =>
        appearance.Claim.WithoutWords() is var claim && ReferenceEquals(claim, appearance.Claim) ? appearance : appearance with { Claim = claim };
}
