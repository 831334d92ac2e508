using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Aggregates;

// What is written into the row, read back and let go of.
public sealed partial class ClaimBook
{
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
        foreach (var former in formers)
        {
            Remember(ClaimBucket.Digest(former.Appearance.Claim.Key), chunk.Bucket);
        }

        bucket.UsedAt = ++_uses;
        if (bucket.IsDirty)
        {
            _dirty.Add(chunk.Bucket);
        }
    }
}
