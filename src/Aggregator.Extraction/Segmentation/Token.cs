namespace Aggregator.Extraction.Segmentation;

/// <summary>What a token is made of.</summary>
internal enum TokenKind : byte
{
    /// <summary>Starts with a letter.</summary>
    Word = 1,

    /// <summary>Starts with a digit.</summary>
    Number = 2,

    /// <summary>One mark.</summary>
    Mark = 3,

    /// <summary>The possessive ending of the token before it.</summary>
    Possessive = 4,
}

/// <summary>A word, number or mark of the text.</summary>
/// <param name="Start">UTF-16 offset of its first unit.</param>
/// <param name="End">UTF-16 offset after its last unit.</param>
/// <param name="Word">Lower case, with plain apostrophes, quotes and hyphens: what lexicons are matched against.</param>
/// <param name="Kind">What it is made of.</param>
/// <param name="Capital">Whether it has an upper-case letter at its start, or after an Arabic article (al-Watiya).</param>
internal readonly record struct Token(int Start, int End, string Word, TokenKind Kind, bool Capital)
{
    /// <summary>Whether it is this mark.</summary>
    public bool Is(char mark) => Kind == TokenKind.Mark && Word[0] == mark;

    /// <summary>Whether it opens or closes a quotation.</summary>
    public bool IsQuote => Kind == TokenKind.Mark && Word[0] == '"';
}
