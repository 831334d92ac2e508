namespace Aggregator.Extraction.Segmentation;

/// <summary>Cuts text into tokens: one pass, one look ahead.</summary>
internal static class Tokenizer
{
    // Longer runs are no words of any language; they are kept as one token, but not copied into lookups.
    private const int LongestWord = 64;

    /// <summary>All tokens of a text, in order. Blanks and characters that belong to nothing are skipped.</summary>
    public static Token[] Tokenize(string text)
    {
        var tokens = new List<Token>(text.Length / 5 + 4);
        for (var at = 0; at < text.Length;)
        {
            var character = text[at];
            if (IsWordPart(character))
            {
                at = ReadWord(text, at, tokens);
            }
            else
            {
                if (Plain(character) is var mark && (char.IsPunctuation(mark) || char.IsSymbol(mark)))
                {
                    tokens.Add(new Token(at, at + 1, mark.ToString(), TokenKind.Mark, false));
                }

                at++;
            }
        }

        return [.. tokens];
    }

    /// <summary>The words of a lexicon phrase, cut the same way.</summary>
    public static string[] Words(string phrase) => [.. Tokenize(phrase).Select(token => token.Word)];

    private static int ReadWord(string text, int start, List<Token> tokens)
    {
        var at = start + 1;
        while (at < text.Length)
        {
            if (IsWordPart(text[at]))
            {
                at++;
            }
            else if (Joins(text, start, at))
            {
                at += 2;
            }
            else
            {
                break;
            }
        }

        var possessive = PossessiveLength(text, start, at);
        Add(text, start, at - possessive, tokens);
        if (possessive > 0)
        {
            tokens.Add(new Token(at - possessive, at, "'s", TokenKind.Possessive, false));
        }
        else if (at < text.Length && Plain(text[at]) == '\'' && at > start + 1 && text[at - 1] == 's' && (at + 1 == text.Length || text[at + 1] == ' ') && char.IsLetter(text[start]))
        {
            tokens.Add(new Token(at, at + 1, "'s", TokenKind.Possessive, false)); // "rebels' vehicles"
            at++;
        }

        return at;
    }

    private static void Add(string text, int start, int end, List<Token> tokens)
    {
        var digit = char.IsDigit(text[start]);
        var capital = char.IsUpper(text[start]) || (char.IsLower(text[start]) && HasCapitalAfterArticle(text, start, end));
        tokens.Add(new Token(start, end, Lower(text, start, end), digit ? TokenKind.Number : TokenKind.Word, capital));
    }

    private static bool HasCapitalAfterArticle(string text, int start, int end)
    {
        for (var at = start + 1; at < end - 1 && at <= start + 4; at++)
        {
            if (Plain(text[at]) is '-' or '\'')
            {
                return char.IsUpper(text[at + 1]);
            }
        }

        return false;
    }

    private static string Lower(string text, int start, int end) =>
        string.Create(Math.Min(end - start, LongestWord), (text, start), static (span, state) =>
        {
            for (var at = 0; at < span.Length; at++)
            {
                span[at] = char.ToLowerInvariant(Plain(state.text[state.start + at]));
            }
        });

    // A mark inside a word belongs to it: T-90, al-Watiya, Ta'ang, 1,200, 24.02.2022, 18:00, U.S.
    private static bool Joins(string text, int start, int at)
    {
        if (at + 1 >= text.Length || !IsWordPart(text[at + 1]))
        {
            return false;
        }

        var before = text[at - 1];
        var after = text[at + 1];
        return Plain(text[at]) switch
        {
            '-' or '\'' => true,
            ',' or ':' => char.IsDigit(before) && char.IsDigit(after) && char.IsDigit(text[start]),
            '.' => (char.IsDigit(before) && char.IsDigit(after)) || (char.IsLetter(before) && char.IsLetter(after) && (at - start == 1 || text[at - 2] == '.')),
            _ => false,
        };
    }

    private static int PossessiveLength(string text, int start, int end) =>
        end - start > 2 && text[end - 1] is 's' or 'S' && end - start > 2 && Plain(text[end - 2]) == '\'' ? 2 : 0;

    private static bool IsWordPart(char character) => char.IsLetterOrDigit(character) || char.IsSurrogate(character) || char.GetUnicodeCategory(character) == System.Globalization.UnicodeCategory.NonSpacingMark;

    /// <summary>Typographic apostrophes, quotes and dashes as their plain forms.</summary>
    public static char Plain(char character) => character switch
    {
        '\u2018' or '\u2019' or '\u02BC' or '\u0060' or '\u00B4' => '\'',
        '\u201C' or '\u201D' or '\u201E' or '\u00AB' or '\u00BB' => '"',
        '\u2010' or '\u2011' or '\u2012' or '\u2013' => '-',
        '\u2014' or '\u2015' => '\u2014',
        _ => character,
    };
}
