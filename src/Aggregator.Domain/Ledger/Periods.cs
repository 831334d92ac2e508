using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>Sums over dated figures whose periods may contain or overlap one another (R6).</summary>
internal static class Periods
{
    public static ImmutableSortedDictionary<Period, Bounds> Add(
        ImmutableSortedDictionary<Period, Bounds> left, ImmutableSortedDictionary<Period, Bounds> right) =>
        Merge(left, right, static (mine, theirs) => mine.Plus(theirs));

    public static ImmutableSortedDictionary<Period, Bounds> Max(
        ImmutableSortedDictionary<Period, Bounds> left, ImmutableSortedDictionary<Period, Bounds> right) =>
        Merge(left, right, static (mine, theirs) => mine.Max(theirs));

    /// <summary>
    /// The sum of the figures that start on or after <paramref name="after"/> and end after it (R7), up to
    /// <paramref name="through"/>. A period that contains others counts the greater of its own figure and their sum;
    /// of two that overlap in part the later stands.
    /// </summary>
    public static Bounds Sum(ImmutableSortedDictionary<Period, Bounds> days, DateOnly? after, DateOnly? through)
    {
        var counted = days.Where(pair =>
            IsAfter(pair.Key, after)
            && (through is not { } last || pair.Key.To <= last));

        // Latest end first and, of equal ends, the longest: a container comes before what it contains.
        var pending = new List<(Period Period, Bounds Own, Bounds Inner)>();
        var sum = Bounds.Zero;
        foreach (var (period, own) in counted.OrderByDescending(pair => pair.Key.To).ThenBy(pair => pair.Key.From))
        {
            while (pending.Count > 0 && !pending[^1].Period.Overlaps(period))
            {
                Close();
            }

            if (pending.Count > 0 && !pending[^1].Period.Contains(period))
            {
                continue;
            }

            pending.Add((period, own, Bounds.Zero));
        }

        while (pending.Count > 0)
        {
            Close();
        }

        return sum;

        void Close()
        {
            var (_, own, inner) = pending[^1];
            pending.RemoveAt(pending.Count - 1);
            var value = inner == Bounds.Zero ? own : own.Max(inner);
            if (pending.Count > 0)
            {
                pending[^1] = pending[^1] with { Inner = pending[^1].Inner.Plus(value) };
            }
            else
            {
                sum = sum.Plus(value);
            }
        }
    }

    /// <summary>R7: what starts on or after a total's day and ends after it adds to the total; what lies inside does not.</summary>
    public static bool IsAfter(Period period, DateOnly? total) => total is not { } day || (period.From >= day && period.To > day);

    private static ImmutableSortedDictionary<Period, Bounds> Merge(
        ImmutableSortedDictionary<Period, Bounds> left,
        ImmutableSortedDictionary<Period, Bounds> right,
        Func<Bounds, Bounds, Bounds> both)
    {
        if (right.IsEmpty || left.IsEmpty)
        {
            return left.IsEmpty ? right : left;
        }

        var merged = left.ToBuilder();
        foreach (var (period, bounds) in right)
        {
            merged[period] = merged.TryGetValue(period, out var mine) ? both(mine, bounds) : bounds;
        }

        return merged.ToImmutable();
    }
}
