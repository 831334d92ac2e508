using System.Net;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Registry;

/// <summary>Edits on one silo of two that share a Redis.</summary>
public sealed class ClusterRegistryTests
{
    [Fact]
    public async Task AnEditOnOneSilo_ShowsOnBoth_AndBothEditOneRegistry()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await InProcessHost.OnRedisAsync(redis);
        await using var second = await HostProcess.OnRedisAsync(redis);
        await first.PostClaimsAsync(
            [.. Enumerable.Range(0, 20).Select(at => Edits.Tanks($"wire-{at}", "1", "armenia", "azerbaijan", $"Gray Village {at}", 1)), Edits.Tanks("wire", "1", "armenia", "azerbaijan", "karabakh", 3)]);

        // Turn about, so that each edit is made on what the other silo has made.
        for (var at = 0; at < 20; at++)
        {
            var (host, other) = at % 2 == 0 ? ((RunningHost)first, (RunningHost)second) : (second, first);
            var put = await host.PutAsync($"regions/gray-village-{at}", $$"""{"name":"Gray Village {{at}}","kind":"city","parent":"karabakh"}""");
            Edits.AssertApplied(put);
            Assert.Equal(2 + at, (long)put.Body["registryVersion"]!);
            Assert.Equal(at + 1 < 3 ? 3 : at + 1, (await host.GetAsync("/v1/regions/karabakh")).BestOfTanks("azerbaijan"));
            await EventuallyAsync(async () => (await other.SendAsync(HttpMethod.Get, $"/v1/regions/gray-village-{at}/entry")).ETag == put.ETag);
        }

        Assert.Equal(20, (await second.GetAsync("/v1/regions/karabakh")).BestOfTanks("azerbaijan"));
        await EventuallyAsync(async () => (await second.GetAsync("/v1/regions/world")).BestOfTanks("azerbaijan") == 20);

        // Both at once on one entry: one has seen what it overwrites.
        var tag = (await first.SendAsync(HttpMethod.Get, "/v1/regions/gray-village-0/entry")).ETag;
        var puts = await Task.WhenAll(
            first.PutAsync("regions/gray-village-0", """{"name":"Gray Village One","kind":"city","parent":"ukraine"}""", ifMatch: tag),
            second.PutAsync("regions/gray-village-0", """{"name":"Gray Village Two","kind":"city","parent":"syria"}""", ifMatch: tag));
        var (made, refused) = puts[0].Status == HttpStatusCode.OK ? (puts[0], puts[1]) : (puts[1], puts[0]);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, "entry.changed"), (made.Status, refused.Status, refused.Code));
        foreach (var host in new RunningHost[] { first, second })
        {
            var parent = (string)made.Body["entry"]!["parent"]!;
            await EventuallyAsync(async () => ((await host.GetAsync($"/v1/regions/{parent}")).BestOfTanks("azerbaijan"), (await host.GetAsync("/v1/regions/karabakh")).BestOfTanks("azerbaijan")) == (1, 19));
        }
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Eventually.AsyncTrue(condition, limit.Token);
    }
}
