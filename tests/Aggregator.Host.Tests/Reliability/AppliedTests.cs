using System.Text.Json.Nodes;
using Aggregator.Contracts.Partitions;
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

    private static JsonNode Claim(string id, string region) => JsonNode.Parse(
        $$$"""{"source":"w","id":"{{{id}}}","reportedAt":"2024-05-01T00:00:00Z","region":"{{{region}}}","figure":{"item":"tank","outcome":"destroyed","low":1,"best":1,"high":1}}""")!;
}
