using Aggregator.Extraction.Lexicons;

namespace Aggregator.Extraction.Segmentation;

/// <summary>Cuts tokens into sentences by their end marks, blank lines and the look of lists.</summary>
internal sealed class Segmenter(Lexicon lexicon)
{
    private const int LongestHeading = 120;

    // Later stages compare what a sentence holds pairwise: this bound keeps the whole linear in the text's length.
    private const int LongestSentence = 240;

    /// <summary>The sentences of a text, in order; every token belongs to exactly one.</summary>
    public IReadOnlyList<Sentence> Segment(string text, Token[] tokens)
    {
        var sentences = new List<Sentence>();
        var start = 0;
        var paragraph = 0;
        var inQuote = false;
        var openAtStart = false;
        for (var at = 0; at < tokens.Length; at++)
        {
            if (tokens[at].IsQuote)
            {
                inQuote = !inQuote;
            }

            var last = at + 1 == tokens.Length;
            var breaks = last ? 0 : Newlines(text, tokens[at].End, tokens[at + 1].Start);
            var ends = last || at + 1 - start >= LongestSentence || breaks >= 2 || (breaks == 1 && EndsLine(text, tokens, start, at)) || EndsSentence(tokens, start, at, inQuote);
            if (!ends)
            {
                continue;
            }

            sentences.Add(new Sentence(start, at + 1, paragraph, KindOf(text, tokens, start, at + 1, breaks > 0 || last), openAtStart));
            start = at + 1;
            if (breaks >= 2)
            {
                paragraph++;
                inQuote = false; // a quotation that nobody closed ends with its paragraph
            }

            openAtStart = inQuote;
        }

        return sentences;
    }

    private static int Newlines(string text, int from, int to)
    {
        var count = 0;
        for (var at = from; at < to && count < 2; at++)
        {
            count += text[at] == '\n' ? 1 : 0;
        }

        return count;
    }

    // A full stop, question or exclamation mark, with closing quotes and brackets after it, before a capital or digit.
    private bool EndsSentence(Token[] tokens, int start, int at, bool inQuote)
    {
        var token = tokens[at];
        if (token.IsQuote || token.Is(')'))
        {
            // "...," he said stays whole; "... ." He said ends.
            var mark = at - 1;
            return !inQuote && mark >= 0 && IsEndMark(tokens, start, mark) && !IsEllipsis(tokens, mark) && StartsSentence(tokens, at + 1)
                && tokens[mark].End == token.Start;
        }

        if (!IsEndMark(tokens, start, at) || IsEllipsis(tokens, at))
        {
            return false;
        }

        // Closing quotes stay with the sentence they close.
        if ((tokens[at + 1].IsQuote || tokens[at + 1].Is(')')) && tokens[at + 1].Start == token.End)
        {
            return false;
        }

        return StartsSentence(tokens, at + 1) && tokens[at + 1].Start > token.End;
    }

    private bool IsEndMark(Token[] tokens, int start, int at) =>
        tokens[at].Is('!') || tokens[at].Is('?') || (tokens[at].Is('.') && !(at > 0 && IsAbbreviation(tokens, start, at)));

    private bool IsAbbreviation(Token[] tokens, int start, int dot)
    {
        var word = tokens[dot - 1];
        if (word.End != tokens[dot].Start || word.Kind == TokenKind.Mark)
        {
            return false;
        }

        var initial = word.Kind == TokenKind.Word && word.Capital && word.End - word.Start == 1;
        var numbering = word.Kind == TokenKind.Number && word.Word.Length <= 3 && dot - 1 == start;
        return initial || numbering || lexicon.Abbreviations.Contains(word.Word);
    }

    private static bool IsEllipsis(Token[] tokens, int at) =>
        (at > 0 && tokens[at - 1].Is('.') && tokens[at].Is('.') && at + 1 < tokens.Length && !tokens[at + 1].Capital)
        || (at + 1 < tokens.Length && tokens[at].Is('.') && tokens[at + 1].Is('.'));

    private static bool StartsSentence(Token[] tokens, int at) =>
        at < tokens.Length && (tokens[at].Capital || tokens[at].Kind == TokenKind.Number || tokens[at].IsQuote || tokens[at].Is('(') || tokens[at].Is('-') || tokens[at].Is('\u2014'));

    // One newline ends a sentence if the line is a heading or list entry, or the next line is one; else text is wrapped.
    private static bool EndsLine(string text, Token[] tokens, int start, int at)
    {
        var next = tokens[at + 1];
        var mark = tokens[at];
        if (mark.Is(':') || mark.Is(';') || IsBullet(tokens, at + 1) || IsLabelled(text, tokens, start, at + 1) || IsLabelled(text, tokens, at + 1, LineEnd(text, tokens, at + 1)))
        {
            return true;
        }

        var length = mark.End - tokens[start].Start;
        return mark.Kind != TokenKind.Mark && length <= LongestHeading && (next.Capital || next.Kind == TokenKind.Number) && IsTitle(tokens, start, at + 1);
    }

    private static int LineEnd(string text, Token[] tokens, int start)
    {
        var at = start + 1;
        while (at < tokens.Length && at - start < 24 && Newlines(text, tokens[at - 1].End, tokens[at].Start) == 0)
        {
            at++;
        }

        return at;
    }

    private static bool IsBullet(Token[] tokens, int at) =>
        tokens[at].Is('-') || tokens[at].Is('*') || tokens[at].Is('\u2022') || tokens[at].Is('\u2014')
        || (tokens[at].Kind == TokenKind.Number && at + 1 < tokens.Length && (tokens[at + 1].Is('.') || tokens[at + 1].Is(')')) && tokens[at + 1].Start == tokens[at].End && tokens[at].Word.Length <= 3);

    // "tanks: 3,080 (+9)": a few words, a colon, a number.
    private static bool IsLabelled(string text, Token[] tokens, int start, int end)
    {
        for (var at = start + 1; at < end - 1 && at < start + 10; at++)
        {
            if (tokens[at].Is(':') && Newlines(text, tokens[start].Start, tokens[at].Start) == 0)
            {
                return tokens[end - 1].End - tokens[start].Start <= LongestHeading && Enumerable.Range(at + 1, Math.Min(3, end - at - 1)).Any(next => tokens[next].Kind == TokenKind.Number);
            }
        }

        return false;
    }

    private static bool IsTitle(Token[] tokens, int start, int end)
    {
        var words = 0;
        var capitals = 0;
        for (var at = start; at < end; at++)
        {
            if (tokens[at].Kind == TokenKind.Word && tokens[at].Word.Length > 3)
            {
                words++;
                capitals += tokens[at].Capital ? 1 : 0;
            }
        }

        return words == 0 || capitals * 3 >= words * 2;
    }

    private static SentenceKind KindOf(string text, Token[] tokens, int start, int end, bool endsLine)
    {
        var mark = tokens[end - 1];
        if (IsBullet(tokens, start) || (endsLine && IsLabelled(text, tokens, start, end)))
        {
            return SentenceKind.Entry;
        }

        return endsLine && !mark.Is('.') && !mark.Is(';') && !mark.IsQuote && !mark.Is('!') && !mark.Is('?') && mark.End - tokens[start].Start <= LongestHeading && !mark.Is(':')
            ? SentenceKind.Heading
            : SentenceKind.Prose;
    }
}
