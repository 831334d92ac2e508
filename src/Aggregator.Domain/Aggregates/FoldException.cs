using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// A fold of claims fails, and one of them is to blame: with all that came before it in the log it fails, and without it it does not. The fault is the inner exception.
/// </summary>
/// <param name="position">Where the record stands that brought the claim.</param>
/// <param name="fault">What happened.</param>
public sealed class FoldException(LogPosition position, Exception fault) : Exception($"the fold fails on {position}: {fault?.Message}", fault)
{
    /// <summary>Where the record stands that brought the claim.</summary>
    public LogPosition Position => position;

    /// <summary>Folds claims.</summary>
    /// <typeparam name="T">What they come to.</typeparam>
    /// <param name="claims">All that the fold looks at, in any order.</param>
    /// <param name="fold">The fold, of these or of some of them.</param>
    /// <exception cref="FoldException">It fails.</exception>
    internal static T Guard<T>(IReadOnlyCollection<Appearance> claims, Func<IReadOnlyCollection<Appearance>, T> fold) => Guard(claims, [], (some, _) => fold(some));

    /// <summary>Folds claims beside which others are looked at.</summary>
    /// <typeparam name="T">What they come to.</typeparam>
    /// <param name="claims">The claims, in any order.</param>
    /// <param name="others">The others.</param>
    /// <param name="fold">The fold, of these or of some of them.</param>
    /// <param name="plain">The fold without what else bears on it, as answers do; null if nothing does. Where this succeeds no claim is to blame, and the fault comes as it is.</param>
    /// <exception cref="FoldException">It fails, and does not of nothing.</exception>
    internal static T Guard<T>(
        IReadOnlyCollection<Appearance> claims,
        IReadOnlyCollection<Appearance> others,
        Func<IReadOnlyCollection<Appearance>, IReadOnlyCollection<Appearance>, T> fold,
        Func<IReadOnlyCollection<Appearance>, IReadOnlyCollection<Appearance>, T>? plain = null)
    {
        try
        {
            return Once(fold, claims, others);
        }
        catch (Exception fault) when (fault is not (FoldException or OutOfMemoryException) && Fails(() => Once(plain ?? fold, claims, others)) && !Fails(() => (plain ?? fold)([], [])))
        {
            var all = claims.Select(static one => (Claim: one, IsOther: false)).Concat(others.Select(static one => (Claim: one, IsOther: true)))
                .OrderBy(static one => one.Claim.Position.Partition).ThenBy(static one => one.Claim.Position.Sequence).ThenBy(static one => one.Claim.Position.Ordinal).ToArray();
            var needed = LeastThatFail(all.Length, count => Fails(() => Once(
                plain ?? fold,
                [.. all.Take(count).Where(static one => !one.IsOther).Select(static one => one.Claim)],
                [.. all.Take(count).Where(static one => one.IsOther).Select(static one => one.Claim)])));
            throw new FoldException(all[needed - 1].Claim.Position, fault);
        }
    }

    private static T Once<T>(
        Func<IReadOnlyCollection<Appearance>, IReadOnlyCollection<Appearance>, T> fold, IReadOnlyCollection<Appearance> claims, IReadOnlyCollection<Appearance> others)
    {
        Failpoint.Reach(Failpoint.Claims, claims);
        Failpoint.Reach(Failpoint.Claims, others);
        return fold(claims, others);
    }

    // Of so many of the first it fails, of one less it does not; of none it does not, of all of them it does. Found in as many tries as halving takes.
    private static int LeastThatFail(int all, Func<int, bool> fails)
    {
        var (good, bad) = (0, all);
        while (bad - good > 1)
        {
            var middle = good + ((bad - good) / 2);
            (good, bad) = fails(middle) ? (good, middle) : (middle, bad);
        }

        return bad;
    }

    private static bool Fails<T>(Func<T> fold)
    {
        try
        {
            fold();
            return false;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return true;
        }
    }
}
