using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Aggregator.Simulation;
using Aggregator.Simulation.Cluster;

World.HookFailpoints();
if (args is ["--seeds", var range, .. var rest])
{
    return Runs.Many(range, rest);
}

if (args is ["--seed", var seed])
{
    return Runs.One(int.Parse(seed, CultureInfo.InvariantCulture));
}

return args.Contains("--server", StringComparer.Ordinal) || args.Contains("--internal-msbuild-node", StringComparer.Ordinal)
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

/// <summary>The long form: many seeds, or one told step by step.</summary>
internal static class Runs
{
    /// <summary>Runs the seeds FIRST..LAST (the last not among them), until one fails (with <c>--all</c>: all of them) or the time is over.</summary>
    public static int Many(string range, string[] rest)
    {
        if (range.Split("..") is not [var from, var to]
            || !int.TryParse(from, CultureInfo.InvariantCulture, out var first) || !int.TryParse(to, CultureInfo.InvariantCulture, out var last))
        {
            Console.Error.WriteLine("--seeds FIRST..LAST [--threads N] [--minutes M | --seconds S] [--all]");
            return 2;
        }

        var threads = Option("--threads") ?? Environment.ProcessorCount;
        var limit = TimeSpan.FromSeconds(Option("--seconds") ?? 60 * (Option("--minutes") ?? 24 * 60));
        var (next, entries, done) = (first - 1, 0L, 0L);
        var lengths = new ConcurrentBag<List<int>>();
        var goesOn = rest.Contains("--all", StringComparer.Ordinal);
        RunResult? failed = null;
        var clock = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(Work)).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        while (!Array.TrueForAll(workers, worker => worker.Join(TimeSpan.FromMinutes(1) / workers.Length)))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {clock.Elapsed.TotalSeconds:f0} s: {Interlocked.Read(ref done)} seeds"));
        }

        int[] steps = [.. lengths.SelectMany(static length => length).DefaultIfEmpty().Order()];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done} seeds from {first}, {clock.Elapsed.TotalSeconds:f1} s, {done / clock.Elapsed.TotalSeconds:f0} a second, {Environment.CpuUsage.TotalTime.TotalSeconds:f0} s of processor time"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"steps a seed: median {steps[steps.Length / 2]}, mean {steps.Average():f0}, longest {steps[^1]}; {(double)entries / Math.Max(1, done):f1} log entries a seed"));
        if (failed is null)
        {
            return 0;
        }

        Console.WriteLine($"seed {failed.Seed} after {failed.Steps} steps: {failed.Violation}");
        return 1;

        int? Option(string name) => Array.IndexOf(rest, name) is var at and >= 0 && at + 1 < rest.Length ? int.Parse(rest[at + 1], CultureInfo.InvariantCulture) : null;

        void Work()
        {
            var mine = new List<int>();
            lengths.Add(mine);
            while ((failed is null || goesOn) && clock.Elapsed < limit && Interlocked.Increment(ref next) is var seed && seed < last)
            {
                var outcome = Scenario.Run(seed);
                mine.Add((int)outcome.Steps);
                Interlocked.Increment(ref done);
                Interlocked.Add(ref entries, outcome.Entries);
                if (outcome.Violation is not null)
                {
                    if (goesOn)
                    {
                        Console.WriteLine($"seed {seed} after {outcome.Steps} steps: {outcome.Violation}");
                    }

                    Interlocked.CompareExchange(ref failed, outcome, null);
                }
            }
        }
    }

    /// <summary>Tells one seed step by step.</summary>
    public static int One(int seed)
    {
        var outcome = Scenario.Run(seed, Console.WriteLine);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {outcome.Steps} steps, trace {outcome.Trace:x16}: {outcome.Violation ?? "all holds"}"));
        return outcome.Violation is null ? 0 : 1;
    }
}
