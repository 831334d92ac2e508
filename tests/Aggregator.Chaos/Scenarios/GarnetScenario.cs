using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>The embedded store's host dies in every part of a checkpoint.</summary>
internal static class GarnetScenario
{
    private const int Parts = 4;
    private const int MostTurns = 3 * Parts;
    private static readonly TimeSpan CheckpointLimit = TimeSpan.FromSeconds(120);

    // Far above what one commit of the append-only file takes.
    private static readonly TimeSpan Commit = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(ScenarioContext context)
    {
        // The smallest append-only file there may be, and long quotes: it fills in seconds.
        await context.StartEmbeddedAsync(["--Store:EmbeddedAofMebibytes", "64"], new LoadOptions { ClaimsPerBatch = 100, Pause = TimeSpan.FromMilliseconds(20), QuoteLength = 3_000, Corrections = 0.02, Retractions = 0.02, Reports = 0.02 });
        var host = context.Cluster.Nodes[0];
        var whole = await MeasureAsync(context);
        var (part, turns) = (0, 0);
        do
        {
            using var checkpoint = new CheckpointWatch(context.Cluster.DataFolder);
            await BeginsAsync(context, checkpoint);
            var delay = whole * (part + context.Random.NextDouble()) / Parts;
            await Task.Delay(delay);
            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(host);
            var isWithin = checkpoint.IsUnfinished;
            context.Note(string.Create(CultureInfo.InvariantCulture,
                $"killed {delay.TotalMilliseconds:F0} ms into a checkpoint, which {(isWithin ? "was not done" : "was done")}; one takes {whole.TotalMilliseconds:F0} ms; written to for {checkpoint.Lasted.TotalMilliseconds:F0} ms"));
            if (isWithin)
            {
                part++;
            }
            else
            {
                whole = checkpoint.Lasted < whole ? checkpoint.Lasted : whole;
            }

            // It may have shown what was not committed yet, and not acknowledged.
            await context.Keys.ForgetAsync(TimeProvider.System.GetUtcNow() - Commit);
            await host.LaunchAsync();
            await context.RecoverAsync("the host started again", since);
        }
        while (part < Parts && ++turns < MostTurns);
        if (part < Parts)
        {
            context.Violated(Promise.Scenario, $"in {turns} turns the host died within the first {part} of {Parts} parts of a checkpoint");
        }
    }

    /// <summary>How long a checkpoint takes under this load on this machine.</summary>
    private static async Task<TimeSpan> MeasureAsync(ScenarioContext context)
    {
        using var checkpoint = new CheckpointWatch(context.Cluster.DataFolder);
        return await BeginsAsync(context, checkpoint) ? await checkpoint.EndsAsync() : TimeSpan.Zero;
    }

    private static async Task<bool> BeginsAsync(ScenarioContext context, CheckpointWatch checkpoint)
    {
        if (await checkpoint.BeginsWithinAsync(CheckpointLimit))
        {
            return true;
        }

        context.Violated(Promise.Scenario, string.Create(CultureInfo.InvariantCulture, $"the embedded store began no checkpoint within {CheckpointLimit.TotalSeconds} s"));
        return false;
    }
}
