using Aggregator.Grains.Hosting;
using Aggregator.Host.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aggregator.Host.Tests.Diagnostics;

public sealed class StoreAlarmTests
{
    [Fact]
    public async Task Lost_ManyTimes_StopsTheApplicationAndKeepsTheFirst()
    {
        using var lifetime = new Lifetime();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStopping.Register(stopped.SetResult);
        var alarm = new StoreAlarm(lifetime, NullLogger<StoreAlarm>.Instance);
        Assert.Null(alarm.What);

        alarm.Lost("the end of partition 3");
        alarm.Lost("the end of partition 4");

        Assert.Equal("the end of partition 3", alarm.What);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
