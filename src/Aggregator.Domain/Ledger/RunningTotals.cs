using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>R7 and R8: the running totals of one voice on one line in one place.</summary>
internal static class RunningTotals
{
    /// <summary>
    /// The first day of the voice's first series. Totals that start later are incidents over their span (R7).
    /// Null if no total names one.
    /// </summary>
    public static DateOnly? FirstSince(IEnumerable<Placed> totals) => totals.Min(one => one.Figure.Since);

    /// <summary>The voice's first series of totals as it stands.</summary>
    /// <param name="totals">All of its totals of one class, in ledger order.</param>
    /// <param name="takenOver">What they took over from other classes, by the day they did (R16).</param>
    public static (RunningTotal? Total, Variant? Variant) First(IReadOnlyCollection<Placed> totals, IReadOnlyDictionary<DateOnly, Bounds> takenOver)
    {
        var since = FirstSince(totals);
        return Standing(totals.Where(one => one.Figure.Since is null || one.Figure.Since == since), since, takenOver);
    }

    /// <summary>
    /// The total that stands after all of the series, null if none has a number; and the one it fell from, if another body
    /// had said that (R8).
    /// </summary>
    /// <param name="series">Totals of one series, in ledger order; their period is the day they are stated for.</param>
    /// <param name="since">First day of the series.</param>
    /// <param name="takenOver">What the series took over from other classes, by the day it did (R16).</param>
    private static (RunningTotal? Total, Variant? Variant) Standing(
        IEnumerable<Placed> series, DateOnly? since, IReadOnlyDictionary<DateOnly, Bounds> takenOver)
    {
        RunningTotal? standing = null;
        Variant? variant = null;
        ClaimKey? before = null;
        string? body = null;
        foreach (var day in series.GroupBy(one => one.Period.To).OrderBy(group => group.Key))
        {
            var told = Statements.PerReport(day).ToList();
            if (told.Count == 0)
            {
                continue;
            }

            // What is open and says no more than what stands, be it of the same day, moves only the as-of.
            Bounds? news = null;
            foreach (var next in Statements.New(told))
            {
                news = IsOpen(next) && (next.Best ?? next.Low) <= (news ?? standing?.Total)?.Best ? news : next;
            }

            if (news is not { } value)
            {
                standing = standing! with { AsOf = day.Key };
                continue;
            }

            var tellers = told.Where(one => one.Value == value).Select(one => one.Appearance.Claim).ToList();
            var (teller, stated) = (tellers[0], tellers.FindLast(one => one.Figure!.Correction is not null)?.Figure!.Correction);

            var from = takenOver.TryGetValue(day.Key, out var classes) ? (standing?.Total ?? Bounds.Zero).Plus(classes) : standing?.Total;
            var sameBody = body is null || body == BodyOf(teller);
            var (added, corrected) = Step(from, value, stated, sameBody);
            variant = standing is { } higher && !sameBody && stated is null && value.Weight < higher.Total.Weight
                ? new Variant(teller.Figure!.Outcome, higher.Total, higher.AsOf, before!.Value)
                : null;
            standing = new RunningTotal(day.Key, since, value, added, corrected);
            body = BodyOf(teller);
            before = teller.Key;
        }

        return (standing, variant);
    }

    // "More than 400": a bound that says no more than what stands only tells that it still does.
    private static bool IsOpen(Bounds value) => value.High is null && (value.Best is null || value.Best == value.Low);

    // A fall is a correction if the body that said the higher total says the lower one (R8).
    private static (long Added, long Corrected) Step(Bounds? from, Bounds to, long? stated, bool sameBody)
    {
        if (from is not { } previous)
        {
            return (0, 0);
        }

        var change = to.Weight - previous.Weight;
        var corrected = stated ?? (change < 0 && sameBody ? change : 0);
        return (change < 0 && stated is null ? 0 : change - corrected, corrected);
    }

    private static string BodyOf(Claim claim) => claim.Claimant?.Id ?? claim.Origin?.Id ?? claim.Source.Id;
}
