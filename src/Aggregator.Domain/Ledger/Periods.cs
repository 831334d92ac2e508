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
    /// of two that overlap in part the later stands. Incidents with a global id are themselves and no other: they add to
    /// what lies within their period or across its end.
    /// </summary>
    /// <param name="days">All figures.</param>
    /// <param name="incidents">The share of them that has a global incident id, by id.</param>
    /// <param name="after">The day of a running total; null for none.</param>
    /// <param name="through">The last day; null for no end.</param>
    public static Bounds Sum(
        ImmutableSortedDictionary<Period, Bounds> days, ImmutableSortedDictionary<IncidentDay, Bounds> incidents, DateOnly? after, DateOnly? through)
    {
        var counted = days.Where(pair =>
            IsAfter(pair.Key, after)
            && (through is not { } last || pair.Key.To <= last));

        var shares = incidents.IsEmpty ? Tally.NoDays : Incidents.Sums(incidents);

        // Latest end first and, of equal ends, the longest: a container comes before what it contains.
        var pending = new List<(Period Period, Bounds Own, Bounds Inner)>();
        var sum = Bounds.Zero;
        foreach (var (period, own) in counted.OrderByDescending(pair => pair.Key.To).ThenBy(pair => pair.Key.From))
        {
            while (pending.Count > 0 && !pending[^1].Period.Overlaps(period))
            {
                Close();
            }

            if (pending.Count == 0 || pending[^1].Period.Contains(period))
            {
                pending.Add((period, own, IncidentsOf(period)));
            }
            else
            {
                AddTo(pending.FindLastIndex(open => open.Period.Contains(period)), IncidentsOf(period));
            }
        }

        while (pending.Count > 0)
        {
            Close();
        }

        return sum;

        Bounds IncidentsOf(Period period) => shares.TryGetValue(period, out var share) ? share : Bounds.Zero;

        void Close()
        {
            var (_, own, inner) = pending[^1];
            pending.RemoveAt(pending.Count - 1);
            AddTo(pending.Count - 1, inner == Bounds.Zero ? own : own.Max(inner));
        }

        void AddTo(int container, Bounds value)
        {
            if (container >= 0)
            {
                pending[container] = pending[container] with { Inner = pending[container].Inner.Plus(value) };
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
