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

    /// <summary>The field that tells parents which structure of the registry the totals rest on; absent where they rest on several.</summary>
    public const string Structure = "structure";

    /// <summary>The field that lists read.</summary>
    public const string Counts = "counts";

    private const string Marks = "marks";
    private const string AppliedAt = "applied-at";
    private const string BucketPrefix = "bucket:";

    public static EntityRowFields Encode(ClaimBook book, IEnumerable<BucketKey> dirty, Marks marks, DateTimeOffset? appliedAt, PartUpdate totals, ulong? structure)
    {
        List<RowField> head =
        [
            new(Marks, marks.Encode()),
            new(Counts, AggregateFormat.EncodeCounts(book.Counts)),
            new(Totals, AggregateFormat.EncodeUpdate(totals)),
            new(Structure, structure is { } known ? new ReadOnlyMemory<byte>(BitConverter.GetBytes(known)) : null),
        ];
        if (appliedAt is { } at)
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

    /// <summary>Whether the totals beside the field rest on a structure of the registry.</summary>
    public static bool RestsOn(byte[]? field, ulong structure) => field is { Length: sizeof(ulong) } && BitConverter.ToUInt64(field) == structure;

    public static (Marks Marks, DateTimeOffset? AppliedAt) Restore(EntityRow row, ClaimBook book)
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
        return (marks, appliedAt);
    }
}

/// <summary>The fields of a row to write.</summary>
/// <param name="Buckets">Those that changed; they may go before the head.</param>
/// <param name="Head">What tells how far the entity has come: one atomic step.</param>
internal sealed record EntityRowFields(IReadOnlyList<RowField> Buckets, IReadOnlyList<RowField> Head);
