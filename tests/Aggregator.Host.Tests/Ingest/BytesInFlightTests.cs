using Aggregator.Host.Ingest;

namespace Aggregator.Host.Tests.Ingest;

public sealed class BytesInFlightTests
{
    private readonly BytesInFlight _bytes = new(new IngestSettings(100, TimeSpan.FromMinutes(1)));

    [Fact]
    public void Share_BeyondWhatIsFree_IsRefusedAndKeepsWhatItHas()
    {
        using var first = _bytes.Hold();
        using var second = _bytes.Hold();

        Assert.True(first.TryGrowTo(60));
        Assert.False(second.TryGrowTo(41));
        Assert.True(second.TryGrowTo(40));
        Assert.False(first.TryGrowTo(61));
        Assert.True(first.TryGrowTo(10)); // holding less than before is holding what was
        Assert.Equal(0, _bytes.Free);
    }

    [Fact]
    public void Share_DisposedOf_GivesAllBackOnce()
    {
        var share = _bytes.Hold();
        Assert.True(share.TryGrowTo(30));
        Assert.True(share.TryGrowTo(70));

        share.Dispose();
        share.Dispose();

        Assert.Equal(100, _bytes.Free);
    }

    [Fact]
    public void AwaitingViews_HalfIsLeftToOthers_UnlessItIsOneAlone()
    {
        using var first = _bytes.Hold();
        using var second = _bytes.Hold();
        Assert.True(first.TryGrowTo(30));
        Assert.True(second.TryGrowTo(60));

        Assert.True(first.TryAwaitViews());
        Assert.True(first.TryAwaitViews());
        Assert.False(second.TryAwaitViews());

        first.Dispose();
        Assert.True(second.TryAwaitViews());
        second.Dispose();

        using var third = _bytes.Hold();
        Assert.True(third.TryGrowTo(50));
        Assert.True(third.TryAwaitViews());
        Assert.Equal(50, _bytes.Free);
    }

    [Fact]
    public void Shares_ManyAtOnce_NeverHoldMoreThanThereIs()
    {
        Parallel.For(0, 1_000, at =>
        {
            using var share = _bytes.Hold();
            share.TryGrowTo(at % 60);
            share.TryGrowTo(at % 110);
            Assert.InRange(_bytes.Free, 0, 100);
        });

        Assert.Equal(100, _bytes.Free);
    }
}
