namespace Aggregator.Grains.Entities;

/// <summary>
/// A step to be taken once, some time from now, in the turns of a grain. An idle grain has no timer running. The nearest
/// time asked for holds; what is asked for while the step runs is another step, which may begin before that one ends.
/// </summary>
internal sealed class OneShotTimer(IGrainBase grain, Func<Task> step)
{
    private IGrainTimer? _timer;
    private TimeSpan _due;

    /// <summary>Takes the step after <paramref name="due"/>, or sooner if it is to be taken sooner already.</summary>
    public void Schedule(TimeSpan due)
    {
        if (_timer is { } pending)
        {
            if (due < _due)
            {
                _due = due;
                pending.Change(due, Timeout.InfiniteTimeSpan);
            }

            return;
        }

        _due = due;
        _timer = grain.RegisterGrainTimer(RunAsync, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    // The timer's own token is cancelled by its disposal, which comes before the step: the step has tokens of its owner.
    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var ran = _timer;
        _timer = null;
        ran?.Dispose();
        await step();
    }
}
