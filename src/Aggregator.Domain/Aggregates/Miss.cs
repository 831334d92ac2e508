namespace Aggregator.Domain.Aggregates;

/// <summary>A bucket that a part tells of, whose claims it gives when it is asked.</summary>
/// <param name="Part">Id of the part.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Version">When the part last told that it had changed.</param>
public readonly record struct ToldBucket(string Part, BucketKey Bucket, PartVersion Version);

/// <summary>
/// Something that could not be read because claims are out of memory. What came of the reading is incomplete: with the claims
/// in memory <see cref="Retry"/> makes and keeps what was missing, and the reading is done again.
/// </summary>
/// <param name="Away">The entity's own buckets that must be in memory.</param>
/// <param name="Told">The buckets that its parts must be asked for.</param>
/// <param name="Retry">To be called when all are; what it makes is kept, so they may leave memory after it. Null if they must stay until the reading is done.</param>
public sealed record Miss(IReadOnlyCollection<BucketKey> Away, IReadOnlyCollection<ToldBucket> Told, Action? Retry);
