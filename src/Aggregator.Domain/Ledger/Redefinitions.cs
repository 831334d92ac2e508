using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// R16: a running total that takes over other classes of its item. From its day on the classes it took over no longer count:
/// later totals of them are shown and flagged. What it adds at first is what it has beyond their last totals.
/// </summary>
internal sealed class Redefinitions
{
    /// <summary>No class is redefined.</summary>
    public static readonly Redefinitions None = new([]);

    private static readonly IReadOnlyDictionary<DateOnly, Bounds> Nothing = new Dictionary<DateOnly, Bounds>();

    private readonly Dictionary<string, (DateOnly Day, string By)> _classes = new(StringComparer.Ordinal);

    /// <param name="voice">What one voice says of one item and outcome.</param>
    public Redefinitions(IEnumerable<Placed> voice)
    {
        foreach (var one in voice.Where(one => one.Figure.Supersedes.Count > 0 && one.Figure.Basis == Basis.Cumulative))
        {
            foreach (var detail in one.Figure.Supersedes.Select(named => DetailOf(named, one.Figure.Item)).OfType<string>().Where(detail => detail != (one.Detail ?? "")))
            {
                var taken = (one.Period.To, one.Detail ?? "");
                if (!_classes.TryGetValue(detail, out var known) || taken.CompareTo(known) < 0)
                {
                    _classes[detail] = taken;
                }
            }
        }
    }

    /// <summary>The day from which a class no longer counts; null if it does. The class without detail is the empty one.</summary>
    public DateOnly? EndOf(string? detail) => _classes.TryGetValue(detail ?? "", out var taken) ? taken.Day : null;

    /// <summary>What a class took over, by the day it did.</summary>
    /// <param name="detail">The class that took over.</param>
    /// <param name="totalBefore">The last total of a class before a day; null if it had none.</param>
    public IReadOnlyDictionary<DateOnly, Bounds> TakenOver(string? detail, Func<string, DateOnly, Bounds?> totalBefore)
    {
        var by = detail ?? "";
        return _classes.Count == 0 ? Nothing : _classes
            .Where(pair => pair.Value.By == by)
            .Select(pair => (pair.Value.Day, Total: totalBefore(pair.Key, pair.Value.Day)))
            .Where(taken => taken.Total is not null)
            .GroupBy(taken => taken.Day)
            .ToDictionary(day => day.Key, day => day.Aggregate(Bounds.Zero, (sum, taken) => sum.Plus(taken.Total!.Value)));
    }

    /// <summary>What of a class still counts: what happened after it was taken over.</summary>
    public static OwnFigures After(OwnFigures own, DateOnly day) => new(
        null,
        own.Days.RemoveRange(own.Days.Keys.Where(period => !Periods.IsAfter(period, day))),
        own.Incidents.RemoveRange(own.Incidents.Keys.Where(one => !Periods.IsAfter(one.Period, day))));

    // The detail of a class of this item; the class without detail is the empty one, another item's null.
    private static string? DetailOf(string named, Item item)
    {
        var slug = Slug.Of(item);
        return named == slug ? ""
            : named.StartsWith(slug + "/", StringComparison.Ordinal) ? named[(slug.Length + 1)..]
            : null;
    }
}
