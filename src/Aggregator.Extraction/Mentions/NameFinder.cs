using Aggregator.Domain.Registry;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Mentions;

/// <summary>Finds the longest run of tokens that the registry knows as a name.</summary>
internal sealed class NameFinder(Document document, RegistrySnapshot registry)
{
    /// <summary>Most words of a name.</summary>
    public const int MostWords = 7;

    private const int LongestName = 80;

    /// <summary>ISO codes of the countries that the text is about, the likeliest first: they choose between namesakes.</summary>
    public IReadOnlyList<string> Countries { get; set; } = [];

    /// <summary>The entry whose name starts at a token, and the token after it; null if none does.</summary>
    public (RegistryEntry Entry, int End)? Find(EntityKind kind, int at, int end)
    {
        var tokens = document.Tokens;
        if (!StartsName(tokens[at]))
        {
            return null;
        }

        var furthest = at + 1;
        while (furthest < end && furthest - at < MostWords && MayContinue(tokens, furthest))
        {
            furthest++;
        }

        for (var stop = furthest; stop > at; stop--)
        {
            var last = tokens[stop - 1];
            if (last.Kind is TokenKind.Mark or TokenKind.Possessive || last.End - tokens[at].Start > LongestName)
            {
                continue;
            }

            var name = document.Text[tokens[at].Start..last.End];
            if (stop - at == 1 && name.Length < 4 && name.Any(char.IsLower) && !name.Contains('-', StringComparison.Ordinal) && name.Length < 3)
            {
                continue;
            }

            if (registry.Candidates(kind, name, Countries) is [var best, ..] && best.Id != RegistrySnapshot.World)
            {
                return (best, stop);
            }
        }

        return null;
    }

    private static bool StartsName(Token token) => token.Capital && token.Kind == TokenKind.Word;

    private static bool MayContinue(Token[] tokens, int at) =>
        tokens[at].Kind is TokenKind.Possessive or TokenKind.Number
        || (tokens[at].Kind == TokenKind.Word && (tokens[at].Capital || tokens[at].Word.Length <= 14))
        || (tokens[at].Is('.') && tokens[at - 1].End == tokens[at].Start && tokens[at - 1].Word.Length <= 3);
}
