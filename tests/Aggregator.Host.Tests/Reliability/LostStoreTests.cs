using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Grains.Hosting;
using Aggregator.Host.Tests.Running;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A store that is emptied or replaced under running hosts: they end, and nobody is shown an empty board.</summary>
public sealed class LostStoreTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("REPLICAOF")]
    public async Task Store_LostUnderARunningHost_EndsItAndIsNeverShownEmpty(string command)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var host = await HostProcess.OnRedisAsync(redis);
        Assert.Contains("There was no store here: a new one", host.Output, StringComparison.Ordinal);
        await host.PostAsync("/v1/claims?wait=applied", Claim, "application/json");
        using var listed = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(async () => (await host.GetAsync("/v1/sources"))["items"]!.AsArray().Count > 0, listed.Token);
        var asking = AskAsync(host);

        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        await store.GetDatabase().ExecuteAsync(command, command == "REPLICAOF" ? ["127.0.0.1", "1"] : []);

        await host.EndsAsync(StoreAlarm.ExitCode, Patience);
        Assert.Contains("The store has lost what was acknowledged", host.Output, StringComparison.Ordinal);
        Assert.Empty(await asking);
    }

    [Fact]
    public async Task Store_EmptiedUnderACluster_EndsApiAndSiloAndIsNotMadeAgain()
    {
        await using var redis = await RedisServer.StartAsync();
        string[] strict = ["--Store:Redis", redis.ConnectionString, "--Store:MustExist", "true"];
        var (refused, reason) = await HostProcess.RunAsync([.. strict, "--urls", "http://127.0.0.1:0"]);
        Assert.Equal(1, refused);
        Assert.Contains("Store:MustExist", reason, StringComparison.Ordinal);
        Assert.Contains("--create-store", reason, StringComparison.Ordinal);

        // Twice does no harm, and a setting for those who come later is none for who makes it.
        foreach (var expected in new[] { "is made", "was there already" })
        {
            var (made, said) = await HostProcess.RunAsync(["--create-store", .. strict]);
            Assert.Equal((0, true), (made, said.Contains(expected, StringComparison.Ordinal)));
        }

        await using var silo = await HostProcess.StartAsync([.. strict, "--Cluster:Role", "silo"]);
        await using var api = await HostProcess.StartAsync([.. strict, "--Cluster:Role", "api"]);
        await api.PostAsync("/v1/claims?wait=applied", Claim, "application/json");
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);

        await store.GetDatabase().ExecuteAsync("FLUSHALL");

        await api.EndsAsync(StoreAlarm.ExitCode, Patience);
        await silo.EndsAsync(StoreAlarm.ExitCode, Patience);
        (refused, reason) = await HostProcess.RunAsync([.. strict, "--urls", "http://127.0.0.1:0"]);
        Assert.Equal(1, refused);

        // A partition that was opened once more before its silo ended has left its incarnation there: then the store is no new one either.
        var expectedReason = await store.GetDatabase().KeyExistsAsync("agg:log:{0}:incarnation") ? "There is a claim log but no" : "Store:MustExist";
        Assert.True(reason.Contains(expectedReason, StringComparison.Ordinal), reason);
        Assert.False(await store.GetDatabase().KeyExistsAsync("agg:identity"));
    }

    /// <summary>A log that lacks what a checkpoint says was there is no shorter log: a host that folded it would show less than was acknowledged.</summary>
    [Fact]
    public async Task Store_WhoseLogEndsBeforeItsCheckpoint_IsNotServed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var store = connection.GetDatabase();
        await using (var host = await InProcessHost.OnRedisAsync(redis, "--Partitions", "1"))
        {
            await host.PostAsync("/v1/claims?wait=applied", Claim, "application/json");
            using var limit = new CancellationTokenSource(Patience);
            await Eventually.AsyncTrue(async () => (long)await store.StringGetAsync("agg:log:{0}:checkpoint") > 0, limit.Token);
        }

        var checkpoint = (long)await store.StringGetAsync("agg:log:{0}:checkpoint");
        var last = (long)await store.StringGetAsync("agg:log:{0}:last");
        for (var sequence = checkpoint; sequence <= last; sequence++)
        {
            Assert.True(await store.KeyDeleteAsync($"agg:log:{{0}}:{sequence}"));
        }

        await store.StringSetAsync("agg:log:{0}:last", checkpoint - 1);
        var (code, said) = await HostProcess.RunAsync("--Store:Redis", redis.ConnectionString, "--urls", "http://127.0.0.1:0");
        Assert.Equal(StoreAlarm.ExitCode, code);
        Assert.Contains("before its checkpoint", said, StringComparison.Ordinal);
    }

    /// <summary>What an entity's row lacks nobody finds by trying again: a host that went on without it would show less than was acknowledged.</summary>
    [Theory]
    [InlineData("agg:row:region:*", true)]
    [InlineData("agg:row:region:*", false)]
    [InlineData("agg:chunk:region:*", false, Explicit = true)]
    public async Task Store_WithoutARowOrSomeOfIt_EndsTheHostThatNeedsIt(string gone, bool isAwake)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var (store, server) = (connection.GetDatabase(), connection.GetServers().Single());
        HostProcess? host = null;
        await using RunningHost first = isAwake ? host = await HostProcess.OnRedisAsync(redis, "--Partitions", "1") : await InProcessHost.OnRedisAsync(redis, "--Partitions", "1");
        await first.PostAsync("/v1/claims?wait=applied", Claim, "application/json");
        using var limit = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(async () => (long)await store.StringGetAsync("agg:log:{0}:checkpoint") > 0, limit.Token);
        if (!isAwake)
        {
            await first.DisposeAsync();
        }

        await foreach (var key in server.KeysAsync(pattern: gone))
        {
            Assert.True(await store.KeyDeleteAsync(key));
        }

        await using var second = isAwake ? null : await HostProcess.OnRedisAsync(redis);
        host ??= second!;
        if (isAwake)
        {
            (await host.Client.PostAsync("/v1/claims", new StringContent(Claim.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json"))).Dispose();
        }
        else
        {
            await AskAsync(host, "/v1/regions/kyiv?asOf=2100-01-01T00:00:00Z", limit.Token);
        }

        await host.EndsAsync(StoreAlarm.ExitCode, Patience);
        Assert.Contains("The row of", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateStore_OnAFolder_MakesTheOneThatTheHostUses()
    {
        using var folder = new TempFolder();
        var (code, made) = await HostProcess.RunAsync("--create-store", "--Store:Path", folder.Path, "--Partitions", "8");
        Assert.Equal((0, true), (code, made.Contains("of 8 partitions is made", StringComparison.Ordinal)));

        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Store:MustExist", "true", "--Partitions", "8");

        Assert.DoesNotContain("is ignored", host.Output, StringComparison.Ordinal);
    }

    private const string Claim = """{"id":"1","source":"kept-wire","reportedAt":"2024-05-01","event":"attack","region":"Kyiv"}""";

    // Nobody is answered with less than there was.
    private static async Task AskAsync(HostProcess host, string path, CancellationToken limit)
    {
        try
        {
            using var response = await host.Client.GetAsync(path, limit);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // It is gone before it has answered.
        }
    }

    /// <summary>Asks until the host is gone, and gives every answer of 200 that does not show the claim, and every fault.</summary>
    private static async Task<List<string>> AskAsync(HostProcess host)
    {
        var wrong = new List<string>();
        while (true)
        {
            foreach (var path in new[] { "/v1/sources", "/v1/sources/kept-wire", "/v1/regions/kyiv", "/v1/sources/kept-wire/claims" })
            {
                try
                {
                    using var response = await host.Client.GetAsync(path);
                    var body = await response.Content.ReadAsStringAsync();
                    var shown = response.StatusCode == HttpStatusCode.OK && Shows(JsonNode.Parse(body)!);
                    if (!shown && (response.StatusCode != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter is null))
                    {
                        wrong.Add($"{path}: {response.StatusCode} {body}");
                    }
                }
                catch (Exception fault) when (fault is HttpRequestException or IOException)
                {
                    return wrong;
                }
            }
        }
    }

    private static bool Shows(JsonNode body) => body["items"] is JsonArray items ? items.Count > 0 : (int)body["claims"]!["total"]! > 0;
}
