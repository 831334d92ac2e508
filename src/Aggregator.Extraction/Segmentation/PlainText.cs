namespace Aggregator.Extraction.Segmentation;

/// <summary>
/// A text without its markup: tags are blanks, those of blocks paragraph breaks, entities their characters. Keeps where
/// each character stood, so that spans go back into the text as it was. One pass.
/// </summary>
internal sealed class PlainText
{
    private const int LongestTag = 2_000;
    private const int LongestEntity = 10;
    private readonly int[]? _starts;
    private readonly int[]? _ends;

    private PlainText(string text, int[]? starts, int[]? ends) => (Text, _starts, _ends) = (text, starts, ends);

    /// <summary>What is left to read.</summary>
    public string Text { get; }

    /// <summary>Reads a text with or without markup.</summary>
    /// <param name="text">The text as delivered.</param>
    /// <param name="entities">Named entities without ampersand and semicolon, and their characters.</param>
    /// <param name="blocks">Names of the tags that end a paragraph.</param>
    public static PlainText Of(string text, Func<string, char?> entities, Func<string, bool> blocks)
    {
        if (!text.AsSpan().ContainsAny('<', '&'))
        {
            return new PlainText(text, null, null);
        }

        var plain = new Writer(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '<' && TagEnd(text, at) is { } end)
            {
                plain.Add(blocks(TagName(text, at)) ? "\n\n" : " ", at, end);
                at = end;
            }
            else if (text[at] == '&' && Entity(text, at, entities) is { } entity)
            {
                plain.Add([entity.Character], at, entity.End);
                at = entity.End;
            }
            else
            {
                plain.Add([text[at]], at, at + 1);
                at++;
            }
        }

        return plain.Done();
    }

    /// <summary>Where characters [start, end) of <see cref="Text"/> stood in the text as delivered.</summary>
    public (int Start, int End) Original(int start, int end) => _starts is null || start >= end ? (start, end) : (_starts[start], _ends![end - 1]);

    // "<b>", "</p>", "<br/>", "<!-- -->"; "5 < 6" is none. Another "<" ends the search, which keeps it linear.
    private static int? TagEnd(string text, int at)
    {
        if (at + 1 >= text.Length || !(char.IsAsciiLetter(text[at + 1]) || text[at + 1] is '/' or '!'))
        {
            return null;
        }

        var next = text.AsSpan(at + 1, Math.Min(LongestTag, text.Length - at - 1)).IndexOfAny('<', '>');
        return next >= 0 && text[at + 1 + next] == '>' ? at + next + 2 : null;
    }

    private static string TagName(string text, int at)
    {
        var start = text[at + 1] == '/' ? at + 2 : at + 1;
        var end = start;
        while (end < text.Length && end - start < LongestEntity && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        return text[start..end].ToLowerInvariant();
    }

    private static (char Character, int End)? Entity(string text, int at, Func<string, char?> entities)
    {
        var length = text.AsSpan(at, Math.Min(LongestEntity, text.Length - at)).IndexOf(';');
        if (length < 2)
        {
            return null;
        }

        var name = text.AsSpan(at + 1, length - 1);
        var character = name[0] == '#' ? Numbered(name[1..]) : entities(name.ToString());
        return character is { } known ? (known, at + length + 1) : null;
    }

    private static char? Numbered(ReadOnlySpan<char> digits)
    {
        var hex = digits.Length > 1 && digits[0] is 'x' or 'X';
        var read = hex
            ? int.TryParse(digits[1..], System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code)
            : int.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out code);
        return read && code is >= ' ' and < 0xD800 ? (char)code : null;
    }

    private sealed class Writer(int capacity)
    {
        private readonly List<char> _text = new(capacity);
        private readonly List<int> _starts = new(capacity);
        private readonly List<int> _ends = new(capacity);

        public void Add(ReadOnlySpan<char> characters, int start, int end)
        {
            foreach (var character in characters)
            {
                _text.Add(character);
                _starts.Add(start);
                _ends.Add(end);
            }
        }

        public PlainText Done() => new(string.Concat(_text), [.. _starts], [.. _ends]);
    }
}
