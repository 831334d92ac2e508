namespace Aggregator.Domain.Claims;

/// <summary>
/// A figure's low, best and high (R11). <see langword="null"/> is "no bound" (low, high) or "unknown" (best);
/// three nulls are an unnumbered figure ("heavy losses"), which no sum takes in.
/// </summary>
/// <param name="Low">Least count; null reads as 0 unless the figure is unnumbered.</param>
/// <param name="Best">The count as stated; null if none is.</param>
/// <param name="High">Greatest count; null is unbounded.</param>
public readonly record struct Bounds(long? Low, long? Best, long? High)
{
    /// <summary>The neutral element of <see cref="Plus"/>.</summary>
    public static readonly Bounds Zero = new(0, 0, 0);

    /// <summary>A figure without a number.</summary>
    public static readonly Bounds Unnumbered = new(null, null, null);

    /// <summary>An exact count.</summary>
    public static Bounds Exactly(long count) => new(count, count, count);

    /// <summary>Whether the figure has no number at all.</summary>
    public bool IsUnnumbered => Low is null && Best is null && High is null;

    /// <summary>R11: lows add, a null best or high makes the sum's null.</summary>
    public Bounds Plus(Bounds other) => new(
        (Low ?? 0) + (other.Low ?? 0),
        Best + other.Best,
        High + other.High);

    /// <summary>R11: component-wise greatest; a known best wins over an unknown one and is raised to low.</summary>
    public Bounds Max(Bounds other)
    {
        var low = Math.Max(Low ?? 0, other.Low ?? 0);
        long? best = (Best, other.Best) switch
        {
            (null, null) => null,
            ({ } mine, null) => mine,
            (null, { } theirs) => theirs,
            ({ } mine, { } theirs) => Math.Max(mine, theirs),
        };
        long? high = High is { } left && other.High is { } right ? Math.Max(left, right) : null;
        return new(low, best is { } known ? Math.Max(known, low) : null, high);
    }

    /// <summary>What is left of at least this when the other is taken away, never below nothing; an unknown best stays unknown.</summary>
    public Bounds Less(Bounds other) => new(
        other.High is { } most ? Math.Max(0, (Low ?? 0) - most) : 0,
        Best is { } mine && other.Best is { } theirs ? Math.Max(0, mine - theirs) : null,
        High is { } high ? Math.Max(0, high - (other.Low ?? 0)) : null);

    /// <summary>Component-wise least; null is unknown for best, unbounded for high.</summary>
    public Bounds Min(Bounds other) => new(
        Math.Min(Low ?? 0, other.Low ?? 0),
        Best is { } mine && other.Best is { } theirs ? Math.Min(mine, theirs) : null,
        (High, other.High) switch
        {
            ({ } left, { } right) => Math.Min(left, right),
            var (left, right) => left ?? right,
        });

    /// <summary>The single number that stands for the figure where one is needed to compare: best, else low, else 0.</summary>
    public long Weight => Best ?? Low ?? 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Text(Low)}/{Text(Best)}/{Text(High)}";

    private static string Text(long? bound) =>
        bound?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null";
}
