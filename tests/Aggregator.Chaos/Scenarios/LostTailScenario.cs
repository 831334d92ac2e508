using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>A store with everysec comes back without the last seconds of its append-only file, as after a power loss; senders go on, and send again what was acknowledged before, over the loss too.</summary>
internal static class LostTailScenario
{
    private const int Tries = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task RunAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions { Redis = ["--appendfsync", "everysec", "--aof-timestamp-enabled", "yes"] }, new LoadOptions { Duplicates = 0.15, Corrections = 0.1, Retractions = 0.1 });
        var tails = new List<AofTail>();
        Lost[] lost = [];
        for (var tries = 0; tries < Tries && lost.Length == 0; tries++)
        {
            await context.RunOnAsync(8, 15);
            tails.Add(await LoseTailAsync(context));
            lost = await LostAsync(context);
        }

        await context.RunOnAsync(3, 6);
        await context.Loader.StopAsync();
        await context.Loader.SettleAsync(Limit);
        await context.Loader.ProbeAsync(Limit);
        lost = await LostAsync(context);
        context.Note($"{lost.Length} acknowledged claims, corrections and retractions went with the tail, and nobody has sent them since");
        if (lost.Length == 0)
        {
            context.Violated(Promise.Scenario, $"{tails.Count} times the end of the append-only file was cut off, and nothing acknowledged was lost");
        }

        foreach (var (claim, at) in lost.Where(one => !tails.Any(tail => one.AcknowledgedAt >= tail.From && one.AcknowledgedAt <= End(tail))))
        {
            context.Violated(Promise.Lost, $"{claim.Key} was acknowledged at {at:O}, outside the tail that was lost");
        }

        await SendAgainAsync(context);
    }

    // Their senders have them still, and send all of that time again, in the order in which they did. What is there still is a duplicate. The usual audit follows.
    private static async Task SendAgainAsync(ScenarioContext context)
    {
        var (isNew, isKnown) = (0, 0);
        foreach (var operation in context.Loader.Operations.Where(context.Loader.MayBeLost))
        {
            var answer = await context.Loader.RepeatAsync(operation, Limit);
            if (!answer.IsOk)
            {
                context.Violated(Promise.Recovery, $"operation {operation.Number} ({operation.Kind}), sent again after the loss, was answered {answer}");
                continue;
            }

            isNew += Tally("accepted") + Tally("corrected") + Tally("retracted");
            isKnown += Tally("duplicate");

            int Tally(string name) => (int?)answer.Body![name] ?? 0;
        }

        context.Note($"sent again: {isNew} were new, {isKnown} were still or again there");
        if (await Eventually.WithinAsync(Limit, async () => (await LostAsync(context)).Length == 0))
        {
            return;
        }

        foreach (var (claim, at) in await LostAsync(context))
        {
            context.Violated(Promise.Lost, $"{claim.Key}, acknowledged at {at:O}, lost, and sent again, is not as it should be");
        }
    }

    /// <summary>Kills the store and takes what a power loss may take by the promise of everysec, and a second more; senders go on meanwhile and are refused.</summary>
    private static async Task<AofTail> LoseTailAsync(ScenarioContext context)
    {
        await context.KillStoreAsync();
        var incarnations = context.Keys.Incarnations;
        var tail = AofTail.Cut(context.Cluster.Redis.Folder, TimeProvider.System.GetUtcNow());
        context.Loader.Lose(tail.From, End(tail));
        context.Note($"{tail.Commands} commands and entries of {tail.Entries.Count} partitions lost, from {tail.From:T} to {tail.To:T}");
        if (tail.Commands == 0)
        {
            context.Violated(Promise.Scenario, "no command was lost with the tail");
        }

        context.Watcher.Forget();
        await context.Keys.ForgetAsync(tail.From);
        var since = TimeProvider.System.GetTimestamp();
        await context.Cluster.Redis.LaunchAsync();
        await context.RecoverAsync("redis-server came back without its tail", since);
        context.Watcher.Forget();
        await context.AllLiveAsync("redis-server lost its tail");
        await context.Keys.LookAsync();

        // The last entry of each may not have been known to anybody: the store went before it answered.
        foreach (var (partition, (first, last)) in tail.Entries.Where(one => one.Value.Last > one.Value.First))
        {
            if (!Says(partition, context.Keys.Incarnations[partition], first) && !Says(partition, incarnations[partition], first))
            {
                context.Violated(Promise.Scenario, $"partition {partition} lost its entries {first} to {last}, and no host's log says so");
            }

            if (context.Keys.Incarnations[partition] <= incarnations[partition])
            {
                context.Violated(Promise.Log, $"partition {partition} lost its entries {first} to {last} in incarnation {incarnations[partition]}, and has incarnation {context.Keys.Incarnations[partition]} now");
            }
        }

        return tail;

        bool Says(int partition, long incarnation, long first) =>
            context.Cluster.Nodes.Any(node => node.Log.Contains($"Partition {partition}, incarnation {incarnation}: the store has restarted and lost entries {first} to"));
    }

    // What was on its way when the store went may have been written down a moment later.
    private static DateTimeOffset End(AofTail tail) => tail.To + TimeSpan.FromSeconds(1);

    private static async Task<Lost[]> LostAsync(ScenarioContext context)
    {
        // As the journal stood: what is acknowledged while the evidence is read may come too late for it.
        var truth = context.Truth()!;
        return [.. truth.Missing(await context.NewAuditor().EvidenceAsync(context.Cluster.Fronts.Surviving.First()))];
    }
}
