using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Extraction.Tests.Scoring;

/// <summary>Finds the samples of the repository and, where it stands beside it, the shared annotated data.</summary>
internal static class Articles
{
    public static string Root { get; } = FindRoot();

    public static string Shared { get; } = Path.Combine(Root, "..", "shared", "data");

    /// <summary>The text after the date line and one blank line.</summary>
    public static string Body(string raw) =>
        raw.StartsWith(" date", StringComparison.Ordinal) ? raw[(raw.IndexOf('\n', raw.IndexOf('\n', StringComparison.Ordinal) + 1) + 1)..] : raw;

    /// <summary>The day in the first line (" date 2020-09-30").</summary>
    public static DateOnly Date(string raw) =>
        DateOnly.ParseExact(raw.Split('\n')[0].Replace("date", "", StringComparison.Ordinal).Trim(), "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The claims of a text under the bundled registry.</summary>
    public static IReadOnlyList<ClaimDraft> Extract(string text, DateOnly published, string source = "agency") =>
        new ClaimExtractor().Extract(
            new Report { Source = source, PublishedAt = new DateTimeOffset(published.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero), Text = text },
            BundledRegistry.Snapshot);

    /// <summary>A shared file, or null where the shared data is missing.</summary>
    public static string? SharedFile(params string[] parts)
    {
        var path = Path.Combine([Shared, .. parts]);
        return File.Exists(path) ? path : null;
    }

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Aggregator.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? AppContext.BaseDirectory;
    }
}
