using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>kill -9 of the real process during feeding: what was acknowledged is there afterwards, once.</summary>
public sealed class CrashTests
{
    private const int Batches = 60;
    private const int ClaimsPerBatch = 40;
    private const int Kills = 3;

    [Fact]
    public async Task Kill9_OnTheEmbeddedStore_LosesAndDoublesNothing()
    {
        using var folder = new TempFolder();
        await LosesAndDoublesNothingAsync(await HostProcess.EmbeddedAsync(folder.Path));
    }

    [Fact(Explicit = true)]
    public async Task Kill9_OnRedis_LosesAndDoublesNothing()
    {
        await using var redis = await RedisServer.StartAsync();
        await LosesAndDoublesNothingAsync(await HostProcess.OnRedisAsync(redis));
    }

    /// <summary>
    /// The dangerous moment for the tree: the log is checkpointed, so nobody will send the claim again, and rows are written
    /// each at its own time. Nobody feeds anything after the restart, and still every level shows the claim.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task Kill9_AtTheCheckpoint_LeavesNoAncestorBehind()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        await using var host = await HostProcess.OnRedisAsync(redis, "--Entity:PersistAfter", "00:00:00.1", "--Entity:PersistSpread", "00:00:04");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        string[] towns = ["fizuli", "hadrut", "stepanakert", "shusha"];
        for (var fed = 1; fed <= towns.Length; fed++)
        {
            var claim = JsonNode.Parse(Batch(1).Split('\n')[0])!.AsObject();
            (claim["id"], claim["region"]) = (towns[fed - 1], towns[fed - 1]);
            Assert.Equal(true, (bool?)(await host.PostClaimsAsync([claim]))["applied"]);

            await Eventually.AsyncTrue(async () => await CheckpointAsync(store) == fed, limit.Token);
            await host.KillAsync();
            await host.RestartAsync();
            foreach (var region in new[] { "world", "azerbaijan", "karabakh" })
            {
                Assert.Equal((region, fed), (region, await TanksAsync(region)));
            }
        }

