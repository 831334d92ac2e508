namespace Aggregator.Grains.Entities;

/// <summary>
/// Lets one step of a grain at a time through, in the order they came. Entered and left in the turns of its grain, so that
/// nothing in it is locked and no thread but the grain's goes on with a step.
/// </summary>
internal sealed class Gate
{
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _isTaken;

    /// <summary>Waits for its turn; whoever has entered must <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before its turn came.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_isTaken)
        {
            _isTaken = true;
            return;
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        await using var registration = cancellationToken.UnsafeRegister(static (turn, token) => ((TaskCompletionSource)turn!).TrySetCanceled(token), turn);
        await turn.Task;
    }

    /// <summary>Lets the next one in that still waits.</summary>
    public void Leave()
    {
        while (_waiting.TryDequeue(out var turn))
        {
            if (turn.TrySetResult())
            {
                return;
            }
        }

        _isTaken = false;
    }
}
