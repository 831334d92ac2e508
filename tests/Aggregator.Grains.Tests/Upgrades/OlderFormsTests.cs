using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Entities;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Rows;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace Aggregator.Grains.Tests.Upgrades;

/// <summary>What hosts of level 1 stored and sent, byte by byte as commit 835779f made it: every later host reads it.</summary>
public sealed class OlderFormsTests
{
    private static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void LogEntry_OfLevelOne_IsReadAndWrittenAsItWas()
    {
        var bytes = Convert.FromBase64String(
            "AAAAAAAAAAAAAAAAAAAAAAKAgIujx/W03BEDAQEBcwEBMQEAAAAAAAAAAAAAAAAAAAACAgAAAACAgIujx/W03BEBA3JlZAQBAAABBGJsdWUFAQR0b3duBgAAAQoNAQIBAgECAQAA"
            + "AAAAAAAAAAAAAAAAAAACAgMCAAAAAAAAAAAAAAAAAAAAAgIAAAAAgICLo8f1tNwRBAQBAAAFBQYGAAABCg0BBAEEAQQBAAAAAAAAAAAAAAAAAAAAAAIDAQAAAAAAAAAAAAAAAAAA"
            + "AAICAAAAAICAi6PH9bTcEQQEAQAABQUGBgAAAQoNAQIBAgECAQAAAAAAAAAAAAAAAAAAAAAAAQABAYCAi6PH9bTcEQECAQd2aWxsYWdlAwIG");

        var entry = LogFormat.Decode(bytes, 0, 2);

        Assert.Equal(Noon, entry.ReceivedAt);
        Assert.Equal(1, Assert.IsType<LogRecord.Added>(entry.Records[0].Record).Claim.Figure!.Bounds.Best);
        var corrected = Assert.IsType<LogRecord.Corrected>(entry.Records[1].Record);
        Assert.Equal((2, 1, true, Noon), (corrected.Claim.Figure!.Bounds.Best, corrected.Replaced.Figure!.Bounds.Best, corrected.Stands, corrected.OutrankedFrom));
        Assert.Equal([new EntityKey(EntityKind.Region, "village")], corrected.Formerly);
        Assert.Equal(new LogRecord.Duplicates("s", 3), entry.Records[2].Record);

        // At level 1 nothing else is written: a host of that time reads what this one writes.
        Assert.Equal(bytes, LogFormat.Encode(Guid.Empty, entry.ReceivedAt, [.. entry.Records.Select(placed => placed.Record)]));
    }

    [Fact]
    public void Row_OfLevelOne_IsReadAndHoldsNothingQuarantined()
    {
        const string Bucket = "020859b1117e040fe0f974e48dad83b9";
        var row = new EntityRow(1, 1, new Dictionary<string, byte[]>
        {
            ["bucket:" + Bucket] = Convert.FromBase64String("BQERMS8xMC8xMy9ibHVlL3Rvd24BAQEAAAAA"),
            ["marks"] = Convert.FromBase64String("AQEDAQk="),
            ["told"] = [],
            ["counts"] = Convert.FromBase64String("BQEBAgH8mloCAQEEdG93bgIAAAAAAAA="),
            ["totals"] = Convert.FromBase64String("BQICAAAAAAAAAAAAAA=="),
            ["structure"] = Convert.FromBase64String("BwAAAAAAAAA="),
            ["applied-at"] = Convert.FromBase64String("NjM4NTAxNjE2MDAwMDAwMDAw"),
        });
        var region = new RegionAggregate("town");

        var head = EntityRowCodec.Restore(row, region.Book);

        Assert.Equal((new Mark(1, 9), Noon, true), (head.Marks[3], head.AppliedAt, head.HasTold));
        Assert.Empty(region.Book.Quarantined);
        Assert.Equal((1, 1), (region.Book.Counts.Total, region.Book.Counts.Spellings["town"]));
        Assert.Equal(new PartVersion(1, 1), AggregateFormat.DecodeUpdate(row.Fields["totals"]).Version);
        Assert.True(EntityRowCodec.RestsOn(row.Fields["structure"], 7));
        var chunk = Assert.Single(region.Book.Away(Assert.Single(region.Book.Buckets)));
        Assert.Equal(Bucket + "-1", EntityRowCodec.ChunkName(chunk));
        var (standing, formers) = AggregateFormat.DecodeChunk(Convert.FromBase64String(
            "BQEAAQABAXMBATEBAAAAAAAAAAAAAAAAAAAAAgIAAAAAgICLo8f1tNwRAQNyZWQEAQAAAQRibHVlBQEEdG93bgYAAAEKDQECAQIBAgEAAAAAAAAAAAAAAAAAAAAAAAA="));
        region.Book.Restore(chunk, standing, formers);
        Assert.Equal(new ClaimKey("s", "1"), Assert.Single(region.Book[chunk.Bucket]).Claim.Key);
    }

    // Hosts of level 1 tell no era; 0 is taken for the present one.
    [Fact]
    public void Messages_OfLevelOne_AreReadWithoutEraAndPoison()
    {
        var serializer = new ServiceCollection().AddSerializer(builder => builder.AddAssembly(typeof(EntityDelta).Assembly)).BuildServiceProvider().GetRequiredService<Serializer>();

        var delta = Read<EntityDelta>("IOgADQEFAQEBAwEBAQUhQM8DAQMBAAEBAXMBATEBAAAAAAAAAAAAAAAAAAAAAgIAAAAAgICLo8f1tNwRAQNyZWQEAQAAAQRibHVlBQEEdG93bgYAAAEKDQECAQIBAgEAAAAAAAAAAAAAAAAAAAAAgICLo8f1tNwR4AED4A==");
        Assert.Equal((3, 1L, 0L, true, 0L, 1L, true, 0L), (delta.Partition, delta.Incarnation, delta.Previous, delta.PreviousIsCheckpoint, delta.From, delta.To, delta.PersistSoon, delta.Era));
        Assert.IsType<LogRecord.Added>(Assert.Single(delta.Records.Records).Record);
        Assert.Equal(new PartStanding { HeldEpoch = 1, HeldNumber = 2, SafeEpoch = 3, SafeNumber = 4 }, Read<PartStanding>("IOgABQEJAQ0BEeA="));
        Assert.Equal(new SourceTally { Epoch = 1, Number = 2, Confirmed = 3, Contradicted = 4 }, Read<SourceTally>("IOgABQEJAQ0BEeA="));
        Assert.Equal(new ApplyReply { Incarnation = 1, Mark = 5, DurableMark = 4 }, Read<ApplyReply>("IOgAFQERAQXg"));

        // A call with one argument less.
        var call = Assert.IsAssignableFrom<IInvokable>(Read<object>("MAEdVmO7ZSgiaW52IixbR3JhaW5SZWZdLFthZ2dyZWdhdG9yLmVudGl0eV0sInRha2UtcGFydCIpQA1maXp1bGkhQBsFAgIAAAAAAAAAAAAA4AEVAQ/g"));
        Assert.Equal(nameof(IEntityGrain.TakePartAsync), call.GetMethodName());
        Assert.Equal(["fizuli", 5L, 7UL, 0L], [call.GetArgument(0), call.GetArgument(2), call.GetArgument(3), call.GetArgument(4)]);

        T Read<T>(string bytes) => serializer.Deserialize<T>(Convert.FromBase64String(bytes))!;
    }
}
