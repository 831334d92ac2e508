namespace Aggregator.Extraction.Dates;

/// <summary>Words of time, resolved to days.</summary>
/// <param name="Start">First token.</param>
/// <param name="End">Token after the last.</param>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="Kind">What the words are.</param>
internal sealed record DateMention(int Start, int End, DateOnly From, DateOnly To, DateKind Kind);

/// <summary>What words of time are.</summary>
internal enum DateKind : byte
{
    /// <summary>A day or span of days.</summary>
    Days = 1,

    /// <summary>A whole month.</summary>
    Month = 2,

    /// <summary>A whole year or decade.</summary>
    Year = 3,

    /// <summary>"the same day", "later": what the passage is set on.</summary>
    Same = 4,

    /// <summary>"the day before": one day earlier than the passage or statement.</summary>
    DayBefore = 5,

    /// <summary>"overnight", which with a weekday runs into it.</summary>
    Overnight = 6,
}
