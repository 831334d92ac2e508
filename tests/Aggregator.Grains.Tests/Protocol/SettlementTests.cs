using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Tests.Protocol;

public sealed class SettlementTests
{
    [Fact]
    public void Durable_AtTheTop_FollowsTheRow()
    {
        var settlement = new Settlement(hasParent: false);
        settlement.Changed();
        settlement.Written(1, Marks(7));

        Assert.Equal(7, settlement.Durable[0].Sequence);
        Assert.False(settlement.AwaitsParent);
    }

    [Fact]
    public void Durable_InTheRowButNotAbove_IsNotYet()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Told(1, new PartVersion(1, 1));
        settlement.Written(1, Marks(7));

        Assert.Equal(0, settlement.Durable[0].Sequence);
        Assert.True(settlement.AwaitsParent);

        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);
        Assert.Equal(7, settlement.Durable[0].Sequence);
        Assert.False(settlement.AwaitsParent);
    }

    [Fact]
    public void Durable_SafeAboveUpToAnOlderVersion_IsTheOlderMark()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Told(1, new PartVersion(1, 1));
        settlement.Written(1, Marks(7));
        settlement.Changed();
        settlement.Told(2, new PartVersion(1, 2));
        settlement.Written(2, Marks(9));

        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);

        Assert.Equal(7, settlement.Durable[0].Sequence);
        Assert.True(settlement.AwaitsParent);
    }

    [Fact]
    public void Durable_ParentAskedBeforeTheWrite_IsAskedAgain()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Told(1, new PartVersion(1, 1));
        var asked = settlement.InRow;
        settlement.Written(1, Marks(7));

        // It may have been read anew since, when the row said nothing.
        settlement.SafeAbove(new PartVersion(1, 1), asked);
        Assert.Equal(0, settlement.Durable[0].Sequence);
        Assert.True(settlement.AwaitsParent);

        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);
        Assert.Equal(7, settlement.Durable[0].Sequence);
    }

    [Fact]
    public void SafePart_IsSafeOnlyWhenTheRowAndAllAboveHaveIt()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Taken("part", new PartVersion(3, 1));
        Assert.Equal(PartVersion.None, settlement.SafePart("part"));

        settlement.Written(1, Marks(0));
        Assert.Equal(PartVersion.None, settlement.SafePart("part"));

        settlement.Told(1, new PartVersion(1, 1));
        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);
        Assert.Equal(new PartVersion(3, 1), settlement.SafePart("part"));
    }

    [Fact]
    public void SafePart_TakenAfterTheWrite_WaitsForTheNext()
    {
        var settlement = new Settlement(hasParent: false);
        settlement.Written(0, Marks(0));
        settlement.Changed();
        settlement.Taken("part", new PartVersion(3, 1));

        Assert.Equal(PartVersion.None, settlement.SafePart("part"));
        settlement.Written(1, Marks(0));
        Assert.Equal(new PartVersion(3, 1), settlement.SafePart("part"));
    }

    [Fact]
    public void Durable_UnderMoreStepsThanAreRemembered_StillMoves()
    {
        var settlement = new Settlement(hasParent: true);
        for (var step = 1; step <= 1_000; step++)
        {
            settlement.Changed();
            settlement.Told(step, new PartVersion(1, step));
            settlement.Written(step, Marks(step));
        }

        settlement.SafeAbove(new PartVersion(1, 10), settlement.InRow);
        Assert.Equal(10, settlement.Durable[0].Sequence);
        settlement.SafeAbove(new PartVersion(1, 1_000), settlement.InRow);
        Assert.Equal(1_000, settlement.Durable[0].Sequence);
    }

    [Fact]
    public void Durable_ChangeThatTheParentNeedNotKnow_IsSafeUnderTheVersionOfTheRow()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Told(1, new PartVersion(1, 1));
        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);
        settlement.Changed();
        settlement.Told(2, new PartVersion(1, 1)); // the row, whose totals are those of the push
        settlement.Written(2, Marks(9));

        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);
        Assert.Equal(9, settlement.Durable[0].Sequence);
    }

    [Fact]
    public void Relink_WhatWasDurableStays_AndTheRestWaitsForTheNewParent()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Told(1, new PartVersion(1, 1));
        settlement.Written(1, Marks(7));
        settlement.SafeAbove(new PartVersion(1, 1), settlement.InRow);

        settlement.Changed();
        settlement.Told(2, new PartVersion(1, 2));
        settlement.Relink(toParent: true);
        settlement.Written(2, Marks(9));
        settlement.SafeAbove(new PartVersion(1, 2), settlement.InRow); // a late answer of the parent before
        Assert.Equal(7, settlement.Durable[0].Sequence);
        Assert.True(settlement.AwaitsParent);

        settlement.Told(2, new PartVersion(1, 3));
        settlement.SafeAbove(new PartVersion(1, 3), settlement.InRow);
        Assert.Equal(9, settlement.Durable[0].Sequence);
    }

    [Fact]
    public void Relink_ToTheTop_WaitsForNobody()
    {
        var settlement = new Settlement(hasParent: true);
        settlement.Changed();
        settlement.Written(1, Marks(7));
        Assert.Equal(0, settlement.Durable[0].Sequence);

        settlement.Relink(toParent: false);

        Assert.False(settlement.AwaitsParent);
        Assert.Equal(7, settlement.Durable[0].Sequence);
    }

    [Fact]
    public void Dropped_APart_IsSafeNoMore()
    {
        var settlement = new Settlement(hasParent: false);
        settlement.Changed();
        settlement.Taken("town", new PartVersion(1, 1));
        settlement.Written(1, Marks(7));
        Assert.Equal(new PartVersion(1, 1), settlement.SafePart("town"));

        settlement.Dropped("town");

        Assert.Equal(PartVersion.None, settlement.SafePart("town"));
    }

    private static Marks Marks(long sequence) => new() { [0] = new Mark(1, sequence) };
}
