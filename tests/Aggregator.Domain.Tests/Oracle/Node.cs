using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>A standing running total: its day, first day, figure and last step.</summary>
internal sealed record Total(DateOnly AsOf, DateOnly? Since, Number Figure, long? Added, long? Corrected);

/// <summary>What is said of a node itself: C as of A, o(d), and the figures with an incident id, x(d).</summary>
internal sealed record Own(Total? Total, Dictionary<Period, Number> Days, Dictionary<(string Id, Period Period), Number> Incidents)
{
    public static readonly Own None = new(null, [], []);
}

/// <summary>
/// What one voice says of one line at one node, by the words of R6, R7 and R14: a total up to a day, and figures of days, some of
/// which are of incidents with an id.
/// </summary>
internal sealed class Node
{
    public DateOnly? AsOf { get; private init; }

    public DateOnly? Since { get; private init; }

    public Number Upto { get; private init; } = Number.Zero;

    public Total? Series { get; private init; }

    public bool Inconsistent { get; private init; }

    public Number? Floor { get; private init; }

    public long? Unallocated { get; init; }

    public Dictionary<Period, Number> Days { get; private init; } = [];

    public Dictionary<(string Id, Period Period), Number> Incidents { get; private init; } = [];

    /// <summary>The total, and the days after it.</summary>
    public Number Value => Number.Sum([Upto, Between(Days, Incidents, AsOf, null)]);

    /// <summary>Whether it has any number.</summary>
    public bool HasNumber => AsOf is not null || Days.Count > 0;

    /// <summary>R14 for one node.</summary>
    /// <param name="own">What is said of it itself.</param>
    /// <param name="parts">Its parts.</param>
    /// <param name="places">Whether they are places: an incident is in one of them.</param>
    public static Node Of(Own own, List<Node> parts, bool places)
    {
        var (total, days, incidents) = own;

        // Each incident once: told of the whole and of parts, the greater of the two; told of two places, the greater.
        var (told, extra, twice) = (new Dictionary<(string Id, Period Period), Number>(), new List<(Period Period, Number Figure)>(), new List<(Node Part, Period Period, Number Figure)>());
        foreach (var id in incidents.Keys.Concat(parts.SelectMany(part => part.Incidents.Keys)).Select(key => key.Id).Distinct())
        {
            var mine = incidents.Where(one => one.Key.Id == id).ToList();
            var theirs = parts.Select(part => (Part: part, Days: part.Incidents.Where(one => one.Key.Id == id).OrderBy(one => one.Key.Period).ToList())).Where(one => one.Days.Count > 0)
                .OrderBy(one => Number.Sum(one.Days.Select(day => day.Value)).Size).ThenBy(one => one.Days[^1].Key.Period).ToList();
            var kept = places ? theirs.TakeLast(1).ToList() : theirs;
            twice.AddRange(theirs.Except(kept).SelectMany(one => one.Days.Select(day => (one.Part, day.Key.Period, day.Value))));
            foreach (var (key, figure) in kept.SelectMany(one => one.Days))
            {
                told[key] = Number.Sum([told.GetValueOrDefault(key, Number.Zero), figure]);
            }

            if (theirs.Count == 0)
            {
                foreach (var (key, figure) in mine)
                {
                    told[key] = figure;
                    extra.Add((key.Period, figure));
                }
            }
            else if (mine.Count > 0)
            {
                var each = theirs.Select(one => Number.Sum(one.Days.Select(day => day.Value))).ToList();
                var allocated = places ? each.Aggregate(Number.Greatest) : Number.Sum(each);
                var more = Number.Greatest(Number.Sum(mine.Select(one => one.Value)), allocated).Minus(Number.Sum(kept.SelectMany(one => one.Days).Select(one => one.Value)));
                var last = theirs.Max(one => one.Days[^1].Key.Period);
                told[(id, last)] = told.TryGetValue((id, last), out var known) ? Number.Sum([known, more]) : more;
                extra.Add((last, more));
            }
        }

        // day(d) = max(o(d), x(d) + Σ day_c(d))
        var all = new Dictionary<Period, Number>();
        foreach (var day in days.Keys.Concat(extra.Select(one => one.Period)).Concat(parts.SelectMany(part => part.Days.Keys)).Distinct())
        {
            var addends = extra.Where(one => one.Period == day).Select(one => one.Figure).Concat(parts.Where(part => part.Days.ContainsKey(day)).Select(part => part.Days[day])).ToList();
            Number? below = addends.Count == 0 ? null : Number.Sum(addends);
            foreach (var (_, _, figure) in twice.Where(one => one.Period == day))
            {
                below = parts.Where(part => part.Days.ContainsKey(day)).Select(part => part.Days[day]).Aggregate(below!.Value.Minus(figure), Number.Greatest);
            }

            all[day] = days.TryGetValue(day, out var said) ? (below is { } parted ? Number.Greatest(said, parted) : said) : below!.Value;
        }

        var asOf = parts.Select(part => part.AsOf).Append(total?.AsOf).Max();
        if (asOf is not { } until)
        {
            return new Node { Days = all, Incidents = told };
        }

        var counted = parts.Where(part => part.HasNumber).ToList();
        var partsPath = Number.Sum(counted.Select(part => Number.Sum([part.Upto, Between(part.Days, part.Incidents, part.AsOf, until)])));
        partsPath = twice.Where(one => Counts(one.Period, one.Part.AsOf) && one.Period.To <= until).Aggregate(partsPath, (path, one) => path.Minus(one.Figure));
        var since = counted.Select(part => part.Since).Append(total?.Since).Min();
        if (total is not null && total.AsOf == until)
        {
            var higher = partsPath.Size > total.Figure.Size;
            return new Node
            {
                AsOf = until,
                Since = since,
                Upto = total.Figure,
                Series = total,
                Days = all,
                Incidents = told,
                Inconsistent = higher && !(total.Since is not null && counted.Exists(part => part.Since < total.Since)),
                Floor = higher ? partsPath : null,
                Unallocated = counted.Count > 0 && !higher ? total.Figure.Best - partsPath.Best : null,
            };
        }

        var ownPath = Number.Sum([total?.Figure ?? Number.Zero, Between(all, told, total?.AsOf, until)]);
        return new Node
        {
            AsOf = until,
            Since = since,
            Upto = partsPath.Size >= ownPath.Size ? partsPath : ownPath,
            // One series makes it only where it is what stands.
            Series = total is null && counted.Count == 1 && partsPath.Size >= ownPath.Size ? counted[0].Series : null,
            Days = all,
            Incidents = told,
        };
    }

