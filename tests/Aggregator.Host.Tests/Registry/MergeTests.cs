using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Registry;

/// <summary>Merged, two read as one in every key; undone, both are back with every claim.</summary>
public sealed class MergeTests
{
    [Fact]
    public async Task Actors_MergedAfterBothHaveFigures_AreOneStatement_AndComeBack()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        // Of values told at one time the greatest (source, id) stands.
        await host.PostClaimsAsync(
        [
            Edits.Tanks("wire", "1", "armenia", "Gray Column", "fizuli", 4),
            Edits.Tanks("gazette", "2", "armenia", "Gray Brigade", "fizuli", 5),
            Edits.Tanks("gazette", "3", "Gray Column", "azerbaijan", "fizuli", 2),
        ]);
        Assert.Equal((4, 5), ((await host.GetAsync("/v1/regions/fizuli")).BestOfTanks("gray-column"), (await host.GetAsync("/v1/regions/fizuli")).BestOfTanks("gray-brigade")));
        var before = await ViewAsync(host, "actors/gray-column");

        // Neither is in the registry.
        var merged = await host.MergeAsync("actors", "gray-column", "gray-brigade");
        Assert.Equal(("gray-column", "gray-brigade"), ((string)merged.Body["id"]!, (string)merged.Body["mergedInto"]!));
        foreach (var id in new[] { "gray-brigade", "Gray%20Column" })
        {
            var view = await host.GetAsync($"/v1/actors/{id}");
            Assert.Equal(("gray-brigade", 4L, 3), ((string)view["id"]!, view.BestOfTanks("gray-brigade"), (int)view["claims"]!["total"]!));
            Assert.Equal("azerbaijan", (string)Assert.Single(view["said"]!.AsArray(), said => (string)said!["outcome"]! == "destroyed")!["target"]!["id"]!);
            Assert.Empty(view["children"]!.AsArray());
        }

        await EventuallyAsync(async () => (4, null) == ((await host.GetAsync("/v1/regions/world")).BestOfTanks("gray-brigade"), (await host.GetAsync("/v1/regions/world")).BestOfTanks("gray-column")));
        Assert.Equal(3, (await host.GetAsync("/v1/actors/gray-column/claims"))["items"]!.AsArray().Count);
        Assert.Equal(3, (await host.GetAsync("/v1/actors/gray-column/timeline"))["buckets"]!.AsArray().Sum(bucket => (int)bucket!["claims"]!));
        var item = Assert.Single((await host.GetAsync("/v1/actors?q=gray"))["items"]!.AsArray());
        Assert.Equal("gray-brigade", (string)item!["id"]!);

        // Idempotent; and what comes under the merged name stays under it.
        Assert.Equal((long)merged.Body["registryVersion"]!, (long)(await host.MergeAsync("actors", "gray-column", "gray-brigade")).Body["registryVersion"]!);
        await host.PostClaimsAsync([Edits.Tanks("wire", "4", "armenia", "Gray Column", "fizuli", 7, "2024-06-01")]);
        Assert.Equal(11, (await host.GetAsync("/v1/actors/gray-brigade")).BestOfTanks("gray-brigade"));
        Assert.Equal("merge.cycle", (await host.SendAsync(HttpMethod.Post, "/v1/actors/gray-brigade/merge-into/gray-column")).Code);
        Assert.Equal("merge.merged", (await host.SendAsync(HttpMethod.Post, "/v1/actors/gray-column/merge-into/armenia")).Code);

