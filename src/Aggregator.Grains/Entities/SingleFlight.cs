namespace Aggregator.Grains.Entities;

/// <summary>
/// A step that is taken by one caller at a time in the turns of a grain: who comes meanwhile waits, and takes it again only
/// if it is still needed. What became of a step its own caller hears.
/// </summary>
internal sealed class SingleFlight
{
    private Task? _running;

    /// <summary>Whether a step is under way.</summary>
    public bool IsRunning => _running is { IsCompleted: false };

    /// <summary>Takes the step once the one under way is over, if it is needed then.</summary>
    public async Task RunAsync(Func<bool> isNeeded, Func<Task> step)
    {
        // One that is over may not have been cleared away yet: its caller goes on in a later turn.
        while (_running is { IsCompleted: false } running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        if (!isNeeded())
        {
            return;
        }

        var mine = _running = step();
        try
        {
            await mine;
        }
        finally
        {
            if (ReferenceEquals(_running, mine))
            {
                _running = null;
            }
        }
    }
}
