using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

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
public sealed partial class ClaimBook(EntityKey owner)
{
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

    private void Stamp(BucketKey bucket)
    {
        _stamps[bucket] = ++_stamp;
        _touched.Add(bucket);
    }

    private bool Touches(Claim claim) => LogRecord.TouchedBy(claim).Contains(owner);
}
