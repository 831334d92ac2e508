using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>The disk that the embedded store is on has no room left, and later has again.</summary>
internal static class DiskScenario
{
    private const int DiskMebibytes = 256;

    // Far above what one commit of the append-only file takes.
    private static readonly TimeSpan Commit = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(ScenarioContext context)
    {
        var disk = context.Own(await SmallDisk.MountAsync(Path.Combine(context.Folder, Cluster.DataFolderName), DiskMebibytes));
        await context.StartEmbeddedAsync([], new LoadOptions { ClaimsPerBatch = 20, Pause = TimeSpan.FromMilliseconds(50), QuoteLength = 300 });
        var host = context.Cluster.Nodes[0];
        await context.RepeatAsync(async () =>
        {
            var before = TimeProvider.System.GetUtcNow() - Commit;
            disk.Fill();
            context.Struck();
            await Task.Delay(StoreScenarios.Noticed);
            if (await context.Cluster.Http.GetAsync(host.Url, "/health/ready", TimeSpan.FromSeconds(5)) is { Status: not 503 } ready)
            {
                context.Violated(Promise.Scenario, $"{host.Name}, whose disk is full, was asked whether it is ready: {ready}");
            }

            if (await context.Loader.OfferAsync(host) is { Status: not 503 } offered)
            {
                context.Violated(Promise.Answer, $"{host.Name}, whose disk is full, was sent claims: {offered}");
            }

            await context.RunOnAsync(3, 8);

            // It may have shown what could not be committed any more, and was not acknowledged.
            await context.Keys.ForgetAsync(before);
            disk.Free();
            await context.RecoverAsync("the disk has room again", TimeProvider.System.GetTimestamp());
            await context.AllLiveAsync("the disk was full");
        });
    }
}
