namespace Aggregator.Extraction.Segmentation;

/// <summary>What part of the layout a sentence is.</summary>
internal enum SentenceKind : byte
{
    /// <summary>Running text.</summary>
    Prose = 1,

    /// <summary>A heading, dateline block or title without an end mark.</summary>
    Heading = 2,

    /// <summary>One entry of a list ("- 14 tanks;", "Drones: 107").</summary>
    Entry = 3,
}

/// <summary>A sentence, heading or list entry: tokens [Start, End).</summary>
/// <param name="Start">First token.</param>
/// <param name="End">Token after the last.</param>
/// <param name="Paragraph">Number of its paragraph, from 0.</param>
/// <param name="Kind">What part of the layout it is.</param>
/// <param name="OpensInQuote">Whether a quotation opened in an earlier sentence of the paragraph still runs.</param>
internal sealed record Sentence(int Start, int End, int Paragraph, SentenceKind Kind, bool OpensInQuote)
{
    private const int LongestDateline = 14;

    /// <summary>Where the words begin that are no dateline ("KABUL, Aug 9 (Agency) — "): its place and date are the writer's.</summary>
    public int BodyStart(Token[] tokens)
    {
        if (Kind != SentenceKind.Prose || Paragraph > 1 || !tokens[Start].Capital)
        {
            return Start;
        }

        for (var at = Start + 1; at < End && at < Start + LongestDateline; at++)
        {
            if (tokens[at].Is('\u2014') || (tokens[at].Is('-') && tokens[at].Start > tokens[at - 1].End))
            {
                return at + 1;
            }
        }

        return Start;
    }
}
