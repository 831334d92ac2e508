namespace Aggregator.Host.Hosting;

/// <summary>Grains are asked again and again: their activations may move meanwhile, and with them what waits there.</summary>
internal static class Asking
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a question is answered with yes in time.</summary>
    /// <param name="ask">Asks about what is durable. That a grain does not answer, or ends the call since it moves, is no yes; it says itself what was wrong.</param>
    /// <param name="limit">For all of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Of who waits.</param>
    /// <exception cref="OperationCanceledException">Cancelled by who waits.</exception>
    public static async Task<bool> UntilAsync(Func<Task<bool>> ask, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            while (!await TryAsync())
            {
                await Task.Delay(Pause, time, either.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        async Task<bool> TryAsync()
        {
            try
            {
                return await ask().WaitAsync(either.Token);
            }
            catch (Exception) when (!either.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
