using Aggregator.Store.Connection;
using Aggregator.Store.Log;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Connection;

public sealed class RedisPromiseTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Connect_AppendFsyncAlways_PromisesPowerLossToo()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        Assert.Equal(StoreKind.Redis, store.Promise.Kind);
        Assert.NotEqual("unknown", store.Promise.Version);
        Assert.Equal((true, "always", "noeviction", "master"), (store.Promise.AppendOnly, store.Promise.FsyncPolicy, store.Promise.MaxMemoryPolicy, store.Promise.Role));
        Assert.True(store.Promise.SurvivesPowerLoss);
        Assert.Empty(store.Promise.Warnings);
    }

    [Fact]
    public async Task Connect_NoAppendOnlyFile_IsRefusedUnlessUnsafe()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "no");
        var fault = await Assert.ThrowsAsync<StoreUnsuitableException>(() => ConnectAsync(server));
        Assert.Contains("appendonly no", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Store:Unsafe", fault.Message, StringComparison.Ordinal);

        await using var store = await StoreConnection.ConnectAsync(new() { Redis = server.ConnectionString, Unsafe = true });
        Assert.False(store.Promise.SurvivesProcessDeath);
        Assert.Contains("appendonly no", Assert.Single(store.Promise.Dangers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_EverySecond_WarnsOfPowerLoss()
    {
        await using var server = await RedisServer.StartAsync("--appendfsync", "everysec");
        await using var store = await ConnectAsync(server);
        Assert.True(store.Promise.SurvivesProcessDeath);
        Assert.False(store.Promise.SurvivesPowerLoss);
        Assert.Contains("everysec", Assert.Single(store.Promise.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100mb")]
    [InlineData("0")]
    public async Task Connect_EvictingServer_IsRefused(string maxMemory)
    {
        await using var server = await RedisServer.StartAsync("--maxmemory", maxMemory, "--maxmemory-policy", "allkeys-lru");
        var fault = await Assert.ThrowsAsync<StoreUnsuitableException>(() => ConnectAsync(server));
        Assert.Contains("allkeys-lru", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ConfigDenied_IsKnownFromInfo()
    {
        await using var server = await RedisServer.StartAsync("--rename-command", "CONFIG", "");
        await using var store = await ConnectAsync(server);
        Assert.Equal((true, null, "noeviction"), (store.Promise.AppendOnly, store.Promise.FsyncPolicy, store.Promise.MaxMemoryPolicy));
        Assert.Empty(store.Promise.Dangers);
        Assert.Contains("unknown", Assert.Single(store.Promise.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_Replica_IsRefusedEvenIfUnsafe()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync("--replicaof", "127.0.0.1 " + primary.Port);
        await Assert.ThrowsAsync<StoreUnsuitableException>(() => StoreConnection.ConnectAsync(new() { Redis = replica.ConnectionString, Unsafe = true }));
    }

    [Fact]
    public void Judge_ServerThatTellsNothing_IsDangerous()
    {
        var promise = PromiseReader.Judge(new Dictionary<string, string>(), null, null, null, null);

        Assert.Equal(2, promise.Dangers.Count);
        Assert.All(promise.Dangers, danger => Assert.Matches("does not say|unknown", danger));
    }

    [Fact]
    public async Task Look_ServerTurnedReplica_SaysSo()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        var identity = await store.OpenAsync();
        Assert.Equal(StoreSight.Same, await store.LookAsync(identity, Limit));
        await using var primary = await RedisServer.StartAsync();

        await store.Database.ExecuteAsync("REPLICAOF", "127.0.0.1", primary.Port);

        Assert.Equal(StoreSight.Replica, await store.LookAsync(identity, Limit));
    }

    [Fact]
    public async Task Look_ServerStopped_IsUnavailableInTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        var identity = await store.OpenAsync();

        await server.StopAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.LookAsync(identity, TimeSpan.FromMilliseconds(200)));
        await server.ContinueAsync();
        Assert.Equal(StoreSight.Same, await store.LookAsync(identity, Limit));
    }

    [Fact]
    public async Task Connect_NobodyListens_IsUnavailable()
    {
        var fault = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => StoreConnection.ConnectAsync(new() { Redis = "127.0.0.1:1", ConnectTimeoutMilliseconds = 500 }));
        Assert.Contains("127.0.0.1:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_ServerOutOfMemory_IsRefusedAndNotWritten()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        var log = new ClaimLog(store);
        var opened = await log.OpenAsync(0);
        await store.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await Assert.ThrowsAsync<StoreRefusedException>(() => log.AppendAsync(0, opened.Incarnation, 1, new byte[64]));
        await store.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Equal(opened, await log.OpenAsync(0));
        Assert.Equal(new AppendResult.Appended(Late: false), await log.AppendAsync(0, opened.Incarnation, 1, new byte[64]));
    }

    [Fact]
    public async Task Append_ServerLacksReplicas_IsRefused()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        var log = new ClaimLog(store);
        var opened = await log.OpenAsync(0);
        await store.Database.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        await Assert.ThrowsAsync<StoreRefusedException>(() => log.AppendAsync(0, opened.Incarnation, 1, new byte[64]));
    }

    [Fact]
    public async Task Append_ServerPausedBeyondTheTimeout_IsSentAgainUntilKnown()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await StoreConnection.ConnectAsync(new() { Redis = server.ConnectionString, CallTimeoutMilliseconds = 200 });
        var log = new ClaimLog(store);
        var opened = await log.OpenAsync(0);
        await log.AppendAsync(0, opened.Incarnation, 1, new byte[64]);
        await store.Database.ExecuteAsync("CLIENT", "PAUSE", "2500", "WRITE");
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, opened.Incarnation, 2, new byte[65]));
        Assert.Equal(2, (await log.OpenAsync(0)).LastSequence);
    }

    [Fact]
    public async Task Append_ServerKilledAndBack_KeepsWhatWasAcknowledgedAndGoesOn()
    {
        await using var server = await RedisServer.StartAsync();
        await using var store = await ConnectAsync(server);
        var log = new ClaimLog(store);
        var opened = await log.OpenAsync(0);
        for (var sequence = 1; sequence <= 50; sequence++)
        {
            await log.AppendAsync(0, opened.Incarnation, sequence, BitConverter.GetBytes((Int128)sequence));
        }

        var restart = server.CrashAndRestartAsync();
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, opened.Incarnation, 51, BitConverter.GetBytes((Int128)51)));
        await restart;
        var head = await log.OpenAsync(0);
        Assert.Equal(51, head.LastSequence);
        Assert.True(head.Era > opened.Era && head.Incarnation == head.Era, $"{head}");
        Assert.Equal(51, (await log.ReadAsync(0, 1, 51).ToListAsync()).Count);
    }

    private static Task<StoreConnection> ConnectAsync(RedisServer server) => StoreConnection.ConnectAsync(new() { Redis = server.ConnectionString });
}
