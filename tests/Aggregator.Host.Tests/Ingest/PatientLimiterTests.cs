using System.Threading.RateLimiting;
using Aggregator.Host.Ingest;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>Who waits for a permit waits only so long.</summary>
public sealed class PatientLimiterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrencyLimiter _inner = new(new() { PermitLimit = 1, QueueLimit = 1 });
    private readonly PatientLimiter _limiter;

    public PatientLimiterTests() => _limiter = new(_inner, Patience, _time);

    [Fact]
    public void APermitThatIsFree_IsHadAtOnce()
    {
        using var lease = Done(_limiter.AcquireAsync());

        Assert.True(lease.IsAcquired);
    }

    [Fact]
    public async Task WhoWaits_IsLetInWhenOneLeaves()
    {
        var first = await _limiter.AcquireAsync();
        var second = _limiter.AcquireAsync();
        _time.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(second.IsCompleted);

        first.Dispose();

        using var lease = await second;
        Assert.True(lease.IsAcquired);
    }

    [Fact]
    public async Task WhoHasWaitedSoLong_IsRefused_AndLeavesRoomForTheNext()
    {
        using var first = await _limiter.AcquireAsync();
        var second = _limiter.AcquireAsync();
        using var noRoom = Done(_limiter.AcquireAsync());
        Assert.False(noRoom.IsAcquired);

        _time.Advance(Patience);

        using var refused = await second;
        Assert.False(refused.IsAcquired);
        var third = _limiter.AcquireAsync();
        Assert.False(third.IsCompleted);
        first.Dispose();
        using var lease = await third;
        Assert.True(lease.IsAcquired);
    }

    [Fact]
    public async Task WhoGivesUp_IsNotRefused()
    {
        using var first = await _limiter.AcquireAsync();
        using var gone = new CancellationTokenSource();
        var second = _limiter.AcquireAsync(cancellationToken: gone.Token);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => (await second).Dispose());
    }

    public void Dispose() => _limiter.Dispose();

    private static RateLimitLease Done(ValueTask<RateLimitLease> lease)
    {
        Assert.True(lease.IsCompleted);
        return lease.Result;
    }
}
