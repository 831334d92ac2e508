using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>A store's log goes to files and makes a store elsewhere that shows the same.</summary>
public sealed class ArchiveTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact(Explicit = true)]
    public async Task Archive_OfARedisUnderLoad_MakesAnEmbeddedStoreThatShowsTheSame()
    {
        using var folder = new TempFolder();
        var (archive, path) = (Path.Combine(folder.Path, "archive"), Path.Combine(folder.Path, "store"));
        await using var redis = await RedisServer.StartAsync();
        string before;
        int resent;
        await using (var host = await HostProcess.OnRedisAsync(redis, "--Partitions", "4"))
        {
            await FeedAsync(host);
            await using (var load = new Load(() => host))
            {
                await load.MoreAsync(5, Patience);
                await RunAsync("archive", "--to", archive, "--Store:Redis", redis.ConnectionString);
                await load.MoreAsync(5, Patience);
                await load.EndAsync();
                await load.AssertKeptAsync(host);
                resent = load.Acknowledged.Count * Load.ClaimsPerBatch;
            }

            before = await SettledAsync(host, resent);
            await host.TerminateAsync();
            await host.EndsAsync(0, Patience);
        }

        await RunAsync("archive", "--to", archive, "--Store:Redis", redis.ConnectionString);
        var verified = await RunAsync("archive", "--verify", archive);
        Assert.EndsWith("claims; whole", verified.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("registry 1..2, 2 edits", verified, StringComparison.Ordinal);

        await RunAsync("restore", "--from", archive, "--Store:Path", path);
        await using (var host = await HostProcess.EmbeddedAsync(path))
        {
            Assert.Equal(before, await SettledAsync(host, resent));
            var (held, why) = await HostProcess.RunAsync("archive", "--to", archive, "--Store:Path", path);
            Assert.Equal(1, held);
            Assert.Contains("is in use by process", why, StringComparison.Ordinal);
        }

        var (refused, reason) = await HostProcess.RunAsync("restore", "--from", archive, "--Store:Path", path);
        Assert.Equal(1, refused);
        Assert.Contains("There is a store", reason, StringComparison.Ordinal);
        await DamageIsFoundAsync(archive, Path.Combine(folder.Path, "never"));
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("archive", "--to")]
    [InlineData("archive", "--to", "a", "--verify", "b")]
    [InlineData("restore", "--to", "a")]
    public async Task Command_NotAsItMayBe_SaysHow(params string[] arguments)
    {
        var (code, said) = await HostProcess.RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains($"aggregator does not {arguments[0]}: ", said, StringComparison.Ordinal);
    }

    private static async Task DamageIsFoundAsync(string archive, string path)
    {
        var file = Directory.GetFiles(archive, "p*.agglog")[0];
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var (code, said) = await HostProcess.RunAsync("archive", "--verify", archive);
        Assert.Equal(1, code);
        Assert.Contains($"{Path.GetFileName(file)} is damaged: at entry", said, StringComparison.Ordinal);

        (code, said) = await HostProcess.RunAsync("restore", "--from", archive, "--Store:Path", path);
        Assert.Equal(1, code);
        Assert.Contains("not whole, and nothing was written", said, StringComparison.Ordinal);
        Assert.False(Path.Exists(path));
    }

    /// <summary>Claims of three sources, one of them resent, one corrected, one taken back, and edits of the registry.</summary>
    private static async Task FeedAsync(HostProcess host)
    {
        string[] regions = ["fizuli", "hadrut", "Oldtown"];
        var claims = Enumerable.Range(0, 60).Select(at => (JsonNode)Edits.Tanks(
            "archive-wire-" + (at % 3), at.ToString(CultureInfo.InvariantCulture), "armenia", "azerbaijan", regions[at % 3], at + 1)).ToList();
        await host.PostClaimsAsync(claims);
        await host.PostClaimsAsync(claims.Take(30));
        await host.PostClaimsAsync([Edits.Tanks("archive-wire-0", "0", "armenia", "azerbaijan", "fizuli", 500)]);
        using (var retracted = await host.Client.DeleteAsync("/v1/claims/archive-wire-1/1"))
        {
            Assert.True(retracted.IsSuccessStatusCode);
        }

        Edits.AssertApplied(await host.PutAsync("regions/oldtown", """{"name": "Oldtown", "kind": "city", "parent": "fizuli"}"""));
        Edits.AssertApplied(await host.PutAsync("regions/newtown", """{"name": "Newtown", "kind": "city", "parent": "oldtown"}"""));
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        var (code, said) = await HostProcess.RunAsync(arguments);
        Assert.True(code == 0, said);
        return said;
    }

    /// <summary>Every view, once it does not change any more. Resends, which R1 leaves out, are in it: they show later than what they are of.</summary>
    private static async Task<string> SettledAsync(HostProcess host, int resent)
    {
        using var limit = new CancellationTokenSource(Patience);
        var last = "";
        await Eventually.AsyncTrue(
            async () =>
            {
                var all = await AllAsync(host);
                var isSame = all == last && resent == (int)(await host.GetAsync("/v1/sources/load-wire"))["duplicates"]!;
                last = all;
                return isSame;
            },
            limit.Token);
        return last;
    }

    private static async Task<string> AllAsync(HostProcess host)
    {
        var all = new JsonObject();
        foreach (var plural in new[] { "actors", "regions", "sources" })
        {
            await foreach (var id in Views.IdsAsync(host, plural))
            {
                var view = await host.GetAsync($"/v1/{plural}/{id}");
                foreach (var outside in new[] { "version", "appliedAt", "registryVersion" })
                {
                    view.Remove(outside);
                }

                all[$"{plural}/{id}"] = view;
            }
        }

        return all.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
