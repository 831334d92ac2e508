using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// The claims of one bucket: those that stand, and those that once did, in chunks. What is new goes into the newest chunk, so
/// that nothing needs to be in memory for a claim to be added; whatever else is done to a claim needs those that may hold a version of it.
/// </summary>
/// <param name="loaded">Counts the claims in memory, of this bucket and others.</param>
internal sealed class ClaimBucket(LoadedCount loaded)
{
    /// <summary>Claims after which a new chunk begins.</summary>
    public const int ClaimsPerChunk = 128;

    private static readonly ImmutableHashSet<ulong> NoKeys = [];
    private static readonly ImmutableHashSet<Item> NoItems = [];

    // There may be many buckets with few claims, all of them stored: what is empty is not there.
    private readonly List<ClaimChunk> _chunks = new(1);
    private Dictionary<ClaimKey, ClaimChunk>? _chunkOf;
    private HashSet<ulong>? _formerKeys;
    private HashSet<Item>? _takesOver;
    private int _loaded;
    private ClaimChunk? _newest;
    private int _away;
    private int _lastId;

    /// <summary>Claims that stand, in memory or not.</summary>
    public int StandingCount { get; private set; }

    /// <summary>Of those that stand, the denials and confirmations; may count some too many until all are in memory.</summary>
    public int AnsweringCount { get; private set; }

    /// <summary>Claims in memory, those that stand no more included.</summary>
    public int LoadedCount
    {
        get => _loaded;
        private set
        {
            loaded.Count += value - _loaded;
            _loaded = value;
        }
    }

    /// <summary>Whether all of it is in memory.</summary>
    public bool IsLoaded => _away == 0;

    /// <summary>Whether something in it is not stored yet.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>When it was last used, in steps of its book.</summary>
    public long UsedAt { get; set; }

    /// <summary>The items that a claim in it takes over, or once did (R16).</summary>
    public IReadOnlySet<Item> TakesOver => _takesOver is { } items ? items : NoItems;

    /// <summary>Digests of the keys that it keeps former versions of, or once did.</summary>
    public IReadOnlySet<ulong> FormerKeys => _formerKeys is { } keys ? keys : NoKeys;

    /// <summary>All claims, in memory or not, those that stand no more included.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var chunk in _chunks)
            {
                count += chunk.Count;
            }

