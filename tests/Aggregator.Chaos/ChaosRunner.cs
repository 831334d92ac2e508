using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Reporting;
using Aggregator.Chaos.Scenarios;

namespace Aggregator.Chaos;

/// <summary>Runs scenarios, each in a folder of its own that stays if it fails.</summary>
internal static class ChaosRunner
{
    private const string Usage = """
        aggregator chaos: faults on real processes under load, and an audit of what became of every claim.

          SCENARIO|all [--times N] [--seed S] [--minutes M] [--faults N] [--entities N] [--from FOLDER] [--out results.json] [--reference all|log|none]

          --times N       runs of each scenario, with seeds S, S+1, … (1)
          --seed S        of the first run; random where it is left out
          --minutes M     how long faults go on under load in each run (0.5)
          --faults N      faults of each run at least, where they are repeated (1)
          --entities N    entities that are made before the load; after a silo's kill -9 queries must answer within 15 s then, and
                          new claims show within 30 s (0)
          --from FOLDER   an older built host, for rolling-upgrade
          --out FILE      results as JSON
          --reference WITH  fresh hosts to compare with: all, log (only the one that folds the log of the run), none (all)

        """;

    /// <summary>The long form; 0 if all ran and nothing failed.</summary>
    public static async Task<int> MainAsync(string[] arguments)
    {
        var names = arguments[0].Split(',');
        var wanted = arguments[0] == "all" ? [.. Scenario.All.Where(one => !one.OnRequest)] : Scenario.All.Where(one => names.Contains(one.Name)).ToArray();
        if (arguments[0] != "all" && wanted.Length < names.Length)
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
            References = (Value("--reference") ?? "all") switch
            {
                "all" => References.All,
                "log" => References.OfLog,
                "none" => References.None,
                var other => throw new ArgumentException($"--reference is all, log or none, and not {other}"),
            },
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

    /// <summary>1 if a run failed or was skipped: then nothing was shown.</summary>
    public static int ExitCode(IReadOnlyCollection<RunResult> runs) => runs.Count > 0 && runs.All(static run => run.Passed) ? 0 : 1;

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
        catch (Exception fault)
        {
            // A host that does not start, a limit that is over, a fault of the harness: a result like any other, and the next scenario is run.
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
            TempFolder.Delete(folder);
        }

        return result;
    }
}
