namespace Aggregator.Extraction.Segmentation;

/// <summary>A text with its tokens and sentences: what every later stage reads.</summary>
internal sealed record Document(string Text, Token[] Tokens, IReadOnlyList<Sentence> Sentences)
{
    private const int LongestName = 256;

    /// <summary>The words of tokens [start, end) as they stand in the text, blanks folded.</summary>
    public string Words(int start, int end)
    {
        if (start >= end)
        {
            return "";
        }

        return CleanText.Of(string.Join(' ', Text[Tokens[start].Start..Tokens[end - 1].End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), LongestName);
    }
}
