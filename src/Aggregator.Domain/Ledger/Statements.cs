using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>R6: the appearances of one key make one figure.</summary>
internal static class Statements
{
    /// <summary>
    /// The figure of one key: <c>best</c> is the value whose first appearance is latest, low and high span each source's
    /// latest. Null if none of the appearances has a number.
    /// </summary>
    /// <param name="key">Appearances of one (voice, target, item, detail, outcome, region, period), in ledger order.</param>
    public static Bounds? Figure(IReadOnlyList<Placed> key)
    {
        // Most of what is said is said once.
        if (key.Count == 1)
        {
            var only = key[0].Figure.Bounds;
            return only.IsUnnumbered ? null : Span(only.Best, only.Low ?? 0, only.High);
        }

        var values = PerReport(key).ToList();
        if (values.Count == 0)
        {
            return null;
        }

        var standing = New(values).Last();
        var latest = values
            .GroupBy(one => one.Appearance.Claim.Source.Id, StringComparer.Ordinal)
            .Select(bySource => bySource.Last().Value)
            .ToList();
        var low = latest.Min(value => value.Low ?? 0);
        long? high = latest.All(value => value.High is not null) ? latest.Max(value => value.High) : null;

        // The standing value may be older than its source's latest word; the span still holds it.
        return Span(standing.Best, low, high);
    }

    private static Bounds Span(long? best, long low, long? high) => best is { } stated
        ? new Bounds(Math.Min(low, stated), stated, high is { } top ? Math.Max(top, stated) : null)
        : new Bounds(low, null, high);

    /// <summary>Each value once, in the order of its first telling: the last stands.</summary>
    public static IEnumerable<Bounds> New(IEnumerable<(Appearance Appearance, Bounds Value)> values) => values.Select(one => one.Value).Distinct();

    /// <summary>
    /// One value per report: its largest figure of the key, with what it adds by <c>more</c>; its parts and what it
    /// supersedes are left out, and so is what has no number beside what has one. Claims of no known report stand alone.
    /// In ledger order.
    /// </summary>
    public static IEnumerable<(Appearance Appearance, Bounds Value)> PerReport(IEnumerable<Placed> key)
    {
        foreach (var report in key.Where(one => !one.Figure.Bounds.IsUnnumbered).GroupBy(one => (one.Claim.Source.Id, Report: ReportOf(one.Claim))))
        {
            var whole = report.Where(one => one.Claim.Relates is null).ToList();
            var more = report.Where(one => one.Claim.Relates?.Kind == RelationKind.More).ToList();
            var parts = report.Where(one => one.Claim.Relates?.Kind == RelationKind.Part).ToList();
            var stated = whole.Count > 0 || more.Count > 0 ? whole : parts;
            // Of equally large ones the last in ledger order (R1).
            var largest = stated.Count > 0 ? stated.OrderBy(one => one.Figure.Bounds.Weight).Last().Figure.Bounds : Bounds.Zero;
            yield return ((stated.Count > 0 ? stated[0] : more[0]).Appearance, more.Aggregate(largest, (sum, one) => sum.Plus(one.Figure.Bounds)));
        }
    }

    private static string ReportOf(Claim claim) => claim.Report?.Url ?? claim.Report?.Fingerprint ?? claim.Key.ToString();
}
