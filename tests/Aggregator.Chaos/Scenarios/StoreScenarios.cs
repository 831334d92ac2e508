using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;
using Aggregator.Grains.Hosting;

namespace Aggregator.Chaos.Scenarios;

/// <summary>What happens to the store and to the way to it.</summary>
internal static class StoreScenarios
{
    private static readonly TimeSpan Unreachable = TimeSpan.FromSeconds(60);

    // Above what a host takes to find its store silent, and what was under way to end.
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CheckpointLimit = TimeSpan.FromSeconds(120);
    private const int TailTries = 5;
    private const int RefusedToStart = 1;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("redis-kill-always", "kill -9 of redis-server with appendfsync always", context => KillAsync(context, "always")),
        new("redis-kill-everysec", "kill -9 of redis-server with appendfsync everysec: the system lives on, so nothing is lost", context => KillAsync(context, "everysec")),
        new("redis-lost-tail", "with everysec, and the last seconds of the append-only file gone, as after a power loss", LostTailAsync),
        new("redis-empty", "redis-server comes back empty: hosts must stop rather than serve an empty board", EmptyAsync),
        new("redis-unreachable", "the store answers nobody for 60 s", context => UnreachableAsync(context, ProxyMode.Hold)),
        new("redis-no-replies", "the store does what it is asked for 60 s, and nobody hears of it", context => UnreachableAsync(context, ProxyMode.DropReplies)),
        new("redis-oom", "the store's memory is full, and is raised later", OutOfMemoryAsync),
        new("garnet-checkpoint", "kill -9 of a host with an embedded store around its checkpoints", GarnetAsync),
    ];

    private static async Task KillAsync(ScenarioContext context, string fsync)
    {
        await context.StartAsync(new ClusterOptions { Redis = ["--appendfsync", fsync] });
        await context.RepeatAsync(async () =>
        {
            await context.Cluster.Redis.KillAsync();
            context.Struck();
            await context.RunOnAsync(0, 4);
            var since = TimeProvider.System.GetTimestamp();
            await context.Cluster.Redis.LaunchAsync();
            await context.RecoverAsync("redis-server started again", since);
            await context.AllLiveAsync("redis-server was killed");
        });
    }

    private static async Task LostTailAsync(ScenarioContext context)
    {
        // What was lost and is sent again is new: duplicates and retractions of it are not what they would be.
        await context.StartAsync(new ClusterOptions { Redis = ["--appendfsync", "everysec", "--aof-timestamp-enabled", "yes"] }, new LoadOptions { Duplicates = 0, Retractions = 0 });
        var tails = new List<AofTail>();
        Lost[] lost = [];
        for (var tries = 0; tries < TailTries && lost.Length == 0; tries++)
        {
            await context.RunOnAsync(8, 15);
            tails.Add(await LoseTailAsync(context));
            lost = await LostAsync(context);
        }

        await context.Loader.StopAsync();
        await context.Loader.SettleAsync(TimeSpan.FromSeconds(120));
        await context.Loader.ProbeAsync(TimeSpan.FromSeconds(120));
        lost = await LostAsync(context);
        context.Note($"{lost.Length} acknowledged claims and corrections went with the tail");
        if (lost.Length == 0)
        {
            context.Violated(Promise.Scenario, $"{tails.Count} times the end of the append-only file was cut off, and nothing acknowledged was lost");
        }

        foreach (var (claim, at) in lost.Where(one => !tails.Any(tail => one.AcknowledgedAt >= tail.From && one.AcknowledgedAt <= tail.To + TimeSpan.FromSeconds(1))))
        {
            context.Violated(Promise.Lost, $"{claim.Key} was acknowledged at {at:O}, outside the tail that was lost");
        }

        // Their senders have them still, and send in the order in which they did. The usual audit follows.
        foreach (var claims in lost.OrderBy(one => one.Claim.Revision).Select(one => one.Claim).Chunk(500))
        {
            var answer = await context.Cluster.Http.PostAsync(context.Cluster.Fronts.Next().Url, "/v1/claims?wait=applied", string.Join('\n', claims.Select(claim => claim.Json)));
            if (!answer.IsOk || (int)answer.Body!["accepted"]! + (int)answer.Body["corrected"]! != claims.Length)
            {
                context.Violated(Promise.Lost, $"{claims.Length} lost claims, sent again, were answered {answer}");
            }
        }
    }

    /// <summary>Kills the store and takes what a power loss may take by the promise of everysec, and a second more; senders go on meanwhile and are refused.</summary>
    private static async Task<AofTail> LoseTailAsync(ScenarioContext context)
    {
        await context.Cluster.Redis.KillAsync();
        context.Struck();
        var incarnations = context.Keys.Incarnations;
        var tail = AofTail.Cut(context.Cluster.Redis.Folder, TimeProvider.System.GetUtcNow());
        context.Note($"{tail.Commands} commands and entries of {tail.Entries.Count} partitions lost, from {tail.From:T} to {tail.To:T}");
        if (tail.Commands == 0)
        {
            context.Violated(Promise.Scenario, "no command was lost with the tail");
        }

        context.Watcher.Forget();
        await context.Keys.ForgetAsync();
        var since = TimeProvider.System.GetTimestamp();
        await context.Cluster.Redis.LaunchAsync();
        await context.RecoverAsync("redis-server came back without its tail", since);
        context.Watcher.Forget();
        await context.AllLiveAsync("redis-server lost its tail");
        await context.Keys.LookAsync();

        // The last entry of each may not have been known to anybody: the store went before it answered.
        foreach (var (partition, (first, last)) in tail.Entries.Where(one => one.Value.Last > one.Value.First))
        {
            if (!context.Cluster.Nodes.Any(node => node.LogContains($"Partition {partition}, incarnation {context.Keys.Incarnations[partition]}: the store has restarted and lost entries {first} to"))
                && !context.Cluster.Nodes.Any(node => node.LogContains($"Partition {partition}, incarnation {incarnations[partition]}: the store has restarted and lost entries {first} to")))
            {
                context.Violated(Promise.Scenario, $"partition {partition} lost its entries {first} to {last}, and no host's log says so");
            }

            if (context.Keys.Incarnations[partition] <= incarnations[partition])
            {
                context.Violated(Promise.Log, $"partition {partition} lost its entries {first} to {last} in incarnation {incarnations[partition]}, and has incarnation {context.Keys.Incarnations[partition]} now");
            }
        }

        return tail;
    }

    private static async Task<Lost[]> LostAsync(ScenarioContext context)
    {
        // As the journal stood: what is acknowledged while the evidence is read may come too late for it.
        var truth = context.Truth()!;
        return [.. truth.Missing(await context.NewAuditor().EvidenceAsync(context.Cluster.Fronts.Surviving.First()))];
    }

    private static async Task EmptyAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RunOnAsync(5, 8);
        context.IsAudited = false;
        context.Keys.IsOver = true;
        await context.Cluster.Redis.KillAsync();
        context.Struck();
        await context.Cluster.Redis.LaunchAsync(Path.Combine(context.Folder, "redis-empty"));
        context.Watcher.Forget();
        var began = TimeProvider.System.GetTimestamp();
        var empty = new HashSet<string>(StringComparer.Ordinal);
        var ended = await Eventually.WithinAsync(TimeSpan.FromSeconds(60), async () =>
        {
            foreach (var front in context.Cluster.Fronts.Nodes.Where(node => node.IsRunning))
            {
                var answer = await context.Cluster.Http.GetAsync(front.Url, "/v1/regions/karabakh", TimeSpan.FromSeconds(5));
                if (answer.Status == 404 || (answer.IsOk && answer.Body!["lines"]!.AsArray().Count == 0))
                {
                    empty.Add(front.Name);
                }
            }

            return context.Cluster.Nodes.All(node => !node.IsRunning);
        });
        if (ended)
        {
            context.Note(string.Create(CultureInfo.InvariantCulture, $"every host had stopped after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s"));
        }
        else
        {
            context.Violated(Promise.Scenario, $"still running after 60 s: {string.Join(", ", context.Cluster.Nodes.Where(node => node.IsRunning).Select(node => node.Name))}");
        }

        foreach (var node in context.Cluster.Nodes.Where(node => !node.IsRunning && node.ExitCode != StoreAlarm.ExitCode))
        {
            context.Violated(Promise.Scenario, $"{node.Name} ended with {node.ExitCode}, and not with {StoreAlarm.ExitCode}");
        }

        foreach (var name in empty)
        {
            context.Violated(Promise.Scenario, $"{name} served an empty board");
        }

        // Who is told that there is a store makes none.
        var again = context.Cluster.Silos[0];
        again.Settings = ["--Store:MustExist", "true"];
        await again.LaunchAsync();
        if (!await again.ExitsWithinAsync(StopLimit) || again.ExitCode != RefusedToStart)
        {
            context.Violated(Promise.Scenario, $"{again.Name} was started on the emptied store with Store:MustExist, and {(again.IsRunning ? "runs" : $"ended with {again.ExitCode}")}");
        }
    }

    private static async Task UnreachableAsync(ScenarioContext context, ProxyMode mode)
    {
        FaultProxy? proxy = null;
        await context.StartAsync(new ClusterOptions { StoreOf = (redis, _) => (proxy ??= context.Own(new FaultProxy(redis.Port))).Address });
        await context.RunOnAsync(4, 8);
        var since = TimeProvider.System.GetTimestamp();
        proxy!.Set(mode);
        context.Struck();
        await Task.Delay(Noticed);

        // From here on nothing may be acknowledged, nobody is ready, and writes are refused rather than left waiting.
        var acknowledged = context.Loader.Acknowledged;
        while (TimeProvider.System.GetElapsedTime(since) < Unreachable)
        {
            foreach (var node in context.Cluster.Nodes)
            {
                if (await context.Cluster.Http.GetAsync(node.Url, "/health/ready", TimeSpan.FromSeconds(5)) is { Status: not 503 } ready)
                {
                    context.Violated(Promise.Scenario, $"{node.Name}, without a store, was asked whether it is ready: {ready}");
                }
            }

            foreach (var front in context.Cluster.Fronts.Nodes)
            {
                if (await context.Loader.OfferAsync(front) is { Status: not 503 } offered)
                {
                    context.Violated(Promise.Answer, $"{front.Name}, without a store, was sent claims: {offered}");
                }
            }

            await context.RunOnAsync(2, 4);
        }

        if (context.Loader.Acknowledged != acknowledged)
        {
            context.Violated(Promise.Answer, $"{context.Loader.Acknowledged - acknowledged} operations were acknowledged without a store");
        }

        proxy.Set(ProxyMode.Pass);
        since = TimeProvider.System.GetTimestamp();
        await context.RecoverAsync("the store answers again", since);
        await context.AllLiveAsync("the store did not answer for a while");
    }

    private static async Task OutOfMemoryAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RunOnAsync(4, 8);
        await using var redis = await context.Cluster.Redis.ConnectAsync();
        var server = redis.GetServers().Single();
        var used = (await server.InfoAsync("memory")).Single().Single(pair => pair.Key == "used_memory").Value;
        await server.ConfigSetAsync("maxmemory", used);
        context.Struck();
        var full = await Eventually.WithinAsync(TimeSpan.FromSeconds(30), () => Task.FromResult(context.Loader.Refusals.GetValueOrDefault("503") > 2));
        if (!full)
        {
            context.Violated(Promise.Scenario, "a store that is full refused nothing with 503");
        }

        await context.RunOnAsync(10, 20);
        await server.ConfigSetAsync("maxmemory", "0");
        await context.RecoverAsync("the store has room again", TimeProvider.System.GetTimestamp());
        await context.AllLiveAsync("the store was full");
        await context.RunOnAsync(3, 6);
    }

    private static async Task GarnetAsync(ScenarioContext context)
    {
        // The smallest append-only file there may be, and long quotes: it fills in seconds.
        await context.StartEmbeddedAsync(["--Store:EmbeddedAofMebibytes", "64"], new LoadOptions { ClaimsPerBatch = 100, Pause = TimeSpan.FromMilliseconds(20), QuoteLength = 3_000, Corrections = 0.02, Retractions = 0.02 });
        var host = context.Cluster.Nodes[0];
        await context.RepeatAsync(async () =>
        {
            if (!await BeginsCheckpointAsync(context.Cluster.DataFolder))
            {
                context.Violated(Promise.Scenario, string.Create(CultureInfo.InvariantCulture, $"the embedded store began no checkpoint within {CheckpointLimit.TotalSeconds} s"));
            }

            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(host);

            // It may have shown what was not flushed yet, and not acknowledged.
            await context.Keys.ForgetAsync();
            await host.LaunchAsync();
            await context.RecoverAsync("the host started again", since);
        });
    }

    /// <summary>Waits for the first file or folder of the next checkpoint.</summary>
    private static async Task<bool> BeginsCheckpointAsync(string folder)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        watcher.Created += (_, made) =>
        {
            if (made.FullPath.Contains("checkpoints", StringComparison.Ordinal))
            {
                begun.TrySetResult();
            }
        };
        watcher.EnableRaisingEvents = true;
        await begun.Task.WaitAsync(CheckpointLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return begun.Task.IsCompletedSuccessfully;
    }
}