        await host.UndoAsync("actors", "gray-column", "gray-brigade");
        Assert.Equal((11, 5), ((await host.GetAsync("/v1/actors/gray-column")).BestOfTanks("gray-column"), (await host.GetAsync("/v1/actors/gray-brigade")).BestOfTanks("gray-brigade")));
        await host.SendAsync(HttpMethod.Delete, "/v1/claims/wire/4?wait=applied");
        Assert.Equal(before, await ViewAsync(host, "actors/gray-column"));
        Assert.Equal("merge.none", (await host.SendAsync(HttpMethod.Delete, "/v1/actors/gray-column/merge-into/gray-brigade")).Code);
    }

    [Fact]
    public async Task Regions_Merged_AreOnePlace_WithTheChildrenOfBoth_AndComeBack()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        Edits.AssertApplied(await host.PutAsync("regions/gray-hills", """{"name":"Gray Hills","kind":"area","parent":"azerbaijan"}"""));
        Edits.AssertApplied(await host.PutAsync("regions/gray-mill", """{"name":"Gray Mill","kind":"city","parent":"gray-hills"}"""));
        await host.PostClaimsAsync(
        [
            Edits.Tanks("wire", "1", "armenia", "azerbaijan", "karabakh", 2),
            Edits.Tanks("wire", "2", "armenia", "azerbaijan", "gray-hills", 3),
            Edits.Tanks("wire", "3", "armenia", "azerbaijan", "gray-mill", 10),
        ]);
        Assert.Equal((2, 10, 12), (await TanksAsync(host, "karabakh"), await TanksAsync(host, "gray-hills"), await TanksAsync(host, "azerbaijan")));

        await host.MergeAsync("regions", "gray-hills", "karabakh");
        Assert.Equal((10, 10), (await TanksAsync(host, "karabakh"), await TanksAsync(host, "gray-hills")));
        Assert.Equal("karabakh", (string)(await host.GetAsync("/v1/regions/gray-mill"))["parent"]!["id"]!);
        await EventuallyAsync(async () => await TanksAsync(host, "azerbaijan") == 10 && await TanksAsync(host, "world") == 10);
        Assert.Equal(2, (int)(await host.GetAsync("/v1/regions/karabakh"))["claims"]!["total"]!);

        // A claim that comes meanwhile, and a crash: the merge is as durable as what it joins.
        await host.PostClaimsAsync([Edits.Tanks("wire", "4", "armenia", "azerbaijan", "gray-mill", 1, "2024-06-01")]);
        await using var successor = await host.KillAndGoOnAsync();
        await EventuallyAsync(async () => (11, 11) == (await TanksAsync(successor, "karabakh"), await TanksAsync(successor, "azerbaijan")));

        await successor.UndoAsync("regions", "gray-hills", "karabakh");
        Assert.Equal((2, 11), (await TanksAsync(successor, "karabakh"), await TanksAsync(successor, "gray-hills")));
        await EventuallyAsync(async () => await TanksAsync(successor, "azerbaijan") == 13);
    }

    [Fact]
    public async Task Sources_Merged_CountAndShowTheEvidenceOfBoth_AndComeBack()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        await host.PostClaimsAsync(
        [
            Edits.Tanks("gazette", "1", null, "azerbaijan", "fizuli", 4),
            Edits.Tanks("gazette-online", "1", null, "azerbaijan", "fizuli", 4),
            Edits.Tanks("gazette-online", "2", "armenia", "azerbaijan", "fizuli", 9, "2024-06-01"),
        ]);
        Assert.Equal((1, 2), (await TotalAsync(host, "gazette"), await TotalAsync(host, "gazette-online")));
        Assert.Equal(2, (await PositionsAsync(host)).Count(voice => voice.StartsWith("gazette", StringComparison.Ordinal)));

        await host.MergeAsync("sources", "gazette-online", "gazette");
        Assert.Equal((3, 3), (await TotalAsync(host, "gazette"), await TotalAsync(host, "gazette-online")));
        Assert.Equal(3, (await host.GetAsync("/v1/sources/gazette/claims"))["items"]!.AsArray().Count);
        Assert.Equal(3, (await host.GetAsync("/v1/sources/gazette/timeline"))["buckets"]!.AsArray().Sum(bucket => (int)bucket!["claims"]!));
        await EventuallyAsync(async () => (await PositionsAsync(host)).Count(voice => voice.StartsWith("gazette", StringComparison.Ordinal)) == 1);

        await host.PostClaimsAsync([Edits.Tanks("gazette-online", "3", null, "azerbaijan", "fizuli", 1, "2024-07-01")]);
        await EventuallyAsync(async () => await TotalAsync(host, "gazette") == 4);
        await using var successor = await host.KillAndGoOnAsync();
        await EventuallyAsync(async () => await TotalAsync(successor, "gazette") == 4);

        await successor.UndoAsync("sources", "gazette-online", "gazette");
        Assert.Equal((1, 3), (await TotalAsync(successor, "gazette"), await TotalAsync(successor, "gazette-online")));
        Assert.Single((await successor.GetAsync("/v1/sources/gazette/claims"))["items"]!.AsArray());
        await EventuallyAsync(async () => (await PositionsAsync(successor)).Count(voice => voice.StartsWith("gazette", StringComparison.Ordinal)) == 2);
    }

    private static async Task<int> TotalAsync(RunningHost host, string source) => (int)(await host.GetAsync($"/v1/sources/{source}"))["claims"]!["total"]!;

    private static async Task<List<string>> PositionsAsync(RunningHost host) =>
        [.. (await host.GetAsync("/v1/regions/azerbaijan")).Line("azerbaijan", "tank", "destroyed")["positions"]!.AsArray().Select(position => (string)position!["voice"]!["id"]!)];

    private static async Task<long?> TanksAsync(RunningHost host, string region) => (await host.GetAsync($"/v1/regions/{region}")).BestOfTanks("azerbaijan");

    private static async Task<string> ViewAsync(RunningHost host, string path)
    {
        var view = await host.GetAsync($"/v1/{path}");
        foreach (var outside in new[] { "version", "appliedAt", "registryVersion" })
        {
            view.Remove(outside);
        }

        return view.ToJsonString();
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Eventually.AsyncTrue(condition, limit.Token);
    }
}
