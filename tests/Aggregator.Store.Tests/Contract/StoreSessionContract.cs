using Aggregator.Store.Connection;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Aggregator.Store.Tests.Backends;
using StackExchange.Redis;

namespace Aggregator.Store.Tests.Contract;

/// <summary>Eras of a store: who has not noticed that its server restarted writes nothing. On a server that each test has alone.</summary>
public abstract class StoreSessionContract : IAsyncLifetime
{
    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Another connection to the server.</summary>
    protected abstract Task<StoreDatabase> ConnectAsync();

    /// <summary>The server crashes and starts again on what it held.</summary>
    protected abstract Task RestartAsync();

    /// <summary>Waits until a connection has found the server again.</summary>
    protected abstract Task WaitAsync(StoreDatabase store);

    [Fact]
    public async Task Open_TwoProcesses_ShareAnEra()
    {
        var one = await ConnectAsync();
        var other = await ConnectAsync();
        var era = await one.Session.OpenAsync();
        Assert.Equal(1, Ordinal(era));
        Assert.Equal(era, await other.Session.OpenAsync());
        Assert.Equal((era, era), (await one.Session.PulseAsync(), await other.Session.PulseAsync()));
    }

    [Fact]
    public async Task Write_AfterARestart_IsRefusedUntilItWasNoticed()
    {
        var store = await ConnectAsync();
        var (log, rows, index) = (new ClaimLog(store), new EntityRows(store), new ClaimIndex(store));
        var (head, first) = (await log.OpenAsync(0), store.Session.Era);
        Assert.Equal(new LogHead(first, 0, 0) { Era = first }, head);
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, first, 1, Entry(1), first));

        await RestartAsync();
        await WaitAsync(store);

        await Assert.ThrowsAsync<StoreRestartedException>(() => log.AppendAsync(0, first, 2, Entry(2), first));
        await Assert.ThrowsAsync<StoreRestartedException>(() => log.SaveCheckpointAsync(0, first, 1, first));
        await Assert.ThrowsAsync<StoreRestartedException>(() => rows.WriteAsync("actor", "a", 0, [new("f", [1])], era: first));
        await Assert.ThrowsAsync<StoreRestartedException>(() => rows.RaiseEpochAsync("actor", "a", era: first));
        await Assert.ThrowsAsync<StoreRestartedException>(() => index.WriteAsync(0, [new(7, [new(1, 1, 0, 0, 0)])], 1, first));
        await Assert.ThrowsAsync<StoreRestartedException>(() => store.Session.ConfirmAsync(first));
        var era = store.Session.Era;
        Assert.Equal((2, 0, 0), (Ordinal(era), await rows.VersionAsync("actor", "a"), await index.IndexedToAsync(0)));

        Assert.Equal(new LogHead(era, 1, 0) { Era = era }, await log.OpenAsync(0));
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, era, 2, Entry(2), era));
    }

    [Fact]
    public async Task Open_BySomebodyNewAfterARestart_IsALaterEra()
    {
        var store = await ConnectAsync();
        var first = await store.Session.OpenAsync();
        await RestartAsync();

        // Nobody who was there before has noticed.
        var late = await ConnectAsync();
        var era = await late.Session.OpenAsync();
        Assert.Equal(2, Ordinal(era));
        await WaitAsync(store);
        Assert.Equal((first, era), (store.Session.Era, await store.Session.PulseAsync()));
    }

    [Fact]
    public async Task Open_EraLostWithTheEnd_NeverFallsBelowWhatIsKnown()
    {
        var store = await ConnectAsync();
        await store.Session.OpenAsync();
        var first = await store.Database.StringGetAsync(store.Keys.Era, StoreCalls.Primary);
        await RestartAsync();
        await WaitAsync(store);
        Assert.Equal(2, Ordinal(await store.Session.PulseAsync()));

        await store.Database.StringSetAsync(store.Keys.Era, first);
        await RestartAsync();
        await WaitAsync(store);
        Assert.Equal(3, Ordinal(await store.Session.PulseAsync()));
    }

    /// <summary>Somebody tells of an era that is lost to one who has not noticed a restart itself.</summary>
    [Fact]
    public async Task Pulse_HeardOfALostEraAndRestartedBesides_IsLaterThanBoth()
    {
        var store = await ConnectAsync();
        var heard = (((await store.Session.OpenAsync() >> 20) + 2) << 20) - 1;
        await RestartAsync();
        await WaitAsync(store);

        var now = await store.Session.PulseAsync(heard);

        Assert.True(now > heard, $"{heard} {now}");
        Assert.Equal(now, store.Session.Era);
    }

    /// <summary>The first run is lost with its era, and who comes then has heard of none.</summary>
    [Fact]
    public async Task Eras_FirstRunLostWithItsEra_TheNextIsAnother()
    {
        var one = await ConnectAsync();
        var lost = await one.Session.OpenAsync();
        await one.Database.KeyDeleteAsync(one.Keys.Era);
        await RestartAsync();
        var stands = await (await ConnectAsync()).Session.OpenAsync();
        Assert.NotEqual(lost, stands);

        // Who was there before ends in one that is later than its own.
        await WaitAsync(one);
        var now = await one.Session.PulseAsync();
        Assert.True(now > lost, $"{lost} {stands} {now}");
    }

    /// <summary>One notices the first of two restarts, and another the second, which has lost that the first was noticed.</summary>
    [Fact]
    public async Task Eras_OfTwoRuns_AreNeverTheSame()
    {
        var one = await ConnectAsync();
        var other = await ConnectAsync();
        await one.Session.OpenAsync();
        await other.Session.OpenAsync();
        var before = (string)(await one.Database.StringGetAsync(one.Keys.Era, StoreCalls.Primary))!;

        await RestartAsync();
        await WaitAsync(one);
        var lost = await one.Session.PulseAsync();
        await one.Database.StringSetAsync(one.Keys.Era, before);
        await RestartAsync();
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

    private static byte[] Entry(int seed)
    {
        var bytes = new byte[100];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

public sealed class StoreSessionsOnRedis : StoreSessionContract
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<StoreConnection> _connected = [];
    private RedisServer? _server;

    public override async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        foreach (var store in _connected)
        {
            await store.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected override async Task<StoreDatabase> ConnectAsync()
    {
        var store = await StoreConnection.ConnectAsync(new() { Redis = _server!.ConnectionString });
        _connected.Add(store);
        return store;
    }

    protected override Task RestartAsync() => _server!.CrashAndRestartAsync();

    // The client connects again by itself.
    protected override async Task WaitAsync(StoreDatabase store)
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

public sealed class StoreSessionsInSimulation : StoreSessionContract
{
    private readonly SimBackend _backend = new();

    public override ValueTask InitializeAsync() => _backend.InitializeAsync();

    public override ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _backend.DisposeAsync();
    }

    protected override Task<StoreDatabase> ConnectAsync() => _backend.OpenAsync(new());

    protected override Task RestartAsync()
    {
        _backend.Restart();
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(StoreDatabase store) => Task.CompletedTask;
}
