using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Grains.Entities;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Rows;

namespace Aggregator.Grains.Tests.Entities;

public sealed class EntityRowCodecTests
{
    private static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PartUpdate Nothing = new(new PartVersion(1, 1), null, new Dictionary<LineKey, System.Collections.Immutable.ImmutableSortedDictionary<Voice, VoiceTally>>(), new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>());

    [Fact]
    public void Encode_WritesChunksNoLaterThanTheHeadsThatSpeakOfThem()
    {
        var region = new RegionAggregate("town");
        for (var number = 1; number <= 300; number++)
        {
            region.Book.Apply(new PlacedRecord(new LogPosition(0, number, 0), new LogRecord.Added(Claim(number)), Noon));
        }

        var fields = EntityRowCodec.Encode(region.Book, new EntityRowHead(new Marks(), Noon, HasTold: true, 7), Nothing);

        Assert.Equal([true, true, true, false], fields.Buckets.Select(field => field.IsChunk));
        Assert.All(fields.Buckets, field => Assert.NotNull(field.Field.Value));
    }

    [Fact]
    public void Encode_WithoutTotals_LeavesThoseInTheRowAndSaysSo()
    {
        var region = new RegionAggregate("town");
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(Claim(1)), Noon));
        var fields = EntityRowCodec.Encode(region.Book, EntityRowHead.Empty, null);

        Assert.DoesNotContain(fields.Head, field => field.Name is EntityRowCodec.Totals or EntityRowCodec.Structure);
        Assert.False(EntityRowCodec.IsWhole(Row(fields)));
        Assert.True(EntityRowCodec.IsWhole(Row(EntityRowCodec.Encode(region.Book, EntityRowHead.Empty, Nothing))));

        static EntityRow Row(EntityRowFields fields) => new(1, 1, fields.Head.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value!));
    }

    [Fact]
    public void Encode_WhatIsNoMore_IsDeleted()
    {
        var region = new RegionAggregate("town");
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(Claim(1)), Noon));
        EntityRowCodec.Encode(region.Book, EntityRowHead.Empty, Nothing);

        // Retracted before it was ever known: no past view shows it either.
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 2, 0), new LogRecord.Retracted(new Retraction(Claim(1).Key, "s"), Claim(1), new LogPosition(0, 1, 0)), Noon.AddDays(-1)));
        var fields = EntityRowCodec.Encode(region.Book, new EntityRowHead(new Marks(), null, HasTold: false, null), Nothing);

        // The head that speaks of a chunk no more goes before it.
        Assert.Equal([false, true], fields.Buckets.Select(field => field.IsChunk));
        Assert.All(fields.Buckets, field => Assert.Null(field.Field.Value));
        Assert.Equal(["ahead", "behind", "judged", "recount", "structure", "told"], fields.Head.Where(field => field.Value is null).Select(field => field.Name).Order());
    }

    [Fact]
    public void Restore_GivesTheHeadBack_WithTheClaimsOutOfMemory()
    {
        var region = new RegionAggregate("town");
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(Claim(1)), Noon));
        var marks = new Marks { [3] = new Mark(1, 9) };
        var fields = EntityRowCodec.Encode(region.Book, new EntityRowHead(marks, Noon, HasTold: true, 7), Nothing);
        var row = new EntityRow(1, 1, fields.Buckets.Where(field => !field.IsChunk).Select(field => field.Field).Concat(fields.Head)
            .Where(field => field.Value is not null)
            .ToDictionary(field => field.Name, field => field.Value!));

        var restored = new RegionAggregate("town");
        var head = EntityRowCodec.Restore(row, restored.Book);

        Assert.Equal((new Mark(1, 9), Noon, true), (head.Marks[3], head.AppliedAt, head.HasTold));
        Assert.Equal(1, restored.Book.Counts.Total);
        var bucket = Assert.Single(restored.Book.Buckets);
        var chunk = Assert.Single(restored.Book.Away(bucket));
        var (standing, formers) = AggregateFormat.DecodeChunk(fields.Buckets.Single(field => field.Field.Name == EntityRowCodec.ChunkName(chunk)).Field.Value!);
        restored.Book.Restore(chunk, standing, formers);
        Assert.Equal(Claim(1).Key, Assert.Single(restored.Book[bucket]).Claim.Key);
    }

    private static Claim Claim(int number) => new()
    {
        Key = new ClaimKey("s", $"{number}"),
        ContentHash = (UInt128)number,
        Source = new EntityRef("s", "s"),
        ReportedAt = Noon,
        Claimant = new EntityRef("red", "red"),
        Target = new EntityRef("blue", "blue"),
        Region = new EntityRef("town", "town"),
        Figure = new Figure { Item = Item.Tank, Outcome = Outcome.Lost, Bounds = Bounds.Exactly(1) },
    };
}
