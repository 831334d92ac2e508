using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>What one voice says in one cell, by the words of R6, R7, R8, R15 and R16.</summary>
internal static class VoiceLedger
{
    /// <param name="told">What stands of it in the cell.</param>
    /// <param name="ofAllItems">What it says of the outcome, of every item (R16).</param>
    /// <param name="moving">What it says of the outcomes that take from one another (R15); empty for people.</param>
    public static Said Of(List<Told> told, List<Told> ofAllItems, List<Told> moving)
    {
        var (item, outcome) = (told[0].Figure.Item, told[0].Figure.Outcome);
        var ends = Ends([.. ofAllItems.Where(one => one.Figure.Item != item), .. told]);
        var superseded = told.TrueForAll(one => ends.TryGetValue((item, one.Detail), out var end) && end.By.Item != item);
        var left = LeftOfIncidents(outcome, moving);

        // Details in their order share what is left of an incident; the whole has all of it.
        var (whole, parts, shared) = (Own.None, new List<Node>(), left.ToDictionary());
        var (details, variants) = (new Dictionary<string, Detail>(), new List<Variation>());
        foreach (var detail in told.GroupBy(one => one.Detail).OrderBy(detail => detail.Key, StringComparer.Ordinal))
        {
            var (own, fallen) = OfClass([.. detail], detail.Key.Length == 0 ? left.ToDictionary() : shared, TakenOver((item, detail.Key)));
            variants.AddRange(fallen is null ? [] : [fallen]);
            var isTaken = ends.TryGetValue((item, detail.Key), out var end);
            var counted = isTaken && !superseded ? After(own, end.Day) : own;
            if (detail.Key.Length == 0)
            {
                whole = counted;
            }
            else
            {
                parts.Add(Node.Of(counted, [], places: false));
                details[detail.Key] = new Detail(Node.Of(own, [], places: false), isTaken);
            }
        }

        // A statement without a number: an incident stands in place of the period in its key.
        var unnumbered = told.Where(one => one.Number.IsNone).Select(one => (one.Detail, one.Claim.Incident, one.Claim.Incident is null ? one.Period : default)).Distinct().Count();
        return new Said(Node.Of(whole, parts, places: false).WithoutUnallocated(), told, unnumbered, superseded, details, variants);

        // R16: from which day a class counts no more, and which counts for it; the earliest takeover holds.
        static Dictionary<(Item Item, string Detail), (DateOnly Day, (Item Item, string Detail) By)> Ends(List<Told> all) => all
            .Where(one => one.IsTotal)
            .SelectMany(one => one.Figure.Supersedes.Select(named => (Class: ClassOf(named), Day: one.Period.To, By: (one.Figure.Item, one.Detail))))
            .Where(taken => taken.Class != taken.By)
            .GroupBy(taken => taken.Class)
            .ToDictionary(taken => taken.Key, taken => taken.Select(one => (one.Day, one.By)).OrderBy(one => one.Day).ThenBy(one => one.By.Item).ThenBy(one => one.By.Detail, StringComparer.Ordinal).First());

        // By the day: what the classes it took over had last come to.
        Dictionary<DateOnly, Number> TakenOver((Item Item, string Detail) by) => ends
            .Where(end => end.Value.By == by)
            .Select(end => (end.Value.Day, Total: Series([.. ofAllItems.Where(one => (one.Figure.Item, one.Detail) == end.Key && one.IsTotal && one.Period.To < end.Value.Day)], []).Total))
            .Where(taken => taken.Total is not null)
            .GroupBy(taken => taken.Day)
            .ToDictionary(day => day.Key, day => Number.Sum(day.Select(taken => taken.Total!.Figure)));
    }

    private static (Item Item, string Detail) ClassOf(string named)
    {
        var parts = named.Split('/', 2);
        return (Enum.GetValues<Item>().Single(item => Slug.Of(item) == parts[0]), parts.Length > 1 ? parts[1] : "");
    }

    private static (Own Own, Variation? Fallen) OfClass(List<Told> told, Dictionary<string, Number> left, Dictionary<DateOnly, Number> takenOver)
    {
        var totals = told.Where(one => one.IsTotal).ToList();
        var first = totals.Select(one => one.Figure.Since).Min();
        var (total, fallen) = Series(totals, takenOver);

        // A total with a later start than the first series is an incident over its span.
        var dated = told.Where(one => !one.IsTotal)
            .Concat(totals.Where(one => one.Figure.Since > first).Select(one => one with { Period = new Period(one.Figure.Since!.Value, one.Period.To) }))
            .OrderBy(one => one.Claim.ReportedAt).ThenBy(one => one.Claim.Key.Source, StringComparer.Ordinal).ThenBy(one => one.Claim.Key.Id, StringComparer.Ordinal)
            .ToList();
        var days = new Dictionary<Period, Number>();
        foreach (var key in dated.Where(one => one.Claim.Incident is null).GroupBy(one => one.Period))
        {
            if (Statements.Figure(key) is { } figure)
            {
                days[key.Key] = figure;
            }
        }

        var incidents = new Dictionary<(string Id, Period Period), Number>();
        foreach (var key in dated.Where(one => one.Claim.Incident is not null).GroupBy(one => one.Claim.Incident!))
        {
            if (Statements.Figure(key) is { } figure)
            {
                if (left.TryGetValue(key.Key, out var remaining))
                {
                    figure = figure.AtMost(remaining);
                    left[key.Key] = remaining.Without(figure);
                }

                incidents[(key.Key, key.Last().Period)] = figure;
            }
        }

        return (new Own(total, days, incidents), fallen);
    }

