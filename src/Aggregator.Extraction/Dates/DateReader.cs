using System.Globalization;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Dates;

/// <summary>Finds words of time and resolves them against the day of publication.</summary>
internal sealed class DateReader(Lexicon lexicon)
{
    /// <summary>The dates in tokens [start, end), in order, spans ("between Friday and Monday") joined.</summary>
    public IReadOnlyList<DateMention> Read(Token[] tokens, int start, int end, DateOnly published)
    {
        var found = new List<DateMention>();
        for (var at = start; at < end;)
        {
            if (ReadAt(tokens, at, end, published) is { } date)
            {
                at = date.End;
                if (found.Count > 0 && Join(tokens, found[^1], date) is { } joined)
                {
                    found[^1] = joined;
                }
                else
                {
                    found.Add(date);
                }
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    private DateMention? ReadAt(Token[] tokens, int at, int end, DateOnly published)
    {
        var token = tokens[at];
        if (token.Kind == TokenKind.Number)
        {
            return Numeric(tokens, at, end, published) ?? DayMonth(tokens, at, end, published) ?? Hours(tokens, at, end, published) ?? Year(tokens, at);
        }

        if (lexicon.Dates.Match(tokens, at, end, out var length) is not { } word)
        {
            return null;
        }

        var after = at + length;
        return word.Kind switch
        {
            "weekday" when token.Capital => Weekday(tokens, at, after, int.Parse(word.Value, CultureInfo.InvariantCulture), published),
            "month" when token.Capital => MonthFirst(tokens, at, after, end, int.Parse(word.Value, CultureInfo.InvariantCulture), published),
            "day" => Day(at, after, published.AddDays(int.Parse(word.Value, CultureInfo.InvariantCulture))),
            "pastday" => new DateMention(at, after, published.AddDays(-int.Parse(word.Value, CultureInfo.InvariantCulture)), published, DateKind.Days),
            "overnight" => new DateMention(at, after, published.AddDays(-1), published, DateKind.Overnight),
            "same" => new DateMention(at, after, published, published, DateKind.Same),
            "daybefore" => new DateMention(at, after, published, published, DateKind.DayBefore),
            _ => null,
        };
    }

    // "Tuesday": the latest one that is not after the publication.
    private static DateMention Weekday(Token[] tokens, int at, int after, int weekday, DateOnly published)
    {
        var back = ((int)published.DayOfWeek - weekday + 7) % 7;
        var next = at > 0 && tokens[at - 1].Word == "next";
        return Day(at, after, published.AddDays(next ? 7 - back : -back));
    }

    // "October 7", "February 24, 2022", "September", "July 2022"
    private DateMention? MonthFirst(Token[] tokens, int at, int after, int end, int month, DateOnly published)
    {
        var next = after < end && tokens[after].Is('.') && after - at == 1 && tokens[after - 1].Word.Length <= 4 ? after + 1 : after;
        if (next < end && DayNumber(tokens[next]) is { } day)
        {
            var stop = next + 1;
            int? year = null;
            if (stop < end && YearNumber(tokens[stop]) is { } bare)
            {
                year = bare;
                stop++;
            }
            else if (stop + 1 < end && tokens[stop].Is(',') && YearNumber(tokens[stop + 1]) is { } given)
            {
                year = given;
                stop += 2;
            }

            if (year is null && stop + 1 < end && tokens[stop].Word is "last" && tokens[stop + 1].Word == "year")
            {
                year = published.Year - 1;
                stop += 2;
            }

            return Dated(at, stop, year, month, day, published);
        }

        if (next < end && YearNumber(tokens[next]) is { } monthYear)
        {
            return WholeMonth(at, next + 1, monthYear, month);
        }

        // "May" and "March" alone are dates only after a preposition or article of time.
        return at > 0 && lexicon.Is(tokens[at - 1].Word, "beforedate")
            ? WholeMonth(at, after, month > published.Month ? published.Year - 1 : published.Year, month)
            : null;
    }

    // "7 October", "2 October 2020", "14th of March"
    private DateMention? DayMonth(Token[] tokens, int at, int end, DateOnly published)
    {
        if (DayNumber(tokens[at]) is not { } day)
        {
            return null;
        }

        var next = at + 1 < end && tokens[at + 1].Word == "of" ? at + 2 : at + 1;
        if (lexicon.Dates.Match(tokens, next, end, out var length) is not { Kind: "month" } month || !tokens[next].Capital || length != 1)
        {
            return null;
        }

        var stop = next + 1;
        int? year = null;
        if (stop < end && YearNumber(tokens[stop]) is { } given)
        {
            year = given;
            stop++;
        }

        return Dated(at, stop, year, int.Parse(month.Value, CultureInfo.InvariantCulture), day, published);
    }

    // "24.02.2022", "2022-02-24"
    private static DateMention? Numeric(Token[] tokens, int at, int end, DateOnly published)
    {
        var word = tokens[at].Word;
        return DateOnly.TryParseExact(word, ["d.M.yyyy", "dd.MM.yyyy", "yyyy-MM-dd", "d.M.yy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && at < end && day <= published.AddYears(1)
            ? Day(at, at + 1, day)
            : null;
    }

    // "in the 72 hours to Thursday": the hours are days before the statement.
    private DateMention? Hours(Token[] tokens, int at, int end, DateOnly published)
    {
        if (at + 1 >= end || tokens[at + 1].Word is not ("hours" or "days") || !int.TryParse(tokens[at].Word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 400
            || at == 0 || !lexicon.Is(tokens[at - 1].Word, "datearticle"))
        {
            return null;
        }

        var days = tokens[at + 1].Word == "hours" ? (count + 23) / 24 : count;
        return new DateMention(at, at + 2, published.AddDays(-days), published, DateKind.Days);
    }

    private DateMention? Year(Token[] tokens, int at)
    {
        if (YearNumber(tokens[at]) is { } year)
        {
            return at > 0 && lexicon.Is(tokens[at - 1].Word, "beforeday")
                ? new DateMention(at, at + 1, new DateOnly(year, 1, 1), new DateOnly(year, 12, 31), DateKind.Year)
                : null;
        }

        var word = tokens[at].Word;
        return word.Length == 5 && word[4] == 's' && int.TryParse(word.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var decade) && decade is >= 1900 and < 2100
            ? new DateMention(at, at + 1, new DateOnly(decade, 1, 1), new DateOnly(decade + 9, 12, 31), DateKind.Year)
            : null;
    }

    // Two dates become one span: "between A and B", "from A to B", "A and B" side by side, "hours to Thursday", "overnight into Saturday".
    private static DateMention? Join(Token[] tokens, DateMention first, DateMention second)
    {
        var gap = second.Start - first.End;
        if (gap is < 0 or > 2)
        {
            return null;
        }

        if (gap == 0 || (gap == 1 && tokens[first.End].Is(',')))
        {
            // "Sunday, 6 March", "Saturday night"
            return second.Kind == DateKind.Overnight ? second with { Start = first.Start, From = first.From, To = first.From.AddDays(1) }
                : second.Kind is DateKind.Days && first.Kind is DateKind.Days && first.From <= second.From ? second with { Start = first.Start }
                : null;
        }

        var link = tokens[first.End].Word;
        if (link is "into" or "on" && first.Kind == DateKind.Overnight)
        {
            return second with { Start = first.Start, From = second.To.AddDays(-1), Kind = DateKind.Days };
        }

        if (link is "to" or "till" or "until" or "and" or "-" or "through" && second.From >= first.From && second.Kind is DateKind.Days or DateKind.Year && gap <= 2)
        {
            var span = first.To.DayNumber - first.From.DayNumber;
            return link == "to" && span > 1 && first.Kind == DateKind.Days && first.To >= second.To
                ? new DateMention(first.Start, second.End, second.To.AddDays(-span), second.To, DateKind.Days) // "the 72 hours to Thursday"
                : new DateMention(first.Start, second.End, first.From, second.To, first.Kind);
        }

        return null;
    }

    private static DateMention Day(int at, int after, DateOnly day) => new(at, after, day, day, DateKind.Days);

    private static DateMention? Dated(int at, int stop, int? year, int month, int day, DateOnly published)
    {
        var guess = year ?? published.Year;
        if (day > DateTime.DaysInMonth(guess, month))
        {
            return null;
        }

        var date = new DateOnly(guess, month, day);
        if (year is null && date > published.AddDays(1))
        {
            // A day without a year lies behind, unless it is near ahead ("are due home on August 31").
            date = date > published.AddDays(60) && day <= DateTime.DaysInMonth(guess - 1, month) ? new DateOnly(guess - 1, month, day) : date;
        }

        return Day(at, stop, date);
    }

    private static DateMention WholeMonth(int at, int after, int year, int month) =>
        new(at, after, new DateOnly(year, month, 1), new DateOnly(year, month, DateTime.DaysInMonth(year, month)), DateKind.Month);

    private static int? DayNumber(Token token)
    {
        var word = token.Word;
        if (token.Kind != TokenKind.Number || word.Length is 0 or > 4)
        {
            return null;
        }

        var digits = word.TrimEnd('s', 't', 'n', 'd', 'r', 'h');
        return digits.Length <= 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31 ? day : null;
    }

    private static int? YearNumber(Token token) =>
        token.Kind == TokenKind.Number && token.Word.Length == 4 && int.TryParse(token.Word, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1900 and <= 2100 ? year : null;
}
