using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>R3 for raw reports, through the real process.</summary>
public sealed class RepostTests
{
    private const string Url = "https://agency.example/story";

    [Fact]
    public async Task AReportPostedAgainWithAnotherText_ReplacesItsClaims()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        var first = await PostAsync(host, "2020-09-29T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that four Armenian tanks were destroyed near Fizuli.");
        Assert.Equal(4, Tanks(await host.GetAsync("/v1/regions/fizuli")));

        var second = await PostAsync(host, "2020-09-30T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that six Armenian tanks were destroyed near Fizuli. It did not say when.");
        Assert.Equal(6, Tanks(await host.GetAsync("/v1/regions/fizuli")));
        Assert.Equal(4, Tanks(await host.GetAsync("/v1/regions/fizuli?asOf=2020-09-29")));

        // The earlier text is known: it answers what stands of it, which is nothing, and changes nothing.
        var again = await PostAsync(host, "2020-09-29T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that four Armenian tanks were destroyed near Fizuli.");
        Assert.Equal(((int)first["accepted"]!, 0), ((int)again["duplicate"]!, (int)again["accepted"]!));
        Assert.Empty(again["claims"]!.AsArray());
        var stored = await PostAsync(host, "2020-09-30T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that six Armenian tanks were destroyed near Fizuli. It did not say when.");
        Assert.Equal(second["claims"]!.ToJsonString(), stored["claims"]!.ToJsonString());
        Assert.Equal(6, Tanks(await host.GetAsync("/v1/regions/fizuli")));

        await using var successor = await host.KillAndGoOnAsync();
        Assert.Equal(6, Tanks(await successor.GetAsync("/v1/regions/fizuli")));
        Assert.Equal(4, Tanks(await successor.GetAsync("/v1/regions/fizuli?asOf=2020-09-29")));
        Assert.Equal(2, (long)(await successor.GetAsync("/v1/sources/afp"))["reports"]!);
    }

    [Fact]
    public async Task AnOlderTextThatComesLate_IsHistory()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        await PostAsync(host, "2020-09-30T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that six Armenian tanks were destroyed near Fizuli.");
        await PostAsync(host, "2020-09-29T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that four Armenian tanks were destroyed near Fizuli.");

        Assert.Equal(6, Tanks(await host.GetAsync("/v1/regions/fizuli")));
        Assert.Equal(4, Tanks(await host.GetAsync("/v1/regions/fizuli?asOf=2020-09-29")));
    }

    [Fact]
    public async Task AReportThatReplacesMoreThanAnEntryHolds_ReplacesAllOfIt()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Store:MaximumEntryBytes", "8192", "--Partition:MaximumEntryBytes", "3000");
        string[] places = ["Fizuli", "Jabrayil", "Hadrut", "Shusha", "Agdam", "Kelbajar", "Lachin", "Zangilan", "Tartar", "Martuni"];
        var random = new Random(1);
        var text = "Azerbaijan's defence ministry said on Tuesday that 4 Armenian tanks were destroyed near Fizuli. " + string.Join(' ', places.SelectMany(place => new[] { "tanks", "howitzers", "trucks", "helicopters", "drones", "mortars", "soldiers" }.SelectMany(item => new[] { "Azerbaijani", "Armenian" }.Select(side =>
            $"The {(random.Next(2) == 0 ? "Russian" : "Turkish")} defence ministry said that {random.Next(5, 900)} {side} {item} were destroyed near {place} on {random.Next(1, 28)} September."))));
        var first = await PostAsync(host, "2020-09-29T06:00:00Z", text);
        Assert.True((int)first["accepted"]! >= 5 * places.Length, first.ToJsonString());

        var second = await PostAsync(host, "2020-09-30T06:00:00Z", "Azerbaijan's defence ministry said on Tuesday that six Armenian tanks were destroyed near Fizuli.");

        Assert.True((bool)second["applied"]!);
        Assert.Equal(6, Tanks(await host.GetAsync("/v1/regions/fizuli")));
        Assert.Equal(2, (long)(await host.GetAsync("/v1/sources/afp"))["reports"]!);
        var standing = (await host.GetAsync("/v1/sources/afp"))["claims"]!["total"]!;
        Assert.Equal((int)second["accepted"]!, (int)standing);
        Assert.Equal(4, Tanks(await host.GetAsync("/v1/regions/fizuli?asOf=2020-09-29")));
    }

    private static Task<JsonObject> PostAsync(RunningHost host, string publishedAt, string text) => host.PostAsync(
        "/v1/reports?wait=applied",
        new JsonObject { ["source"] = "AFP", ["url"] = Url, ["publishedAt"] = publishedAt, ["text"] = text }.ToJsonString(),
        "application/json");

    private static long Tanks(JsonObject view) => (long)view.Line("armenia", "tank", "destroyed").Position("azerbaijan")["best"]!;
}
