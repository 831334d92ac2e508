using System.Net;
using Aggregator.Host.Tests.Running;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A store that does not answer for a while: refused, not ready, and then everything goes on.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Store_StandingStill_IsRefusedUntilItGoesOn()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await InProcessHost.OnRedisAsync(redis);

        await RefusesAndRecoversAsync(host, host, redis.StopAsync, redis.ContinueAsync);
    }

    [Fact]
    public async Task Store_KilledAndBack_IsRefusedUntilItIsBack()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var silo = await InProcessHost.OnRedisAsync(redis, "--Cluster:Role", "silo");
        await using var api = await InProcessHost.OnRedisAsync(redis, "--Cluster:Role", "api");

        await RefusesAndRecoversAsync(api, silo, redis.CrashAsync, redis.RestartAsync);
    }

    /// <summary>What a grain throws while it begins passes no filter of calls.</summary>
    [Fact]
    public async Task ARestartThatNobodyHasNoticed_MetByAnEntityThatBegins_IsToldAsTheStores()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var silo = await InProcessHost.OnRedisAsync(redis, "--Cluster:Role", "silo");
        await using var api = await InProcessHost.OnRedisAsync(redis, "--Cluster:Role", "api");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true");
        var server = connection.GetServers()[0];

        foreach (var region in new[] { "fizuli", "hadrut", "agdam", "kyiv", "kharkiv", "aleppo", "idlib", "homs" })
        {
            // The server knows none of its writers' scripts any more, as after a restart.
            await server.ScriptFlushAsync();
            using var answer = await api.Client.GetAsync("/v1/regions/" + region);
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{region}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}\n{api.Output}");
        }
    }

    private static async Task RefusesAndRecoversAsync(RunningHost api, RunningHost silo, Func<Task> interrupt, Func<Task> mend)
    {
        await using var load = new Load(() => api);
        await load.MoreAsync(10, Patience);

        await interrupt();
        await BecomesAsync(api, HttpStatusCode.ServiceUnavailable);
        await BecomesAsync(silo, HttpStatusCode.ServiceUnavailable);
        using var limit = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(() => Task.FromResult(load.Statuses.ContainsKey(HttpStatusCode.ServiceUnavailable)), limit.Token);

        await mend();
        await BecomesAsync(api, HttpStatusCode.OK);
        await BecomesAsync(silo, HttpStatusCode.OK);
        await load.MoreAsync(10, Patience);
        await load.EndAsync();
        Assert.True(load.Faults.IsEmpty, $"{string.Join('\n', load.Faults)}\n{api.Output}");
        await load.AssertKeptAsync(api);
    }

    private static async Task BecomesAsync(RunningHost host, HttpStatusCode ready)
    {
        using var limit = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(
            async () =>
            {
                using var response = await host.Client.GetAsync("/health/ready", limit.Token);
                return response.StatusCode == ready;
            },
            limit.Token);
    }
}
