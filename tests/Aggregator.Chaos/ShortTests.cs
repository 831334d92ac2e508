using Aggregator.Chaos.Reporting;
using Aggregator.Chaos.Running;
using Aggregator.Chaos.Scenarios;

namespace Aggregator.Chaos;

/// <summary>The short form: one run of two scenarios with fixed seeds, as short as they get.</summary>
public sealed class ShortTests
{
    [Theory]
    [InlineData("kill-silo", 1)]
    public async Task Scenario_Short_BreaksNoPromise(string name, int seed)
    {
        var found = RedisNode.Find();
        Assert.False(found is null && Environment.GetEnvironmentVariable("CI") == "true", "CI must have redis-server on PATH");
        Assert.SkipWhen(found is null, "redis-server is not on PATH");

        var run = await ChaosRunner.RunAsync(Scenario.All.Single(one => one.Name == name), new RunOptions { Span = TimeSpan.Zero }, seed);

        Assert.SkipUnless(run.Skipped is null, run.Skipped ?? "");
        Assert.True(run.Passed, Results.OfRun(run));
    }
}
