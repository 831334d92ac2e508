using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>Two silos on one Redis.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task TwoSilos_OnOneRedis_GiveTheSameAnswersAndShowOnTheDashboard()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await InProcessHost.OnRedisAsync(redis);
        await using var second = await HostProcess.OnRedisAsync(redis);
        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "samples", "general-staff-2022-12-25.ndjson"));

        var fed = await first.PostClaimsAsync(lines.Where((_, at) => at % 2 == 0).Select(line => JsonNode.Parse(line)!));
        var also = await second.PostClaimsAsync(lines.Where((_, at) => at % 2 == 1).Select(line => JsonNode.Parse(line)!));
        var again = await second.PostClaimsAsync(lines.Select(line => JsonNode.Parse(line)!));

        Assert.Equal(lines.Length, (int)fed["accepted"]! + (int)also["accepted"]!);
        Assert.Equal(lines.Length, (int)again["duplicate"]!);
        Assert.Equal(await Views.AllAsync(first), await Views.AllAsync(second));
        Assert.Equal(3029, (long)(await second.GetAsync("/v1/regions/ukraine")).Line("russia", "tank", "lost").Position("ukraine")["best"]!);
        await ShowsOnTheDashboardAsync(first);
    }

    private static async Task ShowsOnTheDashboardAsync(RunningHost host)
    {
        using var page = await host.Client.GetAsync("/dashboard");
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        string[] expected = ["ActorGrain", "PartitionGrain", "RegionGrain", "SourceGrain"];
        await Eventually.AsyncTrue(
            async () =>
            {
                // The dashboard counts calls only from its first visit on: these are made under its eyes.
                await host.GetAsync("/v1/actors/russia");
                await host.GetAsync("/v1/regions/ukraine");
                await host.GetAsync("/v1/sources/general-staff-of-ukraine");
                var counters = await host.Client.GetFromJsonAsync<JsonElement>("/dashboard/DashboardCounters", limit.Token);
                var called = counters.GetProperty("simpleGrainStats").EnumerateArray()
                    .Where(grain => grain.GetProperty("totalCalls").GetInt64() > 0)
                    .Select(grain => grain.GetProperty("grainType").GetString()!.Split('.')[^1])
                    .ToHashSet();
                return counters.GetProperty("totalActiveHostCount").GetInt32() == 2 && called.IsSupersetOf(expected);
            },
            limit.Token);
    }
}