            return count;
        }
    }

    /// <summary>All chunks, oldest first.</summary>
    public IReadOnlyList<ClaimChunk> Chunks => _chunks;

    /// <summary>The claims that stand, in no order; all of it is in memory.</summary>
    public IReadOnlyCollection<Appearance> Standing => _chunks.Count == 1
        ? _chunks[0].Standing.Values
        : [.. _chunks.SelectMany(chunk => chunk.Standing.Values)];

    /// <summary>What stood once, in no order; all of it is in memory.</summary>
    public IReadOnlyCollection<Former> Formers => [.. _chunks.SelectMany(chunk => chunk.Formers)];

    /// <summary>The digest that <see cref="FormerKeys"/> names a claim by.</summary>
    public static ulong Digest(ClaimKey key) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(key.ToString()));

    /// <summary>The standing version of a claim, if its chunk is in memory.</summary>
    public Appearance? Find(ClaimKey key) => _chunkOf is { } chunkOf && chunkOf.TryGetValue(key, out var chunk) ? chunk.Standing[key] : null;

    /// <summary>A claim stands from now on, in place of any other version of it in memory.</summary>
    public void Put(Appearance appearance)
    {
        var key = appearance.Claim.Key;
        Remove(key, out _);
        var chunk = (_chunkOf ??= [])[key] = Open();
        chunk.Standing[key] = appearance;
        Tell(appearance.Claim, 1);
        NoteTakeovers(appearance.Claim);
        Touch(chunk);
    }

    /// <summary>A claim stands no more.</summary>
    public bool Remove(ClaimKey key, out Appearance? removed)
    {
        removed = null;
        if (_chunkOf is null || !_chunkOf.Remove(key, out var chunk) || !chunk.Standing.Remove(key, out removed))
        {
            return false;
        }

        Tell(removed.Claim, -1);
        Touch(chunk);
        return true;
    }

    /// <summary>Whether a version of a claim is kept among those that stand no more; what may hold one is in memory.</summary>
    public bool HasFormer(Claim version) => _chunks.Exists(chunk => chunk.IsLoaded && chunk.Formers.Exists(former => former.Appearance.Claim.Key == version.Key && former.Appearance.Claim.ContentHash == version.ContentHash));

    /// <summary>Keeps what stood once; what was never known to stand is not kept.</summary>
    public void Keep(Former former)
    {
        if (former.Until > former.Appearance.KnownFrom)
        {
            var chunk = Open();
            chunk.Formers.Add(former);
            LoadedCount++;
            (_formerKeys ??= []).Add(Digest(former.Appearance.Claim.Key));
            Touch(chunk);
        }
    }

    /// <summary>A version has come: what it outranks was known to stand no longer than until then. What may hold one is in memory.</summary>
    public void Outranked(Appearance by) => Cut(by.Claim.Key, former => Rank(former).CompareTo(Rank(by)) < 0, by.KnownFrom);

    /// <summary>A claim is retracted: none of the versions up to there was known to stand from then on. What may hold one is in memory.</summary>
    public void Ended(ClaimKey key, DateTimeOffset at, LogPosition by) => Cut(key, former => !former.Position.IsAfter(by), at);

    /// <summary>What was known to stand at a moment, of what some chunks hold.</summary>
    public static IEnumerable<Appearance> AsOf(IEnumerable<Appearance> standing, IEnumerable<Former> formers, DateTimeOffset moment) => standing
        .Where(one => one.KnownFrom <= moment)
        .Concat(formers.Where(former => former.Appearance.KnownFrom <= moment && moment < former.Until).Select(former => former.Appearance));

    /// <summary>What a stored bucket says of itself; its chunks are out of memory.</summary>
    public void Restore(IEnumerable<ClaimChunk> chunks, int answering, IEnumerable<Item> takesOver, IEnumerable<ulong> formerKeys)
    {
        foreach (var chunk in chunks)
        {
            _chunks.Add(chunk);
            _away++;
            _lastId = Math.Max(_lastId, chunk.Id);
            StandingCount += chunk.StandingCount;
        }

        AnsweringCount = answering;
        _takesOver = takesOver.Any() ? [.. takesOver] : null;
        _formerKeys = formerKeys.Any() ? [.. formerKeys] : null;
    }

    /// <summary>Takes the claims of a chunk in. Of a claim in two chunks, as a write that broke off may leave it, the later one has it.</summary>
    public void Load(int id, IReadOnlyCollection<Appearance> standing, IReadOnlyCollection<Former> formers)
    {
        var chunk = Find(id)!;
        if (chunk.IsLoaded)
        {
            return;
        }

        StandingCount -= chunk.StandingCount;
        chunk.Load(standing, formers);
        _away--;
        _chunkOf ??= new Dictionary<ClaimKey, ClaimChunk>(standing.Count);
        foreach (var key in standing.Select(one => one.Claim.Key))
        {
            if (!_chunkOf.TryGetValue(key, out var other))
            {
                _chunkOf[key] = chunk;
            }
            else if (other.Id > id)
            {
                chunk.Standing.Remove(key);
                Touch(chunk);
            }
            else
            {
                other.Standing.Remove(key);
                LoadedCount--;
                StandingCount--;
                Touch(other);
                _chunkOf[key] = chunk;
            }
        }

        foreach (var former in formers)
        {
            // A write that broke off may have stored them, and not yet that they are here.
            if ((_formerKeys ??= []).Add(Digest(former.Appearance.Claim.Key)))
            {
                Touch(chunk);
            }
        }

        LoadedCount += chunk.Count;
        StandingCount += chunk.StandingCount;
        if (IsLoaded)
        {
            AnsweringCount = Standing.Count(one => one.Claim.Stance != Stance.Asserts);
        }
    }

    /// <summary>Lets go of all that is stored.</summary>
    public void Shed()
    {
        foreach (var chunk in _chunks.Where(chunk => chunk is { IsLoaded: true, IsDirty: false }))
        {
            LoadedCount -= chunk.Count;
            foreach (var key in chunk.Standing.Keys)
            {
                _chunkOf!.Remove(key);
            }

            chunk.Shed();
            _away++;
        }

        _newest = null;
        _chunkOf = _chunkOf is { Count: > 0 } ? _chunkOf : null;
    }

    /// <summary>
    /// Puts claims of chunks in memory into the ones before them that have room: each time that something came while the newest was not in memory another was begun.
    /// What stands no more stays where it is. A write that breaks off may leave a claim in both, as <see cref="Load"/> expects it.
    /// </summary>
    /// <returns>Whether a claim was moved.</returns>
    public bool Merge()
    {
        var (hasMoved, into) = (false, (ClaimChunk?)null);
        foreach (var chunk in _chunks.Where(chunk => chunk is { IsLoaded: false } or { Count: > 0 }))
        {
            if (into is not { IsLoaded: true } || chunk is not { IsLoaded: true, FormerCount: 0 } || into.Count + chunk.Count > ClaimsPerChunk)
            {
                into = chunk;
                continue;
            }

            foreach (var (key, claim) in chunk.Standing)
            {
                into.Standing[key] = claim;
                _chunkOf![key] = into;
            }

            chunk.Standing.Clear();
            Touch(chunk);
            Touch(into);
            hasMoved = true;
        }

        return hasMoved;
    }

    /// <summary>All that has changed is about to be stored: gives the chunks, the empty ones among them for the last time.</summary>
    public IReadOnlyList<ClaimChunk> TakeDirty()
    {
        var dirty = _chunks.Where(chunk => chunk.IsDirty).ToList();
        foreach (var chunk in dirty)
        {
            chunk.IsDirty = false;
            if (chunk.Count == 0)
            {
                _chunks.Remove(chunk);
                _newest = _newest == chunk ? null : _newest;
            }
        }

        IsDirty = false;
        return dirty;
    }

    // Later chunks have greater ids.
    private ClaimChunk? Find(int id)
    {
        for (var at = _chunks.Count - 1; at >= 0 && _chunks[at].Id >= id; at--)
        {
            if (_chunks[at].Id == id)
            {
                return _chunks[at];
            }
        }

        return null;
    }

    // The newest chunk if it is in memory and has room, else one more.
    private ClaimChunk Open()
    {
        if (_newest is not { IsLoaded: true } || _newest.Count >= ClaimsPerChunk)
        {
            _newest = _chunks.LastOrDefault() is { IsLoaded: true, Count: < ClaimsPerChunk } last ? last : null;
            if (_newest is null)
            {
                _newest = new ClaimChunk(++_lastId);
                _chunks.Add(_newest);
            }
        }

        return _newest;
    }

    private void Touch(ClaimChunk chunk)
    {
        chunk.IsDirty = true;
        IsDirty = true;
    }

    private void Tell(Claim claim, int by)
    {
        StandingCount += by;
        LoadedCount += by;

        // One that was stored by a write that broke off may stand and not have been counted.
        AnsweringCount += claim.Stance != Stance.Asserts && (by > 0 || IsLoaded) ? by : 0;
    }

    private void NoteTakeovers(Claim claim)
    {
        if (claim.Figure?.Supersedes.Count > 0)
        {
            (_takesOver ??= []).UnionWith(ItemClass.TakenOverBy(claim).Select(taken => taken.Item));
        }
    }

    private void Cut(ClaimKey key, Predicate<Appearance> which, DateTimeOffset until)
    {
        foreach (var chunk in _chunks.Where(chunk => chunk.IsLoaded))
        {
            for (var at = chunk.Formers.Count - 1; at >= 0; at--)
            {
                var former = chunk.Formers[at];
                if (former.Until <= until || former.Appearance.Claim.Key != key || !which(former.Appearance))
                {
                    continue;
                }

                if (until > former.Appearance.KnownFrom)
                {
                    chunk.Formers[at] = former with { Until = until };
                }
                else
                {
                    chunk.Formers.RemoveAt(at);
                    LoadedCount--;
                }

                Touch(chunk);
            }
        }
    }

    // R3: revision, reportedAt, arrival.
    private static (int, DateTimeOffset, long, int) Rank(Appearance one) =>
        (one.Claim.Revision, one.Claim.ReportedAt, one.Position.Sequence, one.Position.Ordinal);
}

/// <summary>Counts the claims in memory of all buckets of a book.</summary>
internal sealed class LoadedCount
{
    public int Count { get; set; }
}
