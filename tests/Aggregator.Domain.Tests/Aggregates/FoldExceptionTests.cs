using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>A fold that fails names the claim that is to blame, whatever order claims are held in.</summary>
public sealed class FoldExceptionTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(9, 0)]
    [InlineData(9, 4)]
    [InlineData(9, 8)]
    public void Guard_FoldThatFailsOnOne_NamesIt(int count, int failing)
    {
        var claims = Claims(count);

        var fault = Assert.Throws<FoldException>(() => FoldException.Guard([.. claims.Reverse()], some => some.Contains(claims[failing]) ? throw new OverflowException() : some.Count));

        Assert.Equal(claims[failing].Position, fault.Position);
        Assert.IsType<OverflowException>(fault.InnerException);
    }

    [Fact]
    public void Guard_FoldThatFailsOnTwoTogether_NamesTheOneThatCameLast()
    {
        var claims = Claims(20);

        var fault = Assert.Throws<FoldException>(() => FoldException.Guard([.. claims[10..], .. claims[..10]], some => some.Contains(claims[3]) && some.Contains(claims[12]) ? throw new OverflowException() : 0));

        Assert.Equal(claims[12].Position, fault.Position);
    }

    [Fact]
    public void Guard_ClaimLookedAtBeside_IsNamedToo()
    {
        var claims = Claims(6);

        var fault = Assert.Throws<FoldException>(() => FoldException.Guard(claims[..3], claims[3..], (_, others) => others.Contains(claims[4]) ? throw new OverflowException() : 0));

        Assert.Equal(claims[4].Position, fault.Position);
    }

    [Fact]
    public void Guard_FoldOfNothingThatFails_HasNobodyToName() =>
        Assert.Throws<OverflowException>(() => FoldException.Guard<int>([], _ => throw new OverflowException()));

    [Fact]
    public void Guard_FoldThatFailsWhateverTheClaims_BlamesNone() =>
        Assert.Throws<OverflowException>(() => FoldException.Guard<int>(Claims(5), _ => throw new OverflowException()));

    [Fact]
    public void Guard_FoldThatFailsForWhatElseBearsOnIt_BlamesNoClaim()
    {
        var claims = Claims(5);

        Assert.Throws<OverflowException>(() => FoldException.Guard(claims, [], (some, _) => some.Count > 0 ? throw new OverflowException() : 0, static (_, _) => 0));
        var fault = Assert.Throws<FoldException>(() => FoldException.Guard(claims, [], Fold, Fold));
        Assert.Equal(claims[2].Position, fault.Position);

        int Fold(IReadOnlyCollection<Appearance> some, IReadOnlyCollection<Appearance> _) => some.Contains(claims[2]) ? throw new OverflowException() : 0;
    }

    [Fact]
    public void Guard_FoldThatSucceeds_IsDoneOnce()
    {
        var folds = 0;

        Assert.Equal(3, FoldException.Guard(Claims(3), some =>
        {
            folds++;
            return some.Count;
        }));
        Assert.Equal(1, folds);
    }

    private static Appearance[] Claims(int count) => [.. Enumerable.Range(0, count).Select(at => Say.Figure("red", Bounds.Exactly(at + 1)) with { Position = new LogPosition(0, 1 + (at / 3), at % 3) })];
}
