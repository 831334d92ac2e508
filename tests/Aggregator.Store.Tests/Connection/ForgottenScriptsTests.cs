using Aggregator.Store.Log;

namespace Aggregator.Store.Tests.Connection;

/// <summary>On a server of its own: what it forgets, all who use it notice.</summary>
public sealed class ForgottenScriptsTests
{
    [Fact]
    public async Task Append_ServerForgotTheScripts_IsARestartAndWritesNothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var store = await StoreConnection.ConnectAsync(new() { Redis = redis.ConnectionString });
        var log = new ClaimLog(store);
        var head = await log.OpenAsync(0);
        var entry = new byte[100];
        await store.Database.ExecuteAsync("SCRIPT", "FLUSH");

        await Assert.ThrowsAsync<StoreRestartedException>(() => log.AppendAsync(0, head.Incarnation, 1, entry, head.Era));

        var again = await log.OpenAsync(0);
        Assert.Equal((0L, again.Era), (again.LastSequence, again.Incarnation));
        Assert.True(again.Era > head.Era, $"{head} {again}");
        Assert.Equal(new AppendResult.Appended(Late: false), await log.AppendAsync(0, again.Incarnation, 1, entry, again.Era));
    }
}
