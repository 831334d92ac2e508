using Aggregator.Domain.Aggregates;
using Aggregator.Store.Generations;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class FoldGenerationsContract(ServerBackend backend) : ServerContract(backend)
{
    private const int Partitions = 2;
    private static readonly Func<string?, Task<IReadOnlyList<string>>> Nobody = static _ => Task.FromResult<IReadOnlyList<string>>([]);

    [Fact]
    public async Task Generations_OfOneStore_ShareLogAndIndexAndNoRowNorCheckpoint()
    {
        await using var beside = await BesideAsync("2");
        await FillAsync(Store, rows: 1);

        var (log, index, rows) = (new ClaimLog(beside), new ClaimIndex(beside), new EntityRows(beside));
        var head = await log.OpenAsync(0);
        Assert.Equal((1, 0), (head.LastSequence, head.Checkpoint));
        Assert.NotNull(Assert.Single(await index.FindAsync(0, [1])));
        Assert.Null(await rows.LoadAsync("region", "place-0"));
        Assert.Empty(await rows.KnownAsync("region").ToListAsync());
        Assert.Empty(await rows.ChildrenAsync("region", "parent").ToListAsync());
        Assert.Equal([null], await rows.LoadChunksAsync("region", "place-0", ["c-1"]));

        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, head.Incarnation, 2, Entry(2)));
        Assert.Equal(new CheckpointResult.Saved(2), await log.SaveCheckpointAsync(0, head.Incarnation, 2));
        await rows.WriteAsync("region", "elsewhere", 0, [new("f", Entry(1))]);

        var own = await new ClaimLog(Store).OpenAsync(0);
        Assert.Equal((2, 1), (own.LastSequence, own.Checkpoint));
        Assert.Equal(["place-0"], await new EntityRows(Store).KnownAsync("region").ToListAsync());
    }

    [Fact]
    public async Task Open_LogShorterThanTheCheckpointOfAnotherGeneration_Throws()
    {
        await Store.OpenAsync();
        await FillAsync(Store, rows: 0);
        await using var beside = await BesideAsync("2");
        await Store.Database.KeyDeleteAsync([Store.Keys.Slot(0, 1), Store.Keys.Last(0)]);
        await Assert.ThrowsAsync<StoreTruncatedException>(() => new ClaimLog(beside).OpenAsync(0));
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("2", "1")]
    [InlineData("2", "2-again")]
    public async Task Drop_OfOne_RemovesAllOfItAndNothingElse(string dropped, string kept)
    {
        await using var one = await BesideAsync(dropped);
        await using var other = await BesideAsync(kept);
        await FillAsync(one, rows: 1_500);
        await FillAsync(other, rows: 3);
        var generations = new FoldGenerations(other);
        Assert.Equal(new[] { "1", dropped, kept }.Distinct().Order(StringComparer.Ordinal), await generations.ListAsync());

        var removed = await generations.DropAsync(dropped, Partitions, Nobody);

        Assert.Equal(("checkpoint", 1L), removed[0]);
        Assert.Equal([("row", 1_500L), ("chunk", 1_500L), ("children", 1L)], removed.Skip(1).Take(3));
        Assert.Equal("known", removed[4].Kind);
        Assert.Null(await new EntityRows(one).LoadAsync("region", "place-7"));
        Assert.Empty(await new EntityRows(one).KnownAsync("region").ToListAsync());
        Assert.Equal(0, (await new ClaimLog(one).PeekAsync(0)).Checkpoint);
        Assert.DoesNotContain(dropped == "1" ? "none" : dropped, await generations.ListAsync());

        var rows = new EntityRows(other);
        Assert.Equal(["place-0", "place-1", "place-2"], (await rows.KnownAsync("region").ToListAsync()).Order());
        Assert.Equal([Entry(2)], await rows.LoadChunksAsync("region", "place-2", ["c-1"]));
        Assert.Equal(["place-0", "place-1", "place-2"], (await rows.ChildrenAsync("region", "parent").ToListAsync()).Order());
        var head = await new ClaimLog(other).OpenAsync(0);
        Assert.Equal((1, 1), (head.LastSequence, head.Checkpoint));
        Assert.NotNull(Assert.Single(await new ClaimIndex(other).FindAsync(0, [1])));
    }

    [Fact]
    public async Task Drop_OfOwnOrUnknownOrUsed_IsRefusedAndRemovesNothing()
    {
        await using var other = await BesideAsync("2");
        await FillAsync(other, rows: 1);
        await Store.JoinGenerationAsync("one");
        var generations = new FoldGenerations(Store);

        await Assert.ThrowsAsync<StoreUnsuitableException>(() => generations.DropAsync(FoldGeneration.First, Partitions, Nobody));
        await Assert.ThrowsAsync<StoreUnsuitableException>(() => generations.DropAsync("3", Partitions, Nobody));
        var used = await Assert.ThrowsAsync<StoreUnsuitableException>(() => generations.DropAsync(
            "2", Partitions, cluster => Task.FromResult<IReadOnlyList<string>>([$"a silo of {cluster}"])));

        await using var unbuilt = await StoreConnection.ConnectAsync(new() { Redis = Store.Options.Redis, KeyPrefix = Store.Options.KeyPrefix, Generation = "never" });
        Assert.Contains("has not been built", (await Assert.ThrowsAsync<StoreUnsuitableException>(() => new FoldGenerations(unbuilt).DropAsync("2", Partitions, Nobody))).Message, StringComparison.Ordinal);
        Assert.Contains("a silo of cluster-2", used.Message, StringComparison.Ordinal);
        Assert.Equal(["place-0"], await new EntityRows(other).KnownAsync("region").ToListAsync());
        await other.JoinGenerationAsync("cluster-2");
    }

    [Fact]
    public async Task Drop_BrokenOff_KeepsHostsOutUntilItIsDone()
    {
        await using var other = await BesideAsync("2");
        await FillAsync(other, rows: 1);
        var generations = new FoldGenerations(Store);
        await Assert.ThrowsAsync<TimeoutException>(() => generations.DropAsync("2", Partitions, _ => throw new TimeoutException()));

        await Assert.ThrowsAsync<StoreUnsuitableException>(() => other.JoinGenerationAsync("cluster-2"));
        await generations.DropAsync("2", Partitions, Nobody);

        await other.JoinGenerationAsync("cluster-2");
        Assert.Equal(0, (await new ClaimLog(other).OpenAsync(0)).Checkpoint);
    }

    private async Task<StoreConnection> BesideAsync(string generation)
    {
        var store = await StoreConnection.ConnectAsync(new() { Redis = Store.Options.Redis, KeyPrefix = Store.Options.KeyPrefix, Generation = generation });
        await store.OpenAsync();
        await store.JoinGenerationAsync("cluster-" + generation);
        return store;
    }

    // One entry of partition 0, indexed, and rows that rest on it.
    private static async Task FillAsync(StoreConnection store, int rows)
    {
        var log = new ClaimLog(store);
        var head = await log.OpenAsync(0);
        await log.AppendAsync(0, head.Incarnation, 1, Entry(1));
        await new ClaimIndex(store).WriteAsync(0, [new IndexRow(1, [new(ContentHash: 1, Sequence: 1, Ordinal: 0, Revision: 0, ReportedAtTicks: 0)])], 1);
        var entities = new EntityRows(store);
        foreach (var some in Enumerable.Range(0, rows).Chunk(100))
        {
            await Task.WhenAll(some.Select(at => entities.WriteAsync("region", $"place-{at}", 0, [new("f", Entry(at))], "parent", [new("c-1", Entry(at))])));
        }

        await log.SaveCheckpointAsync(0, head.Incarnation, 1);
    }
}

public sealed class FoldGenerationsOnGarnet(GarnetBackend backend) : FoldGenerationsContract(backend);

public sealed class FoldGenerationsOnRedis(RedisBackend backend) : FoldGenerationsContract(backend);
