using Aggregator.Grains.Entities;

namespace Aggregator.Grains.Tests.Entities;

/// <summary>So many steps are under way at once, and no more begin after a fault.</summary>
public sealed class TurnsTests
{
    private readonly List<TaskCompletionSource> _steps = [];

    [Fact]
    public async Task ANextStep_BeginsAsSoonAsOneIsOver()
    {
        var all = Turns.ForEachAsync(Enumerable.Range(0, 5), 2, StepAsync);
        Assert.Equal(2, _steps.Count);

        // The first is the one that takes long: the others do not wait for it.
        for (var over = 1; over < 5; over++)
        {
            Assert.Equal(over + 1, _steps.Count);
            _steps[over].SetResult();
        }

        Assert.False(all.IsCompleted);
        _steps[0].SetResult();
        await all;
        Assert.Equal(5, _steps.Count);
    }

    [Fact]
    public async Task AfterAFault_NoOtherBegins_AndThoseUnderWayAreWaitedFor()
    {
        var all = Turns.ForEachAsync(Enumerable.Range(0, 5), 2, StepAsync);
        _steps[1].SetException(new TimeoutException());
        Assert.False(all.IsCompleted);

        _steps[0].SetResult();
        await Assert.ThrowsAsync<TimeoutException>(() => all);
        Assert.Equal(2, _steps.Count);
    }

    [Fact]
    public async Task Nothing_IsOverAtOnce() => await Turns.ForEachAsync(Array.Empty<int>(), 2, _ => StepAsync(0));

    private Task StepAsync(int item)
    {
        _steps.Add(new());
        return _steps[^1].Task;
    }
}
