using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>Silos that end themselves at moments of the protocol.</summary>
internal static class FailpointScenarios
{
    private static readonly TimeSpan MomentLimit = TimeSpan.FromSeconds(60);
    private static readonly string[] Moments = ["before-append", "after-append", "mid-fan-out", "after-apply", "after-checkpoint"];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("kill-failpoint", "a silo ends itself at each moment of the protocol", KillFailpointAsync),
        new("short", "a silo of two ends itself after an append, and another is killed: what the suite runs", ShortAsync) { OnRequest = true },
    ];

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
        foreach (var gone in await GoneAsync(context))
        {
            await gone.StartAsync(context.Cluster.Http);
        }

        // The silo that comes to the moment first takes the order, and kills itself in the same step.
        var taken = control + ".taken";
        File.Delete(taken);
        await File.WriteAllTextAsync(control + ".new", string.Create(CultureInfo.InvariantCulture, $"{moment} {1 + context.Random.Next(20)}"));
        File.Move(control + ".new", control);
        var hasEnded = await Eventually.WithinAsync(MomentLimit, () => Task.FromResult(File.Exists(taken) && context.Cluster.Silos.Any(static silo => !silo.IsRunning)));
        var since = TimeProvider.System.GetTimestamp();
        File.Delete(control);
        HostNode[] ended = [.. context.Cluster.Silos.Where(static silo => !silo.IsRunning)];
        if (!hasEnded || ended is not [{ ExitCode: HostNode.Killed } silo])
        {
            context.Violated(Promise.Scenario, $"one silo was to end itself at {moment}: the order was {(File.Exists(taken) ? "taken" : "not taken")}, and {(ended.Length == 0 ? "nobody has ended" : string.Join(", ", ended.Select(static one => $"{one.Name} has ended with {one.ExitCode}")))}");
            await context.Cluster.RestartDeadAsync();
            return;
        }

        context.Struck();
        await silo.LaunchAsync();
        await context.RecoverAsync($"{silo.Name} ended {moment}", since, silo);
        await silo.ReadyAsync(context.Cluster.Http);
    }

    private static async Task<IReadOnlyList<HostNode>> GoneAsync(ScenarioContext context)
    {
        var gone = new List<HostNode>();
        foreach (var node in context.Cluster.Nodes)
        {
            if (!await context.MustRunAsync(node))
            {
                gone.Add(node);
            }
        }

        return gone;
    }
}
