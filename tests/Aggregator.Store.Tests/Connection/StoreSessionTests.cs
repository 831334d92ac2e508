using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Aggregator.Store.Tests.Backends;
using StackExchange.Redis;

namespace Aggregator.Store.Tests.Connection;

/// <summary>Eras of a store: who has not noticed that its server restarted writes nothing.</summary>
public sealed class StoreSessionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Open_TwoProcesses_ShareAnEra()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await ConnectAsync(server);
        await using var other = await ConnectAsync(server);
        Assert.Equal((1, 1), (await one.Session.OpenAsync(), await other.Session.OpenAsync()));
        Assert.Equal((1, 1), (await one.Session.PulseAsync(), await other.Session.PulseAsync()));
    }

    [Fact]
    public async Task Write_AfterARestart_IsRefusedUntilItWasNoticed()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        var (log, rows, index) = (new ClaimLog(store), new EntityRows(store), new ClaimIndex(store));
        Assert.Equal(new LogHead(1, 0, 0), await log.OpenAsync(0));
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, 1, 1, Entry(1), era: 1));

        await server.CrashAndRestartAsync();
        await WaitAsync(store);

        await Assert.ThrowsAsync<StoreRestartedException>(() => log.AppendAsync(0, 1, 2, Entry(2), era: 1));
        await Assert.ThrowsAsync<StoreRestartedException>(() => log.SaveCheckpointAsync(0, 1, 1, era: 1));
        await Assert.ThrowsAsync<StoreRestartedException>(() => rows.WriteAsync("actor", "a", 0, [new("f", [1])], era: 1));
        await Assert.ThrowsAsync<StoreRestartedException>(() => rows.RaiseEpochAsync("actor", "a", era: 1));
        await Assert.ThrowsAsync<StoreRestartedException>(() => index.WriteAsync(0, [new(7, [new(1, 1, 0, 0, 0)])], 1, era: 1));
        await Assert.ThrowsAsync<StoreRestartedException>(() => store.Session.ConfirmAsync(1));
        Assert.Equal((2, 0, 0), (store.Session.Era, await rows.VersionAsync("actor", "a"), await index.IndexedToAsync(0)));

        Assert.Equal(new LogHead(2, 1, 0) { Era = 2 }, await log.OpenAsync(0));
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, 2, 2, Entry(2), era: 2));
    }

    [Fact]
    public async Task Open_BySomebodyNewAfterARestart_IsALaterEra()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        await store.Session.OpenAsync();
        await server.CrashAndRestartAsync();

        // Nobody who was there before has noticed.
        await using var late = await ConnectAsync(server);
        Assert.Equal(2, await late.Session.OpenAsync());
        await WaitAsync(store);
        Assert.Equal((1, 2), (store.Session.Era, await store.Session.PulseAsync()));
    }

    [Fact]
    public async Task Open_EraLostWithTheEnd_NeverFallsBelowWhatIsKnown()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        await store.Session.OpenAsync();
        await server.CrashAndRestartAsync();
        await WaitAsync(store);
        Assert.Equal(2, await store.Session.PulseAsync());

        await store.Database.StringSetAsync("agg:era", "1 some-earlier-run");
        await server.CrashAndRestartAsync();
        await WaitAsync(store);
        Assert.Equal(3, await store.Session.PulseAsync());
    }

    private static async Task<StoreConnection> ConnectAsync(RedisServer server) => await StoreConnection.ConnectAsync(new() { Redis = server.ConnectionString });

    private static byte[] Entry(int seed)
    {
        var bytes = new byte[100];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // The client connects again by itself.
    private static async Task WaitAsync(StoreConnection store)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                await store.Database.PingAsync().WaitAsync(limit.Token);
                return;
            }
            catch (Exception fault) when (fault is RedisException or TimeoutException)
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
