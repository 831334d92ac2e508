using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>What happens to processes and to the network between them.</summary>
internal static class SiloScenarios
{
    private static readonly TimeSpan Off = TimeSpan.FromHours(1);
    private static readonly TimeSpan EvictionLimit = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("kill-silo", "kill -9 of a random silo; it starts again at once, on other ports, or when the others have recovered", KillSiloAsync),
        new("control", "nothing dies, but a host that has nothing to do with the others starts beside them: what the machine makes late by itself", ControlAsync) { OnRequest = true },
        new("stop-cont", "a silo is stopped until it is evicted, and goes on", StopContinueAsync),
        new("partition", "one of three silos is cut off from the others, all reach the store", context => PartitionAsync(context, 3)),
        new("partition-two", "two silos are cut off from one another, both reach the store", context => PartitionAsync(context, 2)),
        new("kill-all", "kill -9 of every host at once, and of every silo while the api lives on", KillAllAsync),
        new("clock", "one silo's and the api's clocks are an hour ahead, another's is an hour behind, and they die", ClockAsync),
        new("quiet-child", "the parents' silo dies while the child is quiet", QuietChildAsync),
        new("rolling", "every process is ended by SIGTERM and started again, one after another", context => RollAsync(context, null)),
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

    private static async Task ControlAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RepeatAsync(async () =>
        {
            var since = TimeProvider.System.GetTimestamp();
            var name = string.Create(CultureInfo.InvariantCulture, $"stranger-{context.Faults + 1}");
            await using var stranger = new HostNode(name, context.Cluster.Folder, NodeAddress.Loopback, "--Store:Path", Path.Combine(context.Cluster.Folder, name));
            await stranger.LaunchAsync();
            context.Struck();
            await context.RecoverAsync($"{name} started", since);
            await stranger.ReadyAsync(context.Cluster.Http);
        });
    }

    private static async Task StopContinueAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RepeatAsync(async () =>
        {
            var silo = context.Cluster.Silos[context.Random.Next(context.Cluster.Silos.Count)];
            var since = TimeProvider.System.GetTimestamp();
            if (!await context.MustRunAsync(silo))
            {
                await silo.StartAsync(context.Cluster.Http);
            }

            silo.MayBeStale = true;
            silo.Stop();
            context.Struck();
            await context.RecoverAsync($"{silo.Name} stopped", since);
            await context.RunOnAsync(5, 15);
            silo.Continue();
            since = TimeProvider.System.GetTimestamp();
            if (await silo.ExitsWithinAsync(TimeSpan.FromSeconds(60)))
            {
                // It has heard that it was given up: any other end is a fault.
                context.Note(string.Create(CultureInfo.InvariantCulture, $"{silo.Name} left with {silo.ExitCode} {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s after it went on"));
                await context.MustRunAsync(silo);
                await silo.StartAsync(context.Cluster.Http);
            }
            else
            {
                context.Violated(Promise.Scenario, $"{silo.Name} stayed: it was not evicted, or does not know");
            }

            silo.MayBeStale = false;
            await context.RecoverAsync($"{silo.Name} went on", since);
        });
    }

    private static async Task PartitionAsync(ScenarioContext context, int silos)
    {
        var network = context.Own(await SiloNetwork.CreateAsync(silos));
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

        // Either side of two may be the one that goes; of three it is the one that is alone.
        HostNode[] mayLeave = [.. context.Cluster.Silos.Where((_, at) => silos == 2 || at == cut - 1)];
        var since = TimeProvider.System.GetTimestamp();
        foreach (var silo in mayLeave)
        {
            silo.MayBeStale = true;
        }

        await Task.WhenAll(others.Select(other => network.SetLinkAsync(cut, other, isUp: false)));
        context.Struck();

        // Asked from the cut on, through the two as well of which either may be the one that goes.
        var recovering = context.RecoverAsync($"silo-{cut} cut off", since, through: silos == 2 ? context.Cluster.Silos : context.Cluster.Fronts.Surviving);
        await LinksAreAsync(isUp: false);
        if (await Eventually.WithinAsync(EvictionLimit, () => Task.FromResult(mayLeave.Any(silo => !silo.IsRunning))))
        {
            context.Note(string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", mayLeave.Where(silo => !silo.IsRunning).Select(silo => silo.Name))} left after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s"));
        }
        else
        {
            context.Violated(Promise.Scenario, string.Create(CultureInfo.InvariantCulture, $"nobody had left {EvictionLimit.TotalSeconds} s after silo-{cut} was cut off"));
        }

        // Who has left was given up by the others and says so; who is left of two knows that it is.
        foreach (var silo in mayLeave)
        {
            if (silo.IsRunning)
            {
                silo.MayBeStale = silos > 2;
            }
            else
            {
                await context.MustRunAsync(silo);
            }
        }

        await recovering;
        if (mayLeave.All(silo => !silo.IsRunning) && silos == 2)
        {
            context.Violated(Promise.Scenario, "both of two silos have left");
        }

        await context.RunOnAsync(10, 15);
        await Task.WhenAll(others.Select(other => network.SetLinkAsync(cut, other, isUp: true)));
        since = TimeProvider.System.GetTimestamp();
        await LinksAreAsync(isUp: true);
        foreach (var silo in context.Cluster.Silos.Where(silo => !silo.IsRunning && !mayLeave.Contains(silo)))
        {
            context.Violated(Promise.Scenario, $"{silo.Name} was not cut off, and ended with {silo.ExitCode}");
        }

        await context.Cluster.RestartDeadAsync();
        await context.RecoverAsync("joined again", since);
        await context.RunOnAsync(5, 8);

        Task LinksAreAsync(bool isUp) => Task.WhenAll(others.SelectMany(other => new[] { (From: cut, To: other), (From: other, To: cut) }).Where(link => context.Cluster.Silos[link.To - 1].IsRunning).Select(async link =>
        {
            if (await network.ReachesAsync(link.From, link.To, context.Cluster.Silos[link.To - 1].SiloPort) != isUp && context.Cluster.Silos[link.To - 1].IsRunning)
            {
                context.Violated(Promise.Scenario, $"silo-{link.From} {(isUp ? "does not reach" : "reaches")} silo-{link.To} though the link is {(isUp ? "mended" : "cut")}");
            }
        }));
    }

    private static async Task KillAllAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        await context.RepeatAsync(async () =>
        {
            await KillAsync("all", context.Cluster.Nodes, elsewhere: context.Random.Next(2) == 0);

            // The api lives on, and nowhere that it knows of is there a silo.
            await KillAsync("all silos", context.Cluster.Silos, elsewhere: true);
        });

        async Task KillAsync(string who, IReadOnlyList<HostNode> nodes, bool elsewhere)
        {
            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(nodes);
            foreach (var node in nodes.Where(_ => elsewhere))
            {
                node.ChangePorts();
            }

            await Task.WhenAll(nodes.Select(node => node.LaunchAsync()));
            await context.RecoverAsync($"{who} started {(elsewhere ? "elsewhere" : "again")}", since);
            await Task.WhenAll(context.Cluster.Nodes.Select(node => node.ReadyAsync(context.Cluster.Http)));
        }
    }

    private static async Task ClockAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());

        // The second one's and the api's clocks are ahead, the third's is behind, which serves the API too; the first one's is right.
        var (ahead, behind, api) = (context.Cluster.Silos[1], context.Cluster.Silos[2], context.Cluster.Nodes[^1]);
        SetClock(ahead, Off);
        SetClock(api, Off);
        SetClock(behind, -Off);
        var applied = new List<TimeSpan>();
        await context.RepeatAsync(async () =>
        {
            foreach (var node in new[] { ahead, behind, api, context.Cluster.Silos[0] })
            {
                var since = TimeProvider.System.GetTimestamp();
                await context.KillAsync(node);
                await node.LaunchAsync();
                await context.RecoverAsync($"{node.Name} started again", since, node);
                await node.ReadyAsync(context.Cluster.Http);
                await context.RunOnAsync(2, 5);
                applied.AddRange(await OffsetsAsync(context));
            }
        });
        context.Note(string.Create(CultureInfo.InvariantCulture, $"views were applied from {applied.Min().TotalMinutes:F0} to {applied.Max().TotalMinutes:F0} minutes off"));
        if (applied.Max() < Off / 2 || applied.Min() > -Off / 2)
        {
            context.Violated(Promise.Scenario, "no view was applied by a clock that was ahead, or none by one that was behind");
        }

        static void SetClock(HostNode node, TimeSpan offset) => node.Set("CHAOS_CLOCK_OFFSET_SECONDS", offset.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How far ahead of now views say that they were last changed.</summary>
    private static async Task<IEnumerable<TimeSpan>> OffsetsAsync(ScenarioContext context)
    {
        var answers = await Task.WhenAll(Views.All.Select(path => context.Cluster.Http.GetAsync(context.Cluster.Fronts.Next().Url, path, TimeSpan.FromSeconds(5))));
        var now = TimeProvider.System.GetUtcNow();
        return answers.Where(answer => answer.IsOk && answer.Body!["appliedAt"] is not null).Select(answer => (DateTimeOffset)answer.Body!["appliedAt"]! - now);
    }

    /// <summary>Every silo dies once after a claim of a leaf was shown by its ancestors, and nobody feeds anything: the ancestors must show it all the same.</summary>
    private static async Task QuietChildAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions(), new LoadOptions { Senders = 1 });
        await context.RunOnAsync(3, 5);
        await context.Loader.StopAsync();
        await context.Loader.SettleAsync(TimeSpan.FromSeconds(60));

        // Whoever is asked while silos come and go looks whether it was overtaken: so nobody asks but for what lies above, which no claim names.
        await context.Watcher.StopAsync();
        var auditor = context.NewAuditor();
        string[] above = [.. Theatre.Regions.Except(Theatre.All.SelectMany(static theatre => theatre.Leaves.Append(theatre.Inner))).Select(static place => "/v1/regions/" + place)];
        foreach (var silo in context.Cluster.Silos)
        {
            await context.Loader.ProbeAsync(TimeSpan.FromSeconds(60));
            var should = await auditor.ExpectationAsync();
            var since = TimeProvider.System.GetTimestamp();
            await context.KillAsync(silo);
            foreach (var violation in await auditor.ConvergeAsync(above, should))
            {
                context.Violated(violation.Promise, $"{silo.Name} dead, and what lies below is not asked: {violation.What}");
            }

            context.Note(string.Create(CultureInfo.InvariantCulture, $"{silo.Name} dead: all above right after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s"));
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
            var ran = await context.MustRunAsync(node);
            context.Struck();
            if (!await node.TerminateAsync(TimeSpan.FromSeconds(60)))
            {
                context.Violated(Promise.Scenario, $"{node.Name} did not end within 60 s of SIGTERM");
                await node.KillAsync();
            }
            else if (ran && from is null && node.ExitCode != 0)
            {
                context.Violated(Promise.Scenario, $"{node.Name} ended with {node.ExitCode} after SIGTERM");
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

        if (Says(InputScenarios.Quarantined))
        {
            context.Violated(Promise.Scenario, "a claim was quarantined at level 1");
        }

        var since = TimeProvider.System.GetTimestamp();
        if (await HostCommand.RunAsync(context.Folder, "raise-level", "--raise-level", "--Store:Redis", context.Cluster.Redis.Address) is not 0)
        {
            context.Violated(Promise.Scenario, "the level was not raised; see raise-level.log");
        }

        await context.RecoverAsync("level raised over a claim that cannot be folded", since);
        if (!Says(InputScenarios.Quarantined))
        {
            context.Violated(Promise.Scenario, "a claim was not quarantined at level 2");
        }

        bool Says(string what) => context.Cluster.Silos.Any(silo => silo.Log.Contains(what));
    }
}
