using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>The seed's story from wire copy to views, through a whole host (samples/README.md).</summary>
public sealed class SeedStoryTests
{
    [Fact]
    public async Task Sample_FedAsText_GivesTheWorkedTable() =>
        await GivesTheWorkedTableAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "karabakh-2020-09-30.txt")));

    [Fact]
    public async Task SeedDocument_FedAsText_GivesTheWorkedTable() =>
        await GivesTheWorkedTableAsync(await File.ReadAllTextAsync(Repository.SharedData("seed", "000_d0fe5431fd17cc6d.txt")));

    [Fact]
    public async Task Paraphrase_FedAsText_GivesTheWorkedTable() =>
        await GivesTheWorkedTableAsync(await File.ReadAllTextAsync(Repository.SharedData("articles", "karabakh-2020-09-30.txt")));

    [Fact]
    public async Task Claims_InAnyOrderBatchingAndRepetition_GiveTheSameViews()
    {
        using var folder = new TempFolder();
        var claims = await ClaimsAsync(folder.Path);
        var shuffled = claims.ToArray();
        new Random(7).Shuffle(shuffled);

        var atOnce = await ViewsAsync(claims.Chunk(claims.Count));
        Assert.Equal(atOnce, await ViewsAsync(claims.Reverse().Chunk(claims.Count)));
        Assert.Equal(atOnce, await ViewsAsync(shuffled.Chunk(1)));
        Assert.Equal(atOnce, await ViewsAsync(claims.Concat(shuffled).Chunk(17)));
    }

    [Fact]
    public async Task Everything_FedTwice_ChangesNothingButTheCountsOfResends()
    {
        using var folder = new TempFolder();
        var claims = await ClaimsAsync(folder.Path);
        await using var host = await InProcessHost.EmbeddedAsync(Path.Combine(folder.Path, "store"));

        var first = await host.PostClaimsAsync(claims);
        var before = await Views.AllAsync(host);
        var second = await host.PostClaimsAsync(claims);
        var after = await Views.AllAsync(host);

        Assert.Equal(claims.Count, (int)first["accepted"]!);
        Assert.Equal((0, claims.Count), ((int)second["accepted"]!, (int)second["duplicate"]!));
        Assert.Equal(before, after);
    }

    private static async Task<string> ViewsAsync(IEnumerable<JsonNode[]> batches)
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        foreach (var batch in batches)
        {
            Assert.Equal(true, (bool?)(await host.PostClaimsAsync(batch))["applied"]);
        }

        return await Views.AllAsync(host);
    }

    /// <summary>The samples as claims: what the host makes of the wire copy, and the week of running totals.</summary>
    private static async Task<IReadOnlyList<JsonNode>> ClaimsAsync(string folder)
    {
        var samples = Path.Combine(Repository.Root, "samples");
        await using var host = await InProcessHost.EmbeddedAsync(Path.Combine(folder, "dry"));
        var answer = await host.PostAsync("/v1/reports?dryRun=true", await File.ReadAllTextAsync(Path.Combine(samples, "karabakh-2020-09-30.txt")), "text/plain");
        var story = answer["claims"]!.AsArray().Select(claim =>
        {
            var sent = claim!.DeepClone().AsObject();
            sent.Remove("report");
            return (JsonNode)sent;
        });
        var totals = (await File.ReadAllLinesAsync(Path.Combine(samples, "general-staff-2022-12-25.ndjson"))).Select(line => JsonNode.Parse(line)!);
        return [.. story, .. totals];
    }

    private static async Task GivesTheWorkedTableAsync(string text)
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        var answer = await host.PostAsync("/v1/reports?source=afp&wait=applied", text, "text/plain");
        Assert.Equal(true, (bool?)answer["applied"]);

        var azerbaijan = await host.GetAsync("/v1/actors/azerbaijan");
        Alleged(azerbaijan.Line("azerbaijan", "drone", "destroyed").Position("armenia"), 45, 50, 50, "cumulative");
        Alleged(azerbaijan.Line("azerbaijan", "helicopter", "destroyed").Position("armenia"), 4, 4, 4, "cumulative");
        var tanks = azerbaijan.Line("azerbaijan", "tank", "destroyed").Position("armenia");
        Alleged(tanks, 80, 80, 80, "cumulative");
        Assert.Equal(("2020-09-27", "2020-09-29"), ((string?)tanks["since"], (string?)tanks["asOf"]));
        Assert.Equal(1, (int)azerbaijan.Line("azerbaijan", "combatant", "casualties").Position("armenia")["unnumbered"]!);

        var karabakh = await host.GetAsync("/v1/regions/Artsakh");
        foreach (var view in new[] { await host.GetAsync("/v1/actors/armenia"), karabakh })
        {
            Alleged(view.Line("armenia", "tank", "destroyed").Position("azerbaijan"), 4, 4, 4, "incident");
            Alleged(view.Line("armenia", "armoured-vehicle", "destroyed").Position("azerbaijan"), 1, 1, 1, "incident");
            Alleged(view.Line("armenia", "combatant", "killed").Position("azerbaijan"), 10, 10, 10, "incident");
            Alleged(view.Line("armenia", "unit", "destroyed").Position("azerbaijan"), 3, 3, 3, "incident");
        }

        var deaths = karabakh.Line(null, "person", "killed");
        Assert.Equal((90, 100, 100), deaths.Position("afp").Figure());
        Assert.Equal("independent", (string?)deaths.Position("afp")["standing"]);
        Assert.Equal((90, 100, 100), deaths["estimate"]!.AsObject().Figure());

        var control = karabakh["control"]!;
        Assert.Equal("contested", (string?)control["status"]);
        Assert.Equal(["azerbaijan"], control["positions"]!.AsArray().Single(position => position!["deniedBy"]!.AsArray().Count > 0)!["deniedBy"]!.AsArray().Select(voice => (string?)voice));
        Assert.Equal(1, (int)karabakh["claims"]!["denies"]!);

        var fizuli = await host.GetAsync("/v1/regions/fizuli");
        Alleged(fizuli.Line("armenia", "tank", "destroyed").Position("azerbaijan"), 4, 4, 4, "incident");
    }

    private static void Alleged(JsonObject position, long low, long best, long high, string basis)
    {
        Assert.Equal("alleged", (string?)position["standing"]);
        Assert.Equal((low, best, high), position.Figure());
        Assert.Equal(basis, (string?)position["basis"]);
        Assert.NotEmpty(position["evidence"]!.AsArray());
    }
}
