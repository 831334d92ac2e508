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

    /// <summary>Above what a host takes to find its store silent, and what was under way to end.</summary>
    public static readonly TimeSpan Noticed = TimeSpan.FromSeconds(20);

    private const int RefusedToStart = 1;
    private const int LeastUnheard = 10;
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("redis-kill-always", "kill -9 of redis-server with appendfsync always", context => KillAsync(context, "always")),
        new("redis-kill-everysec", "kill -9 of redis-server with appendfsync everysec: the system lives on, so nothing is lost", context => KillAsync(context, "everysec")),
        new("redis-lost-tail", "with everysec, and the last seconds of the append-only file gone, as after a power loss", LostTailScenario.RunAsync),
        new("redis-empty", "redis-server comes back empty: hosts must stop rather than serve an empty board", EmptyAsync),
        new("redis-unreachable", "the store answers nobody for 60 s", context => UnreachableAsync(context, ProxyMode.Hold)),
        new("redis-no-replies", "the store does what it is asked for 60 s, and nobody hears of it", context => UnreachableAsync(context, ProxyMode.DropReplies)),
        new("redis-unheard-appends", "every connection to the store loses its replies from its first append on and is cut two seconds later, for 60 s", UnheardAsync),
        new("redis-oom", "the store's memory is full, and is raised later", OutOfMemoryAsync),
        new("garnet-checkpoint", "kill -9 of a host with an embedded store in each part of a checkpoint", GarnetScenario.RunAsync),
        new("disk-full", "the disk of an embedded store is full, and has room again later; mounts a file system, as root may", DiskScenario.RunAsync),
    ];

    private static async Task KillAsync(ScenarioContext context, string fsync)
    {
        await context.StartAsync(new ClusterOptions { Redis = ["--appendfsync", fsync] });
        await context.RepeatAsync(async () =>
        {
            await context.KillStoreAsync();
            await context.RunOnAsync(0, 4);
            var since = TimeProvider.System.GetTimestamp();
            await context.Cluster.Redis.LaunchAsync();
            await context.RecoverAsync("redis-server started again", since);
            await context.AllLiveAsync("redis-server was killed");
        });
    }

    private static async Task EmptyAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RunOnAsync(5, 8);
        context.IsAudited = false;
        context.Keys.IsOver = true;
        await context.KillStoreAsync();

        // What was on its way comes within a moment; from then on nothing may be said to be in a log that is gone, duplicates among it. Views are not to be served either.
        await Task.Delay(OnItsWay);
        await context.Watcher.StopAsync();
        var (acknowledged, answered) = (context.Loader.Acknowledged, context.Loader.Answered);
        await context.Cluster.Redis.LaunchAsync(Path.Combine(context.Folder, "redis-empty"));
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

        if (context.Loader.Answered != answered)
        {
            context.Violated(Promise.Answer, $"{context.Loader.Answered - answered} times claims were said to be there after the store had gone and come back empty, {context.Loader.Acknowledged - acknowledged} of them new");
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
        var answered = context.Loader.Answered;
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

        if (context.Loader.Answered != answered)
        {
            context.Violated(Promise.Answer, $"{context.Loader.Answered - answered} times claims were said to be there without a store");
        }

        proxy.Set(ProxyMode.Pass);
        since = TimeProvider.System.GetTimestamp();
        await context.RecoverAsync("the store answers again", since);
        await context.AllLiveAsync("the store did not answer for a while");
    }

    /// <summary>Where nothing is answered hosts soon ask nothing more; here they go on to append, and hear of nothing that they have appended.</summary>
    private static async Task UnheardAsync(ScenarioContext context)
    {
        FaultProxy? proxy = null;
        await context.StartAsync(new ClusterOptions { StoreOf = (redis, _) => (proxy ??= context.Own(new FaultProxy(redis.Port))).Address });
        await context.RunOnAsync(4, 8);
        proxy!.Set(ProxyMode.LoseAppends);
        context.Struck();
        await Task.Delay(Unreachable);
        context.Note($"{proxy.AppendsUnheard} requests to append were passed on to the store, and nobody heard of them");
        if (proxy.AppendsUnheard < LeastUnheard)
        {
            context.Violated(Promise.Scenario, $"{proxy.AppendsUnheard} appends were carried out unheard: that is no test");
        }

        proxy.Set(ProxyMode.Pass);
        await context.RecoverAsync("appends are heard of again", TimeProvider.System.GetTimestamp());
        await context.AllLiveAsync("appends were not heard of for a while");
    }

    private static async Task OutOfMemoryAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RunOnAsync(4, 8);
        await using var redis = await context.Cluster.Redis.ConnectAsync();
        var server = redis.GetServers().Single();
        var used = (await server.InfoAsync("memory")).Single().Single(pair => pair.Key == "used_memory").Value;
        var refused = context.Loader.Refusals.GetValueOrDefault("503");
        await server.ConfigSetAsync("maxmemory", used);
        context.Struck();
        var full = await Eventually.WithinAsync(TimeSpan.FromSeconds(30), () => Task.FromResult(context.Loader.Refusals.GetValueOrDefault("503") > refused + 2));
        if (!full)
        {
            context.Violated(Promise.Scenario, "a store that is full refused nothing with 503");
        }

        // It takes nothing more, but what it had room for after something else had gone.
        var until = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(until) < FullFor)
        {
            if (await context.Loader.OfferAsync(context.Cluster.Fronts.Next()) is { Status: not (503 or 200) } offered)
            {
                context.Violated(Promise.Answer, $"a host whose store is full was sent claims: {offered}");
            }

            await context.RunOnAsync(1, 2);
        }

        context.Note($"503 was answered {context.Loader.Refusals.GetValueOrDefault("503") - refused} times while the store was full");
        await server.ConfigSetAsync("maxmemory", "0");
        await context.RecoverAsync("the store has room again", TimeProvider.System.GetTimestamp());
        await context.AllLiveAsync("the store was full");
        await context.RunOnAsync(3, 6);
    }
}
