using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>A class that running totals are kept of: an item, or a detail of it.</summary>
/// <param name="Item">What is counted.</param>
/// <param name="Detail">Formation, model or subgroup; empty for the whole item.</param>
internal readonly record struct ItemClass(Item Item, string Detail) : IComparable<ItemClass>
{
    public static ItemClass Of(Placed one) => new(one.Figure.Item, one.Detail ?? "");

    /// <summary>The classes that a claim takes over, by their wire form (<c>item</c> or <c>item/detail</c>); unknown ones are passed over.</summary>
    public static IEnumerable<ItemClass> TakenOverBy(Claim claim)
    {
        foreach (var named in claim.Figure is { Basis: Basis.Cumulative } figure ? figure.Supersedes : [])
        {
            var slash = named.IndexOf('/', StringComparison.Ordinal);
            if (Slug.TryParse<Item>(slash < 0 ? named : named[..slash], out var item))
            {
                yield return new ItemClass(item, slash < 0 ? "" : named[(slash + 1)..]);
            }
        }
    }

    public int CompareTo(ItemClass other)
    {
        var byItem = Item.CompareTo(other.Item);
        return byItem != 0 ? byItem : string.CompareOrdinal(Detail, other.Detail);
    }
}

/// <summary>
/// R16: a running total that takes over other classes of its outcome. From its day on the classes it took over no longer
/// count: later totals of them are shown and flagged. What it adds at first is what it has beyond their last totals.
/// </summary>
internal sealed class Redefinitions
{
    /// <summary>No class is redefined.</summary>
    public static readonly Redefinitions None = new([], []);

    private static readonly IReadOnlyDictionary<DateOnly, Bounds> Nothing = new Dictionary<DateOnly, Bounds>();

    private readonly Dictionary<ItemClass, (DateOnly Day, ItemClass By)> _ends = [];
    private readonly Dictionary<ItemClass, List<Placed>> _totals = [];

    private Redefinitions(IEnumerable<Placed> told, IEnumerable<Placed> ofOtherItems)
    {
        foreach (var one in told.Concat(ofOtherItems).Where(one => one.Figure.Basis == Basis.Cumulative))
        {
            var itemClass = ItemClass.Of(one);
            if (!_totals.TryGetValue(itemClass, out var totals))
            {
                _totals[itemClass] = totals = [];
            }

            totals.Add(one);
            foreach (var taken in ItemClass.TakenOverBy(one.Claim).Where(taken => taken != itemClass))
            {
                var end = (one.Period.To, itemClass);
                if (!_ends.TryGetValue(taken, out var known) || end.CompareTo(known) < 0)
                {
                    _ends[taken] = end;
                }
            }
        }
    }

    /// <param name="told">What one voice says of one item and outcome.</param>
    /// <param name="ofOtherItems">What it says of that outcome of the items that one of them takes over, or is taken over by.</param>
    public static Redefinitions Of(List<Placed> told, IReadOnlyCollection<Placed> ofOtherItems) =>
        ofOtherItems.Count > 0 || told.Exists(one => one.Figure.Supersedes.Count > 0) ? new Redefinitions(told, ofOtherItems) : None;

    /// <summary>The day from which a class no longer counts, and the class that counts for it; null if it does.</summary>
    public (DateOnly Day, ItemClass By)? EndOf(ItemClass itemClass) => _ends.TryGetValue(itemClass, out var end) ? end : null;

    /// <summary>What a class took over from others, by the day it did: their last totals before.</summary>
    public IReadOnlyDictionary<DateOnly, Bounds> TakenOver(ItemClass by) => _ends.Count == 0 ? Nothing : _ends
        .Where(end => end.Value.By == by)
        .Select(end => (end.Value.Day, Total: TotalBefore(end.Key, end.Value.Day)))
        .Where(taken => taken.Total is not null)
        .GroupBy(taken => taken.Day)
        .ToDictionary(day => day.Key, day => day.Aggregate(Bounds.Zero, (sum, taken) => sum.Plus(taken.Total!.Value)));

    /// <summary>What of a class still counts: what happened after it was taken over.</summary>
    public static OwnFigures After(OwnFigures own, DateOnly day) => new(
        null,
        own.Days.Keep(period => Periods.IsAfter(period, day)),
        own.Incidents.RemoveRange(own.Incidents.Keys.Where(one => !Periods.IsAfter(one.Period, day))));

    private Bounds? TotalBefore(ItemClass itemClass, DateOnly day) => _totals.TryGetValue(itemClass, out var totals)
        ? RunningTotals.First([.. totals.Where(one => one.Period.To < day)], Nothing).Total?.Total
        : null;
}
