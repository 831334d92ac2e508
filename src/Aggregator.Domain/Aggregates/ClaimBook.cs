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
/// <remarks>
/// Claims that are stored may be out of memory. Adding one needs none of them; what a record or a fold needs is asked for by
/// <see cref="Needs"/> and <see cref="Away"/>, read, and let go again by <see cref="Shed"/>.
/// </remarks>
public sealed class ClaimBook(EntityKey owner)
{
    private readonly HashSet<LogPosition> _quarantined = [];
    private readonly Dictionary<BucketKey, ClaimBucket> _buckets = [];
    private readonly HashSet<BucketKey> _dirty = [];

    // Where versions of a claim are kept that no longer stand, so that a correction looks at no others.
    private readonly Dictionary<ulong, HashSet<BucketKey>> _formers = [];
    private readonly Dictionary<BucketKey, long> _stamps = [];
    private readonly TouchedBuckets _touched = new();
    private readonly Counts _counts = new();
    private readonly LoadedCount _loaded = new();
    private int _shedAt;
    private int _shedTo = int.MaxValue;
    private long _stamp;
    private long _uses;

    /// <summary>The entity.</summary>
    public EntityKey Owner => owner;

    /// <summary>Its counts.</summary>
    public Counts Counts => _counts;

    /// <summary>The buckets that have standing claims.</summary>
    public IEnumerable<BucketKey> Buckets => _buckets.Where(pair => pair.Value.StandingCount > 0).Select(pair => pair.Key);

    /// <summary>Whether a bucket has standing claims.</summary>
    public bool Has(BucketKey bucket) => _buckets.TryGetValue(bucket, out var held) && held.StandingCount > 0;

    /// <summary>All buckets, those among them that past views alone still show.</summary>
    public IReadOnlyCollection<BucketKey> AllBuckets => _buckets.Keys;

    /// <summary>The buckets that have or had standing claims.</summary>
    public IReadOnlyCollection<BucketKey> Changed => _stamps.Keys;

    /// <summary>The buckets that have changed, or were read, since the last call: for the one who keeps folds of them.</summary>
    internal IReadOnlyCollection<BucketKey> TakeTouched() => _touched.Take();

    /// <summary>Grows whenever a claim is taken from where it was: who reads stored chunks one by one sees by it whether one moved meanwhile.</summary>
    public long Moves { get; private set; }

    /// <summary>Claims in memory, those that stand no more included.</summary>
    public int LoadedClaims => _loaded.Count;

    /// <summary>Another number after every change of the bucket: what a fold of it may be kept by.</summary>
    public long StampOf(BucketKey bucket) => _stamps.GetValueOrDefault(bucket);

    /// <summary>The standing claims of a bucket, in no order; empty if there is none. All of it is in memory.</summary>
    public IReadOnlyCollection<Appearance> this[BucketKey bucket]
    {
        get
        {
            if (!_buckets.TryGetValue(bucket, out var held))
            {
                return [];
            }

            held.UsedAt = ++_uses;
            return held.Standing;
        }
    }

    /// <summary>What stands no more in a bucket, in no order. All of it is in memory.</summary>
    public IReadOnlyCollection<Former> FormersOf(BucketKey bucket) =>
        _buckets.TryGetValue(bucket, out var held) ? held.Formers : [];

    /// <summary>How many claims a bucket has, in memory or not, those that stand no more included.</summary>
    public int CountOf(BucketKey bucket) => _buckets.TryGetValue(bucket, out var held) ? held.Count : 0;

    /// <summary>Whether a bucket has denials or confirmations.</summary>
    public bool HasAnswers(BucketKey bucket) => _buckets.TryGetValue(bucket, out var held) && held.AnsweringCount > 0;

    /// <summary>The items that a claim of a bucket takes over, or once did (R16).</summary>
    public IReadOnlySet<Item> TakesOver(BucketKey bucket) => _buckets.TryGetValue(bucket, out var held) ? held.TakesOver : System.Collections.Immutable.ImmutableHashSet<Item>.Empty;

