namespace Aggregator.Host.Hosting;

/// <summary>Grains are asked again: their activations may move meanwhile, and with them what waits there.</summary>
internal static class Asking
{
    private const int Moves = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Whether a question is answered with yes in time.</summary>
    /// <param name="ask">Asks about what is durable: that a grain does not answer, or says that it cannot tell, is no yes.</param>
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
            for (var pause = Pause; !await TryAsync(); pause = pause < LongestPause ? 2 * pause : LongestPause)
            {
                await Task.Delay(pause, time, either.Token);
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
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>What a grain answers that ends calls when its activation is to leave: then the next one is asked.</summary>
    /// <param name="ask">Asks.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="OperationCanceledException">It has left too often.</exception>
    public static async Task<T> MovingAsync<T>(Func<Task<T>> ask, TimeProvider time)
    {
        for (var moves = 0; ; moves++)
        {
            try
            {
                return await ask();
            }
            catch (OperationCanceledException) when (moves < Moves)
            {
                await Task.Delay(Pause, time);
            }
        }
    }
}
