using Aggregator.Grains.Entities;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Grains.Tests.Entities;

public sealed class GateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly FakeTimeProvider _time = new();
    private readonly Gate _gate = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enter_WhileTaken_ComesInTurn()
    {
        await _gate.EnterAsync(Cancellation);
        var first = _gate.EnterAsync(Limit, _time, Cancellation);
        var second = _gate.EnterAsync(Cancellation);
        Assert.False(first.IsCompleted || second.IsCompleted);

        _gate.Leave();
        Assert.True(await first);
        Assert.False(second.IsCompleted);

        _gate.Leave();
        await second;
        _gate.Leave();
        var last = _gate.EnterAsync(Limit, _time, Cancellation);
        Assert.True(last.IsCompleted);
        Assert.True(await last);
    }

    [Fact]
    public async Task Enter_LimitPasses_GivesUp_AndTheNextComesIn()
    {
        await _gate.EnterAsync(Cancellation);
        var limited = _gate.EnterAsync(Limit, _time, Cancellation);
        var next = _gate.EnterAsync(Cancellation);
        _time.Advance(Limit - TimeSpan.FromTicks(1));
        Assert.False(limited.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(await limited);

        _gate.Leave();
        await next;
    }

    [Fact]
    public async Task Enter_TurnComes_LimitDoesNothingAnyMore()
    {
        await _gate.EnterAsync(Cancellation);
        var limited = _gate.EnterAsync(Limit, _time, Cancellation);
        _gate.Leave();
        Assert.True(await limited);

        _time.Advance(2 * Limit);
        var next = _gate.EnterAsync(Cancellation);
        Assert.False(next.IsCompleted);
        _gate.Leave();
        await next;
    }

    [Fact]
    public async Task Enter_Cancelled_Throws_AndTheNextComesIn()
    {
        using var cancelled = new CancellationTokenSource();
        await _gate.EnterAsync(Cancellation);
        var limited = _gate.EnterAsync(Limit, _time, cancelled.Token);
        var unlimited = _gate.EnterAsync(cancelled.Token);
        var next = _gate.EnterAsync(Cancellation);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => limited);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unlimited);

        _gate.Leave();
        await next;
    }
}
