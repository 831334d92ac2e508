using System.Text.Json;

namespace Aggregator.Extraction.Tests.Scoring;

/// <summary>One annotated claim of an article (see data/articles/GUIDE.md).</summary>
internal sealed record GoldClaim
{
    public string Kind { get; init; } = "";

    public string Stance { get; init; } = "";

    public string[]? Claimant { get; init; }

    public string[]? Target { get; init; }

    public string[]? Region { get; init; }

    public string[]? Item { get; init; }

    public string[]? Outcome { get; init; }

    public long? Low { get; init; }

    public long? Best { get; init; }

    public long? High { get; init; }

    public string? Basis { get; init; }

    public DateOnly? OccurredFrom { get; init; }

    public DateOnly? OccurredTo { get; init; }

    public int[] Span { get; init; } = [];
}

/// <summary>An article with its annotation.</summary>
internal sealed record GoldArticle
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public string Article { get; init; } = "";

    public DateOnly PublishedAt { get; init; }

    public string Source { get; init; } = "";

    public IReadOnlyList<GoldClaim> Claims { get; init; } = [];

    public string Text { get; private set; } = "";

    /// <summary>Reads NAME.gold.json and NAME.txt beside it; the text starts after the date line and one blank line.</summary>
    public static GoldArticle Read(string goldPath)
    {
        var gold = JsonSerializer.Deserialize<GoldArticle>(File.ReadAllText(goldPath), Options)!;
        gold.Text = Articles.Body(File.ReadAllText(goldPath[..^".gold.json".Length] + ".txt"));
        return gold;
    }
}
