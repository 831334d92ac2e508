using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>Tells what a sentence says to be so from what it wishes, fears, plans, asks or supposes.</summary>
internal sealed class FactFilter(Document document, Lexicon lexicon)
{
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>Whether the sentence as a whole is a question or a condition.</summary>
    public bool IsHypothetical(SentenceView view) =>
        _tokens[view.End - 1].Is('?') || (view.End - view.Start > 1 && _tokens[view.End - 2].Is('?')) || StartsCondition(view.Start, view.End) || (_tokens[view.Start].IsQuote && StartsCondition(view.Start + 1, view.End));

    /// <summary>Whether tokens [from, to) stand in a clause that a modal word governs.</summary>
    public bool IsModal(SentenceView view, Statement statement, int from, int to)
    {
        var start = from;
        while (start > Math.Max(view.Start, statement.Start) && !IsClauseBreak(start - 1, view))
        {
            start--;
        }

        foreach (var hit in lexicon.Modality.In(_tokens, start, Math.Min(to, view.End)))
        {
            if (!IsLaterPurpose(hit, from))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The token up to which words after a figure may still govern it: "40 hostages would go free".</summary>
    public int ClauseEnd(SentenceView view, int from)
    {
        var at = from;
        while (at < view.End && at < from + 5 && _tokens[at].Kind != TokenKind.Mark && !lexicon.Is(_tokens[at].Word, "conjunction"))
        {
            at++;
        }

        return at;
    }

    private bool StartsCondition(int at, int end) =>
        at < end && (lexicon.Is(_tokens[at].Word, "condition") || (_tokens[at].Word == "had" && at + 1 < end && lexicon.Is(_tokens[at + 1].Word, "determiner")));

    // "May" the month and "will" after the figure are no modals of it; In() already stays before the figure's end.
    private bool IsLaterPurpose(Hit<Word> hit, int from) => hit.Start >= from && _tokens[hit.Start].Capital;

    private bool IsClauseBreak(int at, SentenceView view)
    {
        var token = _tokens[at];
        if (token.Is(';') || token.Is(':') || token.Is('\u2014') || token.Is('.'))
        {
            return true;
        }

        return lexicon.Is(token.Word, "contrast")
            || (token.Is(',') && at + 1 < view.End && (lexicon.Is(_tokens[at + 1].Word, "clause") || lexicon.Is(_tokens[at + 1].Word, "link") || lexicon.Outcomes.Match(_tokens, at + 1, view.End, out _) is not null || _tokens[at + 1].Word.EndsWith("ing", StringComparison.Ordinal)));
    }
}
