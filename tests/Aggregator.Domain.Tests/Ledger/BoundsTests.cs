using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Ledger;

public sealed class BoundsTests
{
    [Fact]
    public void Plus_DozensAndAtLeastFive_HasNoHigh() =>
        Assert.Equal(new Bounds(17, 17, null), new Bounds(12, 12, 99).Plus(new Bounds(5, 5, null)));

    [Fact]
    public void Plus_UnknownBest_MakesTheSumsBestUnknown() =>
        Assert.Equal(new Bounds(4, null, 54), Bounds.Exactly(4).Plus(new Bounds(0, null, 50)));

    [Fact]
    public void Max_KnownBestBesideUnknown_IsTakenAndRaisedToLow() =>
        Assert.Equal(new Bounds(10, 10, null), new Bounds(10, null, null).Max(Bounds.Exactly(4)));

    [Fact]
    public void Less_OfBounds_LeavesAtLeastLowLessHighAndAtMostHighLessLow()
    {
        Assert.Equal(new Bounds(1, 3, 8), new Bounds(4, 5, 9).Less(new Bounds(1, 2, 3)));
        Assert.Equal(Bounds.Zero, Bounds.Exactly(2).Less(Bounds.Exactly(5)));
        Assert.Equal(new Bounds(0, null, null), new Bounds(4, 5, null).Less(new Bounds(1, null, null)));
    }

    [Fact]
    public void Plus_IsAssociativeAndCommutative()
    {
        Bounds[] all = [Bounds.Zero, Bounds.Exactly(4), new(12, 12, 99), new(5, 5, null), new(0, null, 50), new(1, null, null)];
        foreach (var a in all)
        {
            foreach (var b in all)
            {
                Assert.Equal(a.Plus(b), b.Plus(a));
                Assert.All(all, c => Assert.Equal(a.Plus(b).Plus(c), a.Plus(b.Plus(c))));
            }
        }
    }
}
