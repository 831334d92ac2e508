namespace Aggregator.Domain.Claims;

/// <summary>A span of days, both ends included, UTC.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day; never before <paramref name="From"/>.</param>
public readonly record struct Period(DateOnly From, DateOnly To) : IComparable<Period>
{
    /// <summary>One day.</summary>
    public static Period Day(DateOnly day) => new(day, day);

    /// <summary>Whether every day of <paramref name="other"/> is a day of this period.</summary>
    public bool Contains(Period other) => From <= other.From && other.To <= To;

    /// <summary>Whether the two have a day in common.</summary>
    public bool Overlaps(Period other) => From <= other.To && other.From <= To;

    /// <summary>By end, then start, so that the later of two periods sorts last.</summary>
    public int CompareTo(Period other)
    {
        var byEnd = To.CompareTo(other.To);
        return byEnd != 0 ? byEnd : From.CompareTo(other.From);
    }
}
