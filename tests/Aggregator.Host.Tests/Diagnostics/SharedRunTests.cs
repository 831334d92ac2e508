using Aggregator.Host.Diagnostics;

namespace Aggregator.Host.Tests.Diagnostics;

public sealed class SharedRunTests
{
    [Fact]
    public async Task Run_CalledWhileOneRuns_SharesTheNext()
    {
        var began = 0;
        var release = new TaskCompletionSource[] { new(), new() };
        var shared = new SharedRun(() => release[Interlocked.Increment(ref began) - 1].Task);

        var first = shared.RunAsync();
        var second = shared.RunAsync();
        var third = shared.RunAsync();
        Assert.Same(second, third);
        release[0].SetResult();
        await first;
        Assert.False(second.IsCompleted);
        release[1].SetResult();
        await second;

        Assert.Equal(2, began);
    }

    /// <summary>What was true before the call is seen by the run that the caller waits for, whoever else calls.</summary>
    [Fact]
    public async Task Run_CalledByMany_BeginsAfterEachCall()
    {
        var said = 0;
        var seen = 0;
        var shared = new SharedRun(() =>
        {
            Volatile.Write(ref seen, Volatile.Read(ref said));
            return Task.CompletedTask;
        });

        await Parallel.ForAsync(0, 20_000, async (_, _) =>
        {
            var mine = Interlocked.Increment(ref said);
            await shared.RunAsync();
            Assert.True(Volatile.Read(ref seen) >= mine);
        });
    }
}
