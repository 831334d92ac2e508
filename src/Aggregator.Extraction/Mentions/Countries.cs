using Aggregator.Domain.Registry;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Mentions;

/// <summary>The countries that a text names, the most named first: they tell namesakes apart.</summary>
internal static class Countries
{
    private const int Most = 6;

    /// <summary>ISO codes of the countries named, by name or adjective.</summary>
    public static IReadOnlyList<string> Of(Document document, Lexicon lexicon, RegistrySnapshot registry)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new NameFinder(document, registry);
        var tokens = document.Tokens;
        for (var at = 0; at < tokens.Length;)
        {
            var (country, end) = Country(document, lexicon, registry, names, at);
            if (country is not null)
            {
                counts[country] = counts.GetValueOrDefault(country) + 1;
            }

            at = Math.Max(end, at + 1);
        }

        return [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(Most).Select(pair => pair.Key)];
    }

    private static (string? Country, int End) Country(Document document, Lexicon lexicon, RegistrySnapshot registry, NameFinder names, int at)
    {
        var tokens = document.Tokens;
        if (!tokens[at].Capital)
        {
            return (null, at);
        }

        if (lexicon.Demonyms.Match(tokens, at, tokens.Length, out var length) is { } demonym)
        {
            return (registry.Candidates(EntityKind.Actor, demonym.Kind) is [var state, ..] ? state.Country : null, at + length);
        }

        return names.Find(EntityKind.Actor, at, Math.Min(tokens.Length, at + 7)) is { } actor ? (actor.Entry.Country, actor.End)
            : names.Find(EntityKind.Region, at, Math.Min(tokens.Length, at + 7)) is { Entry.Kind: "country" or "area" } region ? (region.Entry.Country, region.End)
            : (null, at);
    }
}
