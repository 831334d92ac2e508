using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>What one voice itself says of one line at one node: its running total and its dated figures.</summary>
/// <param name="Series">Its running total; null if it gave none.</param>
/// <param name="Days">Figures per period, without a global incident id.</param>
/// <param name="Incidents">Figures with one.</param>
public sealed record OwnFigures(
    RunningTotal? Series,
    DatedFigures Days,
    ImmutableSortedDictionary<IncidentDay, Bounds> Incidents)
{
    /// <summary>Says nothing.</summary>
    public static readonly OwnFigures None = new(null, DatedFigures.Empty, Tally.NoIncidents);
}

/// <summary>A running total as it stands (R7, R8).</summary>
/// <param name="AsOf">Day it is stated for.</param>
/// <param name="Since">First day it covers; null if never said.</param>
/// <param name="Total">The figure.</param>
/// <param name="Added">What the last step added, 0 for a first total; null if several series make it.</param>
/// <param name="Corrected">What the last step took back, signed, 0 if nothing; null if several series make it.</param>
public sealed record RunningTotal(DateOnly AsOf, DateOnly? Since, Bounds Total, long? Added, long? Corrected);

/// <summary>
/// One voice's figures on one line at one node of the containment trees (R14): a total up to a day and dated figures.
/// <see cref="Combine"/> is the one algebra for details within a statement (R6), actors within a place and places.
/// </summary>
public sealed record Tally
{
    internal static readonly ImmutableSortedDictionary<IncidentDay, Bounds> NoIncidents = ImmutableSortedDictionary<IncidentDay, Bounds>.Empty;

    /// <summary>A*: the day up to which <see cref="Total"/> counts; null if no running total is in it.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>First day of the running totals in it; null if none or never said.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>B: the total up to <see cref="AsOf"/>; zero if there is no running total.</summary>
    public Bounds Total { get; init; } = Bounds.Zero;

    /// <summary>All dated figures, those up to <see cref="AsOf"/> included.</summary>
    public DatedFigures Days { get; init; } = DatedFigures.Empty;

    /// <summary>The share of <see cref="Days"/> that has a global incident id: an incident counts once wherever it is told (R6).</summary>
    public ImmutableSortedDictionary<IncidentDay, Bounds> Incidents { get; init; } = NoIncidents;

    /// <summary>The running total that stands as <see cref="Total"/>, if one series alone makes it; else null.</summary>
    public RunningTotal? Series { get; init; }

    /// <summary>Whether the parts say more than the whole up to the same day.</summary>
    public bool Inconsistent { get; init; }

    /// <summary>What the parts say where that is more than the whole; else null.</summary>
    public Bounds? Floor { get; init; }

    /// <summary>What the whole has beyond its parts, where both are stated to the same day; else null.</summary>
    public long? Unallocated { get; init; }

    /// <summary>Whether another class has taken this one over: shown, and counted no more (R16).</summary>
    public bool Superseded { get; init; }

    /// <summary>The periods that count beside the total.</summary>
    public IEnumerable<Period> Dated => Days.Keys.Where(period => Periods.IsAfter(period, AsOf));

    /// <summary>The figure: the total and the dated figures after it.</summary>
    public Bounds Value => Total.Plus(Periods.Sum(Days, Incidents, after: AsOf, through: null));

    /// <summary>
    /// R14: <c>day(d) = max(o(d), x(d) + Σ day_c(d))</c>; A* is the latest as-of of all; the whole's own total stands if
    /// it is that of A*, else the larger of the own path and the parts' path. An incident that a part has too is in x(d) only
    /// with what the whole says beyond its parts.
    /// </summary>
    /// <param name="own">What is said of the whole itself.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="places">Whether they are places: an incident has one, so that told in two of them it counts once; bodies and models share in it.</param>
    public static Tally Combine(OwnFigures own, IReadOnlyCollection<Tally> parts, bool places = false)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(parts);
        var incidents = Ledger.Incidents.Combine(own.Incidents, parts, places);
        var days = DatedFigures.Max(own.Days, incidents.Allocated(parts));
        var asOf = parts.Select(part => part.AsOf).Append(own.Series?.AsOf).Max();
        var combined = new Tally { Days = days, Incidents = incidents.Told, AsOf = asOf };
        if (asOf is not { } day)
        {
            return combined;
        }

        var counted = parts.Where(part => part.AsOf is not null || !part.Days.IsEmpty).ToArray();
        var partsPath = incidents.Once(counted.Aggregate(Bounds.Zero, (sum, part) => sum.Plus(part.UpTo(day))), day);
        var since = counted.Select(part => part.Since).Append(own.Series?.Since).Min();
        if (own.Series is { } series && series.AsOf == day)
        {
            var higher = partsPath.Weight > series.Total.Weight;
            var earlier = series.Since is { } first && counted.Any(part => part.Since < first);
            return combined with
            {
                Total = series.Total,
                Since = since,
                Series = series,
                Inconsistent = higher && !earlier,
                Floor = higher ? partsPath : null,
                Unallocated = counted.Length > 0 && !higher ? series.Total.Best - partsPath.Best : null,
            };
        }

        var ownPath = (own.Series?.Total ?? Bounds.Zero).Plus(Periods.Sum(days, incidents.Told, own.Series?.AsOf, day));
        var isOfParts = partsPath.Weight >= ownPath.Weight;
        return combined with
        {
            Total = isOfParts ? partsPath : ownPath,
            Since = since,
            Series = isOfParts && own.Series is null && counted.Length == 1 ? counted[0].Series : null,
        };
    }

    /// <summary>This tally as a node's own figures, where another dimension's parts are to be combined with it.</summary>
    public OwnFigures AsOwn() => new(
        AsOf is { } day ? Series ?? new RunningTotal(day, Since, Total, null, null) : null,
        Days,
        Incidents);

    private Bounds UpTo(DateOnly day) => Total.Plus(Periods.Sum(Days, Incidents, AsOf, day));
}
