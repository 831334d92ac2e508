namespace Aggregator.Extraction.Segmentation;

/// <summary>Makes words of a text fit to stand in a claim, which refuses control characters and broken surrogates.</summary>
internal static class CleanText
{
    /// <summary>The text, cut to a length, with a blank for each unit that a claim may not carry.</summary>
    public static string Of(string text, int longest) =>
        string.Create(Math.Min(text.Length, longest), text, static (span, whole) =>
        {
            for (var at = 0; at < span.Length; at++)
            {
                span[at] = whole[at] <= '\b' || IsBroken(whole, at, span.Length) ? ' ' : whole[at];
            }
        });

    private static bool IsBroken(string text, int at, int end) =>
        char.IsSurrogate(text[at])
        && !(at + 1 < end && char.IsSurrogatePair(text[at], text[at + 1]))
        && !(at > 0 && char.IsSurrogatePair(text[at - 1], text[at]));
}
