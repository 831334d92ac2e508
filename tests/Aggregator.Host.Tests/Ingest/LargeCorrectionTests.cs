using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>A correction carries what it replaces, which may be far larger than itself: however many come at once, they find room in the log.</summary>
public sealed class LargeCorrectionTests
{
    private const int Claims = 1_000;
    private const int ClaimsPerBatch = 250;
    private const int QuoteLength = 4_000;

    [Fact]
    public async Task ShortCorrections_OfLongClaims_AreTaken()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);

        foreach (var some in Versions(revision: 0, quotes: new Random(1)).Chunk(ClaimsPerBatch))
        {
            Assert.Equal(some.Length, (int)(await host.PostClaimsAsync(some))["accepted"]!);
        }

        var second = await host.PostClaimsAsync(Versions(revision: 1, quotes: null));

        Assert.Equal(Claims, (int)second["corrected"]!);
        Assert.Equal(Claims, (int)(await host.GetAsync("/v1/sources/wire"))["claims"]!["total"]!);
    }

    private static IEnumerable<JsonNode> Versions(int revision, Random? quotes) => Enumerable.Range(0, Claims).Select(at =>
    {
        var claim = Edits.Tanks("wire", at.ToString(CultureInfo.InvariantCulture), "armenia", "azerbaijan", "fizuli", at + revision);
        // Nothing that packs well.
        (claim["revision"], claim["quote"]) = (revision, quotes is null ? null : string.Concat(Enumerable.Range(0, QuoteLength).Select(_ => (char)quotes.Next('一', '龠'))));
        return (JsonNode)claim;
    });
}
