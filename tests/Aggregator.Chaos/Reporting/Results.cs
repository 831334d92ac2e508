using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Aggregator.Chaos.Audit;

namespace Aggregator.Chaos.Reporting;

/// <summary>How long it took to come back from one fault.</summary>
/// <param name="Fault">What was done.</param>
/// <param name="Queries">Seconds until no query to any entity through any surviving front was refused, or not answered, any more; 0 if none was.</param>
/// <param name="Late">Seconds until none was answered late any more; 0 if none was.</param>
/// <param name="Troubled">How many queries were refused, or not answered, or late.</param>
/// <param name="Longest">Seconds that the one took that was answered latest after it was first asked, whether it had to wait or not.</param>
/// <param name="Fresh">Seconds until new claims were acknowledged and shown.</param>
/// <param name="Last">The query that was shown last of those, and what it was answered; empty if there was none.</param>
internal sealed record Recovery(string Fault, double Queries, double Late, int Troubled, double Longest, double Fresh, string Last)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Fault}: queries after {Queries:F1} s, none late after {Late:F1} s ({Troubled} had to wait, none for more than {Longest:F1} s), fresh claims after {Fresh:F1} s{(Last.Length == 0 ? "" : $"; last {Last}")}");
}

/// <summary>What one run of a scenario gave.</summary>
internal sealed record RunResult
{
    public required string Scenario { get; init; }

    public required int Seed { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Why it was not run; null if it was.</summary>
    public string? Skipped { get; init; }

    public IReadOnlyList<Violation> Violations { get; init; } = [];

    public IReadOnlyList<Recovery> Recoveries { get; init; } = [];

    /// <summary>How many faults there were: kills, cuts, bad bodies.</summary>
    public int Faults { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Claims sent, acknowledged, standing at the end.</summary>
    public int Sent { get; init; }

    public int Acknowledged { get; init; }

    public int Standing { get; init; }

    /// <summary>How often a sender had no acknowledgement, by what it had instead.</summary>
    public IReadOnlyDictionary<string, int> Refusals { get; init; } = new Dictionary<string, int>();

    /// <summary>Where the logs are; null if they were removed.</summary>
    public string? Logs { get; init; }

    public bool Passed => Skipped is null && Violations.Count == 0;

    public string Outcome => Skipped is not null ? "skipped" : Passed ? "passed" : "FAILED";
}

/// <summary>Writes results for people and for programs.</summary>
internal static class Results
{
    private const int Examples = 5;

    // What has not come back within the limit took infinitely long.
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    public static string OfRun(RunResult run)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{run.Scenario} seed {run.Seed}: {run.Outcome} in {run.Seconds:F0} s; {run.Faults} faults; {run.Sent} sent, {run.Acknowledged} acknowledged, {run.Standing} stand; not acknowledged: {string.Join(", ", run.Refusals.Select(one => $"{one.Key} {one.Value}"))}");
        foreach (var recovery in run.Recoveries)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {recovery}");
        }

        foreach (var note in run.Notes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {note}");
        }

        foreach (var kind in run.Violations.GroupBy(one => one.Promise))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind.Key}: {kind.Count()}");
            foreach (var example in kind.Take(Examples))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"    {example.What}");
            }
        }

        if (run.Skipped is { } reason)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {reason}");
        }

        if (run.Logs is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  logs in {run.Logs}; again with: {run.Scenario} --seed {run.Seed}");
        }

        return text.ToString();
    }

    public static string Table(IReadOnlyList<RunResult> runs)
    {
        var rows = new List<string[]> { new[] { "scenario", "runs", "faults", "passed", "result", "queries median/max", "late until", "longest wait", "fresh median/max", "broken" } };
        foreach (var scenario in runs.GroupBy(run => run.Scenario))
        {
            Recovery[] recoveries = [.. scenario.SelectMany(run => run.Recoveries)];
            var worst = scenario.FirstOrDefault(run => run is { Passed: false, Skipped: null }) ?? scenario.FirstOrDefault(run => !run.Passed) ?? scenario.First();
            rows.Add(
            [
                scenario.Key, Number(scenario.Count()), Number(scenario.Sum(run => run.Faults)), Number(scenario.Count(run => run.Passed)), worst.Outcome,
                Figures(recoveries, one => one.Queries), Figures(recoveries, one => one.Late), Figures(recoveries, one => one.Longest), Figures(recoveries, one => one.Fresh),
                string.Join(", ", scenario.SelectMany(run => run.Violations).GroupBy(one => one.Promise).Select(group => $"{group.Key} {group.Count()}")),
            ]);
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())) + "\n";

        static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    public static void Write(string file, IReadOnlyList<RunResult> runs) => File.WriteAllText(file, JsonSerializer.Serialize(runs, Json));

    private static string Figures(Recovery[] recoveries, Func<Recovery, double> of)
    {
        if (recoveries.Length == 0)
        {
            return "–";
        }

        double[] sorted = [.. recoveries.Select(of).Order()];
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:F1}/{sorted[^1]:F1} s");
    }
}
