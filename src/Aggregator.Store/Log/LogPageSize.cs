using StackExchange.Redis;

namespace Aggregator.Store.Log;

/// <summary>How many entries to ask for at once, so that a page stays near one mebibyte whatever entries weigh.</summary>
internal sealed class LogPageSize
{
    private const int TargetBytes = 1 << 20;
    private const int Maximum = 512;

    /// <summary>Entries to ask for next. Small at first: entries may be of the largest size.</summary>
    public int Count { get; private set; } = 8;

    /// <summary>Takes the entries of a page into account; grows step by step, shrinks at once.</summary>
    public void Learn(RedisValue[] page)
    {
        long bytes = 0;
        foreach (var value in page)
        {
            bytes += value.Length();
        }

        var average = Math.Max(1, bytes / Math.Max(1, page.Length));
        Count = (int)Math.Clamp(TargetBytes / average, 1, Math.Min(Maximum, Count * 4));
    }
}
