using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Dates;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Resolution;

/// <summary>When something happened, and whether it is a running total.</summary>
/// <param name="From">First day; null if not said.</param>
/// <param name="To">Last day; null if not said.</param>
/// <param name="IsTotal">Whether it is a running total; then From is its <c>since</c> and To its <c>asOf</c>.</param>
internal readonly record struct Occurrence(DateOnly? From, DateOnly? To, bool IsTotal);

/// <summary>
/// Dates claims: by the nearest day in their statement, else the day it was made, else the day that the passage is set
/// on. Keeps the passage's day; call it sentence by sentence, in order.
/// </summary>
internal sealed class PeriodReader(Document document, Lexicon lexicon, Story story, DateOnly published)
{
    private readonly Token[] _tokens = document.Tokens;
    private DateOnly? _passage;
    private DateOnly? _paragraphDay;
    private DateOnly? _since;
    private DateOnly? _mentioned;
    private Occurrence? _list;
    private int _paragraph = -1;

    /// <summary>Whether the passage is set in a past that is no part of the story ("in 1984").</summary>
    public bool IsHistory { get; private set; }

    /// <summary>The day of a communiqué, which dates what it leaves undated; null for other texts.</summary>
    public DateOnly? HouseDay { get; set; }

    /// <summary>Takes a sentence's dates as the passage's; call it before its claims are dated.</summary>
    public void Enter(SentenceView view)
    {
        if (view.Sentence.Paragraph != _paragraph)
        {
            _paragraph = view.Sentence.Paragraph;
            _paragraphDay = null;
            IsHistory = false;
            if (view.Sentence.Kind != SentenceKind.Entry)
            {
                _list = null;
            }
        }
    }

    /// <summary>Leaves a sentence: its day is the passage's from here on.</summary>
    public void Leave(SentenceView view)
    {
        foreach (var date in view.Dates.Where(date => date.Kind is DateKind.Days or DateKind.Overnight && date.To <= published && !IsSince(view, date)))
        {
            if (date.From > published.AddDays(-31))
            {
                _passage = date.To;
                _paragraphDay = date.To;
            }
        }

        foreach (var date in view.Dates.Where(date => date.Kind is DateKind.Days or DateKind.Overnight && date.To <= published))
        {
            _mentioned = date.From;
            _since = IsSince(view, date) ? date.From : _since;
        }

        var years = view.Dates.Where(date => date.Kind == DateKind.Year || date.To < published.AddDays(-400)).ToList();
        IsHistory = years.Count > 0 && view.Dates.All(years.Contains) && !view.Dates.Any(date => IsSince(view, date)) || (IsHistory && view.Dates.Count == 0);
        if (_tokens[view.End - 1].Is(':'))
        {
            var span = view.Dates.LastOrDefault(date => date.Kind == DateKind.Days && !IsSince(view, date));
            _list = Total(view, view.End, view.End) is { } since ? new Occurrence(since.Day ?? story.Onset, Later(since.Day, span?.To ?? _paragraphDay ?? _passage ?? published), true)
                : span is null ? null : new Occurrence(span.From, span.To, IsRun(span));
        }
    }

    /// <summary>Whether a word dates the sentence in another war or age.</summary>
    public bool IsPast(SentenceView view, int at) =>
        Nearest(view, at, view.Start, view.End, date => true) is { } date && date.To < published.AddDays(-400) && !IsSince(view, date);

    /// <summary>When the thing at a token happened.</summary>
    public Occurrence Read(SentenceView view, Statement statement, IReadOnlyList<Statement> statements, int at, int end)
    {
        var stated = statement.VerbAt < 0 ? null : view.Dates.FirstOrDefault(date => date.Kind is DateKind.Days && date.Start >= statement.FrameStart && date.End <= statement.FrameEnd && date.To <= published);
        var statedDay = stated?.To;
        if (Total(view, at, end) is { } since)
        {
            _since = since.Day ?? _since;
            var day = AsOf(view, at, end) ?? statedDay ?? HouseDay ?? _paragraphDay ?? _passage ?? published;
            return new Occurrence(since.Day ?? story.Onset, Later(since.Day ?? story.Onset, day), true);
        }

        var own = Nearest(view, at, statement.Start, statement.End, date => !IsFrame(statements, date) && !IsSince(view, date) && date.To <= published.AddDays(1));
        own ??= statement.VerbAt < 0 || statedDay is not null ? null : Nearest(view, at, view.Start, view.End, date => !IsFrame(statements, date) && !IsSince(view, date) && date.To <= published);
        if (own is not null)
        {
            return own.Kind switch
            {
                DateKind.Same => new Occurrence(_mentioned, _mentioned, false),
                DateKind.DayBefore => (statedDay ?? _paragraphDay ?? published).AddDays(-1) is var before ? new Occurrence(before, before, false) : default,
                _ => new Occurrence(own.From, own.To, IsRun(own)),
            };
        }

        if (statedDay is { } spoken)
        {
            return new Occurrence(spoken, spoken, false);
        }

        if (_list is { } list)
        {
            return list;
        }

        return new Occurrence(_paragraphDay ?? HouseDay, _paragraphDay ?? HouseDay, false);
    }