    /// <summary>Whether claims of a bucket are out of memory.</summary>
    public bool IsAway(BucketKey bucket) => _buckets.TryGetValue(bucket, out var held) && !held.IsLoaded;

    /// <summary>The chunks of a bucket whose claims are out of memory.</summary>
    public IReadOnlyList<ChunkKey> Away(BucketKey bucket) => _buckets.TryGetValue(bucket, out var held)
        ? [.. held.Chunks.Where(chunk => !chunk.IsLoaded).Select(chunk => new ChunkKey(bucket, chunk.Id))]
        : [];

    private IEnumerable<ChunkKey> AwayWith(BucketKey bucket, ClaimKey claim) => _buckets.TryGetValue(bucket, out var held)
        ? held.Chunks.Where(chunk => !chunk.IsLoaded && chunk.MayHold(claim)).Select(chunk => new ChunkKey(bucket, chunk.Id))
        : [];

    // The one that more goes into: another is begun if it is not in memory.
    private ChunkKey? AwayWithRoom(BucketKey bucket) =>
        _buckets.TryGetValue(bucket, out var held) && held.Chunks.Count > 0 && held.Chunks[^1] is { IsLoaded: false, Count: < ClaimBucket.ClaimsPerChunk } last ? new ChunkKey(bucket, last.Id) : null;

    /// <summary>The chunks whose claims are in memory.</summary>
    public IEnumerable<LoadedChunk> Loaded => _buckets.SelectMany(pair => pair.Value.Chunks
        .Where(chunk => chunk.IsLoaded)
        .Select(chunk => new LoadedChunk(pair.Key, chunk.Standing.Values, chunk.Formers)));

    /// <summary>Records that the fold does not take, and whose claims it does not count (<see cref="LogRecord.Quarantined"/>).</summary>
    public IReadOnlySet<LogPosition> Quarantined => _quarantined;

