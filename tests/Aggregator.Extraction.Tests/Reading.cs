using Aggregator.Domain.Registry;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Tests;

/// <summary>What stage tests share: the English lexicon, a text cut into sentences, and a small registry.</summary>
internal static class Reading
{
    public static Lexicon English { get; } = Lexicon.For("en")!;

    /// <summary>Two states at odds with their bodies, and a few places.</summary>
    public static RegistrySnapshot Registry { get; } = new(
        [
            Region("world", "World", "world", null),
            Region("northland", "Northland", "country", "world") with { Country = "NL" },
            Region("river-valley", "River Valley", "area", "northland") with { Country = "NL" },
            Region("millbrook", "Millbrook", "city", "river-valley") with { Country = "NL" },
            Actor("northland", "Northland", "state", null) with { Country = "NL", Aliases = ["Northtown", "Northlandic"] },
            Actor("northland-ministry-of-defence", "Northlandic Ministry of Defence", "ministry", "northland"),
            Actor("northland-officials", "Northlandic officials", "person", "northland"),
            Actor("southland", "Southland", "state", null) with { Country = "SL", Aliases = ["Southtown", "Southlandic"] },
            Actor("southland-armed-forces", "Southlandic Armed Forces", "military", "southland"),
            Actor("war-monitor", "War Monitor", "monitor", null),
        ],
        1);

    public static Document Document(string text)
    {
        var tokens = Tokenizer.Tokenize(text);
        return new Document(text, tokens, new Segmenter(English).Segment(text, tokens));
    }

    public static IReadOnlyList<string> Sentences(string text)
    {
        var document = Document(text);
        return [.. document.Sentences.Select(sentence => document.Words(sentence.Start, sentence.End))];
    }

    public static IReadOnlyList<Domain.Claims.ClaimDraft> Extract(string text) =>
        new ClaimExtractor().Extract(new Report { Source = "agency", PublishedAt = new DateTimeOffset(2024, 5, 15, 9, 0, 0, TimeSpan.Zero), Text = text }, Registry);

    private static RegistryEntry Region(string id, string name, string kind, string? parent) =>
        new() { Entity = EntityKind.Region, Id = id, Name = name, Kind = kind, Parent = parent };

    private static RegistryEntry Actor(string id, string name, string kind, string? parent) =>
        new() { Entity = EntityKind.Actor, Id = id, Name = name, Kind = kind, Parent = parent };
}
