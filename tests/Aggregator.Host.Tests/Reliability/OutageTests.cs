using System.Net;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A store that does not answer for a while: refused, not ready, and then everything goes on.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Store_StandingStill_IsRefusedUntilItGoesOn()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.OnRedisAsync(redis);

        await RefusesAndRecoversAsync(host, host, redis.StopAsync, redis.ContinueAsync);
    }

    [Fact]
    public async Task Store_KilledAndBack_IsRefusedUntilItIsBack()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var silo = await HostProcess.OnRedisAsync(redis, "--Cluster:Role", "silo");
        await using var api = await HostProcess.OnRedisAsync(redis, "--Cluster:Role", "api");

        await RefusesAndRecoversAsync(api, silo, redis.CrashAsync, redis.RestartAsync);
    }

    private static async Task RefusesAndRecoversAsync(HostProcess api, HostProcess silo, Func<Task> interrupt, Func<Task> mend)
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
        Assert.Empty(load.Faults);
        await load.AssertKeptAsync(api);
    }

    private static async Task BecomesAsync(HostProcess host, HttpStatusCode ready)
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
