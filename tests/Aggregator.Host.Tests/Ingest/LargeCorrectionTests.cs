using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>A correction carries what it replaces, which may be far larger than itself: however many come at once, they find room in the log.</summary>
public sealed class LargeCorrectionTests
{
    private const int Claims = 40;

    [Fact]
    public async Task ShortCorrections_OfLongClaims_AreTaken()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path, "--Store:MaximumEntryBytes", "65536", "--Partition:MaximumEntryBytes", "65536");

        var first = await host.PostClaimsAsync(Versions(revision: 0, quote: new string('ж', 2_400)));
        var second = await host.PostClaimsAsync(Versions(revision: 1, quote: null));

        Assert.Equal((Claims, Claims), ((int)first["accepted"]!, (int)second["corrected"]!));
        Assert.Equal(Claims, (int)(await host.GetAsync("/v1/sources/wire"))["claims"]!["total"]!);
    }

    private static IEnumerable<JsonNode> Versions(int revision, string? quote) => Enumerable.Range(0, Claims).Select(at =>
    {
        var claim = Edits.Tanks("wire", at.ToString(CultureInfo.InvariantCulture), "armenia", "azerbaijan", "fizuli", at + revision);
        (claim["revision"], claim["quote"]) = (revision, quote);
        return (JsonNode)claim;
    });
}
