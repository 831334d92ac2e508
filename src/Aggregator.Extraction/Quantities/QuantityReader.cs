using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Quantities;

/// <summary>Finds the numbers of a sentence that may count something, with their bounds.</summary>
internal sealed class QuantityReader(Lexicon lexicon)
{
    private readonly NumberWords _numbers = new(lexicon);

    /// <summary>The quantities in tokens [start, end) that are not taken (by dates), in order.</summary>
    public IReadOnlyList<Quantity> Read(Token[] tokens, int start, int end, Func<int, bool> taken)
    {
        var found = new List<Quantity>();
        for (var at = start; at < end;)
        {
            if (taken(at))
            {
                at++;
            }
            else if (ReadAt(tokens, at, end, taken) is { } quantity)
            {
                if (!CountsOther(tokens, quantity, start, end))
                {
                    found.Add(quantity);
                }

                at = Math.Max(quantity.End, at + 1);
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    private Quantity? ReadAt(Token[] tokens, int at, int end, Func<int, bool> taken)
    {
        var kind = "none";
        var next = at;
        var words = 0;
        while (lexicon.Approximations.Match(tokens, next, end, out var length) is { } word && words++ < 3)
        {
            kind = word.Kind != "none" ? word.Kind : kind;
            next += length;
            while (next < end && tokens[next].IsQuote)
            {
                next++;
            }
        }

        if (tokens[next >= end ? at : next].IsQuote && next + 1 < end)
        {
            return null;
        }

        if (next >= end || taken(next) || _numbers.Read(tokens, next, end) is not { } number)
        {
            return null;
        }

        if (kind == "range")
        {
            return Between(tokens, at, next, end, number.Bounds) ?? new Quantity(next, number.End, number.Bounds, number.IsArticle, true);
        }

        var stop = number.End;
        if (kind == "none" && lexicon.Approximations.Match(tokens, stop, end, out var after) is { } late && after > 1 && late.Kind is "at-least" or "about" && tokens[stop].Word == "or")
        {
            kind = late.Kind; // "50 or more"
            stop += after;
        }

        if (number.IsArticle && kind == "none")
        {
            return new Quantity(at, stop, number.Bounds, true, true);
        }

        return new Quantity(at, stop, Approximate(kind, number.Bounds), number.IsArticle, kind == "none" && next == at);
    }

    private Quantity? Between(Token[] tokens, int at, int next, int end, Bounds low)
    {
        var join = next;
        while (join < end && join < next + 4 && tokens[join].Word is not ("and" or "to"))
        {
            join++;
        }

        return join + 1 < end && tokens[join].Word is "and" or "to" && _numbers.Read(tokens, join + 1, end) is { } high && high.Bounds.Best > low.Best
            ? new Quantity(at, high.End, new Bounds(low.Low, low.Low, high.Bounds.High), false, false)
            : low.Best < low.High ? new Quantity(at, next + 1, low, false, false) : null;
    }

    /// <summary>The table of number words (docs/rules.md) for any number.</summary>
    internal static Bounds Approximate(string kind, Bounds number)
    {
        if (number.Best is not { } best)
        {
            return number;
        }

        return kind switch
        {
            "nearly" => new Bounds(best * 9 / 10, best, best),
            "about" when number.Low == number.High => new Bounds(best * 9 / 10, best, RoundUp(best)),
            "at-least" => new Bounds(number.Low, best, null),
            "more-than" => new Bounds(best + 1, best + 1, null),
            "up-to" => new Bounds(0, null, number.High),
            _ => number,
        };
    }

    private static long RoundUp(long best) => (best * 11 / 10) + (best * 11 % 10 == 0 ? 0 : 1);

    // Money, measures, clock times, parts of names and ordinals count nothing of ours.
    private bool CountsOther(Token[] tokens, Quantity quantity, int start, int end)
    {
        var before = quantity.Start - 1;
        if (before >= start && (tokens[before].Is('$') || tokens[before].Is('+') || tokens[before].Is('\u20AC') || tokens[before].Is('\u00A3')))
        {
            return true;
        }

        var number = tokens[quantity.End - 1];
        if (number.Kind == TokenKind.Number && (number.Word.Contains(':', StringComparison.Ordinal) || (number.Word.Length == 4 && number.Word[0] == '0')))
        {
            return true;
        }

        return quantity.End < end && (tokens[quantity.End].Is('%') || (!quantity.IsArticle && lexicon.NotCounted.Match(tokens, quantity.End, end, out _) is not null));
    }
}
