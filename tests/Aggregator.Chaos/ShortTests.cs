using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Reporting;
using Aggregator.Chaos.Running;
using Aggregator.Chaos.Scenarios;

namespace Aggregator.Chaos;

/// <summary>The short form: one run with a fixed seed, as short as it gets.</summary>
public sealed class ShortTests
{
    [Fact]
    public async Task Silos_KilledUnderLoad_BreakNoPromise()
    {
        var found = RedisNode.Find();
        Assert.False(found is null && Environment.GetEnvironmentVariable("CI") == "true", "CI must have redis-server on PATH");
        Assert.SkipWhen(found is null, "redis-server is not on PATH");

        var run = await ChaosRunner.RunAsync(Scenario.All.Single(one => one.Name == "short"), new RunOptions { References = References.OfLog }, seed: 1);

        Assert.True(run.Passed, Results.OfRun(run));
    }
}
