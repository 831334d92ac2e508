using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>Entities that keep almost no claims in memory show the same as those that keep all, through the real process.</summary>
public sealed class BoundedMemoryTests
{
    private static readonly string[] Outcomes = ["destroyed", "damaged", "captured", "lost"];

    [Fact]
    public async Task WithNoClaimsKeptInMemory_EverythingShowsTheSame()
    {
        using var folder = new TempFolder();
        await using var roomy = await InProcessHost.EmbeddedAsync(Path.Combine(folder.Path, "roomy"));
        await using var tight = await HostProcess.EmbeddedAsync(
            Path.Combine(folder.Path, "tight"), "--Entity:LoadedClaims", "0", "--Entity:PersistAfter", "00:00:00.05", "--Entity:PersistSpread", "00:00:00.05");
        foreach (var step in Steps())
        {
            Assert.Equal((await roomy.PostClaimsAsync(step)).ToJsonString(), (await tight.PostClaimsAsync(step)).ToJsonString());
        }

        foreach (var host in new RunningHost[] { roomy, tight })
        {
            using var response = await host.Client.DeleteAsync("/v1/claims/paper/3-1?wait=applied");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var expected = await EverythingAsync(roomy);
        Assert.Equal(expected, await EverythingAsync(tight));

        await using var successor = await tight.KillAndGoOnAsync();
        Assert.Equal(expected, await EverythingAsync(successor));
    }

    [Fact]
    public async Task APastWithMoreClaimsThanOneViewMayHold_IsRefusedWithItsCode()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Entity:PastClaims", "100");
        await host.PostClaimsAsync(Enumerable.Range(0, 101).Select(at => Claim("wire", "Azerbaijan", "Armenia", "Fizuli", "tank", "destroyed", at, 1)));

        using var refused = await host.Client.GetAsync("/v1/regions/fizuli?asOf=2030-01-01");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("past.too-large", (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]!);
        Assert.NotEmpty((await host.GetAsync("/v1/regions/fizuli"))["lines"]!.AsArray());
    }

    // Statements of two sides, their copies, denials and corrections of them, in more cells and chunks than one.
    private static IEnumerable<JsonNode[]> Steps()
    {
        var sides = new[] { ("Azerbaijani Ministry of Defence", "Armenian Armed Forces"), ("Armenian Ministry of Defence", "Azerbaijani Armed Forces"), ("Azerbaijan", "Armenia") };
        yield return [.. Enumerable.Range(0, 400).Select(at => Claim("wire", sides[at % 3].Item1, sides[at % 3].Item2, at % 5 == 0 ? "Karabakh" : "Fizuli", "tank", Outcomes[at % 4], at, at % 7))];
        yield return [.. Enumerable.Range(0, 200).Select(at => Claim("paper", sides[at % 3].Item1, sides[at % 3].Item2, at % 5 == 0 ? "Karabakh" : "Fizuli", "tank", Outcomes[at % 4], at, at % 6))];
        yield return [.. Enumerable.Range(0, 40).Select(at => With(Claim("paper", "Armenia", sides[at % 3].Item2, "Karabakh", "tank", Outcomes[at % 4], 500 + at, at % 7), ("stance", "denies")))];
        yield return [.. Enumerable.Range(0, 60).Select(at => With(Claim("wire", sides[at % 3].Item1, sides[at % 3].Item2, at % 5 == 0 ? "Karabakh" : "Hadrut", "tank", Outcomes[at % 4], at, 9), ("revision", 1)))];
        yield return [.. Enumerable.Range(0, 9).Select(at => (JsonNode)new JsonObject
        {
            ["id"] = $"held-{at}", ["source"] = "wire", ["reportedAt"] = $"2020-10-0{at + 1}T06:00:00Z", ["claimant"] = sides[at % 3].Item1, ["region"] = "Fizuli",
            ["control"] = new JsonObject { ["holder"] = at % 2 == 0 ? "armenia" : "azerbaijan" },
        })];
    }

    private static JsonObject Claim(string source, string claimant, string target, string region, string item, string outcome, int at, int count)
    {
        var day = string.Create(CultureInfo.InvariantCulture, $"2020-10-{1 + (at % 28):00}");
        return new JsonObject
        {
            ["id"] = $"{at}-1", ["source"] = source, ["reportedAt"] = $"{day}T{at % 24:00}:00:00Z", ["claimant"] = claimant, ["target"] = target, ["region"] = region,
            ["occurred"] = at % 3 == 0 ? null : new JsonObject { ["from"] = day },
            ["figure"] = new JsonObject { ["item"] = item, ["outcome"] = outcome, ["low"] = count, ["best"] = count, ["high"] = count },
        };
    }

    private static JsonObject With(JsonObject claim, params (string Name, JsonNode Value)[] fields)
    {
        foreach (var (name, value) in fields)
        {
            claim[name] = value;
        }

        return claim;
    }

    private static async Task<string> EverythingAsync(RunningHost host)
    {
        var paths = new[]
        {
            "/v1/regions/karabakh?asOf=2020-10-12", "/v1/actors/armenia?asOf=2020-10-20T12:00:00Z", "/v1/actors/azerbaijan/timeline?bucket=hour", "/v1/regions/karabakh/timeline?by=occurred",
            "/v1/sources/wire/timeline", "/v1/actors/armenia/claims?limit=500", "/v1/regions/karabakh/claims?outcome=captured&limit=7", "/v1/sources/paper/claims?from=2020-10-10&limit=500",
        };
        var all = await Views.AllAsync(host);
        foreach (var path in paths)
        {
            var view = await host.GetAsync(path);
            view.Remove("version");
            view.Remove("appliedAt");
            all += $"\n{path}\n{view.ToJsonString()}";
        }

        return all;
    }
}
