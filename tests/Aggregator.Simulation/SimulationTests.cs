namespace Aggregator.Simulation;

/// <summary>The short form: some hundred seeds in every run of the suite. The long form is a command (docs/reliability.md).</summary>
public sealed class SimulationTests
{
    private const int Seeds = 400;

    [Fact]
    public void Seeds_OfTheShortForm_HoldAllInvariants()
    {
        var (entries, lost) = (0L, new List<string>());
        Alone(() =>
        {
            for (var seed = 0; seed < Seeds; seed++)
            {
                var result = Scenario.Run(seed);
                entries += result.Entries;
                if (result.Violation is { } violation)
                {
                    lost.Add($"seed {seed}: {violation}");
                }
            }
        });
        Assert.Empty(lost);

        // Not because nothing happened.
        Assert.True(entries > 3 * Seeds, $"{entries} log entries in {Seeds} seeds");
    }

    [Fact]
    public void Seed_RunTwice_HappensTheSame()
    {
        var (first, second) = (new List<RunResult>(), new List<RunResult>());
        Alone(() =>
        {
            for (var seed = 0; seed < 20; seed++)
            {
                first.Add(Scenario.Run(seed));
                second.Add(Scenario.Run(seed));
            }
        });
        Assert.Equal(first, second);
        Assert.Equal(20, first.Select(result => result.Trace).Distinct().Count());
    }

    // On a thread of its own: what a test framework puts around a test would take continuations elsewhere.
    private static void Alone(Action work)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }
}
