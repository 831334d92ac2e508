using System.Globalization;
using System.Text.Json;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Reporting;
using Aggregator.Chaos.Scenarios;
using StackExchange.Redis;

namespace Aggregator.Chaos;

/// <summary>Runs scenarios, each in a folder of its own that stays if it fails.</summary>
internal static class ChaosRunner
{
    private const string Usage = """
        aggregator chaos: faults on real processes under load, and an audit of what became of every claim.

          SCENARIO|all [--times N] [--seed S] [--minutes M] [--faults N] [--entities N] [--from FOLDER] [--out results.json] [--no-reference]

          --times N       runs of each scenario, with seeds S, S+1, … (1)
          --seed S        of the first run; random where it is left out
          --minutes M     how long faults go on under load in each run (0.5)
          --faults N      faults of each run at least, where they are repeated (1)
          --entities N    entities that are made before the load; after a silo's kill -9 queries must answer within 15 s then, and
                          new claims show within 30 s (0)
          --from FOLDER   an older built host, for rolling-upgrade
          --out FILE      results as JSON
          --no-reference  leaves out the comparisons with fresh hosts

        """;

    /// <summary>The long form; 0 if nothing failed and something ran.</summary>
    public static async Task<int> MainAsync(string[] arguments)
    {
        var wanted = arguments[0] == "all" ? [.. Scenario.All.Where(one => !one.OnRequest)] : Scenario.All.Where(one => arguments[0].Split(',').Contains(one.Name)).ToArray();
        if (wanted.Length == 0)
        {
            Console.WriteLine(Usage);
            foreach (var scenario in Scenario.All)
            {
                Console.WriteLine($"  {scenario.Name,-20} {scenario.Summary}");
            }

            return 2;
        }

        var times = int.Parse(Value("--times") ?? "1", CultureInfo.InvariantCulture);
        var seed = int.Parse(Value("--seed") ?? Random.Shared.Next(100_000).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var options = new RunOptions
        {
            Span = TimeSpan.FromMinutes(double.Parse(Value("--minutes") ?? "0.5", CultureInfo.InvariantCulture)),
            Faults = int.Parse(Value("--faults") ?? "1", CultureInfo.InvariantCulture),
            Entities = int.Parse(Value("--entities") ?? "0", CultureInfo.InvariantCulture),
            From = Value("--from") is { } from ? Path.GetFullPath(from) : null,
            Said = what => Console.Error.WriteLine($"  {TimeProvider.System.GetLocalNow():HH:mm:ss} {what}"),
            References = arguments.Contains("--no-reference") ? References.None : References.All,
        };
        var runs = new List<RunResult>();
        foreach (var scenario in wanted)
        {
            for (var run = 0; run < times; run++)
            {
                runs.Add(await RunAsync(scenario, options, seed + run));
                Console.WriteLine(Results.OfRun(runs[^1]));
                if (Value("--out") is { } file)
                {
                    Results.Write(file, runs);
                }
            }
        }

        Console.WriteLine(Results.Table(runs));
        return ExitCode(runs);

        string? Value(string name) => Array.IndexOf(arguments, name) is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }

    /// <summary>1 if a run failed, or if all were skipped: then nothing was shown.</summary>
    public static int ExitCode(IReadOnlyCollection<RunResult> runs) => runs.Any(run => run is { Passed: false, Skipped: null }) || runs.All(run => run.Skipped is not null) ? 1 : 0;

    /// <summary>One run, audited.</summary>
    public static async Task<RunResult> RunAsync(Scenario scenario, RunOptions options, int seed)
    {
        var folder = Directory.CreateTempSubdirectory($"agg-chaos-{scenario.Name}-").FullName;
        var began = TimeProvider.System.GetTimestamp();
        string? skipped = null;
        var context = new ScenarioContext(options, seed, folder);
        try
        {
            await scenario.RunAsync(context);
            await context.FinishAsync();
        }
        catch (ScenarioSkippedException reason)
        {
            skipped = reason.Message;
        }
        catch (UnansweredException fault)
        {
            context.Violated(fault.Violation.Promise, fault.Violation.What);
        }
        catch (Exception fault) when (fault is InvalidOperationException or OperationCanceledException or RedisException or TimeoutException or JsonException or IOException)
        {
            // A host that does not start, or a limit that is over: a result like any other.
            context.Violated(Promise.Recovery, $"the run broke off: {fault}");
        }
        finally
        {
            await context.DisposeAsync();
        }

        var truth = context.Truth();
        var result = new RunResult
        {
            Scenario = scenario.Name,
            Seed = seed,
            Seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds,
            Skipped = skipped,
            Violations = [.. context.Violations],
            Recoveries = context.Recoveries,
            Faults = context.Faults,
            Notes = context.Notes,
            Sent = truth?.Claims ?? 0,
            Acknowledged = truth?.Acknowledged ?? 0,
            Standing = context.Auditor?.Standing ?? 0,
            Refusals = context.Loader?.Refusals ?? new Dictionary<string, int>(),
            Logs = skipped is null && context.Violations.Count > 0 ? folder : null,
        };
        if (result.Logs is null)
        {
            Directory.Delete(folder, recursive: true);
        }

        return result;
    }
}
