using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>Retractions (R4) and views as of a past moment (R19), through a whole host.</summary>
public sealed class PastTests
{
    private static readonly string[] Week = File.ReadAllLines(Path.Combine(Repository.Root, "samples", "general-staff-2022-12-25.ndjson"));

    [Fact]
    public async Task ARetractedClaim_LeavesNoTraceButInThePast()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        await host.PostClaimsAsync(Claims());
        var before = await Views.AllAsync(host);
        var moment = TimeProvider.System.GetUtcNow();
        var wrong = JsonNode.Parse(Week.Single(line => line.Contains("gs-2022-12-26/tank\"", StringComparison.Ordinal)))!;
        (wrong["id"], wrong["figure"]!["asOf"], wrong["figure"]!["best"], wrong["figure"]!["high"]) = ("gs/wrong 100%", "2023-01-02", 99999, 99999);
        (wrong["reportedAt"], wrong["region"]) = ("2023-01-02T00:00:00Z", "Kherson");
        await host.PostClaimsAsync([wrong]);
        Assert.NotEqual(before, await Views.AllAsync(host));

        Assert.Equal((1, 0, true), await RetractAsync(host, "General-Staff-of-Ukraine", "gs/wrong 100%"));
        Assert.Equal((0, 1, true), await RetractAsync(host, "general-staff-of-ukraine", "gs/wrong 100%"));
        var again = await host.PostClaimsAsync([wrong]);

        Assert.Equal(1, (int)again["duplicate"]!);
        Assert.Equal(before, await WithoutKhersonAsync(host));
        await using var successor = await host.KillAndGoOnAsync();
        Assert.Equal(before, await WithoutKhersonAsync(successor));
        Assert.Empty((await successor.GetAsync("/v1/regions/kherson"))["lines"]!.AsArray());
        Assert.Equal(1, (long)(await successor.GetAsync("/v1/sources/general-staff-of-ukraine"))["retractions"]!);

        // A reader of the moment before the retraction had seen it.
        Assert.Equal(99999, Tanks(await successor.GetAsync($"/v1/regions/kherson?asOf={moment:yyyy-MM-ddTHH:mm:ss.fffZ}")));
    }

    [Fact]
    public async Task ARetractionThatComesFirst_KeepsTheClaimOut()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);

        Assert.Equal((1, 0, true), await RetractAsync(host, "general-staff-of-ukraine", "gs-2022-12-31/tank", blocked: 1));
        var fed = await host.PostClaimsAsync(Claims());

        Assert.Equal((Week.Length - 1, 1), ((int)fed["accepted"]!, (int)fed["duplicate"]!));
        Assert.Equal(3026, Tanks(await host.GetAsync("/v1/regions/ukraine")));
    }

    [Fact]
    public async Task AsOfADay_TheViewIsThatOfItsReaders()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        var claims = Claims().ToArray();
        new Random(3).Shuffle(claims);
        await host.PostClaimsAsync(claims);

        foreach (var line in Week.Select(line => JsonNode.Parse(line)!).Where(claim => (string)claim["figure"]!["item"]! == "tank"))
        {
            var (day, best) = ((string)line["figure"]!["asOf"]!, (long)line["figure"]!["best"]!);
            foreach (var path in new[] { "regions/ukraine", "regions/world", "actors/russia" })
            {
                Assert.Equal((path, day, best), (path, day, Tanks(await host.GetAsync($"/v1/{path}?asOf={day}"))));
            }
        }

        Assert.Equal(2 * 13, (long)(await host.GetAsync("/v1/sources/general-staff-of-ukraine?asOf=2022-12-26"))["claims"]!["total"]!);
        Assert.Empty((await host.GetAsync("/v1/regions/ukraine?asOf=2022-12-24"))["lines"]!.AsArray());
    }

    [Fact]
    public async Task AsOfNoMoment_IsRefusedWithItsCode()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        foreach (var moment in new[] { "yesterday", "2022-12-31T18:00:00", "2022-13-01", "" })
        {
            using var response = await host.Client.GetAsync($"/v1/regions/ukraine?asOf={moment}");

            Assert.Equal((moment, HttpStatusCode.BadRequest), (moment, response.StatusCode));
            Assert.Equal("query.as-of", (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
        }
    }

    // The place and what contains it are known by then, for their past; they have nothing to show.
    private static async Task<string> WithoutKhersonAsync(RunningHost host)
    {
        var views = JsonNode.Parse(await Views.AllAsync(host))!.AsObject();
        views.Remove("regions/kherson");
        views.Remove("regions/kherson-oblast");
        return views.ToJsonString(new() { WriteIndented = true });
    }

    [Fact]
    public async Task VersionsThatComeLate_ShowInThePastFromTheirTimeToTheNext_WhoeverTheyName()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        await host.PostClaimsAsync([Version("Fizuli", 10, 0)]);
        await host.PostClaimsAsync([Version("Khojavend", 16, 2)]);
        await host.PostClaimsAsync([Version("Hadrut", 12, 1)]);
        await host.PostClaimsAsync([Version("Jabrayil", 14, 1)]);

        await AssertShownAsync(host);
        await using var successor = await host.KillAndGoOnAsync();
        await AssertShownAsync(successor);

        static async Task AssertShownAsync(RunningHost host)
        {
            Assert.Equal(["fizuli 1", "hadrut 0", "jabrayil 0", "khojavend 0"], await AtAsync(host, 11));
            Assert.Equal(["fizuli 0", "hadrut 1", "jabrayil 0", "khojavend 0"], await AtAsync(host, 13));
            Assert.Equal(["fizuli 0", "hadrut 0", "jabrayil 1", "khojavend 0"], await AtAsync(host, 15));
            Assert.Equal(["fizuli 0", "hadrut 0", "jabrayil 0", "khojavend 1"], await AtAsync(host, 17));
        }

        static async Task<string[]> AtAsync(RunningHost host, int hour)
        {
            var shown = new List<string>();
            foreach (var region in new[] { "fizuli", "hadrut", "jabrayil", "khojavend" })
            {
                var view = await host.GetAsync($"/v1/regions/{region}?asOf=2024-05-01T{hour}:00:00Z");
                shown.Add($"{region} {view["claims"]!["total"]}");
            }

            return [.. shown];
        }

        static JsonNode Version(string region, int hour, int revision) => new JsonObject
        {
            ["id"] = "k", ["source"] = "wire", ["reportedAt"] = $"2024-05-01T{hour}:00:00Z", ["revision"] = revision, ["claimant"] = "Azerbaijan", ["target"] = "Armenia", ["region"] = region,
            ["figure"] = new JsonObject { ["item"] = "tank", ["outcome"] = "destroyed", ["low"] = 1, ["best"] = 1, ["high"] = 1 },
        };
    }

    private static IEnumerable<JsonNode> Claims() => Week.Select(line => JsonNode.Parse(line)!);

    private static long Tanks(JsonObject view) => (long)view.Line("russia", "tank", "lost").Position("ukraine")["best"]!;

    private static async Task<(int Retracted, int Duplicate, bool Applied)> RetractAsync(RunningHost host, string source, string id, int blocked = 0)
    {
        using var response = await host.Client.DeleteAsync($"/v1/claims/{source}/{Uri.EscapeDataString(id)}?wait=applied");
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
        Assert.Equal(blocked, (int)answer["blocked"]!);
        return ((int)answer["retracted"]!, (int)answer["duplicate"]!, (bool)answer["applied"]!);
    }
}
