using Aggregator.Grains.Partition;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Grains.Tests.Partition;

public sealed class ReplaysTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Replays _replays;
    private readonly object _one = new();
    private readonly object _other = new();

    public ReplaysTests() => _replays = new Replays(_time);

    [Fact]
    public void AreRunning_UntilAllHaveEnded()
    {
        Assert.False(_replays.AreRunning);
        _replays.Begin(_one);
        _replays.Begin(_other);
        _replays.End(_one);
        Assert.True(_replays.AreRunning);
        _replays.End(_other);
        Assert.False(_replays.AreRunning);
    }

    [Fact]
    public void AreLong_WhileOneThatHadToWaitRuns()
    {
        _replays.Begin(_one);
        _replays.Begin(_other);
        Assert.False(_replays.AreLong);
        _replays.Wait(_one);
        _replays.End(_other);
        Assert.True(_replays.AreLong);
        _replays.End(_one);
        Assert.False(_replays.AreLong);
    }

    [Fact]
    public void LongFor_IsCountedFromTheFirstWait_AndBeginsAnewWithTheNext()
    {
        _replays.Begin(_one);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, _replays.LongFor);
        _replays.Wait(_one);
        _time.Advance(TimeSpan.FromMinutes(2));
        _replays.Begin(_other);
        _replays.Wait(_other);
        _replays.End(_one);
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(5), _replays.LongFor);

        _replays.End(_other);
        Assert.Equal(TimeSpan.Zero, _replays.LongFor);
        _time.Advance(TimeSpan.FromHours(10));
        _replays.Begin(_one);
        _replays.Wait(_one);
        Assert.Equal(TimeSpan.Zero, _replays.LongFor);
    }

    [Fact]
    public void Wait_OfOneThatHasEnded_ChangesNothing()
    {
        _replays.Begin(_one);
        _replays.Begin(_other);
        _replays.End(_one);
        _replays.Wait(_one);
        Assert.Equal((true, false), (_replays.AreRunning, _replays.AreLong));
    }
}
