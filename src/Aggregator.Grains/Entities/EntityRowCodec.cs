using System.Globalization;
using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Rows;

namespace Aggregator.Grains.Entities;

/// <summary>
/// An entity's row: marks, counts and totals as one field each, a field for the head of each bucket, and a chunk for some of its
/// claims each, so that a write carries only what changed, and a bucket's claims are read when they are needed.
/// </summary>
internal static class EntityRowCodec
{
    /// <summary>The field that parents read.</summary>
    public const string Totals = "totals";

    /// <summary>The field that tells parents which structure of the registry the totals rest on; absent where they rest on several.</summary>
    public const string Structure = "structure";

    /// <summary>The field that lists read.</summary>
    public const string Counts = "counts";

    // What goes with the row as it is then goes last where it does no harm to have it too long, and first where it does none to lack it.

    // There while the totals are those of fewer claims than the row has.
    private const string Behind = "behind";
    private const string Marks = "marks";
    private const string AppliedAt = "applied-at";
    private const string Told = "told";
    private const string Judged = "judged";
    private const string Quarantined = "quarantined";

    // There while what stands is still to be counted anew (ClaimBook.MustRecount).
    private const string Recount = "recount";

    // The entries that a write has brought claims of that broke off, or has not come to its end: what the row has of claims may be as far as that.
    private const string Ahead = "ahead";
    private const string BucketPrefix = "bucket:";

    /// <summary>What is to be written of an entity.</summary>
    /// <param name="book">Its claims; what has changed of them counts as written.</param>
    /// <param name="row">How far it has come.</param>
    /// <param name="totals">Its totals; null leaves those in the row, and says that they are behind.</param>
    public static EntityRowFields Encode(ClaimBook book, EntityRowHead row, PartUpdate? totals)
    {
        List<RowField> head =
        [
            new(Marks, row.Marks.Encode()),
            new(Told, row.HasTold ? [] : null),
            new(Judged, row.Judged.Count > 0 ? AggregateFormat.EncodeNames(row.Judged) : null, GoesLast: true),
            new(Counts, AggregateFormat.EncodeCounts(book.Counts)),
            new(Behind, totals is null ? [] : null, GoesLast: true),
            new(Recount, book.MustRecount ? [] : null, GoesLast: true),
        ];
        if (row.Marks.HaveReached(row.Ahead))
        {
            head.Add(new(Ahead, null, GoesLast: true));
        }

        if (totals is not null)
        {
            head.Add(new(Totals, AggregateFormat.EncodeUpdate(totals)));
            head.Add(new(Structure, row.Structure is { } known ? BitConverter.GetBytes(known) : null));
        }

        if (book.Quarantined.Count > 0)
        {
            head.Add(new(Quarantined, AggregateFormat.EncodePositions(book.Quarantined)));
        }

        if (row.AppliedAt is { } at)
        {
            head.Add(new(AppliedAt, System.Text.Encoding.ASCII.GetBytes(at.UtcTicks.ToString(CultureInfo.InvariantCulture))));
        }

        // A chunk is written no later than the head that speaks of it, and goes no sooner than the head that speaks of it no more.
        var buckets = book.TakeDirty().SelectMany(Fields).ToLookup(field => field is { IsChunk: true, Field.Value: null });
        return new EntityRowFields(new(Ahead, row.Ahead.Encode()), [.. buckets[false], .. buckets[true]], head);
    }

    /// <summary>The name of a chunk in the store.</summary>
    public static string ChunkName(ChunkKey chunk) => string.Create(CultureInfo.InvariantCulture, $"{chunk.Bucket.Digest()}-{chunk.Id}");

    private static IEnumerable<BucketField> Fields(StoredBucket bucket) => bucket.Chunks
        .Select(chunk => new BucketField(IsChunk: true, new(ChunkName(new ChunkKey(bucket.Key, chunk.Id)), chunk.Bytes)))
        .Append(new BucketField(IsChunk: false, new(BucketPrefix + bucket.Key.Digest(), bucket.Head)));

    /// <summary>Whether a row's totals are of all its claims.</summary>
    public static bool IsWhole(EntityRow row) => !row.Fields.ContainsKey(Behind);

    /// <summary>Whether the totals beside the field rest on a structure of the registry.</summary>
    public static bool RestsOn(byte[]? field, ulong structure) => field is not null && BitConverter.ToUInt64(field) == structure;

    /// <summary>Reads what the row says, and the heads of its buckets into the book; their claims stay out of memory.</summary>
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

        if (row.Fields.TryGetValue(Quarantined, out var quarantined))
        {
            book.RestoreQuarantined(AggregateFormat.DecodePositions(quarantined), row.Fields.ContainsKey(Recount));
        }

        var marks = row.Fields.TryGetValue(Marks, out var stored) ? Protocol.Marks.Decode(stored) : new Marks();
        DateTimeOffset? appliedAt = row.Fields.TryGetValue(AppliedAt, out var ticks)
            ? new DateTimeOffset(long.Parse(System.Text.Encoding.ASCII.GetString(ticks), CultureInfo.InvariantCulture), TimeSpan.Zero)
            : null;
        return new EntityRowHead(marks, appliedAt, row.Fields.ContainsKey(Told), null)
        {
            Judged = row.Fields.TryGetValue(Judged, out var judged) ? AggregateFormat.DecodeNames(judged) : [],
            Ahead = row.Fields.TryGetValue(Ahead, out var ahead) ? Protocol.Marks.Decode(ahead) : new Marks(),
        };
    }
}

/// <summary>What a row says of how far the entity has come.</summary>
/// <param name="Marks">Per partition.</param>
/// <param name="AppliedAt">When the last change was applied, UTC; null if none was.</param>
/// <param name="HasTold">Whether all that is told besides the parent had been.</param>
/// <param name="Structure">The structure of the registry that the totals rest on; null where they rest on several.</param>
internal sealed record EntityRowHead(Marks Marks, DateTimeOffset? AppliedAt, bool HasTold, ulong? Structure)
{
    /// <summary>Of an entity without a row: there is nothing to tell.</summary>
    public static EntityRowHead Empty => new(new Marks(), null, HasTold: true, null);

    /// <summary>Of a region: the sources that may hold a tally of it (R17).</summary>
    public IReadOnlyCollection<string> Judged { get; init; } = [];

    /// <summary>
    /// The last entry of each partition that claims were written of by a write that broke off before it came to the marks; to be written, that they are written of. A mark may be further
    /// than the last entry that touches the entity, and need not come so far again.
    /// </summary>
    public Marks Ahead { get; init; } = new();
}

/// <summary>A part of a bucket to write.</summary>
/// <param name="IsChunk">Whether it is a chunk of claims; else the bucket's head.</param>
/// <param name="Field">Its name and bytes.</param>
internal readonly record struct BucketField(bool IsChunk, RowField Field);

/// <summary>The fields of a row to write.</summary>
/// <param name="Ahead">Says how far the buckets have come: it goes before them, and the head takes it away.</param>
/// <param name="Buckets">What changed of buckets, in this order; it may go before the head.</param>
/// <param name="Head">What tells how far the entity has come: one atomic step.</param>
internal sealed record EntityRowFields(RowField Ahead, IReadOnlyList<BucketField> Buckets, IReadOnlyList<RowField> Head);
