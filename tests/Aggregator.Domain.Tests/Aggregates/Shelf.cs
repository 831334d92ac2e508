using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>Keeps what an aggregate stores, and gives it back when it is missed, as the grains do with the store.</summary>
internal sealed class Shelf(IAggregate aggregate, Func<ToldBucket, IReadOnlyCollection<Appearance>>? ask = null)
{
    private readonly Dictionary<BucketKey, byte[]> _heads = [];
    private readonly Dictionary<ChunkKey, byte[]> _chunks = [];

    /// <summary>How often a chunk was read back.</summary>
    public int Loads { get; private set; }

    /// <summary>Chunks that are stored.</summary>
    public int Chunks => _chunks.Count;

    /// <summary>Takes the chunks that another has stored, as a write leaves them that broke off after them.</summary>
    public void TakeChunks(Shelf other)
    {
        foreach (var (key, bytes) in other._chunks)
        {
            _chunks[key] = bytes;
        }
    }

    /// <summary>Stores what has changed.</summary>
    public void Save()
    {
        foreach (var (key, head, chunks) in aggregate.Book.TakeDirty())
        {
            foreach (var (id, bytes) in chunks)
            {
                Put(_chunks, new ChunkKey(key, id), bytes);
            }

            Put(_heads, key, head);
        }

        static void Put<TKey>(Dictionary<TKey, byte[]> into, TKey key, byte[]? bytes) where TKey : notnull
        {
            if (bytes is null)
            {
                into.Remove(key);
            }
            else
            {
                into[key] = bytes;
            }
        }
    }

    /// <summary>Puts what is stored into another, empty aggregate of the same entity.</summary>
    public Shelf To(IAggregate other)
    {
        var shelf = new Shelf(other);
        foreach (var (key, head) in _heads)
        {
            Assert.Equal(key, AggregateFormat.RestoreBucket(other.Book, head));
            shelf._heads[key] = head;
        }

        foreach (var (key, chunk) in _chunks)
        {
            shelf._chunks[key] = chunk;
        }

        return shelf;
    }

    /// <summary>Reads a bucket's claims back.</summary>
    public void Load(BucketKey bucket)
    {
        foreach (var chunk in aggregate.Book.Away(bucket))
        {
            Load(chunk);
        }
    }

    /// <summary>Reads a chunk's claims back.</summary>
    public void Load(ChunkKey chunk)
    {
        var (standing, formers) = AggregateFormat.DecodeChunk(_chunks[chunk]);
        aggregate.Book.Restore(chunk, standing, formers);
        Loads++;
    }

    /// <summary>Reads everything back.</summary>
    public void LoadAll()
    {
        foreach (var bucket in aggregate.Book.AllBuckets)
        {
            Load(bucket);
        }
    }

    /// <summary>Reads something of the aggregate, with no more claims in memory than these besides what is folded at once.</summary>
    public T Read<T>(Func<T> step, int keep = 0)
    {
        for (var pass = 0; pass < 10; pass++)
        {
            var result = TryRead();
            var misses = aggregate.TakeMisses();
            if (misses.Count == 0)
            {
                return result!;
            }

            foreach (var miss in misses)
            {
                foreach (var bucket in miss.Away)
                {
                    Load(bucket);
                }

                foreach (var told in miss.Told)
                {
                    aggregate.Parts.Fetched(told, ask!(told));
                }

                // What it misses besides what it was to make, the next pass misses too.
                if (miss.Retry is not null)
                {
                    miss.Retry();
                    aggregate.TakeMisses();
                    aggregate.Parts.ForgetFetched(_ => false);
                    aggregate.Book.Shed(keep);
                }
            }
        }

        throw new InvalidOperationException("what was missing stays missing");

        T? TryRead()
        {
            try
            {
                return step();
            }
            catch (Exception) when (aggregate.HasMisses)
            {
                return default;
            }
        }
    }
}
