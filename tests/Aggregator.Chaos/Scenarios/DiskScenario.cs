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
        var disk = context.Own(await MountAsync(Path.Combine(context.Folder, Cluster.DataFolderName)));
        await context.StartEmbeddedAsync([], new LoadOptions { ClaimsPerBatch = 20, Pause = TimeSpan.FromMilliseconds(50), QuoteLength = 300 });
        var (host, turn) = (context.Cluster.Nodes[0], context.Random.Next(2));
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

            // From here on nothing may be said to be there that the disk cannot keep.
            var answered = context.Loader.Answered;
            if (await context.Loader.OfferAsync(host) is { Status: not 503 } offered)
            {
                context.Violated(Promise.Answer, $"{host.Name}, whose disk is full, was sent claims: {offered}");
            }

            await context.RunOnAsync(3, 8);
            if (context.Loader.Answered != answered)
            {
                context.Violated(Promise.Answer, $"{context.Loader.Answered - answered} times claims were said to be there though the disk was full");
            }

            // It may have shown what could not be committed any more, and was not acknowledged. What it had acknowledged by then, and what it does once there is room, is on the disk: so it dies
            // with the disk full, or once it has gone on, in turns.
            var diesFull = turn++ % 2 == 0;
            await context.Keys.ForgetAsync(before);
            if (diesFull)
            {
                await context.KillAsync(host);
            }

            disk.Free();
            var since = TimeProvider.System.GetTimestamp();
            if (!diesFull)
            {
                await context.RecoverAsync("the disk has room again", since);
                await context.AllLiveAsync("the disk was full");
                await context.RunOnAsync(1, 3);
                since = TimeProvider.System.GetTimestamp();
                await context.KillAsync(host);
                await context.Keys.ForgetAsync(TimeProvider.System.GetUtcNow() - Commit);
            }

            await host.LaunchAsync();
            await context.RecoverAsync(diesFull ? "killed with the disk full, which has room again" : "killed once the disk had room again", since);
        });
    }

    private static async Task<SmallDisk> MountAsync(string folder)
    {
        try
        {
            return await SmallDisk.MountAsync(folder, DiskMebibytes);
        }
        catch (NotSupportedException fault)
        {
            throw new ScenarioSkippedException(fault.Message);
        }
    }
}
