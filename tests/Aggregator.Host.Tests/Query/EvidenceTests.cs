using System.Net;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Ingest;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Query;

/// <summary>R18 and R20 through the real process: when claims came, and the words that numbers rest on.</summary>
public sealed class EvidenceTests(SharedHost shared) : IClassFixture<SharedHost>
{
    [Fact]
    public async Task EveryNumber_LeadsToItsWordsInOneRequest()
    {
        using var folder = new TempFolder();
        await using var host = await FedAsync(folder.Path);
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "karabakh-2020-09-30.txt"));

        foreach (var path in new[] { "regions/karabakh", "regions/fizuli", "regions/world", "actors/armenia", "actors/azerbaijan" })
        {
            var lines = (await host.GetAsync($"/v1/{path}"))["lines"]!.AsArray().Select(line => line!.AsObject()).Where(line => (string)line["outcome"]! != "lost").ToList();
            Assert.NotEmpty(lines);
            foreach (var line in lines)
            {
                var items = await ItemsAsync(host, $"/v1/{path}/claims?item={line["item"]}&outcome={line["outcome"]}");
                foreach (var evidence in line["positions"]!.AsArray().SelectMany(position => position!["evidence"]!.AsArray()))
                {
                    var item = Assert.Single(items, item => (string)item["key"]! == (string)evidence!);
                    Assert.Contains((string)item["quote"]!, text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
                    Assert.Equal("afp", (string)item["source"]!);
                    Assert.NotNull(item["reportedAt"]);
                    Assert.NotNull(item["report"]!["fingerprint"]);
                }
            }
        }

        // What nothing was counted of is evidence too, and a restart changes none of it.
        var all = await ItemsAsync(host, "/v1/regions/world/claims?limit=500");
        Assert.Equal(all.Count, (int)(await host.GetAsync("/v1/sources/afp"))["claims"]!["total"]!);
        await using var successor = await host.KillAndGoOnAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Eventually.AsyncTrue(async () => (await ItemsAsync(successor, "/v1/regions/world/claims?limit=500")).Count == all.Count, limit.Token);
        Assert.Equal(all.Select(item => item.ToJsonString()), (await ItemsAsync(successor, "/v1/regions/world/claims?limit=500")).Select(item => item.ToJsonString()));
    }

    [Fact]
    public async Task Pages_TogetherAreTheWhole_NewestFirst()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        var week = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "samples", "general-staff-2022-12-25.ndjson"));
        await host.PostClaimsAsync(week.Select(line => JsonNode.Parse(line)!));
        var whole = (await ItemsAsync(host, "/v1/actors/russia/claims?limit=500")).ConvertAll(item => (string)item["key"]!);

        var (pages, cursor) = (new List<string>(), (string?)"");
        while (cursor is not null)
        {
            var page = await host.GetAsync($"/v1/actors/russia/claims?limit=7{(cursor.Length == 0 ? "" : "&cursor=" + cursor)}");
            pages.AddRange(page["items"]!.AsArray().Select(item => (string)item!["key"]!));
            cursor = (string?)page["next"];
        }

        Assert.Equal(week.Length, whole.Count);
        Assert.Equal(whole, pages);
        Assert.Equal(13, (await ItemsAsync(host, "/v1/actors/russia/claims?from=2022-12-31&to=2022-12-31")).Count);
        Assert.Equal(7, (await ItemsAsync(host, "/v1/regions/ukraine/claims?item=tank&claimant=Ukraine&target=russia")).Count);
        Assert.Empty(await ItemsAsync(host, "/v1/regions/ukraine/claims?claimant=russia"));
    }

    [Fact]
    public async Task Timeline_CountsEachClaimOnce_ByReportAndByOccurrence()
    {
        using var folder = new TempFolder();
        await using var host = await FedAsync(folder.Path);
        var total = (int)(await host.GetAsync("/v1/sources/afp"))["claims"]!["total"]!;

        foreach (var (path, bucket) in new[] { ("regions/world", "minute"), ("regions/world", "hour"), ("regions/world", "day"), ("sources/afp", "day") })
        {
            var buckets = (await host.GetAsync($"/v1/{path}/timeline?bucket={bucket}"))["buckets"]!.AsArray();
            Assert.Equal((path, total), (path, buckets.Sum(one => (int)one!["claims"]!)));
            Assert.Equal("2020-09-30", ((string)Assert.Single(buckets)!["at"]!)[..10]);
        }

        var occurred = await host.GetAsync("/v1/regions/world/timeline?by=occurred");
        Assert.Equal(total, (int)occurred["undated"]! + occurred["buckets"]!.AsArray().Sum(one => (int)one!["claims"]!));
        Assert.Contains(occurred["buckets"]!.AsArray(), one => ((string)one!["at"]!)[..10] == "2020-09-29");
        Assert.Empty((await host.GetAsync("/v1/regions/world/timeline?from=2020-10-01"))["buckets"]!.AsArray());
    }

    [Theory]
    [InlineData("regions/nowhere-at-all/claims", HttpStatusCode.NotFound, "entity.unknown")]
    [InlineData("regions/nowhere-at-all/timeline", HttpStatusCode.NotFound, "entity.unknown")]
    [InlineData("regions/world/claims?item=cow", HttpStatusCode.BadRequest, "query.item")]
    [InlineData("regions/world/claims?outcome=lost-in-thought", HttpStatusCode.BadRequest, "query.outcome")]
    [InlineData("regions/world/claims?limit=501", HttpStatusCode.BadRequest, "query.limit")]
    [InlineData("regions/world/claims?cursor=*", HttpStatusCode.BadRequest, "query.cursor")]
    [InlineData("regions/world/claims?cursor=AAAA", HttpStatusCode.BadRequest, "query.cursor")]
    [InlineData("regions/world/claims?from=now", HttpStatusCode.BadRequest, "query.time")]
    [InlineData("regions/world/claims?what=1", HttpStatusCode.BadRequest, "query.unknown-parameter")]
    [InlineData("regions/world/timeline?bucket=week", HttpStatusCode.BadRequest, "query.bucket")]
    [InlineData("regions/world/timeline?by=occurred&bucket=hour", HttpStatusCode.BadRequest, "query.bucket")]
    [InlineData("regions/world/timeline?by=arrival", HttpStatusCode.BadRequest, "query.by")]
    public async Task WhatCannotBeAnswered_IsRefusedWithItsCode(string path, HttpStatusCode status, string code)
    {
        using var response = await shared.Host.Client.GetAsync("/v1/" + path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
    }

    private static async Task<HostProcess> FedAsync(string folder)
    {
        var host = await HostProcess.EmbeddedAsync(folder);
        await host.PostAsync("/v1/reports?source=afp&wait=applied", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples", "karabakh-2020-09-30.txt")), "text/plain");
        return host;
    }

    private static async Task<List<JsonObject>> ItemsAsync(RunningHost host, string path) =>
        [.. (await host.GetAsync(path))["items"]!.AsArray().Select(item => item!.AsObject())];
}
