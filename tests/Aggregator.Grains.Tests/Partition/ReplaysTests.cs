using Aggregator.Grains.Partition;

namespace Aggregator.Grains.Tests.Partition;

public sealed class ReplaysTests
{
    private readonly Replays _replays = new();
    private readonly object _one = new();
    private readonly object _other = new();

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
    public void Wait_OfOneThatHasEnded_ChangesNothing()
    {
        _replays.Begin(_one);
        _replays.Begin(_other);
        _replays.End(_one);
        _replays.Wait(_one);
        Assert.Equal((true, false), (_replays.AreRunning, _replays.AreLong));
    }
}
