using Aggregator.Host.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Host.Tests.Hosting;

public sealed class AskingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.Zero };
    private int _asked;

    [Fact]
    public async Task Until_AnswersThatFailAndNo_AreFollowedByAnotherQuestion()
    {
        var answer = Asking.UntilAsync(() => ++_asked switch { 1 => throw new TimeoutException(), 2 => Task.FromResult(false), 3 => throw new TaskCanceledException(), _ => Task.FromResult(true) }, Limit, _time, default);
        await AdvanceUntilAsync(answer);

        Assert.True(await answer);
        Assert.Equal(4, _asked);
    }

    [Fact]
    public async Task Until_NeverYes_IsNoOnceTheLimitIsOver()
    {
        var began = _time.GetTimestamp();
        var answer = Asking.UntilAsync(
            () =>
            {
                _asked++;
                return Task.FromResult(false);
            },
            Limit, _time, default);
        await AdvanceUntilAsync(answer);

        Assert.False(await answer);
        Assert.True(_time.GetElapsedTime(began) >= Limit);
        Assert.InRange(_asked, 2, 30);
    }

    [Fact]
    public async Task Until_WhoWaitsHasGone_IsCancelled()
    {
        using var gone = new CancellationTokenSource();
        var answer = Asking.UntilAsync(() => new TaskCompletionSource<bool>().Task, Limit, _time, gone.Token);
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task Moving_CallsThatEndAsTheGrainMoves_AreMadeAgain()
    {
        var answer = Asking.MovingAsync(() => ++_asked < 3 ? throw new TaskCanceledException() : Task.FromResult(_asked), _time);
        await AdvanceUntilAsync(answer);

        Assert.Equal(3, await answer);
    }

    [Fact]
    public async Task Moving_ThatNeverEnds_IsTold()
    {
        var answer = Asking.MovingAsync<int>(() => throw new TaskCanceledException(), _time);
        await AdvanceUntilAsync(answer);

        await Assert.ThrowsAsync<TaskCanceledException>(() => answer);
    }

    private async Task AdvanceUntilAsync(Task answer)
    {
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
    }
}
