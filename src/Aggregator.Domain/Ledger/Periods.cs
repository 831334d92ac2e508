using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>Sums over dated figures whose periods may contain or overlap one another (R6).</summary>
internal static class Periods
{
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
        DatedFigures days, ImmutableSortedDictionary<IncidentDay, Bounds> incidents, DateOnly? after, DateOnly? through)
    {
        var shares = incidents.IsEmpty ? DatedFigures.Empty : Incidents.Sums(incidents);
        return TrySumApart(days, shares, after, through, out var apart) ? apart : SumNested(days, shares, after, through);
    }

    private static bool Counts(Period period, DateOnly? after, DateOnly? through) => IsAfter(period, after) && (through is not { } last || period.To <= last);

    // As a rule no two periods have a day in common: then each counts for itself, in one pass.
    private static bool TrySumApart(DatedFigures days, DatedFigures shares, DateOnly? after, DateOnly? through, out Bounds sum)
    {
        sum = Bounds.Zero;
        DateOnly? end = null;
        for (var at = 0; at < days.Count; at++)
        {
            var (period, own) = days.At(at);
            if (!Counts(period, after, through))
            {
                continue;
            }

            if (period.From <= end)
            {
                return false;
            }

            end = period.To;
            sum = sum.Plus(Whole(own, shares.TryGetValue(period, out var share) ? share : Bounds.Zero));
        }

        return true;
    }

    private static Bounds Whole(Bounds own, Bounds inner) => inner == Bounds.Zero ? own : own.Max(inner);

    private static Bounds SumNested(DatedFigures days, DatedFigures shares, DateOnly? after, DateOnly? through)
    {
        var counted = days.Where(pair => Counts(pair.Key, after, through));

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
            AddTo(pending.Count - 1, Whole(own, inner));
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
}