    /// <summary>Puts back what is quarantined.</summary>
    public void RestoreQuarantined(IEnumerable<LogPosition> positions) => _quarantined.UnionWith(positions);

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
            LogRecord.Quarantined quarantined => TakingOut(quarantined),
            _ => [],
        };

        // All of them where what stands is counted anew, which those of the claim tell once they are in memory.
        IEnumerable<ChunkKey> TakingOut(LogRecord.Quarantined quarantined)
        {
            ChunkKey[] away = [.. Versions(quarantined.Record).SelectMany(version => Holding(version.Key, version))];
            return away.Length == 0 && IsReplacedSince(quarantined) ? _buckets.Keys.SelectMany(Away) : away;
        }

        IEnumerable<ChunkKey> Holding(ClaimKey key, Claim? standing) => BucketsWithFormers(key).Union(Own(standing)).SelectMany(bucket => AwayWith(bucket, key)).Union(Room(standing));

        IEnumerable<ChunkKey> Room(Claim? of) => Own(of).Select(AwayWithRoom).OfType<ChunkKey>();

        IEnumerable<BucketKey> Own(Claim? claim) => claim is not null && Touches(claim) ? BucketKey.Of(claim, owner) : [];
    }

    /// <summary>Lets go of stored claims, the buckets used longest ago first, until no more than these are in memory; what is not stored yet stays.</summary>
    public void Shed(int maximum)
    {
        // What is not stored cannot be let go of: it is not looked for again before there is more.
        if (LoadedClaims <= maximum || (_dirty.Count > 0 && maximum >= _shedTo && LoadedClaims - _shedAt <= maximum / 4))
        {
            return;
        }

        foreach (var bucket in _buckets.Values.Where(bucket => bucket.LoadedCount > 0).OrderBy(bucket => bucket.UsedAt).ToList())
        {
            bucket.Shed();
            if (LoadedClaims <= maximum)
            {
                break;
            }
        }

        (_shedTo, _shedAt) = (maximum, LoadedClaims);
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
                Retract(retracted.Retraction.Key, retracted.Removed, retracted.RemovedAt ?? placed.Position, placed.ReceivedAt, changed);
                break;
            case LogRecord.Superseded superseded:
                _counts.Corrections += superseded.Source == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                Retract(superseded.Removed.Key, superseded.Removed, superseded.RemovedAt, superseded.KnownFrom, changed);
                break;
            case LogRecord.Quarantined quarantined:
                var isReplaced = IsReplacedSince(quarantined);
                _quarantined.Add(quarantined.Position);
                TakeOut(quarantined.Record, quarantined.Position, changed);
                if (isReplaced)
                {
                    Recount();
                }

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

    /// <summary>Puts into an empty book of the same entity what was known at a moment (R19). Resends and corrections are not counted. All is in memory.</summary>
    public void CopyTo(ClaimBook past, DateTimeOffset asOf)
    {
        ArgumentNullException.ThrowIfNull(past);
        past.RestoreQuarantined(_quarantined);
        foreach (var bucket in _buckets.Keys)
        {
            past.TakePast(bucket, this[bucket], FormersOf(bucket), asOf);
        }
    }

    /// <summary>
    /// Takes in what of some claims of a bucket was known at a moment (R19), but for what is quarantined: a book of the past is made of all chunks so.
    /// </summary>
    public void TakePast(BucketKey bucket, IEnumerable<Appearance> standing, IEnumerable<Former> formers, DateTimeOffset asOf)
    {
        foreach (var one in ClaimBucket.AsOf(standing, formers, asOf).Where(one => !_quarantined.Contains(one.Position)))
        {
            // A claim may be in two buckets, and after a write that broke off in two chunks.
            if (!BucketKey.Of(one.Claim, owner).Any(other => _buckets.TryGetValue(other, out var held) && held.Find(one.Claim.Key) is not null))
            {
                _counts.Count(one.Claim, owner, 1);
            }

            BucketOf(bucket).Put(one);
            Stamp(bucket);
        }
    }

    /// <summary>What has changed since the last call, to be stored.</summary>
    public IReadOnlyList<StoredBucket> TakeDirty()
    {
        var stored = new List<StoredBucket>(_dirty.Count);
        foreach (var key in _dirty)
        {
            var bucket = _buckets[key];
            Moves += bucket.Merge() ? 1 : 0;
            StoredChunk[] chunks = [.. bucket.TakeDirty().Select(chunk => new StoredChunk(chunk.Id, AggregateFormat.EncodeChunk(chunk)))];
            var isEmpty = bucket.Chunks.Count == 0;
            stored.Add(new StoredBucket(key, isEmpty ? null : AggregateFormat.EncodeBucket(key, bucket), chunks));
        }

        _dirty.Clear();
        return stored;
    }

    /// <summary>Puts back what a stored bucket says of itself; its claims are out of memory.</summary>
    internal void Restore(BucketKey bucket, IEnumerable<ClaimChunk> chunks, int answering, IReadOnlyCollection<Item> takesOver, IReadOnlyCollection<ulong> formerKeys)
    {
        BucketOf(bucket).Restore(chunks, answering, takesOver, formerKeys);
        foreach (var former in formerKeys)
        {
            Remember(former, bucket);
        }

        Stamp(bucket);
    }

    /// <summary>Puts the claims of a stored chunk back.</summary>
    /// <param name="chunk">One that the book knows of.</param>
    /// <param name="standing">Its claims that stand.</param>
    /// <param name="formers">Those that stand no more.</param>
    public void Restore(ChunkKey chunk, IReadOnlyCollection<Appearance> standing, IReadOnlyCollection<Former> formers)
    {
        var bucket = _buckets[chunk.Bucket];
        bucket.Load(chunk.Id, standing, formers);
        bucket.UsedAt = ++_uses;
        if (bucket.IsDirty)
        {
            _dirty.Add(chunk.Bucket);
        }
    }

    private void Stamp(BucketKey bucket)
    {
        _stamps[bucket] = ++_stamp;
        _touched.Add(bucket);
    }

    private bool Touches(Claim claim) => LogRecord.TouchedBy(claim).Contains(owner);

    // A version is outranked from when a higher one is known; one that is outranked when it becomes known never stands.
    private void Correct(LogRecord.Corrected corrected, PlacedRecord placed, HashSet<BucketKey> changed)
    {
        var version = new Appearance(corrected.Claim, placed.Position) { KnownFrom = LogRecord.Corrected.KnownFrom(corrected.Claim, corrected.Replaced, placed.ReceivedAt) };
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
    private void Retract(ClaimKey key, Claim? removed, LogPosition position, DateTimeOffset knownFrom, HashSet<BucketKey> changed)
    {
        foreach (var bucket in BucketsWithFormers(key))
        {
            _buckets[bucket].Ended(key, knownFrom);
            Moved(bucket);
        }

        if (removed is not null)
        {
            Take(removed, position, knownFrom, changed);
        }
    }

    // Whatever stood of the claim up to the record stands no more, whether this fold had taken the record or not: which figure holds nobody
    // can say until another version comes. One that has come since stands.
    private void TakeOut(LogRecord record, LogPosition position, HashSet<BucketKey> changed)
    {
        foreach (var version in Versions(record))
        {
            Claim? stood = null;
            foreach (var bucket in BucketKey.Of(version, owner))
            {
                if (_buckets.TryGetValue(bucket, out var held) && held.Find(version.Key) is { } found && !IsAfter(found.Position, position))
                {
                    stood = found.Claim;
                    held.Remove(version.Key, out _);
                    Moves++;
                    changed.Add(bucket);
                }
            }

            // Who has not taken the record has what it replaces, or nothing.
            if (stood is not null && !BucketKey.Of(stood, owner).Any(bucket => _buckets.TryGetValue(bucket, out var held) && held.Find(stood.Key) is not null))
            {
                _counts.Count(stood, owner, -1);
            }
        }
    }

    // Whether a record that came after the quarantined one took its claim's place, or took it back: it was counted out then, though maybe never in.
    private bool IsReplacedSince(LogRecord.Quarantined quarantined)
    {
        var held = Versions(quarantined.Record)
            .SelectMany(version => BucketKey.Of(version, owner).Where(_buckets.ContainsKey).Select(bucket => (Version: version, Bucket: _buckets[bucket])))
            .Select(one => (one.Bucket.Find(one.Version.Key)?.Position, HasFormer: one.Bucket.HasFormer(one.Version))).ToArray();
        return !Array.Exists(held, one => one.Position == quarantined.Position)
            && Array.Exists(held, one => one.HasFormer || (one.Position is { } position && IsAfter(position, quarantined.Position)));
    }

    // Some folds took the record and some did not: what stands is counted anew. All of it is in memory.
    private void Recount()
    {
        _counts.ForgetClaims();
        foreach (var claim in _buckets.Values.SelectMany(bucket => bucket.Standing).Select(one => one.Claim).DistinctBy(claim => claim.Key))
        {
            _counts.Count(claim, owner, 1);
        }
    }

    // The versions of the claim that a record is about, of which one stands where the record was taken and maybe another where it was not.
    private IEnumerable<Claim> Versions(LogRecord record)
    {
        Claim?[] versions = record switch
        {
            LogRecord.Added added => [added.Claim],
            LogRecord.Corrected corrected => [corrected.Claim, corrected.Replaced],
            LogRecord.Retracted retracted => [retracted.Removed],
            LogRecord.Superseded superseded => [superseded.Removed],
            _ => [],
        };
        return versions.OfType<Claim>().Where(Touches);
    }

    private static bool IsAfter(LogPosition one, LogPosition other) => (one.Sequence, one.Ordinal).CompareTo((other.Sequence, other.Ordinal)) > 0;

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

            if (former?.Claim.ContentHash == claim.ContentHash)
            {
                Keep(bucket, new Former(former, until));
            }
            else if (!held.HasFormer(claim))
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
