namespace Aggregator.Domain.Aggregates;

/// <summary>Names a chunk of a bucket.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Id">The chunk within it.</param>
public readonly record struct ChunkKey(BucketKey Bucket, int Id);

/// <summary>The claims of a chunk.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Standing">Those that stand.</param>
/// <param name="Formers">Those that stand no more.</param>
public readonly record struct LoadedChunk(BucketKey Bucket, IReadOnlyCollection<Ledger.Appearance> Standing, IReadOnlyCollection<Ledger.Former> Formers);

/// <summary>A chunk as it is to be stored.</summary>
/// <param name="Id">The chunk within its bucket.</param>
/// <param name="Bytes">Its claims; null if it has none any more.</param>
public readonly record struct StoredChunk(int Id, byte[]? Bytes);

/// <summary>What of a bucket is to be stored.</summary>
/// <param name="Key">The bucket.</param>
/// <param name="Head">What it says of itself, by which it is known without its claims; null if it has none any more.</param>
/// <param name="Chunks">The chunks that changed: to be stored no later than the head.</param>
public sealed record StoredBucket(BucketKey Key, byte[]? Head, IReadOnlyList<StoredChunk> Chunks);
