using System.Text.Json.Nodes;
using Aggregator.Domain.Log;
using Aggregator.Host.Tests.Running;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A store's level says what may be written, and is raised while hosts run.</summary>
public sealed class LevelTests
{
    private const string Poison = "no-fold-takes-this";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Level_RaisedUnderARunningHost_LetsItQuarantineAndWhatItDoesNotKnowEndsIt()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var store = connection.GetDatabase();
        await RunAsync("--create-store", "--Store:Redis", redis.ConnectionString);
        Assert.Equal(FeatureLevel.Newest, (int)await store.HashGetAsync("agg:identity", "format"));
        await store.HashSetAsync("agg:identity", "format", FeatureLevel.First);

        await using var host = await HostProcess.PoisonedAsync(redis, Poison, "--Partitions", "4");
        Assert.Contains($"The store is at level 1 of {FeatureLevel.Newest}", host.Output, StringComparison.Ordinal);
        await FeedAsync(host, Edits.Tanks("level-wire", Poison, "armenia", "azerbaijan", "fizuli", 7));
        await SaysAsync(host, "cannot be folded, and what it touches waits: ");
        await FeedAsync(host, Edits.Tanks("level-wire", "1", "armenia", "azerbaijan", "fizuli", 5, "2024-05-03"));
        await host.GetAsync("/v1/actors/armenia");
        Assert.DoesNotContain("is quarantined", host.Output, StringComparison.Ordinal);

        Assert.Contains($"is raised from level 1 to {FeatureLevel.Newest}", await RunAsync("--raise-level", "--Store:Redis", redis.ConnectionString), StringComparison.Ordinal);

        await SaysAsync(host, "is quarantined, no view shows it");
        using (var limit = new CancellationTokenSource(Patience))
        {
            await Eventually.AsyncTrue(async () => (await host.GetAsync("/v1/regions/fizuli")).BestOfTanks("azerbaijan") == 5, limit.Token);
        }

        Assert.Contains($"was at level {FeatureLevel.Newest} already", await RunAsync("--raise-level", "--Store:Redis", redis.ConnectionString), StringComparison.Ordinal);

        // A newer release raises it further.
        await store.HashSetAsync("agg:identity", "format", FeatureLevel.Newest + 1);
        await host.EndsAsync(1, Patience);
        Assert.Contains("store.level: the store has been raised to level", host.Output, StringComparison.Ordinal);
        var (code, said) = await HostProcess.RunAsync("--Store:Redis", redis.ConnectionString, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, code);
        Assert.Contains("aggregator does not start: store.level: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RaiseLevel_WithoutAStore_MakesNone()
    {
        await using var redis = await RedisServer.StartAsync();
        var (code, said) = await HostProcess.RunAsync("--raise-level", "--Store:Redis", redis.ConnectionString);
        Assert.Equal(1, code);
        Assert.Contains("aggregator does not raise the level: There is no store", said, StringComparison.Ordinal);
    }

    private static Task<JsonObject> FeedAsync(HostProcess host, JsonObject claim) => host.PostAsync("/v1/claims", claim.ToJsonString(), "application/json");

    private static async Task SaysAsync(HostProcess host, string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(() => Task.FromResult(host.Output.Contains(text, StringComparison.Ordinal)), limit.Token);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, said) = await HostProcess.RunAsync(arguments);
        Assert.True(code == 0, said);
        return said;
    }
}
