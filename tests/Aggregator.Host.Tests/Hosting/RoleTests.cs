using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Live;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Hosting;

/// <summary>What a host of each role serves, and what it needs.</summary>
public sealed class RoleTests
{
    [Fact]
    public async Task ApiAndSilo_OnOneRedis_AreOneSystem()
    {
        await using var redis = await RedisServer.StartAsync();
        var starting = HostProcess.OnRedisAsync(redis, "--Cluster:Role", "api");
        await using var silo = await HostProcess.OnRedisAsync(redis, "--Cluster:Role", "silo");
        await using var api = await starting; // it looked for a silo before there was one

        var lines = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "samples", "general-staff-2022-12-25.ndjson"));
        var fed = await api.PostClaimsAsync(lines.Select(line => JsonNode.Parse(line)!));
        Assert.Equal((lines.Length, true), ((int)fed["accepted"]!, (bool)fed["applied"]!));
        Assert.Equal(3029, (long)(await api.GetAsync("/v1/regions/ukraine")).Line("russia", "tank", "lost").Position("ukraine")["best"]!);
        Assert.NotNull((await api.GetAsync("/openapi/v1.json"))["paths"]);
        await ShowsOneSiloAsync(api);

        // A stream of the api follows what the silo holds.
        await using var reader = await Reader.OpenAsync(api, "region=ukraine");
        Assert.Equal("snapshot", (await reader.NextAsync()).Name);
        await api.PostClaimsAsync([Edits.Tanks("live-wire", "1", "armenia", "azerbaijan", "ukraine", 4)]);
        await reader.UntilAsync(one => one.Name == "change" && one.Data.BestOfTanks("azerbaijan") == 4);

        // An edit made here is known to the silo that folds under it.
        var edited = await api.PutAsync("actors/somebody", """{"name":"Somebody","kind":"rebel"}""");
        Assert.Equal((HttpStatusCode.Created, true), (edited.Status, (bool)edited.Body["applied"]!));
    }

    [Fact]
    public async Task Silo_AskedForTheApi_SaysThatItIsNone()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var silo = await InProcessHost.OnRedisAsync(redis, "--Cluster:Role", "silo");

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            var refused = await silo.SendAsync(method, "/v1/claims");
            Assert.Equal((HttpStatusCode.NotFound, "route.role"), (refused.Status, refused.Code));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await silo.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Status);
        await ShowsOneSiloAsync(silo);
    }

    [Theory]
    [InlineData("king")]
    [InlineData("Silo")]
    [InlineData("silo")]
    [InlineData("api")]
    public async Task Start_RoleThatIsNoneOrNeedsRedis_IsRefusedInOneLine(string role)
    {
        var (code, output) = await HostProcess.RunAsync("--Cluster:Role", role);

        Assert.Equal(1, code);
        Assert.Contains("Cluster:Role", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_WithoutASilo_GivesUpInTimeAndSaysWhy()
    {
        await using var redis = await RedisServer.StartAsync();

        var (code, output) = await HostProcess.RunAsync(
            "--Store:Redis", redis.ConnectionString, "--Cluster:Role", "api", "--Cluster:StartTimeout", "00:00:01", "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, code);
        Assert.Contains("aggregator does not start: no silo of cluster aggregator answered in 1 s", output, StringComparison.Ordinal);
    }

    private static async Task ShowsOneSiloAsync(RunningHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Eventually.AsyncTrue(async () => (int)(await host.GetAsync("/dashboard/DashboardCounters"))["totalActiveHostCount"]! == 1, limit.Token);
    }
}
