using System.Text.Json.Nodes;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>What <c>wait=applied</c> waits for.</summary>
public sealed class AppliedTests
{
    [Fact]
    public async Task Duplicate_ThatIsAwaited_TellsWhomItsOriginalTouched()
    {
        using var folder = new TempFolder();

        // No row is written, so that no checkpoint passes what is asked for.
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Entity:PersistAfter", "00:05:00");
        await host.PostClaimsAsync([Claim("1", "Kyiv"), Claim("2", "Kyiv")]);
        await host.PostClaimsAsync([Claim("1", "Odesa")]);
        using (await host.Client.DeleteAsync("/v1/claims/w/2"))
        {
        }

        var partition = host.PartitionOf("w");
        var retraction = new RetractionBox { Source = "w", Id = "2", SourceId = "w", IsAwaited = true };
        var awaited = await partition.RetractAsync(retraction);
        Assert.Equal([AppendOutcome.Duplicate], awaited.Outcomes);
        Assert.Contains(new EntityKey(EntityKind.Region, "kyiv"), awaited.AlsoTouched);
        Assert.Empty((await partition.RetractAsync(retraction with { IsAwaited = false })).AlsoTouched);

        // A correction that is sent again: who shows it no more, too.
        var again = await host.PostClaimsAsync([Claim("1", "Odesa")]);
        Assert.Equal((1, true), ((int)again["duplicate"]!, (bool)again["applied"]!));
        Assert.Equal(0, (long)(await host.GetAsync("/v1/regions/kyiv"))["claims"]!["total"]!);
    }

    [Fact]
    public async Task Text_ThatReplacesMoreThanAnEntryHolds_TellsWhomThatTouched_AlsoWhenSentAgain()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(
            folder.Path, "--Store:MaximumEntryBytes", "8192", "--Partition:MaximumEntryBytes", "3000", "--Entity:PersistAfter", "00:05:00");
        string[] places = ["Fizuli", "Jabrayil", "Hadrut", "Shusha", "Agdam", "Kelbajar", "Lachin", "Zangilan"];
        string[] items = ["tanks", "howitzers", "trucks", "helicopters", "drones", "mortars", "soldiers"];
        var words = places.SelectMany(place => items.Select(item => $"Azerbaijan's defence ministry said that 7 Armenian {item} were destroyed near {place} on 28 September."));
        var first = await host.PostAsync(
            "/v1/reports?wait=applied",
            new JsonObject { ["source"] = "w", ["url"] = "https://w.example/1", ["publishedAt"] = "2020-09-29T06:00:00Z", ["text"] = string.Join(' ', words) }.ToJsonString(),
            "application/json");
        Assert.True((int)first["accepted"]! >= 5 * places.Length, first.ToJsonString());
        var touched = Regions(first["claims"]!.AsArray().Select(static claim => (string)claim!["region"]!["id"]!));
        Assert.Equal(places.Length, touched.Count);
        var partition = host.PartitionOf("w");
        var text = Text([]);

        var reply = await partition.AppendAsync(new ClaimBatch { Claims = new ClaimList([]), Texts = [text], IsAwaited = true });

        Assert.Equal([AppendOutcome.Corrected], reply.Outcomes);
        Assert.Superset(touched, reply.AlsoTouched.ToHashSet());
        Assert.Superset(touched, (await partition.FindReportAsync(text))!.AlsoTouched.ToHashSet());
        var again = await partition.AppendAsync(new ClaimBatch { Claims = new ClaimList([]), Texts = [text], IsAwaited = true });
        Assert.Equal([AppendOutcome.Duplicate], again.Outcomes);
        Assert.Superset(touched, again.AlsoTouched.ToHashSet());
        Assert.Empty((await partition.AppendAsync(new ClaimBatch { Claims = new ClaimList([]), Texts = [text] })).AlsoTouched);
        Assert.Equal(0, (long)(await host.GetAsync("/v1/sources/w"))["claims"]!["total"]!);
    }

    [Fact]
    public async Task Retraction_TellsWhomEarlierVersionsTouched()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Entity:PersistAfter", "00:05:00");
        await host.PostClaimsAsync([Claim("1", "Kyiv")]);
        await host.PostClaimsAsync([Claim("1", "Odesa")]);

        var reply = await host.PartitionOf("w").RetractAsync(new RetractionBox { Source = "w", Id = "1", SourceId = "w", IsAwaited = true });

        // Its past shows it until then.
        Assert.Equal([AppendOutcome.Retracted], reply.Outcomes);
        Assert.Superset(Regions("kyiv", "odesa"), reply.AlsoTouched.ToHashSet());
    }

    [Fact]
    public async Task KnownReport_RestsOnWhatItsClaimsHaveBecome()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Entity:PersistAfter", "00:05:00");
        await host.PostClaimsAsync([Claim("1", "Kyiv"), Claim("2", "Lviv")]);
        var partition = host.PartitionOf("w");
        var text = Text([new ClaimKey("w", "1"), new ClaimKey("w", "2")]);
        var reply = await partition.AppendAsync(new ClaimBatch { Claims = new ClaimList([]), Texts = [text] });
        Assert.Equal(reply.LastSequence, (await partition.FindReportAsync(text))!.Sequence);
        await host.PostClaimsAsync([Claim("1", "Odesa")]);
        var retracted = await partition.RetractAsync(new RetractionBox { Source = "w", Id = "2", SourceId = "w" });

        var known = (await partition.FindReportAsync(text))!;

        Assert.Equal((2, retracted.LastSequence), (known.Found, known.Sequence));
        Assert.Equal("odesa", Assert.Single(known.Claims.Claims).Region!.Id);
        Assert.Superset(Regions("kyiv", "odesa", "lviv"), known.AlsoTouched.ToHashSet());
    }

    private static HashSet<EntityKey> Regions(params IEnumerable<string> ids) => [.. ids.Select(static id => new EntityKey(EntityKind.Region, id))];

    private static ReportTextBox Text(IReadOnlyList<ClaimKey> claims) => new(new ReportText
    {
        Source = "w", SourceId = "w", Address = "https://w.example/1", TextHash = 7, PublishedAt = new DateTimeOffset(2020, 9, 30, 6, 0, 0, TimeSpan.Zero), Claims = claims,
    });

    private static JsonNode Claim(string id, string region) => JsonNode.Parse(
        $$$"""{"source":"w","id":"{{{id}}}","reportedAt":"2024-05-01T00:00:00Z","region":"{{{region}}}","figure":{"item":"tank","outcome":"destroyed","low":1,"best":1,"high":1}}""")!;
}
