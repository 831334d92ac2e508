using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Feed;

/// <summary>The README's first command: start, feed, board, serve.</summary>
public sealed class FirstCommandTests
{
    [Fact]
    public async Task Start_WithFeedPath_FeedsPrintsTheBoardAndServes()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path, "--Feed:Path", Path.Combine(Repository.Root, "samples"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Eventually.AsyncTrue(() => Task.FromResult(host.Output.Contains("Serving", StringComparison.Ordinal)), limit.Token);

        Assert.Matches(@"\[1/2\] general-staff-2022-12-25\.ndjson: 91 accepted, 0 duplicate, 0 corrected, 0 rejected", host.Output);
        Assert.Matches(@"\[2/2\] karabakh-2020-09-30\.txt: \d+ accepted", host.Output);
        Assert.Matches(@"Nagorno-Karabakh +Azerbaijan +drone destroyed +Armenia +alleged +45/50/50 +2020-09-27\.\.2020-09-29", host.Output);
        Assert.Matches(@"Nagorno-Karabakh +– +person killed +\S.* +independent +90/100/100", host.Output);
        Assert.Equal(3029, (long)(await host.GetAsync("/v1/regions/ukraine")).Line("russia", "tank", "lost").Position("ukraine")["best"]!);
    }

    [Fact]
    public async Task Start_WithFeedPathThatIsNotThere_IsRefused()
    {
        var (code, output) = await HostProcess.RunAsync("--Feed:Path", "no-such-folder");

        Assert.Equal((1, "aggregator does not start: Feed:Path: there is no no-such-folder"), (code, output.Trim()));
    }

    [Fact]
    public async Task Start_OnATakenPort_IsRefusedInOneLine()
    {
        using var folder = new TempFolder();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}";
        var (code, output) = await HostProcess.RunAsync("--urls", url, "--Store:Path", folder.Path);

        Assert.Equal(1, code);
        Assert.Single(output.Trim().Split('\n'));
        Assert.Contains(url, output, StringComparison.Ordinal);
    }
}