    /// <summary>What a formation lacks of a whole is no gap in what is known of places.</summary>
    public Node WithoutUnallocated() => new()
    {
        AsOf = AsOf, Since = Since, Upto = Upto, Series = Series, Inconsistent = Inconsistent, Floor = Floor, Days = Days, Incidents = Incidents,
    };

    /// <summary>A node, if anything is said of it itself, with another dimension's parts.</summary>
    public static Node Of(Node? node, List<Node> parts, bool places) => node is null
        ? Of(Own.None, parts, places)
        : Of(new Own(node.AsOf is { } day ? node.Series ?? new Total(day, node.Since, node.Upto, null, null) : null, node.Days, node.Incidents), parts, places);

    // R7: incidents that start on or after that day and end after it add.
    public static bool Counts(Period period, DateOnly? after) => after is not { } day || (period.From >= day && period.To > day);

    // R6: a period that contains others has max(its own, their sum); of two partly overlapping ones the later stands; incidents with an id add up.
    private static Number Between(Dictionary<Period, Number> days, Dictionary<(string Id, Period Period), Number> incidents, DateOnly? after, DateOnly? until)
    {
        return Sum([.. days.Keys.Where(period => Counts(period, after) && (until is null || period.To <= until))]);

        Number Sum(List<Period> periods)
        {
            if (periods.Count == 0)
            {
                return Number.Zero;
            }

            var last = periods.OrderByDescending(period => period.To).ThenBy(period => period.From).First();
            var others = periods.Where(period => period != last).ToList();
            var inside = others.Where(last.Contains).ToList();
            var across = others.Where(period => last.Overlaps(period) && !last.Contains(period)).ToList();
            var apart = others.Where(period => !last.Overlaps(period)).ToList();
            var ids = Id(last);
            var within = inside.Count == 0 && ids is null ? (Number?)null : Number.Sum([ids ?? Number.Zero, Sum(inside)]);
            var value = within is { } sum && sum != Number.Zero ? Number.Greatest(days[last], sum) : days[last];
            return Number.Sum([value, Sum(apart), .. across.Select(Id).OfType<Number>()]);
        }

        Number? Id(Period period)
        {
            var there = incidents.Where(one => one.Key.Period == period).Select(one => one.Value).ToList();
            return there.Count == 0 ? null : Number.Sum(there);
        }
    }
}
