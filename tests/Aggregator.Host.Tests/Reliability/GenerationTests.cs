using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A store's views are built anew beside those that there are, and the old ones go.</summary>
public sealed class GenerationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact(Explicit = true)]
    public async Task TwoGenerations_OnOneRedisBothFed_ShowTheSameAndTheOlderIsDropped()
    {
        string[] rebuild = ["--Store:Rebuild", "again"];
        await using var redis = await RedisServer.StartAsync();
        await using var older = await HostProcess.OnRedisAsync(redis, "--Partitions", "4");
        var claims = Claims();
        await older.PostClaimsAsync(claims[..40]);

        // Ready once its views are built.
        await using var newer = await HostProcess.OnRedisAsync(redis, rebuild);
        await ShowsAsync(newer, await Views.AllAsync(older));
        Assert.Contains("Fold generation 1-again, cluster aggregator-g-1-again", newer.Output, StringComparison.Ordinal);

        // Both feed the same partitions, and some of the same claims.
        await Task.WhenAll(claims.Skip(20).Chunk(20).Select((some, at) => (at % 2 == 0 ? newer : older).PostClaimsAsync(some)));
        await Task.WhenAll(newer.PostClaimsAsync(claims[60..]), older.PostClaimsAsync(claims[60..]));
        var again = await newer.PostClaimsAsync(claims);
        Assert.Equal((claims.Length, 0, true), ((int)again["duplicate"]!, (int)again["accepted"]!, (bool)again["applied"]!));
        var shown = await Views.AllAsync(newer);
        Assert.Contains("generation-wire-2", shown, StringComparison.Ordinal);
        await ShowsAsync(older, shown);

        var (refused, why) = await HostProcess.RunAsync(["--drop-generation", "1", "--Store:Redis", redis.ConnectionString, .. rebuild]);
        Assert.Equal(1, refused);
        Assert.Contains("Fold generation 1 is in use by 127.0.0.1:", why, StringComparison.Ordinal);
        (refused, why) = await HostProcess.RunAsync("--drop-generation", "1", "--Store:Redis", redis.ConnectionString);
        Assert.Equal(1, refused);
        Assert.Contains("aggregator does not drop the generation: Fold generation 1 is the one that this release works on", why, StringComparison.Ordinal);
        await older.TerminateAsync();
        await older.EndsAsync(0, Patience);
        var (dropped, said) = await HostProcess.RunAsync(["--drop-generation", "1", "--Store:Redis", redis.ConnectionString, .. rebuild]);
        Assert.True(dropped == 0, said);
        Assert.Contains("fold generation 1 of store", said, StringComparison.Ordinal);

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var keys = connection.GetServers()[0].Keys().Select(key => (string)key!).ToList();
        Assert.DoesNotContain(keys, key => key.StartsWith("agg:row:", StringComparison.Ordinal) || key.EndsWith("}:checkpoint", StringComparison.Ordinal) && !key.StartsWith("agg:g:1-again:", StringComparison.Ordinal));
        Assert.DoesNotContain(keys, key => key.StartsWith("aggregator/", StringComparison.Ordinal));
        await newer.KillAsync();
        await newer.RestartAsync();
        await ShowsAsync(newer, shown);

        // Nothing is left of it, so it is built anew as any other.
        await using var third = await HostProcess.OnRedisAsync(redis);
        await ShowsAsync(third, shown);
    }

    [Fact]
    public async Task Rebuild_OfAnEmbeddedStore_ShowsTheSameAndLetsTheOlderGo()
    {
        using var folder = new TempFolder();
        string shown;
        await using (var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Partitions", "4"))
        {
            await host.PostClaimsAsync(Claims());
            shown = await Views.AllAsync(host);
        }

        await using (var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Store:Rebuild", "once"))
        {
            await ShowsAsync(host, shown);
        }

        var (dropped, said) = await HostProcess.RunAsync("--drop-generation", "1", "--Store:Path", folder.Path, "--Store:Rebuild", "once");
        Assert.True(dropped == 0, said);
        Assert.True(System.Text.RegularExpressions.Regex.IsMatch(said, "is removed: [0-4] checkpoint, [1-9][0-9]* row, [1-9][0-9]* chunk, [1-9][0-9]* children, [1-9][0-9]* known keys"), said);
        await using var after = await InProcessHost.EmbeddedAsync(folder.Path, "--Store:Rebuild", "once");
        await ShowsAsync(after, shown);
    }

    [Theory]
    [InlineData("a --drop-generation needs a name", "--drop-generation")]
    [InlineData("Store:Rebuild is a label of small letters", "--Store:Rebuild", "Not:This")]
    public async Task Command_NotAsItMayBe_SaysHow(string how, params string[] arguments)
    {
        var (code, said) = await HostProcess.RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(how.Replace("a --", "--", StringComparison.Ordinal), said, StringComparison.Ordinal);
    }

    /// <summary>Claims of three sources, from three places; one corrects another.</summary>
    private static JsonNode[] Claims()
    {
        string[] regions = ["fizuli", "hadrut", "Oldtown"];
        return [.. Enumerable.Range(0, 120).Select(at => (JsonNode)Edits.Tanks(
            "generation-wire-" + (at % 3), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{at}"), "armenia", "azerbaijan", regions[at % 3], at + 1))];
    }

    private static async Task ShowsAsync(RunningHost host, string expected)
    {
        using var limit = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(async () => await Views.AllAsync(host) == expected, limit.Token);
    }
}
