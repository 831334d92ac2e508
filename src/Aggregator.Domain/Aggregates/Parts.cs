using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>The version of what a part has pushed: grows with every push, and with every activation of the part.</summary>
/// <param name="Epoch">Raised in the store before an activation's first push.</param>
/// <param name="Number">Counts the pushes of an epoch from 1.</param>
public readonly record struct PartVersion(long Epoch, long Number) : IComparable<PartVersion>
{
    /// <summary>Nothing was pushed yet.</summary>
    public static readonly PartVersion None;

    /// <inheritdoc/>
    public int CompareTo(PartVersion other)
    {
        var byEpoch = Epoch.CompareTo(other.Epoch);
        return byEpoch != 0 ? byEpoch : Number.CompareTo(other.Number);
    }
}

/// <summary>What a part tells its parent: absolute totals, all of them or those that changed since a version.</summary>
/// <param name="Version">The version that this makes.</param>
/// <param name="Since">The version it changes; null if it tells everything.</param>
/// <param name="Totals">Totals by line; an empty one is gone.</param>
/// <param name="Claims">Claims that the parent folds itself, by bucket, as views of the past are given them; else they are told of. An empty bucket is gone.</param>
public sealed record PartUpdate(
    PartVersion Version,
    PartVersion? Since,
    IReadOnlyDictionary<LineKey, Voices> Totals,
    IReadOnlyDictionary<BucketKey, IReadOnlyCollection<Appearance>> Claims)
{
    /// <summary>
    /// Buckets that the parent folds itself: what bodies of its voice have said, and all of an entity merged into it. Their claims it
    /// asks for when it folds them. <see cref="ToldState.Gone"/> if a bucket is gone.
    /// </summary>
    public IReadOnlyDictionary<BucketKey, ToldState> Told { get; init; } = ImmutableDictionary<BucketKey, ToldState>.Empty;

    /// <summary>Of a source that was merged into another: what it did with its claims, which counts for that one too.</summary>
    public Resends Resends { get; init; }
}

/// <summary>What a source did with its claims after it had sent them.</summary>
/// <param name="Duplicates">Claims that came again with the same content.</param>
/// <param name="Corrections">Further versions, and claims that another text of their report replaced.</param>
/// <param name="Retractions">Claims taken back.</param>
/// <param name="Reports">Texts of reports.</param>
public readonly record struct Resends(long Duplicates, long Corrections, long Retractions, long Reports)
{
    /// <summary>Both together.</summary>
    public Resends Plus(Resends other) => new(Duplicates + other.Duplicates, Corrections + other.Corrections, Retractions + other.Retractions, Reports + other.Reports);
}

/// <summary>What a part tells of a bucket without its claims.</summary>
/// <param name="Version">Since when the bucket is as it is.</param>
/// <param name="HasAnswers">Whether there are denials or confirmations in it.</param>
/// <param name="TakesOver">The items that a claim in it takes over (R16), a bit for each by its number.</param>
public readonly record struct ToldState(PartVersion Version, bool HasAnswers, ulong TakesOver)
{
    /// <summary>There is nothing in it any more.</summary>
    public static readonly ToldState Gone;

    /// <summary>Items as bits.</summary>
    public static ulong Bits(IEnumerable<Claims.Item> items) => items.Aggregate(0UL, (bits, item) => bits | (1UL << (int)item));
}

/// <summary>What the parts of an entity have pushed. Newer versions win, a gap asks for everything.</summary>
public sealed class Parts
{
    private static readonly SortedDictionary<string, Part> NoHolders = [];

    private readonly SortedDictionary<string, Part> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<BucketKey, long> _stamps = [];
    private readonly TouchedBuckets _touched = new();
    private long _stamp;

    // Who has what, as the world may have parts by the thousand and all of them asked for each line would be what takes the time.
    private readonly Dictionary<LineKey, SortedDictionary<string, Voices>> _totals = [];
    private readonly Dictionary<BucketKey, SortedDictionary<string, Part>> _holders = [];

    // What parts were asked for, until it is folded.
    private readonly Dictionary<ToldBucket, IReadOnlyCollection<Appearance>> _fetched = [];

    /// <summary>Ids of the parts that have told something.</summary>
    public IReadOnlyCollection<string> Ids => _parts.Keys;

    /// <summary>Ids of the parts that have figures or words of their own.</summary>
    public IEnumerable<string> Telling => _parts.Where(pair => pair.Value.Totals.Count > 0 || pair.Value.Claims.Count > 0 || pair.Value.Told.Count > 0).Select(pair => pair.Key);

