using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

using Told = ImmutableSortedDictionary<IncidentDay, Bounds>;

/// <summary>What happened in one incident on some days: bodies, models and outcomes of one incident may have days of their own.</summary>
/// <param name="Id">The global incident id.</param>
/// <param name="Period">The days.</param>
public readonly record struct IncidentDay(string Id, Period Period) : IComparable<IncidentDay>
{
    /// <inheritdoc/>
    public int CompareTo(IncidentDay other)
    {
        var byId = string.CompareOrdinal(Id, other.Id);
        return byId != 0 ? byId : Period.CompareTo(other.Period);
    }
}

/// <summary>
/// The incidents of a whole and its parts (R6): one that both tell of counts once, with the greater figure. Parts that are
/// bodies, models or outcomes share in an incident; of places it has but one.
/// </summary>
internal sealed class Incidents
{
    private readonly List<KeyValuePair<IncidentDay, Bounds>> _beyond = [];
    private readonly List<(DateOnly? AsOf, IncidentDay Day, Bounds Figure)> _repeated = [];

    private Incidents(Told told) => Told = told;

    /// <summary>All incidents, each once.</summary>
    public Told Told { get; private set; }

    public static Incidents Combine(Told own, IReadOnlyCollection<Tally> parts, bool places)
    {
        var incidents = new Incidents(own);
        if (parts.All(part => part.Incidents.IsEmpty))
        {
            incidents._beyond.AddRange(own);
            return incidents;
        }

        var whole = own.GroupBy(one => one.Key.Id, StringComparer.Ordinal).ToDictionary(incident => incident.Key, incident => incident.ToList(), StringComparer.Ordinal);
        var told = ImmutableSortedDictionary.CreateBuilder<IncidentDay, Bounds>();
        foreach (var incident in parts
            .SelectMany(part => part.Incidents.GroupBy(one => one.Key.Id, StringComparer.Ordinal).Select(one => (part.AsOf, Id: one.Key, Days: one.ToArray())))
            .GroupBy(one => one.Id, StringComparer.Ordinal))
        {
            // Of places one has it: the one that tells most, for the latest days.
            var tellings = incident.OrderBy(one => SumOf(one.Days).Weight).ThenBy(one => one.Days[^1].Key).ToArray();
            foreach (var (asOf, _, days) in places ? tellings[..^1] : [])
            {
                incidents._repeated.AddRange(days.Select(one => (asOf, one.Key, one.Value)));
            }

            foreach (var (day, figure) in (places ? tellings[^1..] : tellings).SelectMany(one => one.Days))
            {
                Add(day, figure);
            }

            if (whole.Remove(incident.Key, out var mine))
            {
                var allocated = SumOf(tellings[^1].Days);
                foreach (var other in tellings[..^1])
                {
                    allocated = places ? allocated.Max(SumOf(other.Days)) : allocated.Plus(SumOf(other.Days));
                }

                var beyond = KeyValuePair.Create(
                    incident.Max(one => one.Days[^1].Key),
                    Beyond(SumOf(mine).Max(allocated), SumOf((places ? tellings[^1..] : tellings).SelectMany(one => one.Days))));
                incidents._beyond.Add(beyond);
                Add(beyond.Key, beyond.Value);
            }
        }

        foreach (var (day, figure) in whole.Values.SelectMany(days => days))
        {
            incidents._beyond.Add(KeyValuePair.Create(day, figure));
            Add(day, figure);
        }

        incidents.Told = told.ToImmutable();
        return incidents;

        void Add(IncidentDay day, Bounds figure) => told[day] = told.TryGetValue(day, out var sum) ? sum.Plus(figure) : figure;
    }

    /// <summary>x(d) + Σ day_c(d) of R14: what the parts say, with what the whole's incidents have beyond theirs.</summary>
    public DatedFigures Allocated(IReadOnlyCollection<Tally> parts)
    {
        var days = DatedFigures.Sum([Sums(_beyond), .. parts.Select(part => part.Days)]);
        foreach (var (_, (_, period), figure) in _repeated)
        {
            // Where a part's own figure of the day is the greater, the incident is in it: no less than that is allocated.
            days = days.With(period, parts.Aggregate(
                Beyond(days[period], figure),
                (least, part) => part.Days.TryGetValue(period, out var day) ? least.Max(day) : least));
        }

        return days;
    }

    /// <summary>A sum of the parts' paths up to a day, with each incident once.</summary>
    public Bounds Once(Bounds path, DateOnly through) => _repeated
        .Where(repeated => Periods.IsAfter(repeated.Day.Period, repeated.AsOf) && repeated.Day.Period.To <= through)
        .Aggregate(path, (left, repeated) => Beyond(left, repeated.Figure));

    /// <summary>Incidents summed by their days.</summary>
    public static DatedFigures Sums(IEnumerable<KeyValuePair<IncidentDay, Bounds>> incidents) =>
        DatedFigures.Sum(incidents.Select(one => KeyValuePair.Create(one.Key.Period, one.Value)));

    private static Bounds SumOf(IEnumerable<KeyValuePair<IncidentDay, Bounds>> days) =>
        days.Select(day => day.Value).Aggregate((sum, one) => sum.Plus(one));

    // What of a sum is left without one of its addends; what no one knows of the sum stays unknown.
    private static Bounds Beyond(Bounds sum, Bounds addend) => new(
        Math.Max(0, (sum.Low ?? 0) - (addend.Low ?? 0)),
        sum.Best is { } best ? Math.Max(0, best - (addend.Best ?? 0)) : addend.Best is null ? 0 : null,
        sum.High is { } high ? Math.Max(0, high - (addend.High ?? 0)) : addend.High is null ? 0 : null);
}