    // What still counts of a class that another took over: what happened after.
    private static Own After(Own own, DateOnly day) => new(
        null,
        own.Days.Where(one => Node.Counts(one.Key, day)).ToDictionary(),
        own.Incidents.Where(one => Node.Counts(one.Key.Period, day)).ToDictionary());

    // R7 and R8: the first series, day by day; and what it last fell from where another body had said that.
    private static (Total? Total, Variation? Fallen) Series(List<Told> totals, Dictionary<DateOnly, Number> takenOver)
    {
        var first = totals.Select(one => one.Figure.Since).Min();
        var (standing, fallen, body, before) = ((Total?)null, (Variation?)null, (string?)null, (ClaimKey?)null);
        foreach (var day in totals.Where(one => one.Figure.Since is null || one.Figure.Since == first).GroupBy(one => one.Period.To).OrderBy(day => day.Key))
        {
            var values = Statements.PerReport(day);
            if (values.Count == 0)
            {
                continue;
            }

            // An open total no higher than what stands moves only the as-of, be that of an earlier day or of the same.
            Number? news = null;
            foreach (var next in Statements.InOrderOfFirstAppearance(values))
            {
                if (!(next.High is null && (next.Best is null || next.Best == next.Low) && (next.Best ?? next.Low) <= (news ?? standing?.Figure)?.Best))
                {
                    news = next;
                }
            }

            if (news is not { } value)
            {
                standing = standing! with { AsOf = day.Key };
                continue;
            }

            // It was told by whoever told it first; who states a correction of it states it for all.
            var told = values.Where(one => one.Value == value).Select(one => one.First.Claim).ToList();
            var stated = told.Select(claim => claim.Figure!.Correction).LastOrDefault(correction => correction is not null);
            var speaker = told[0].Claimant?.Id ?? told[0].Origin?.Id ?? told[0].Source.Id;
            var isSameBody = body is null || body == speaker;
            Number? previous = takenOver.TryGetValue(day.Key, out var taken) ? Number.Sum([standing?.Figure ?? Number.Zero, taken]) : standing?.Figure;
            var (added, corrected) = (0L, 0L);
            if (previous is { } from)
            {
                var change = value.Size - from.Size;
                corrected = stated ?? (change < 0 && isSameBody ? change : 0);
                added = change < 0 && stated is null ? 0 : change - corrected;
            }

            fallen = standing is not null && !isSameBody && stated is null && value.Size < standing.Figure.Size
                ? new Variation(told[0].Figure!.Outcome, standing.Figure, standing.AsOf, before!.Value)
                : null;
            standing = new Total(day.Key, first, value, added, corrected);
            (body, before) = (speaker, told[0].Key);
        }

        return (standing, fallen);
    }

    // R15: the later outcome takes from the earlier, the nearest first; of one day destroyed over captured over damaged over abandoned.
    private static Dictionary<string, Number> LeftOfIncidents(Outcome outcome, List<Told> moving)
    {
        Outcome[] ranks = [Outcome.Abandoned, Outcome.Damaged, Outcome.Captured, Outcome.Destroyed];
        var left = new Dictionary<string, Number>();
        foreach (var incident in moving.Where(one => one.Claim.Incident is not null && !one.IsTotal).GroupBy(one => one.Claim.Incident!))
        {
            var steps = incident.GroupBy(one => one.Figure.Outcome)
                .Select(step => (Outcome: step.Key, Day: step.Last().Period.To, Figure: WholeOf([.. step])))
                .Where(step => step.Figure is not null)
                .OrderBy(step => step.Day).ThenBy(step => Array.IndexOf(ranks, step.Outcome))
                .Select(step => (step.Outcome, Figure: step.Figure!.Value))
                .ToList();
            if (steps.Count < 2)
            {
                continue;
            }

            for (var later = 1; later < steps.Count; later++)
            {
                var taking = steps[later].Figure;
                for (var earlier = later - 1; earlier >= 0; earlier--)
                {
                    var before = steps[earlier].Figure;
                    steps[earlier] = (steps[earlier].Outcome, before.Without(taking));
                    taking = taking.Without(before);
                }
            }

            if (steps.Exists(step => step.Outcome == outcome))
            {
                left[incident.Key] = steps.Find(step => step.Outcome == outcome).Figure;
            }
        }

        return left;
    }

    private static Number? WholeOf(List<Told> told)
    {
        var whole = Statements.Figure(told.Where(one => one.Detail.Length == 0));
        var details = told.Where(one => one.Detail.Length > 0).GroupBy(one => one.Detail).Select(detail => Statements.Figure(detail)).OfType<Number>().ToList();
        return details.Count == 0 ? whole : whole is null ? Number.Sum(details) : Number.Greatest(whole.Value, Number.Sum(details));
    }
}
