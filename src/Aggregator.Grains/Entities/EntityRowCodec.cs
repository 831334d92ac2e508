using System.Globalization;
using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Rows;

namespace Aggregator.Grains.Entities;

/// <summary>
/// An entity's row: marks, counts and totals as one field each, and a field per bucket, so that a write carries only the
/// buckets that changed.
/// </summary>
internal static class EntityRowCodec
{
    /// <summary>The field that parents read.</summary>
    public const string Totals = "totals";

    /// <summary>The field that lists read.</summary>
    public const string Counts = "counts";

    private const string Marks = "marks";
    private const string AppliedAt = "applied-at";
    private const string Told = "told";
    private const string BucketPrefix = "bucket:";

    public static EntityRowFields Encode(ClaimBook book, IEnumerable<BucketKey> dirty, EntityRowHead row, PartUpdate totals)
    {
        List<RowField> head =
        [
            new(Marks, row.Marks.Encode()),
            new(Told, row.HasTold ? Array.Empty<byte>() : null),
            new(Counts, AggregateFormat.EncodeCounts(book.Counts)),
            new(Totals, AggregateFormat.EncodeUpdate(totals)),
        ];
        if (row.AppliedAt is { } at)
        {
            head.Add(new(AppliedAt, System.Text.Encoding.ASCII.GetBytes(at.UtcTicks.ToString(CultureInfo.InvariantCulture))));
        }

        var buckets = new List<RowField>();
        foreach (var bucket in dirty)
        {
            buckets.Add(new(BucketPrefix + bucket.Digest(), AggregateFormat.EncodeBucket(book, bucket)));
        }

        return new EntityRowFields(buckets, head);
    }

    public static EntityRowHead Restore(EntityRow row, ClaimBook book)
    {
        foreach (var (name, bytes) in row.Fields)
        {
            if (name.StartsWith(BucketPrefix, StringComparison.Ordinal))
            {
                AggregateFormat.RestoreBucket(book, bytes);
            }
        }

        if (row.Fields.TryGetValue(Counts, out var counts))
        {
            AggregateFormat.RestoreCounts(book.Counts, counts);
        }

        var marks = row.Fields.TryGetValue(Marks, out var stored) ? Protocol.Marks.Decode(stored) : new Marks();
        DateTimeOffset? appliedAt = row.Fields.TryGetValue(AppliedAt, out var ticks)
            ? new DateTimeOffset(long.Parse(System.Text.Encoding.ASCII.GetString(ticks), CultureInfo.InvariantCulture), TimeSpan.Zero)
            : null;
        return new EntityRowHead(marks, appliedAt, row.Fields.ContainsKey(Told));
    }
}

/// <summary>What a row says of how far the entity has come.</summary>
/// <param name="Marks">Per partition.</param>
/// <param name="AppliedAt">When the last change was applied, UTC; null if none was.</param>
/// <param name="HasTold">Whether all that is told besides the parent had been.</param>
internal sealed record EntityRowHead(Marks Marks, DateTimeOffset? AppliedAt, bool HasTold)
{
    /// <summary>Of an entity without a row: there is nothing to tell.</summary>
    public static EntityRowHead Empty => new(new Marks(), null, HasTold: true);
}

/// <summary>The fields of a row to write.</summary>
/// <param name="Buckets">Those that changed; they may go before the head.</param>
/// <param name="Head">What tells how far the entity has come: one atomic step.</param>
internal sealed record EntityRowFields(IReadOnlyList<RowField> Buckets, IReadOnlyList<RowField> Head);
