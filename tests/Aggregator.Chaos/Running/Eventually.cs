namespace Aggregator.Chaos.Running;

/// <summary>Waits for a condition by asking again; the limit is the caller's.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken limit)
    {
        while (!await condition())
        {
            await Task.Delay(Pause, limit);
        }
    }

    public static Task TrueAsync(Func<bool> condition, CancellationToken limit) => TrueAsync(() => Task.FromResult(condition()), limit);

    /// <summary>Whether the condition came to hold within the limit.</summary>
    public static async Task<bool> WithinAsync(TimeSpan limit, Func<Task<bool>> condition)
    {
        using var over = new CancellationTokenSource(limit);
        try
        {
            await TrueAsync(condition, over.Token);
            return true;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return false;
        }
    }
}
