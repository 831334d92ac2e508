namespace Aggregator.Host.Ingest;

/// <summary>Bounds on what is taken in.</summary>
internal static class IngestLimits
{
    /// <summary>Largest body, as sent and decompressed.</summary>
    public const long BodyBytes = 16 * 1024 * 1024;

    /// <summary>Most claims or reports in one request.</summary>
    public const int Items = 100_000;

    /// <summary>Longest text of a report, in UTF-16 units.</summary>
    public const int ReportCharacters = 1_000_000;

    /// <summary>Deepest nesting of JSON.</summary>
    public const int JsonDepth = 16;

    /// <summary>Feeding requests that are worked on at once; the next ones wait.</summary>
    public const int ConcurrentFeeds = 16;

    /// <summary>Feeding requests that may wait; beyond it they are refused.</summary>
    public const int WaitingFeeds = 1024;

    /// <summary>Feeding requests that may wait for views (<c>wait=applied</c>); beyond it they are answered at once that views may not show them yet.</summary>
    public const int FeedsAwaitingViews = 256;

    /// <summary>How long those that wait to be worked on wait at most; then they are refused as well.</summary>
    public static readonly TimeSpan FeedsWait = TimeSpan.FromSeconds(10);
}