    // "from 24 February to 10 January": a long run up to the statement is a total, not an incident.
    private bool IsRun(DateMention date) =>
        date.Start > 0 && _tokens[date.Start - 1].Word is "from" or "of" && date.To >= published.AddDays(-1) && date.To.DayNumber - date.From.DayNumber > 7;

    // A total never ends before it starts.
    private DateOnly Later(DateOnly? since, DateOnly asOf) => since > asOf ? (since > published ? since.Value : published) : asOf;

    private readonly record struct SinceDay(DateOnly? Day);

    // A word of totals that reaches this figure: "since", "so far" anywhere in its clause; "bringing ... to" before it.
    private SinceDay? Total(SentenceView view, int at, int end)
    {
        SinceDay? found = null;
        var brings = false;
        var bringsLater = false;
        foreach (var hit in lexicon.Totals.In(_tokens, view.Start, view.End))
        {
            switch (hit.Value.Kind)
            {
                case "since":
                    if (IsRunning(view, hit.Start, at))
                    {
                        found = new SinceDay(SinceOf(view, hit.Start));
                    }

                    break;
                case "brings":
                    brings |= hit.Start < at && at - hit.End <= 24;
                    bringsLater |= hit.Start >= end;
                    break;
                case "same":
                    found = new SinceDay(_since ?? story.Onset);
                    break;
                default:
                    found ??= new SinceDay(null);
                    break;
            }
        }

        if (bringsLater && !brings)
        {
            return null; // "lost 51 more, raising the number since September 27 to 429": the first is no total
        }

        return found is null && brings ? new SinceDay(null) : found;
    }

    // "since" counts only with a time or beginning after it.
    private bool IsRunning(SentenceView view, int since, int at)
    {
        if (Enumerable.Range(since + 1, Math.Min(3, view.End - since - 1)).Any(at => lexicon.Is(_tokens[at].Word, "daytime")))
        {
            return false; // "since the morning" is one day's incident
        }

        var dated = view.Dates.Any(date => date.Start > since && date.Start - since <= 8) || lexicon.Events.In(_tokens, since, Math.Min(view.End, since + 8)).Any(hit => hit.Value.Kind is "begins" or "going") || (since + 1 < view.End && _tokens[since + 1].Word is "then" or "that" or "the");
        return dated && Math.Abs(since - at) < 80;
    }

    private DateOnly? SinceOf(SentenceView view, int since)
    {
        var date = view.Dates.FirstOrDefault(date => date.Start > since && date.Start - since <= 10 && date.Kind is not (DateKind.Same or DateKind.DayBefore));
        return date?.From ?? (since + 1 < view.End && _tokens[since + 1].Word is "then" or "that" ? _since ?? _paragraphDay : story.Onset);
    }

    private bool IsSince(SentenceView view, DateMention date)
    {
        for (var at = date.Start - 1; at >= view.Start && at >= date.Start - 9; at--)
        {
            if (_tokens[at].Word == "since")
            {
                return !view.Dates.Any(other => other.Start > at && other.End <= date.Start);
            }

            if (_tokens[at].Kind == TokenKind.Mark && !_tokens[at].Is(','))
            {
                return false;
            }
        }

        return false;
    }

    // "from 24.02.2022 to 10.01.2023" and "from the beginning of January till Saturday" end on a day of their own.
    private DateOnly? AsOf(SentenceView view, int at, int end) =>
        Nearest(view, at, view.Start, view.End, date => date.Kind == DateKind.Days && !IsSince(view, date) && date.To <= published && Math.Abs(date.Start - end) < 60)?.To;

    private static bool IsFrame(IReadOnlyList<Statement> statements, DateMention date) =>
        statements.Any(statement => statement.VerbAt >= 0 && date.Start >= statement.FrameStart && date.End <= statement.FrameEnd);

    private static DateMention? Nearest(SentenceView view, int at, int start, int end, Func<DateMention, bool> fits)
    {
        DateMention? best = null;
        foreach (var date in view.Dates)
        {
            if (date.Start >= start && date.End <= end && fits(date) && (best is null || Distance(date, at) < Distance(best, at)))
            {
                best = date;
            }
        }

        return best;
    }

    private static int Distance(DateMention date, int at) => date.Start >= at ? date.Start - at : at - date.End + 1;
}
