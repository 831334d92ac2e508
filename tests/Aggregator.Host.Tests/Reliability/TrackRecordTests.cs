using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>R17, through the real process: regions judge, sources show it, whatever dies.</summary>
public sealed class TrackRecordTests
{
    [Fact]
    public async Task WhatOthersMadeOfASourcesWord_ShowsInItsView()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        await host.PostClaimsAsync(
        [
            .. Enumerable.Range(1, 6).SelectMany(day => new[] { Told("early-wire", "Fizuli", day, 4, "12:00"), Told("late-wire", "Fizuli", day, day == 6 ? 5 : 4, "13:00") }),
            Told("early-wire", "Jabrayil", 1, 7, "12:00"), Told("late-wire", "Jabrayil", 1, 7, "13:00"),
        ]);
        Assert.Equal(("C", 7, 6, 1, 0, 0), Record(await host.GetAsync("/v1/sources/early-wire")));
        Assert.Equal(("B", 7, 7, 0, 0, 0), Record(await host.GetAsync("/v1/sources/late-wire")));
        Assert.Equal(0.7778, (double)(await host.GetAsync("/v1/sources/early-wire"))["trackRecord"]!["mean"]!, 4);

        // Corrected, one more agrees; taken back, nobody else tells of that day.
        await host.PostClaimsAsync([Told("early-wire", "Fizuli", 6, 5, "12:00", revision: 1)]);
        Assert.Equal(("B", 8, 7, 0, 1, 0), Record(await host.GetAsync("/v1/sources/early-wire")));
        using (var response = await host.Client.DeleteAsync("/v1/claims/late-wire/Fizuli-1?wait=applied"))
        {
            Assert.True(response.IsSuccessStatusCode);
        }

        var early = Record(await host.GetAsync("/v1/sources/early-wire"));
        var late = Record(await host.GetAsync("/v1/sources/late-wire"));
        Assert.Equal(("C", 7, 6, 0, 1, 0), early);
        Assert.Equal(("C", 7, 6, 0, 0, 1), late);
        Assert.Null((await host.GetAsync("/v1/sources/late-wire?asOf=2024-05-02"))["trackRecord"]);

        await using var successor = await host.KillAndGoOnAsync();
        Assert.Equal(early, Record(await successor.GetAsync("/v1/sources/early-wire")));
        Assert.Equal(late, Record(await successor.GetAsync("/v1/sources/late-wire")));
        await successor.PostClaimsAsync([Told("third-wire", "Fizuli", 6, 5, "14:00"), Told("early-wire", "Khojavend", 2, 3, "12:00"), Told("third-wire", "Khojavend", 2, 3, "14:00")]);
        Assert.Equal(("B", 8, 7, 0, 1, 0), Record(await successor.GetAsync("/v1/sources/early-wire")));
        Assert.Equal(("F", 2, 2, 0, 0, 0), Record(await successor.GetAsync("/v1/sources/third-wire")));

        // What others told of the same is no longer judged; the record of who takes everything back stays.
        foreach (var id in new[] { "Fizuli-6", "Khojavend-2" })
        {
            using var response = await successor.Client.DeleteAsync($"/v1/claims/third-wire/{id}?wait=applied");
            Assert.True(response.IsSuccessStatusCode);
        }

        Assert.Equal(("F", 2, 0, 0, 0, 2), Record(await successor.GetAsync("/v1/sources/third-wire")));
        Assert.Equal(("C", 7, 6, 0, 1, 0), Record(await successor.GetAsync("/v1/sources/early-wire")));
        using (var response = await successor.Client.DeleteAsync("/v1/claims/third-wire/never-came?wait=applied"))
        {
            Assert.Equal(1, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["blocked"]!);
        }

        Assert.Equal(("F", 2, 0, 0, 0, 2), Record(await successor.GetAsync("/v1/sources/third-wire")));
        Assert.Empty((await successor.GetAsync("/v1/sources/third-wire/claims"))["items"]!.AsArray());
    }

    private static JsonObject Told(string source, string region, int day, int tanks, string time, int revision = 0) => new()
    {
        ["id"] = $"{region}-{day}",
        ["source"] = source,
        ["reportedAt"] = $"2024-05-0{day}T{time}:00Z",
        ["claimant"] = "Azerbaijani Ministry of Defence",
        ["target"] = "Armenian Armed Forces",
        ["region"] = region,
        ["occurred"] = new JsonObject { ["from"] = $"2024-05-0{day}" },
        ["figure"] = new JsonObject { ["item"] = "tank", ["outcome"] = "destroyed", ["low"] = tanks, ["best"] = tanks, ["high"] = tanks },
        ["revision"] = revision,
    };

    private static (string, long, long, long, long, long) Record(JsonObject source)
    {
        var record = source["trackRecord"]!.AsObject();
        return ((string)record["letter"]!, (long)record["n"]!, (long)record["confirmed"]!, (long)record["contradicted"]!, (long)record["corrected"]!, (long)record["retracted"]!);
    }
}
