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
        await context.StartAsync(new ClusterOptions { Redis = ["--appendfsync", "everysec", "--aof-timestamp-enabled", "yes"] }, new LoadOptions { Corrections = 0, Retractions = 0 });
        await context.RunOnAsync(8, 15);
        await context.Keys.LookAsync();
        var incarnations = context.Keys.Incarnations.Sum();

        // What a power loss may take by the promise of everysec, and a second more; senders go on meanwhile and are refused.
        await context.Cluster.Redis.KillAsync();
        context.Struck();
        var killed = TimeProvider.System.GetUtcNow();
        var (commands, from) = AofTail.Cut(context.Cluster.Redis.Folder, killed - TimeSpan.FromSeconds(2));
        context.Note($"{commands} commands lost, from {from:T} to {killed:T}");
        context.Watcher.Forget();
        await context.Keys.ForgetAsync();
        var since = TimeProvider.System.GetTimestamp();
        await context.Cluster.Redis.LaunchAsync();
        await context.RecoverAsync("redis-server came back without its tail", since);
        context.Watcher.Forget();
        await context.AllLiveAsync("redis-server lost its tail");
        await context.Loader.StopAsync();
        await context.Loader.SettleAsync(TimeSpan.FromSeconds(120));
        await context.Loader.ProbeAsync(TimeSpan.FromSeconds(120));

        var evidence = await context.NewAuditor().EvidenceAsync(context.Cluster.Fronts.Surviving.First());
        (ClaimSpec Claim, DateTimeOffset AcknowledgedAt)[] lost = [.. new Truth(context.Loader.Operations).Missing(evidence)];
        context.Note($"{lost.Length} acknowledged claims went with the tail");
        foreach (var (claim, at) in lost.Where(one => one.AcknowledgedAt < from || one.AcknowledgedAt > killed + TimeSpan.FromSeconds(1)))
        {
            context.Violated(Promise.Lost, $"{claim.Key} was acknowledged at {at:O}, outside the tail that was lost");
        }

        await context.Keys.LookAsync();
        if (lost.Length > 0 && context.Keys.Incarnations.Sum() <= incarnations)
        {
            context.Violated(Promise.Log, "acknowledged entries are gone, and no partition raised its incarnation");
        }

        if (lost.Length > 0 && !context.Cluster.Nodes.Any(node => node.LogContains("incarnation")))
        {
            context.Violated(Promise.Scenario, "acknowledged entries are gone, and no host's log says so");
        }

        // Their senders have them still. What is sent again is new now, and the usual audit follows.
        foreach (var claims in lost.Select(one => one.Claim).Chunk(500))
        {
            var answer = await context.Cluster.Http.PostAsync(context.Cluster.Fronts.Next().Url, "/v1/claims?wait=applied", string.Join('\n', claims.Select(claim => claim.Json)));
            if (!answer.IsOk || (int)answer.Body!["accepted"]! != claims.Length)
            {
                context.Violated(Promise.Lost, $"{claims.Length} lost claims, sent again, were answered {answer}");
            }
        }
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
        var checkpoints = 0;
        await context.RepeatAsync(async () =>
        {
            // Past the place where the next checkpoint falls due, or soon after it was taken.
            var before = Checkpoints(context.Cluster.DataFolder);
            await Eventually.WithinAsync(TimeSpan.FromSeconds(20), () => Task.FromResult(Checkpoints(context.Cluster.DataFolder) != before));
            checkpoints += Checkpoints(context.Cluster.DataFolder) != before ? 1 : 0;
            await context.RunOnAsync(0, 2);
            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(host);

            // It may have shown what was not flushed yet, and not acknowledged.
            await context.Keys.ForgetAsync();
            await host.LaunchAsync();
            await context.RecoverAsync("the host started again", since);
        });
        context.Note($"{checkpoints} kills soon after a checkpoint of the embedded store");
    }

    // Checkpoints are folders of the store; the latest change among them tells them apart.
    private static string Checkpoints(string folder)
    {
        try
        {
            return string.Join(' ', Directory.EnumerateFiles(folder, "info.dat*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        }
        catch (DirectoryNotFoundException)
        {
            return "";
        }
    }
}
