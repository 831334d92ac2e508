using System.Globalization;
using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Quantities;

/// <summary>Reads a number from words or digits, without approximations: "1,740", "1.9 million", "thirty-one", "15-20".</summary>
internal sealed class NumberWords(Lexicon lexicon)
{
    private const int LongestNumeral = 18;

    /// <summary>The number that starts at a token: its bounds and the token after it; null if none does.</summary>
    public (Bounds Bounds, int End, bool IsArticle)? Read(Token[] tokens, int at, int end)
    {
        if (at >= end)
        {
            return null;
        }

        if (tokens[at].Kind == TokenKind.Number)
        {
            return Digits(tokens, at, end);
        }

        var word = lexicon.Numbers.Match(tokens, at, end, out var length);
        if (word is null)
        {
            return Compound(tokens[at].Word) is { } compound ? Scaled(tokens, at + 1, end, compound, compound) : null;
        }

        return word.Kind switch
        {
            "unit" => Spelled(tokens, at, end),
            "article" when length == 1 && Scale(tokens, at + 1, end) is { } scale => (Bounds.Exactly(scale), at + 2, false),
            "article" => (Bounds.Exactly(1), at + length, true),
            "vague" => (new Bounds(word.Low, word.Low, word.High), at + length, false),
            "unknown" => (Bounds.Unnumbered, at + length, false),
            _ => null,
        };
    }

    // "three hundred and twenty", "two thousand", "twenty-one"
    private (Bounds, int, bool)? Spelled(Token[] tokens, int at, int end)
    {
        long total = 0;
        long current = 0;
        var next = at;
        while (next < end)
        {
            if (Unit(tokens, next, end) is { } unit && (current % 100 == 0 || (unit < 10 && current % 10 == 0)))
            {
                current += unit;
            }
            else if (Scale(tokens, next, end) is { } scale && current > 0)
            {
                (total, current) = scale >= 1000 ? (total + (current * scale), 0) : (total, current * scale);
            }
            else if (tokens[next].Word == "and" && next > at && current % 100 == 0 && current + total >= 100 && next + 1 < end && Unit(tokens, next + 1, end) is not null && Scale(tokens, next - 1, end) is not null)
            {
                // "three hundred and twenty": the word between a scale and a unit belongs to the number
            }
            else
            {
                break;
            }

            next++;
            if (next - at > 12)
            {
                break;
            }
        }

        var value = total + current;
        return Range(tokens, next, end, value) ?? (Bounds.Exactly(value), next, false);
    }

    private (Bounds, int, bool)? Digits(Token[] tokens, int at, int end)
    {
        var word = tokens[at].Word;
        if (word.Length > LongestNumeral)
        {
            return null;
        }

        if (word.IndexOf('-', StringComparison.Ordinal) is var dash and > 0)
        {
            return Numeral(word[..dash]) is { } from && Numeral(word[(dash + 1)..]) is { } to && from < to
                ? (new Bounds((long)from, (long)from, (long)to), at + 1, false)
                : null;
        }

        if (Numeral(word) is not { } value)
        {
            return null;
        }

        var next = at + 1;
        while (value >= 1 && value == Math.Floor(value) && next < end && word.Length <= 3 && tokens[next].Kind == TokenKind.Number && tokens[next].Word.Length == 3
            && tokens[next].Start == tokens[next - 1].End + 1 && Numeral(tokens[next].Word) is { } group)
        {
            value = (value * 1000) + group; // "1 200"
            next++;
            if (next - at > 4)
            {
                return null;
            }
        }

        return Range(tokens, next, end, (long)value) is { } range && value == Math.Floor(value) ? range : Scaled(tokens, next, end, value, value);
    }

    private (Bounds, int, bool)? Scaled(Token[] tokens, int next, int end, decimal low, decimal high)
    {
        if (Scale(tokens, next, end) is { } scale)
        {
            low *= scale;
            high *= scale;
            next++;
        }

        return low == Math.Floor(low) && high <= ClaimAdmission.MaxCount ? (new Bounds((long)low, (long)low, (long)high), next, false) : null;
    }

    // "40 to 50", "40 – 50"
    private (Bounds, int, bool)? Range(Token[] tokens, int next, int end, long low)
    {
        if (next + 1 >= end || !(tokens[next].Word == "to" || tokens[next].Is('-')) || !(tokens[next].Is('-') ? tokens[next + 1].Kind == TokenKind.Number : true))
        {
            return null;
        }

        long? high = tokens[next + 1].Kind == TokenKind.Number ? (long?)Numeral(tokens[next + 1].Word) : Unit(tokens, next + 1, end);
        return high > low ? (new Bounds(low, low, high), next + 2, false) : null;
    }

    private long? Unit(Token[] tokens, int at, int end) =>
        lexicon.Numbers.Match(tokens, at, end, out var length) is { Kind: "unit" } word && length == 1 ? word.Low : at < end ? Compound(tokens[at].Word) : null;

    private long? Scale(Token[] tokens, int at, int end) =>
        lexicon.Numbers.Match(tokens, at, end, out var length) is { Kind: "scale" } word && length == 1 ? word.Low : null;

    // "thirty-one"
    private long? Compound(string word)
    {
        var dash = word.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && Single(word[..dash]) is { } tens and >= 20 && Single(word[(dash + 1)..]) is { } unit and < 10 ? tens + unit : null;
    }

    private long? Single(string word)
    {
        Token[] one = [new Token(0, word.Length, word, TokenKind.Word, false)];
        return lexicon.Numbers.Match(one, 0, 1, out _) is { Kind: "unit" } found ? found.Low : null;
    }

    // Digits with separators of thousands; a point is a decimal one. Dates (24.02.2022), times and ordinals are no numerals.
    private static decimal? Numeral(string word)
    {
        if (word.Length is 0 or > LongestNumeral || word.Any(character => !char.IsAsciiDigit(character) && character is not (',' or '.')))
        {
            return null;
        }

        if (word.Contains(',', StringComparison.Ordinal))
        {
            var groups = word.Split(',');
            if (groups[0].Length > 3 || groups.Skip(1).Any(group => group.Length != 3))
            {
                return null;
            }
        }

        return word.Count(character => character == '.') <= 1 && decimal.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) ? value : null;
    }
}
