using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>What happens to processes and to the network between them.</summary>
internal static class SiloScenarios
{
    private static readonly string[] Moments = ["before-append", "after-append", "mid-fan-out", "after-apply", "after-checkpoint"];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("kill-silo", "kill -9 of a random silo; it starts again at once, on other ports, or when the others have recovered", KillSiloAsync),
        new("kill-failpoint", "a silo ends itself at each moment of the protocol", KillFailpointAsync),
        new("stop-cont", "a silo is stopped until it is evicted, and goes on", StopContinueAsync),
        new("partition", "one of three silos is cut off from the others, all reach the store", context => PartitionAsync(context, 3)),
        new("partition-two", "two silos are cut off from one another, both reach the store", context => PartitionAsync(context, 2)),
        new("kill-all", "kill -9 of every host at once", KillAllAsync),
        new("clock", "one silo's clock is an hour ahead, and silos die", ClockAsync),
        new("quiet-child", "the parents' silo dies while the child is quiet", QuietChildAsync),
        new("rolling", "every process is ended by SIGTERM and started again, one after another", context => RollAsync(context, null)),
        new("short", "a silo of two ends itself after an append, and another is killed: what the suite runs", ShortAsync) { OnRequest = true },
        new("rolling-upgrade", "the same, from the build that --from names to this one; then a claim that cannot be folded waits until the store's level is raised", context =>
            RollAsync(context, context.Options.From ?? throw new ScenarioSkippedException("--from names no folder of an older built host"))) { OnRequest = true },
    ];

    private static async Task KillSiloAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        var way = context.Random.Next(3);
        await context.RepeatAsync(async () =>
        {
            var silo = context.Cluster.Silos[context.Random.Next(context.Cluster.Silos.Count)];
            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(silo);
            switch (way++ % 3)
            {
                case 0:
                    await context.RecoverAsync($"{silo.Name} left dead", since, silo);
                    await silo.StartAsync(context.Cluster.Http);
                    break;
                case 1:
                    await silo.LaunchAsync();
                    await context.RecoverAsync($"{silo.Name} started again", since, silo);
                    await silo.ReadyAsync(context.Cluster.Http);
                    break;
                default:
                    silo.ChangePorts();
                    await silo.LaunchAsync();
                    await context.RecoverAsync($"{silo.Name} started elsewhere", since, silo);
                    await silo.ReadyAsync(context.Cluster.Http);
                    break;
            }
        });
    }

    private static async Task KillFailpointAsync(ScenarioContext context)
    {
        // All look for the order: a silo that has just come may hold no partition yet, and never come to the moment.
        var control = Path.Combine(context.Folder, "order");
        await context.StartAsync(new ClusterOptions { Environment = { ["CHAOS_CONTROL"] = control } });
        foreach (var moment in Moments)
        {
            await EndAtAsync(context, control, moment);
        }
    }

    private static async Task ShortAsync(ScenarioContext context)
    {
        var control = Path.Combine(context.Folder, "order");
        await context.StartAsync(new ClusterOptions { Silos = 2, Environment = { ["CHAOS_CONTROL"] = control } });
        await EndAtAsync(context, control, "after-append");
        var silo = context.Cluster.Silos[context.Random.Next(2)];
        var since = TimeProvider.System.GetTimestamp();
        await context.KillAsync(silo);
        await silo.LaunchAsync();
        await context.RecoverAsync($"{silo.Name} started again", since, silo);
    }

    private static async Task EndAtAsync(ScenarioContext context, string control, string moment)
    {
        await context.RunOnAsync(1, 4);
        await File.WriteAllTextAsync(control + ".new", string.Create(CultureInfo.InvariantCulture, $"{moment} {1 + context.Random.Next(20)}"));
        File.Move(control + ".new", control);
        if (!await Eventually.WithinAsync(TimeSpan.FromSeconds(60), () => Task.FromResult(context.Cluster.Silos.Any(silo => !silo.IsRunning))))
        {
            File.Delete(control);
            context.Violated(Promise.Scenario, $"no silo came to {moment}");
            return;
        }

        var since = TimeProvider.System.GetTimestamp();
        var silo = context.Cluster.Silos.First(one => !one.IsRunning);
        context.Struck();
        await silo.LaunchAsync();
        await context.RecoverAsync($"{silo.Name} ended {moment}", since, silo);
        await silo.ReadyAsync(context.Cluster.Http);
    }

    private static async Task StopContinueAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RepeatAsync(async () =>
        {
            var silo = context.Cluster.Silos[context.Random.Next(context.Cluster.Silos.Count)];
            var since = TimeProvider.System.GetTimestamp();
            silo.MayBeStale = true;
            silo.Stop();
            context.Struck();
            await context.RecoverAsync($"{silo.Name} stopped", since);
            await context.RunOnAsync(5, 15);
            silo.Continue();
            since = TimeProvider.System.GetTimestamp();
            if (await silo.ExitsWithinAsync(TimeSpan.FromSeconds(60)))
            {
                context.Note(string.Create(CultureInfo.InvariantCulture, $"{silo.Name} left {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s after it went on"));
                await silo.StartAsync(context.Cluster.Http);
            }
            else
            {
                context.Note($"{silo.Name} stayed: it was not evicted, or does not know");
            }

            silo.MayBeStale = false;
            await context.RecoverAsync($"{silo.Name} went on", since);
        });
    }

    private static async Task PartitionAsync(ScenarioContext context, int silos)
    {
        await using var network = await SiloNetwork.CreateAsync(silos);
        try
        {
            await context.StartAsync(new ClusterOptions
            {
                Silos = silos,
                HasApi = false,
                Place = network.Place,
                StoreOf = network.Store,
                Redis = ["--bind", "127.0.0.1", .. network.StoreAddresses, "--protected-mode", "no"],
            });
            await context.RunOnAsync(3, 6);
            var cut = 1 + context.Random.Next(silos);
            int[] others = [.. Enumerable.Range(1, silos).Where(other => other != cut)];
            var since = TimeProvider.System.GetTimestamp();

            // Either side of two may be the one that goes; of three it is the one that is alone.
            foreach (var number in silos == 2 ? [1, 2] : new[] { cut })
            {
                context.Cluster.Silos[number - 1].MayBeStale = true;
            }

            foreach (var other in others)
            {
                await network.SetLinkAsync(cut, other, isUp: false);
            }

            context.Struck();

            if (silos > 2)
            {
                await context.RecoverAsync($"silo-{cut} cut off", since);
            }

            await context.RunOnAsync(30, 40);
            foreach (var other in others)
            {
                await network.SetLinkAsync(cut, other, isUp: true);
            }

            since = TimeProvider.System.GetTimestamp();
            await Eventually.WithinAsync(TimeSpan.FromSeconds(15), () => Task.FromResult(context.Cluster.Silos.Any(silo => !silo.IsRunning)));
            var restarted = await context.Cluster.RestartDeadAsync();
            context.Note(restarted.Count > 0 ? $"left, and were started again: {string.Join(", ", restarted)}" : "nobody left");
            foreach (var silo in context.Cluster.Silos)
            {
                silo.MayBeStale = false;
            }

            await context.RecoverAsync("joined again", since);
            await context.FinishAsync();
        }
        finally
        {
            await context.DisposeAsync();
        }
    }

    private static async Task KillAllAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RepeatAsync(async () =>
        {
            var since = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(context.Cluster.Nodes.Select(node => node.KillAsync()));
            context.Struck();
            var elsewhere = context.Random.Next(2) == 0;
            foreach (var node in context.Cluster.Nodes.Where(_ => elsewhere))
            {
                node.ChangePorts();
            }

            await Task.WhenAll(context.Cluster.Nodes.Select(node => node.LaunchAsync()));
            await context.RecoverAsync(elsewhere ? "all started elsewhere" : "all started again", since);
            await Task.WhenAll(context.Cluster.Nodes.Select(node => node.ReadyAsync(context.Cluster.Http)));
        });
    }

    private static async Task ClockAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        var ahead = context.Cluster.Silos[1];
        ahead.Set("CHAOS_CLOCK_OFFSET_SECONDS", "3600");
        await context.RepeatAsync(async () =>
        {
            foreach (var silo in new[] { ahead, context.Cluster.Silos[0], context.Cluster.Silos[2] })
            {
                var since = TimeProvider.System.GetTimestamp();
                await context.KillAsync(silo);
                await silo.LaunchAsync();
                await context.RecoverAsync($"{silo.Name} started again", since, silo);
                await silo.ReadyAsync(context.Cluster.Http);
                await context.RunOnAsync(2, 5);
            }
        });
    }

    /// <summary>Every silo dies once after a claim of a leaf was shown by its ancestors, and nobody feeds anything: the ancestors must show it all the same.</summary>
    private static async Task QuietChildAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions(), new LoadOptions { Senders = 1 });
        await context.RunOnAsync(3, 5);
        await context.Loader.StopAsync();
        await context.Loader.SettleAsync(TimeSpan.FromSeconds(60));
        var auditor = context.NewAuditor();
        foreach (var silo in context.Cluster.Silos)
        {
            await context.Loader.ProbeAsync(TimeSpan.FromSeconds(60));
            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(silo);
            foreach (var violation in (await auditor.ConvergeAsync()).Violations)
            {
                context.Violated(violation.Promise, $"{silo.Name} dead: {violation.What}");
            }

            context.Note(string.Create(CultureInfo.InvariantCulture, $"{silo.Name} dead: all views right after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s"));
            await silo.StartAsync(context.Cluster.Http);
        }
    }

    private static async Task RollAsync(ScenarioContext context, string? from)
    {
        await context.StartAsync(new ClusterOptions { Build = from, AllInOne = from is not null, HasApi = from is null });
        foreach (var node in context.Cluster.Nodes)
        {
            await context.RunOnAsync(2, 5);
            node.Build = HostNode.DefaultBuild;
            node.Set("CHAOS_POISON", from is null ? null : InputScenarios.Poison);
            var since = TimeProvider.System.GetTimestamp();
            context.Struck();
            if (!await node.TerminateAsync(TimeSpan.FromSeconds(60)))
            {
                context.Violated(Promise.Scenario, $"{node.Name} did not end within 60 s of SIGTERM");
                await node.KillAsync();
            }

            context.Note(string.Create(CultureInfo.InvariantCulture, $"{node.Name} ended {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s after SIGTERM"));
            since = TimeProvider.System.GetTimestamp();
            await node.LaunchAsync();
            await context.RecoverAsync($"{node.Name} rolled", since);
            await node.ReadyAsync(context.Cluster.Http);
        }

        if (from is not null)
        {
            await RaiseLevelAsync(context);
        }

        foreach (var refusal in context.Loader.Refusals.Where(one => one.Key is not ("connection" or "503" or "429")))
        {
            context.Violated(Promise.Answer, $"senders had {refusal.Key} {refusal.Value} times while hosts were rolled");
        }
    }

    /// <summary>What older hosts could not read is written only once the level is raised.</summary>
    private static async Task RaiseLevelAsync(ScenarioContext context)
    {
        // An entity that fails on a record reads its row again, and shows less until the partitions have sent what that lacks.
        await context.Watcher.StopAsync();
        await InputScenarios.SendPoisonAsync(context);
        if (!await Eventually.WithinAsync(TimeSpan.FromSeconds(60), () => Task.FromResult(Says("cannot be folded, and what it touches waits"))))
        {
            context.Violated(Promise.Scenario, "no host says that a claim cannot be folded");
        }

        if (Says("is quarantined, no view shows it"))
        {
            context.Violated(Promise.Scenario, "a claim was quarantined at level 1");
        }

        var since = TimeProvider.System.GetTimestamp();
        string[] arguments = [Path.Combine(HostNode.DefaultBuild, "Aggregator.Host.dll"), "--raise-level", "--Store:Redis", context.Cluster.Redis.Address];
        await using (var command = ManagedProcess.Start("dotnet", arguments, new Dictionary<string, string>(), Path.Combine(context.Cluster.Folder, "raise-level.log")))
        {
            if (!await command.ExitsWithinAsync(TimeSpan.FromSeconds(60)) || command.ExitCode != 0)
            {
                context.Violated(Promise.Scenario, "the level was not raised; see raise-level.log");
            }
        }

        await context.RecoverAsync("level raised over a claim that cannot be folded", since);
        if (!Says("is quarantined, no view shows it"))
        {
            context.Violated(Promise.Scenario, "a claim was not quarantined at level 2");
        }

        bool Says(string what) => context.Cluster.Silos.Any(silo => silo.LogContains(what));
    }
}
