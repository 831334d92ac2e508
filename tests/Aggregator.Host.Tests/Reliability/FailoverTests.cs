using System.Diagnostics;
using System.Net;
using Aggregator.Host.Tests.Live;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>Silos that stop and die behind an api.</summary>
public sealed class FailoverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact(Explicit = true)]
    public async Task Silos_OneStoppedThenOneKilled_CostTheCallersOfTheApiNothingButTime()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await HostProcess.OnRedisAsync(redis, "--Cluster:Role", "silo");
        await using var second = await HostProcess.OnRedisAsync(redis, "--Cluster:Role", "silo");
        await using var api = await HostProcess.OnRedisAsync(redis, "--Cluster:Role", "api");
        await using var load = new Load(() => api);
        await load.MoreAsync(20, Patience);
        await using var watching = await Reader.OpenAsync(api, "region=fizuli&source=load-wire");

        await first.TerminateAsync();
        await first.EndsAsync(0, TimeSpan.FromSeconds(30));
        await load.MoreAsync(20, Patience);
        await first.RestartAsync();
        await load.MoreAsync(20, Patience);

        var killed = Stopwatch.GetTimestamp();
        await second.KillAsync();
        await Task.WhenAll(Views().Select(AnswersAsync));
        Assert.True(Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(15), $"{Stopwatch.GetElapsedTime(killed)}\n{first.Output}");
        await load.MoreAsync(20, Patience);

        await load.EndAsync();
        Assert.True(load.Faults.IsEmpty, $"{string.Join('\n', load.Faults)}\n{api.Output}");
        await load.AssertKeptAsync(api);
        await ComesToAsync("regions/fizuli", "fizuli");

        // Through both hand-overs the stream went on, its versions never fell, and it shows the newest.
        async Task ComesToAsync(string path, string id)
        {
            var (claims, last) = ((int)(await api.GetAsync("/v1/" + path))["claims"]!["total"]!, new Dictionary<string, long>());
            await watching.UntilAsync(one =>
            {
                Assert.True(one.Version >= last.GetValueOrDefault(one.Entity), $"{one.Entity} fell from {last.GetValueOrDefault(one.Entity)} to {one.Version}");
                Assert.Equal(last.ContainsKey(one.Entity) ? "change" : "snapshot", one.Name);
                last[one.Entity] = one.Version;
                return one.Entity == id && (int)one.Data["claims"]!["total"]! == claims;
            });
        }

        async Task AnswersAsync(string path)
        {
            using var limit = new CancellationTokenSource(Patience);
            await Eventually.AsyncTrue(
                async () =>
                {
                    using var response = await api.Client.GetAsync(path, limit.Token);
                    return response.StatusCode == HttpStatusCode.OK;
                },
                limit.Token);
        }

        static string[] Views() =>
            ["/v1/regions/fizuli", "/v1/regions/karabakh", "/v1/regions/azerbaijan", "/v1/regions/world", "/v1/actors/armenia", "/v1/actors/azerbaijan", "/v1/sources/load-wire"];
    }
}
