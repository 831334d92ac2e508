namespace Aggregator.Grains.Entities;

/// <summary>
/// A step in the turns of a grain of which each caller needs one that began after its call: one is under way at a time, and all who come meanwhile share the next.
/// </summary>
/// <param name="step">The step.</param>
/// <typeparam name="T">What it gives.</typeparam>
internal sealed class SharedStep<T>(Func<Task<T>> step)
{
    private Task _underWay = Task.CompletedTask;
    private Task<T>? _next;

    /// <summary>What a step gave that began after this call.</summary>
    public Task<T> RunAsync() => _next ??= NextAsync();

    private async Task<T> NextAsync()
    {
        await _underWay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
        _next = null;
        var mine = step();
        _underWay = mine;
        return await mine;
    }
}
