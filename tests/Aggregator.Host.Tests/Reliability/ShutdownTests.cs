using System.Net;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Reliability;

/// <summary>SIGTERM to the real process under load.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Sigterm_UnderLoad_KeepsWhatWasAcknowledgedAndEndsInTime()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path, "--ShutdownTimeoutSeconds", "20");
        await using var load = new Load(() => host);
        await load.MoreAsync(20, Patience);

        await host.TerminateAsync();

        await host.EndsAsync(0, TimeSpan.FromSeconds(20));
        await load.EndAsync();
        Assert.True(load.Faults.IsEmpty, $"{string.Join('\n', load.Faults)}\n{host.Output}");
        Assert.True(load.Statuses.ContainsKey(HttpStatusCode.ServiceUnavailable), "feeding is refused before the host is gone");
        await using var successor = await InProcessHost.AfterAsync(host);
        await load.AssertKeptAsync(successor);
    }

    [Fact]
    public async Task Sigterm_WhileItLingers_IsNotReadyAndStillAnswersQueries()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path, "--Shutdown:Linger", "00:00:30");

        await host.TerminateAsync();

        using var limit = new CancellationTokenSource(Patience);
        await Eventually.AsyncTrue(async () => (await host.SendAsync(HttpMethod.Delete, "/v1/claims/w/1")).Code == "host.stopping", limit.Token);
        using var ready = await host.Client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.NotNull((await host.GetAsync("/v1/regions"))["items"]);
        using var live = await host.Client.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }
}
