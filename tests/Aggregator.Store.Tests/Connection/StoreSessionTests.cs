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
        var era = store.Session.Era;
        Assert.Equal((1, 0, 0), (Ordinal(era), await rows.VersionAsync("actor", "a"), await index.IndexedToAsync(0)));

        Assert.Equal(new LogHead(era, 1, 0) { Era = era }, await log.OpenAsync(0));
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, era, 2, Entry(2), era));
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
        var era = await late.Session.OpenAsync();
        Assert.Equal(1, Ordinal(era));
        await WaitAsync(store);
        Assert.Equal((1, era), (store.Session.Era, await store.Session.PulseAsync()));
    }

    [Fact]
    public async Task Open_EraLostWithTheEnd_NeverFallsBelowWhatIsKnown()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        await store.Session.OpenAsync();
        await server.CrashAndRestartAsync();
        await WaitAsync(store);
        Assert.Equal(1, Ordinal(await store.Session.PulseAsync()));

        await store.Database.StringSetAsync("agg:era", "1 some-earlier-run");
        await server.CrashAndRestartAsync();
        await WaitAsync(store);
        Assert.Equal(2, Ordinal(await store.Session.PulseAsync()));
    }

    /// <summary>One notices the first of two restarts, and another the second, which has lost that the first was noticed.</summary>
    [Fact]
    public async Task Eras_OfTwoRuns_AreNeverTheSame()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = await ConnectAsync(server);
        await using var other = await ConnectAsync(server);
        await one.Session.OpenAsync();
        await other.Session.OpenAsync();
        var before = (string)(await one.Database.StringGetAsync("agg:era"))!;

        await server.CrashAndRestartAsync();
        await WaitAsync(one);
        var lost = await one.Session.PulseAsync();
        await one.Database.StringSetAsync("agg:era", before);
        await server.CrashAndRestartAsync();
        await WaitAsync(other);
        var stands = await other.Session.PulseAsync();
        Assert.Equal((Ordinal(lost), false), (Ordinal(stands), lost == stands));

        // Whoever hears of the lost one, be it earlier or later by chance, ends in a later one, and so does who was in it.
        var met = await other.Session.PulseAsync(lost);
        Assert.True(lost < stands ? met == stands : met > lost, $"{lost} {stands} {met}");
        await WaitAsync(one);
        var now = await one.Session.PulseAsync();
        Assert.True(now > lost, $"{lost} {now}");
        Assert.Equal(now, await other.Session.PulseAsync());
    }

    // The rest of an era names the run.
    private static long Ordinal(long era) => era >> 20;

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
