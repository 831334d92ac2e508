using System.Collections.Frozen;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Lexicons;

/// <summary>Phrases of one to a few words, each with what it means; the longest match wins.</summary>
internal sealed class PhraseTable<T> where T : class
{
    private readonly FrozenDictionary<string, (string[] Words, T Value)[]> _byFirst;

    public PhraseTable(IEnumerable<(string Phrase, T Value)> phrases)
    {
        _byFirst = phrases
            .Select(pair => (Words: Tokenizer.Words(pair.Phrase), pair.Value))
            .Where(pair => pair.Words.Length > 0)
            .GroupBy(pair => pair.Words[0], StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => group.Key,
                group => group.OrderByDescending(pair => pair.Words.Length).ToArray(),
                StringComparer.Ordinal);
    }

    /// <summary>Reads a lexicon into a table, one value per row.</summary>
    public static PhraseTable<T> Of(IEnumerable<LexiconRow> rows, Func<LexiconRow, T> read) =>
        new(rows.SelectMany(row =>
        {
            var value = read(row);
            return row.Phrases.Select(phrase => (phrase, value));
        }));

    /// <summary>The longest phrase that starts at a token and ends before <paramref name="end"/>; null if none does.</summary>
    public T? Match(Token[] tokens, int at, int end, out int length)
    {
        length = 0;
        if (at < 0 || at >= end || !_byFirst.TryGetValue(tokens[at].Word, out var phrases))
        {
            return null;
        }

        foreach (var (words, value) in phrases)
        {
            if (at + words.Length <= end && Fits(tokens, at, words))
            {
                length = words.Length;
                return value;
            }
        }

        return null;
    }

    /// <summary>All matches in a range, left to right, the longest first, without overlaps.</summary>
    public IEnumerable<Hit<T>> In(Token[] tokens, int start, int end)
    {
        for (var at = start; at < end;)
        {
            if (Match(tokens, at, end, out var length) is { } value)
            {
                yield return new Hit<T>(at, at + length, value);
                at += length;
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>Whether any phrase of the table starts in a range.</summary>
    public bool AnyIn(Token[] tokens, int start, int end) => In(tokens, start, end).Any();

    private static bool Fits(Token[] tokens, int at, string[] words)
    {
        for (var step = 1; step < words.Length; step++)
        {
            if (tokens[at + step].Word != words[step])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A phrase found at tokens [<paramref name="Start"/>, <paramref name="End"/>).</summary>
internal readonly record struct Hit<T>(int Start, int End, T Value);