    /// <summary>Every line that a part has a total for.</summary>
    public IEnumerable<LineKey> Lines => _totals.Keys;

    /// <summary>Every bucket of which a part has claims.</summary>
    public IEnumerable<BucketKey> Buckets => _holders.Keys;

    /// <summary>Whether a part has claims of a bucket.</summary>
    public bool Has(BucketKey bucket) => _holders.ContainsKey(bucket);

    /// <summary>The buckets of which a part has or had claims.</summary>
    public IReadOnlyCollection<BucketKey> Changed => _stamps.Keys;

    /// <summary>The buckets that have changed since the last call: for the one who keeps folds of them.</summary>
    internal IReadOnlyCollection<BucketKey> TakeTouched() => _touched.Take();

    /// <summary>Another number after every change of the parts' claims of a bucket.</summary>
    public long StampOf(BucketKey bucket) => _stamps.GetValueOrDefault(bucket);

    /// <summary>What parts tell of a bucket, and have not been asked for since they did.</summary>
    public IEnumerable<ToldBucket> Unfetched(BucketKey bucket) => ToldOf(bucket).Where(told => !_fetched.ContainsKey(told));

    /// <summary>What one part tells of, and has not been asked for since it did.</summary>
    public IEnumerable<ToldBucket> UnfetchedOf(string part) => _parts.TryGetValue(part, out var held)
        ? held.Told.Select(told => new ToldBucket(part, told.Key, told.Value.Version)).Where(told => !_fetched.ContainsKey(told))
        : [];

    /// <summary>What a part answered, which may be newer than what it told of: then it tells again.</summary>
    public void Fetched(ToldBucket told, IReadOnlyCollection<Appearance> claims) => _fetched[told] = claims;