        async Task<long> TanksAsync(string region) =>
            (await host.GetAsync($"/v1/regions/{region}"))["lines"]!.AsArray().Where(line => (string)line!["outcome"]! == "destroyed").Sum(line => (long)line!["positions"]![0]!["best"]!);
    }

    /// <summary>Claims that change no total of any parent are checkpointed all the same.</summary>
    [Fact]
    public async Task Checkpoint_AfterClaimsWithoutFigures_ReachesTheEnd()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        await using var host = await InProcessHost.OnRedisAsync(redis);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        string[] claims =
        [
            """{"source":"s","reportedAt":"2020-10-01","region":"hadrut","control":{"holder":"artsakh"},"claimant":"artsakh"}""",
            """{"source":"s","reportedAt":"2020-10-01","region":"fizuli","target":"armenia","figure":{"item":"tank","outcome":"destroyed","low":1,"best":1,"high":1}}""",
            """{"source":"s","reportedAt":"2020-10-02","region":"fizuli","control":{"holder":"azerbaijan"},"claimant":"azerbaijan"}""",
            """{"source":"s","reportedAt":"2020-10-03","region":"fizuli","event":"armed-clash","claimant":"armenia"}""",
        ];
        for (var fed = 1; fed <= claims.Length; fed++)
        {
            await host.PostClaimsAsync([JsonNode.Parse(claims[fed - 1])!]);
            await Eventually.AsyncTrue(async () => await CheckpointAsync(store) == fed, limit.Token);
        }
    }

    /// <summary>Names as long as they may be, and more cells than one write of a row takes.</summary>
    [Fact(Explicit = true)]
    public async Task Kill9_OfWideAndLongEntities_LosesNothing()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        var claims = Enumerable.Range(0, 3_000).Select(at => (JsonNode)new JsonObject
        {
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"{at}"),
            ["source"] = "wide-wire",
            ["reportedAt"] = "2020-10-01T00:00:00Z",
            ["claimant"] = new string('ծ', 200),
            ["target"] = string.Create(CultureInfo.InvariantCulture, $"{new string('x', 220)} {at}"),
            ["region"] = "fizuli",
            ["figure"] = new JsonObject { ["item"] = "tank", ["outcome"] = "destroyed", ["low"] = 1, ["best"] = 1, ["high"] = 1 },
        }).ToArray();
        Assert.Equal(claims.Length, (int)(await host.PostClaimsAsync(claims))["accepted"]!);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Eventually.AsyncTrue(async () => (await host.GetAsync("/v1/regions?q=fizuli"))["items"]!.AsArray().Any(item => (int)item!["claims"]! == claims.Length), limit.Token);

        await host.KillAsync();
        await host.RestartAsync();

        var lines = new List<JsonNode?>();
        for (string? cursor = "0"; cursor is not null;)
        {
            var view = await host.GetAsync($"/v1/regions/fizuli?limit=2500&cursor={cursor}");
            lines.AddRange(view["lines"]!.AsArray());
            cursor = (string?)view["next"];
        }

        Assert.Equal(claims.Length, lines.Count(line => (string)line!["outcome"]! == "destroyed"));
        Assert.Equal(lines.Count, lines.Select(line => $"{line!["target"]!["id"]} {line["outcome"]}").Distinct().Count());
        Assert.Equal(claims.Length, (int)(await host.PostClaimsAsync(claims))["duplicate"]!);
    }

    /// <summary>The sum of the partitions' checkpoints: entries that nobody would send again.</summary>
    private static async Task<long> CheckpointAsync(ConnectionMultiplexer store)
    {
        var sum = 0L;
        await foreach (var key in store.GetServers().Single().KeysAsync(pattern: "agg:log:*:checkpoint"))
        {
            sum += (long)await store.GetDatabase().StringGetAsync(key);
        }

        return sum;
    }

    private static async Task LosesAndDoublesNothingAsync(HostProcess started)
    {
        await using var host = started;
        var acknowledged = new ConcurrentDictionary<int, bool>();
        var next = 0;
        for (var kill = 1; kill <= Kills; kill++)
        {
            // Three senders feed on; the host dies once a third of its share is acknowledged.
            var enough = kill * Batches / (Kills + 1);
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var senders = Enumerable.Range(0, 3).Select(_ => SendAsync(stop.Token)).ToArray();
            await Eventually.AsyncTrue(() => Task.FromResult(acknowledged.Count >= enough), stop.Token);
            await host.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
            await host.RestartAsync();
        }

        // What was acknowledged is a duplicate now, whatever was not comes in once.
        var accepted = 0;
        var duplicate = 0;
        for (var batch = 0; batch < Batches; batch++)
        {
            var answer = await host.PostAsync("/v1/claims?wait=applied", Batch(batch), "application/x-ndjson");
            Assert.Equal(ClaimsPerBatch, (int)answer["accepted"]! + (int)answer["duplicate"]!);
            Assert.True(!acknowledged.ContainsKey(batch) || (int)answer["accepted"]! == 0, $"batch {batch} was acknowledged and is not there");
            accepted += (int)answer["accepted"]!;
            duplicate += (int)answer["duplicate"]!;
        }

        Assert.True(duplicate >= acknowledged.Count * ClaimsPerBatch);
        Assert.Equal(Batches * ClaimsPerBatch, accepted + duplicate);
        const int Total = Batches * ClaimsPerBatch;
        foreach (var (path, claims) in new[] { ("/v1/sources/crash-wire", Total), ("/v1/actors/armenia", Total), ("/v1/actors/azerbaijan", Total), ("/v1/regions/fizuli", Total) })
        {
            Assert.Equal((path, claims), (path, (int)(await host.GetAsync(path))["claims"]!["total"]!));
        }

        // Each claim is one tank of its own day and detail, so the figures count the claims, up to the root.
        foreach (var path in new[] { "/v1/regions/fizuli", "/v1/regions/karabakh", "/v1/regions/world", "/v1/actors/azerbaijan" })
        {
            Assert.Equal((path, Total), (path, (int)(await host.GetAsync(path)).Line("azerbaijan", "tank", "destroyed").Position("armenia")["best"]!));
        }

        async Task SendAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                var batch = Interlocked.Increment(ref next) - 1;
                if (batch >= Batches)
                {
                    return;
                }

                try
                {
                    using var response = await host.Client.PostAsync("/v1/claims", new StringContent(Batch(batch), Encoding.UTF8, "application/x-ndjson"), stop);
                    if (response.IsSuccessStatusCode)
                    {
                        acknowledged[batch] = true;
                    }
                }
                catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
                {
                    return; // the host is dead: what was under way is not acknowledged
                }
            }
        }
    }

    private static string Batch(int batch) => string.Join('\n', Enumerable.Range(0, ClaimsPerBatch).Select(at => new JsonObject
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"{batch}-{at}"),
        ["source"] = "crash-wire",
        ["reportedAt"] = "2020-10-01T00:00:00Z",
        ["claimant"] = "armenia",
        ["target"] = "azerbaijan",
        ["region"] = "fizuli",
        ["occurred"] = new JsonObject { ["from"] = Day(batch) },
        ["figure"] = new JsonObject { ["item"] = "tank", ["outcome"] = "destroyed", ["low"] = 1, ["best"] = 1, ["high"] = 1, ["detail"] = string.Create(CultureInfo.InvariantCulture, $"no. {at}") },
    }.ToJsonString()));

    private static string Day(int batch) => new DateOnly(2020, 7, 1).AddDays(batch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
