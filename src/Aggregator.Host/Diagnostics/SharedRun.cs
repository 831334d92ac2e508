namespace Aggregator.Host.Diagnostics;

/// <summary>
/// Runs something of which each caller needs one run that began after its call: one runs at a time, and all who call meanwhile
/// share the next.
/// </summary>
/// <param name="run">What is run; it must not fail.</param>
internal sealed class SharedRun(Func<Task> run)
{
    private readonly Lock _gate = new();
    private Task _current = Task.CompletedTask;
    private Task? _following;

    /// <summary>Completes when a run that began after this call has ended.</summary>
    public Task RunAsync()
    {
        lock (_gate)
        {
            return _current.IsCompleted ? _current = BeginAsync() : _following ??= FollowAsync(_current);
        }
    }

    // Both yield first: what they do next is not for the caller's thread, which holds the gate and has yet to keep the task.
    private async Task BeginAsync()
    {
        await Task.Yield();
        await run();
    }

    private async Task FollowAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            _current = _following!;
            _following = null;
        }

        await run();
    }
}
