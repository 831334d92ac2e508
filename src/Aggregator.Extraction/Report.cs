namespace Aggregator.Extraction;

/// <summary>One published document of a source, as a scraper delivered it.</summary>
public sealed record Report
{
    /// <summary>Who published it: id or name.</summary>
    public required string Source { get; init; }

    /// <summary>Where; null if not known.</summary>
    public string? Url { get; init; }

    /// <summary>Headline; null if not known.</summary>
    public string? Title { get; init; }

    /// <summary>When it was published, UTC: weekdays and "yesterday" are resolved against it.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>The text; spans of claims are UTF-16 offsets into it.</summary>
    public required string Text { get; init; }

    /// <summary>BCP 47 language tag; null = English.</summary>
    public string? Language { get; init; }
}
