using Aggregator.Grains.Entities;

namespace Aggregator.Grains.Tests.Entities;

/// <summary>Each caller has a step that began after it called, and no more are taken than that needs.</summary>
public sealed class SharedStepTests
{
    private readonly List<TaskCompletionSource<int>> _steps = [];
    private readonly SharedStep<int> _shared;

    public SharedStepTests() => _shared = new(() =>
    {
        _steps.Add(new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _steps[^1].Task;
    });

    [Fact]
    public Task WhoComesWhileOneIsUnderWay_SharesTheNext() => InTurnsAsync(async () =>
    {
        var first = _shared.RunAsync();
        await BeginAsync(1);
        Task<int>[] next = [_shared.RunAsync(), _shared.RunAsync()];
        Assert.Single(_steps);

        _steps[0].SetResult(1);
        Assert.Equal(1, await first);
        await BeginAsync(2);
        var last = _shared.RunAsync();
        _steps[1].SetResult(2);
        Assert.All(await Task.WhenAll(next), static one => Assert.Equal(2, one));

        await BeginAsync(3);
        _steps[2].SetResult(3);
        Assert.Equal(3, await last);
    });

    [Fact]
    public Task OneThatFails_FailsItsCallersAlone() => InTurnsAsync(async () =>
    {
        var first = _shared.RunAsync();
        await BeginAsync(1);
        var next = _shared.RunAsync();
        _steps[0].SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => first);

        await BeginAsync(2);
        _steps[1].SetResult(2);
        Assert.Equal(2, await next);
    });

    // As a grain's calls are: one at a time goes on.
    private static Task InTurnsAsync(Func<Task> test) =>
        Task.Factory.StartNew(test, TestContext.Current.CancellationToken, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private async Task BeginAsync(int steps)
    {
        while (_steps.Count < steps)
        {
            await Task.Yield();
        }
    }
}