    /// <summary>Takes over what parts answered to another memory of the same entity; it counts for what they tell of in the version that was asked for.</summary>
    public void TakeFetched(Parts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (told, claims) in other._fetched)
        {
            _fetched.TryAdd(told, claims);
        }
    }

    /// <summary>Lets go of what was fetched, but for what some parts gave.</summary>
    public void ForgetFetched(Predicate<string> keep)
    {
        foreach (var told in _fetched.Keys.Where(told => !keep(told.Part) || !_parts.TryGetValue(told.Part, out var part) || part.Told.GetValueOrDefault(told.Bucket).Version != told.Version).ToList())
        {
            _fetched.Remove(told);
        }
    }

    /// <summary>The version held of a part.</summary>
    public PartVersion VersionOf(string part) => _parts.TryGetValue(part, out var held) ? held.Version : PartVersion.None;

    /// <summary>The parts' totals on a line.</summary>
    public IReadOnlyCollection<Voices> Totals(LineKey line) => _totals.TryGetValue(line, out var totals) ? [.. totals.Values] : [];

    /// <summary>The parts' claims of a bucket.</summary>
    public IEnumerable<Appearance> Claims(BucketKey bucket) => HoldersOf(bucket)
        .SelectMany(part => part.Value.Claims.TryGetValue(bucket, out var claims) ? claims : [])
        .Concat(ToldOf(bucket).SelectMany(told => _fetched.GetValueOrDefault(told) ?? []));

    /// <summary>What merged parts did with their claims.</summary>
    public Resends Resends => _parts.Values.Aggregate(default(Resends), (sum, part) => sum.Plus(part.Resends));

    /// <summary>Forgets a part that is one no more.</summary>
    /// <returns>The lines and buckets that may have changed.</returns>
    public PartChange Drop(string id)
    {
        if (!_parts.Remove(id, out var part))
        {
            return PartChange.None;
        }

        return Changes(id, new Part(), [.. part.Totals.Keys], [.. part.Claims.Keys, .. part.Told.Keys]);
    }

    /// <summary>Takes in what a part tells.</summary>
    /// <returns>The lines and buckets that may have changed; null if a version in between is missing: ask for everything.</returns>
    public PartChange? Apply(string id, PartUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        var held = VersionOf(id);
        if (update.Version.CompareTo(held) <= 0)
        {
            return PartChange.None;
        }

        if (update.Since is { } since && since != held)
        {
            return null;
        }

        var isNew = !_parts.TryGetValue(id, out var part);
        if (part is null)
        {
            _parts[id] = part = new Part();
        }

        var isAll = update.Since is null;
        var told = update.Told.Where(one => part.Told.GetValueOrDefault(one.Key) != one.Value).Select(one => one.Key)
            .Union(isAll ? part.Told.Keys.Except(update.Told.Keys) : []);
        LineKey[] lines = isAll ? [.. part.Totals.Keys.Union(update.Totals.Keys)] : [.. update.Totals.Keys];
        BucketKey[] buckets = [.. (isAll ? part.Claims.Keys.Union(update.Claims.Keys) : update.Claims.Keys).Union(told)];
        part.Take(update);
        return Changes(id, part, lines, buckets) with { IsNew = isNew };
    }

    private PartChange Changes(string id, Part part, LineKey[] lines, BucketKey[] buckets)
    {
        foreach (var line in lines)
        {
            Note(_totals, line, id, part.Totals.GetValueOrDefault(line));
        }

        foreach (var bucket in buckets)
        {
            Note(_holders, bucket, id, part.Claims.ContainsKey(bucket) || part.Told.ContainsKey(bucket) ? part : null);
            _stamps[bucket] = ++_stamp;
            _touched.Add(bucket);
        }

        return new PartChange(lines, buckets);
    }

    private static void Note<TKey, TValue>(Dictionary<TKey, SortedDictionary<string, TValue>> who, TKey key, string id, TValue? has)
        where TKey : notnull where TValue : class
    {
        if (has is not null)
        {
            if (!who.TryGetValue(key, out var parts))
            {
                who[key] = parts = new SortedDictionary<string, TValue>(StringComparer.Ordinal);
            }

            parts[id] = has;
        }
        else if (who.TryGetValue(key, out var parts) && parts.Remove(id) && parts.Count == 0)
        {
            who.Remove(key);
        }
    }

    private SortedDictionary<string, Part> HoldersOf(BucketKey bucket) => _holders.GetValueOrDefault(bucket) ?? NoHolders;

    /// <summary>What parts tell of a bucket.</summary>
    public IEnumerable<ToldBucket> ToldOf(BucketKey bucket) => HoldersOf(bucket)
        .Where(part => part.Value.Told.ContainsKey(bucket))
        .Select(part => new ToldBucket(part.Key, bucket, part.Value.Told[bucket].Version));

    /// <summary>Whether a part's claims of a bucket have denials or confirmations.</summary>
    public bool HasAnswers(BucketKey bucket) => HoldersOf(bucket).Any(part =>
        part.Value.Told.GetValueOrDefault(bucket).HasAnswers || (part.Value.Claims.TryGetValue(bucket, out var claims) && claims.Any(one => one.Claim.Stance != Stance.Asserts)));

    /// <summary>The items that a part's claims of a bucket take over (R16), as bits.</summary>
    public ulong TakesOver(BucketKey bucket) => HoldersOf(bucket).Aggregate(0UL, (bits, part) => bits | part.Value.Told.GetValueOrDefault(bucket).TakesOver
        | (part.Value.Claims.TryGetValue(bucket, out var claims) ? ToldState.Bits(claims.SelectMany(one => ItemClass.TakenOverBy(one.Claim)).Select(taken => taken.Item)) : 0));

    private sealed class Part
    {
        public PartVersion Version { get; private set; }

        public Dictionary<LineKey, Voices> Totals { get; } = [];

        public Dictionary<BucketKey, IReadOnlyCollection<Appearance>> Claims { get; } = [];

        public Dictionary<BucketKey, ToldState> Told { get; } = [];

        public Resends Resends { get; private set; }

        public void Take(PartUpdate update)
        {
            if (update.Since is null)
            {
                Totals.Clear();
                Claims.Clear();
                Told.Clear();
            }

            foreach (var (line, voices) in update.Totals)
            {
                Put(Totals, line, voices, voices.IsEmpty);
            }

            foreach (var (bucket, claims) in update.Claims)
            {
                Put(Claims, bucket, claims, claims.Count == 0);
            }

            foreach (var (bucket, state) in update.Told)
            {
                Put(Told, bucket, state, state == ToldState.Gone);
            }

            Resends = update.Resends;
            Version = update.Version;
        }

        private static void Put<TKey, TValue>(Dictionary<TKey, TValue> into, TKey key, TValue value, bool gone) where TKey : notnull
        {
            if (gone)
            {
                into.Remove(key);
            }
            else
            {
                into[key] = value;
            }
        }
    }
}

/// <summary>What a part's update may have changed.</summary>
public sealed record PartChange(IReadOnlyCollection<LineKey> Lines, IReadOnlyCollection<BucketKey> Claims)
{
    /// <summary>Nothing.</summary>
    public static readonly PartChange None = new([], []);

    /// <summary>Whether nothing was held of the part before: what lists its claims, or counts them by time, finds them through whom it told of itself.</summary>
    public bool IsNew { get; init; }
}
