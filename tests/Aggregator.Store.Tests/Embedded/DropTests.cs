using Aggregator.Store.Generations;
using Aggregator.Store.Rows;

namespace Aggregator.Store.Tests.Embedded;

public sealed class DropTests
{
    // Garnet says of keys that are on disk alone that it removed none, and removes them.
    [Fact]
    public async Task Drop_OfMoreThanMemoryHolds_RemovesAndCountsWhatIsOnDisk()
    {
        const int Count = 6_000;
        using var folder = new TempFolder();
        var options = new StoreOptions { Path = folder.Path, EmbeddedMemoryMebibytes = 64 };
        await using (var store = await StoreConnection.ConnectAsync(new() { Path = folder.Path, EmbeddedMemoryMebibytes = 64, Generation = "2" }))
        {
            await store.OpenAsync();
            await store.JoinGenerationAsync("cluster");
            var rows = new EntityRows(store);
            var bytes = new byte[8_000];
            new Random(1).NextBytes(bytes);
            foreach (var some in Enumerable.Range(0, Count).Chunk(256))
            {
                await Task.WhenAll(some.Select(at => rows.WriteAsync("region", $"place-{at}", 0, [new("f", bytes)], chunks: [new("c-1", bytes)])));
            }
        }

        await using var again = await StoreConnection.ConnectAsync(options);
        var removed = await new FoldGenerations(again).DropAsync("2", 4, static _ => Task.FromResult<IReadOnlyList<string>>([]));

        Assert.Equal([("checkpoint", 0L), ("row", Count), ("chunk", Count), ("children", 0L), ("known", 64L)], removed);
        Assert.Empty((StackExchange.Redis.RedisResult[])(await again.Database.ExecuteAsync("KEYS", again.Options.KeyPrefix + ":g:*"))!);
    }
}
