namespace Aggregator.Host.Tests.Running;

/// <summary>Waits for a condition by asking again; the limit is the caller's.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task AsyncTrue(Func<Task<bool>> condition, CancellationToken limit)
    {
        while (!await condition())
        {
            await Task.Delay(Pause, limit);
        }
    }
}
