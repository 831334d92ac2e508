using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>A figure of the oracle, with the arithmetic of R11 written from its words: null low is 0, null high unbounded, a sum with a null best has none.</summary>
internal readonly record struct Number(long? Low, long? Best, long? High)
{
    public static readonly Number Zero = new(0, 0, 0);

    public bool IsNone => Low is null && Best is null && High is null;

    /// <summary>What it is compared by where one number is needed.</summary>
    public long Size => Best ?? Low ?? 0;

    public static Number Of(Bounds bounds) => new(bounds.Low, bounds.Best, bounds.High);

    public static Number Sum(IEnumerable<Number> all)
    {
        var numbers = all.ToList();
        return new Number(
            numbers.Sum(one => one.Low ?? 0),
            numbers.Exists(one => one.Best is null) ? null : numbers.Sum(one => one.Best!.Value),
            numbers.Exists(one => one.High is null) ? null : numbers.Sum(one => one.High!.Value));
    }

    /// <summary>By component; the known best wins, raised to low.</summary>
    public static Number Greatest(Number left, Number right)
    {
        var low = Math.Max(left.Low ?? 0, right.Low ?? 0);
        long? best = left.Best is null ? right.Best : right.Best is null ? left.Best : Math.Max(left.Best.Value, right.Best.Value);
        return new Number(low, best is null ? null : Math.Max(best.Value, low), left.High is null || right.High is null ? null : Math.Max(left.High.Value, right.High.Value));
    }

    /// <summary>R15: what is left when another outcome took from it.</summary>
    public Number Without(Number taken) => new(
        taken.High is null ? 0 : Math.Max(0, (Low ?? 0) - taken.High.Value),
        Best is null || taken.Best is null ? null : Math.Max(0, Best.Value - taken.Best.Value),
        High is null ? null : Math.Max(0, High.Value - (taken.Low ?? 0)));

    /// <summary>No more than what is left of the whole.</summary>
    public Number AtMost(Number whole) => new(
        Math.Min(Low ?? 0, whole.Low ?? 0),
        Best is null || whole.Best is null ? null : Math.Min(Best.Value, whole.Best.Value),
        High is null ? whole.High : whole.High is null ? High : Math.Min(High.Value, whole.High.Value));

    /// <summary>A sum without one of its addends.</summary>
    public Number Minus(Number addend) => new(
        Math.Max(0, (Low ?? 0) - (addend.Low ?? 0)),
        Best is null ? (addend.Best is null ? 0 : null) : Math.Max(0, Best.Value - (addend.Best ?? 0)),
        High is null ? (addend.High is null ? 0 : null) : Math.Max(0, High.Value - (addend.High ?? 0)));

    public override string ToString() => $"{Low?.ToString() ?? "-"}/{Best?.ToString() ?? "-"}/{High?.ToString() ?? "-"}";
}
