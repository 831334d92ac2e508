using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace Aggregator.Domain.Claims;

/// <summary>
/// A sketch of a report's text by which near-identical texts are known as copies (R5): minimum hashes of its word triples
/// and, apart from them, of its numbers, each in one byte (Broder, "On the resemblance and containment of documents", 1997;
/// Li and König, "b-Bit Minwise Hashing", 2010). Words tell a reprint from another story; numbers tell it from the next day's
/// bulletin, which has the same words. The thresholds were measured: docs/rules.md, R5.
/// </summary>
public sealed class TextSketch
{
    /// <summary>The start of a fingerprint that is a sketch; any other is compared for equality alone.</summary>
    public const string Prefix = "t1.";

    /// <summary>Least share of the shorter text's word triples that a copy has too.</summary>
    public const double LeastWords = 0.6;

    /// <summary>Least share of the numbers of the text with fewer that a copy has too.</summary>
    public const double LeastNumbers = 0.75;

    /// <summary>Least length of a copy beside the longer text, in words: a quotation is no copy of what quotes it.</summary>
    public const double LeastLength = 0.4;

    private const int WordHashes = 64;
    private const int NumberHashes = 32;
    private const int Head = 4;
    private const int WordsAtOnce = 3;

    private readonly byte[] _bytes;

    private TextSketch(byte[] bytes) => _bytes = bytes;

    private int Words => (_bytes[0] << 8) | _bytes[1];

    private int Numbers => (_bytes[2] << 8) | _bytes[3];

    /// <summary>The sketch of a text. Case, punctuation and spacing tell nothing.</summary>
    public static TextSketch Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = Tokens(text).ToList();
        var triples = new HashSet<ulong>();
        for (var at = 0; at + WordsAtOnce <= Math.Max(tokens.Count, WordsAtOnce); at++)
        {
            triples.Add(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(string.Join(' ', tokens.Skip(at).Take(WordsAtOnce)))));
        }

        var numbers = tokens.Where(token => char.IsAsciiDigit(token[0])).Select(token => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(token))).ToHashSet();
        var bytes = new byte[Head + WordHashes + NumberHashes];
        (bytes[0], bytes[1]) = Size(triples.Count);
        (bytes[2], bytes[3]) = Size(numbers.Count);
        Fill(bytes.AsSpan(Head, WordHashes), triples);
        Fill(bytes.AsSpan(Head + WordHashes), numbers);
        return new TextSketch(bytes);
    }

    /// <summary>The sketch that a fingerprint holds; null if it holds none.</summary>
    public static TextSketch? Parse(string? fingerprint)
    {
        if (fingerprint is null || !fingerprint.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[Head + WordHashes + NumberHashes];
        return Base64Url.DecodeFromChars(fingerprint.AsSpan(Prefix.Length), bytes, out _, out var written) == OperationStatus.Done && written == bytes.Length
            ? new TextSketch(bytes)
            : null;
    }

    /// <summary>Whether the two texts are copies of one, lightly edited, cut or continued.</summary>
    public bool IsCopyOf(TextSketch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Math.Min(Words, other.Words) >= LeastLength * Math.Max(Words, other.Words)
            && Contained(Head, WordHashes, Words, other, other.Words) >= LeastWords
            && (Math.Min(Numbers, other.Numbers) == 0 || Contained(Head + WordHashes, NumberHashes, Numbers, other, other.Numbers) >= LeastNumbers);
    }

    /// <summary>The fingerprint that holds the sketch.</summary>
    public override string ToString() => Prefix + Base64Url.EncodeToString(_bytes);

    /// <summary>The share of the smaller set that the larger has too, estimated from their resemblance and sizes.</summary>
    internal (double Words, double Numbers) Compare(TextSketch other) => (
        Contained(Head, WordHashes, Words, other, other.Words),
        Contained(Head + WordHashes, NumberHashes, Numbers, other, other.Numbers));

    private double Contained(int start, int count, int size, TextSketch other, int otherSize)
    {
        var same = 0;
        for (var at = start; at < start + count; at++)
        {
            same += _bytes[at] == other._bytes[at] ? 1 : 0;
        }

        // Two different minima share their byte once in 256.
        var resemblance = Math.Max(0, (((double)same / count) - (1.0 / 256)) / (1 - (1.0 / 256)));
        var both = resemblance / (1 + resemblance) * (size + otherSize);
        return Math.Min(1, both / Math.Max(1, Math.Min(size, otherSize)));
    }

    private static void Fill(Span<byte> into, HashSet<ulong> hashes)
    {
        for (var at = 0; at < into.Length; at++)
        {
            var least = ulong.MaxValue;
            foreach (var hash in hashes)
            {
                least = Math.Min(least, Mix(hash ^ Mix((ulong)at + 1)));
            }

            into[at] = (byte)least;
        }
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that spreads every bit.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static (byte High, byte Low) Size(int count) => ((byte)(Math.Min(count, ushort.MaxValue) >> 8), (byte)Math.Min(count, ushort.MaxValue));

    // Words and numbers, folded; a separator between digits belongs to the number.
    private static IEnumerable<string> Tokens(string text)
    {
        var token = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (char.IsLetterOrDigit(character))
            {
                token.Append(char.ToLowerInvariant(character));
            }
            else if (!(character is ',' or '.' && token.Length > 0 && char.IsAsciiDigit(token[^1]) && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])) && token.Length > 0)
            {
                yield return token.ToString();
                token.Clear();
            }
        }

        if (token.Length > 0)
        {
            yield return token.ToString();
        }
    }
}
