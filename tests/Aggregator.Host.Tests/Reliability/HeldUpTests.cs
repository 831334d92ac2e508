using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>What is said of a checkpoint that does not move.</summary>
public sealed class HeldUpTests
{
    // Far longer than this takes, and far shorter than any machine has been up.
    private static readonly string[] Arguments = ["--Partition:CheckpointStands", "00:01:00"];

    [Fact]
    public async Task Checkpoint_ThatHasJustBegunToStand_IsNotSaidToHaveStood()
    {
        using var folder = new TempFolder();
        await using (var host = await InProcessHost.EmbeddedAsync(folder.Path, Arguments))
        {
            await host.PostClaimsAsync(Enumerable.Range(0, 40).Select(static id =>
                JsonNode.Parse($$"""{"source":"w{{id}}","id":"1","reportedAt":"2024-05-01","event":"attack","region":"Kyiv"}""")!));
            await host.StopAsync();
        }

        // All checkpoints begin anew, over what is to be folded.
        await using var rebuilt = await InProcessHost.EmbeddedAsync(folder.Path, ["--Store:Rebuild", "again", "--Entity:PersistAfter", "00:00:05", .. Arguments]);
        Assert.Equal(40, (long)(await rebuilt.GetAsync("/v1/regions/kyiv"))["claims"]!["total"]!);
        await rebuilt.StopAsync();
        Assert.DoesNotContain("the checkpoint has stood at", rebuilt.Output, StringComparison.Ordinal);
    }
}
