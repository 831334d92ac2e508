namespace Aggregator.Grains.Entities;

/// <summary>
/// Lets one step of a grain at a time through, in the order they came. Entered and left in the turns of its grain, so that
/// nothing in it is locked and no thread but the grain's goes on with a step.
/// </summary>
internal sealed class Gate
{
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private bool _isTaken;

    /// <summary>Waits for its turn; whoever has entered must <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before its turn came.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (!TryEnter(cancellationToken))
        {
            await WaitAsync(Queue(), cancellationToken);
        }
    }

    /// <summary>Waits for its turn for so long at most; whoever has entered must <see cref="Leave"/>.</summary>
    /// <returns>Whether its turn came.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before its turn came.</exception>
    public async Task<bool> EnterAsync(TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (TryEnter(cancellationToken))
        {
            return true;
        }

        var turn = Queue();
        await using var limit = time.CreateTimer(static turn => ((TaskCompletionSource<bool>)turn!).TrySetResult(false), turn, within, Timeout.InfiniteTimeSpan);
        return await WaitAsync(turn, cancellationToken);
    }

    /// <summary>Lets the next one in that still waits.</summary>
    public void Leave()
    {
        while (_waiting.TryDequeue(out var turn))
        {
            if (turn.TrySetResult(true))
            {
                return;
            }
        }

        _isTaken = false;
    }

    private bool TryEnter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isFree = !_isTaken;
        _isTaken = true;
        return isFree;
    }

    private TaskCompletionSource<bool> Queue()
    {
        var turn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn;
    }

    private static async Task<bool> WaitAsync(TaskCompletionSource<bool> turn, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(static (turn, token) => ((TaskCompletionSource<bool>)turn!).TrySetCanceled(token), turn);
        return await turn.Task;
    }
}
