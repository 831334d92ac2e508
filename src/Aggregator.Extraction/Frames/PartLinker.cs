using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>Finds figures that are a part of the one before: "ten residents, among them two children", "25 of them children".</summary>
internal sealed class PartLinker(Document document, Lexicon lexicon)
{
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>Sets whole and, where it is missing, outcome of each part.</summary>
    public void Link(SentenceView view, IReadOnlyList<Counted> counted)
    {
        for (var index = 0; index < counted.Count; index++)
        {
            var part = counted[index];
            if (part.Item is not { } item)
            {
                continue;
            }

            if (AmongOutcome(view, part) is { } among && among.Value.For(item) is { } outcome && part.Outcome is null)
            {
                (part.Outcome, part.Cause, part.IsSubject) = (outcome, among, true);
                continue;
            }

            if (IsPart(view, counted, index) && counted.Take(index).LastOrDefault(thing => thing.Outcome is not null && thing.Whole is null && thing.Item is { } whole && whole.IsPeople() == item.IsPeople()) is { } found)
            {
                part.Whole = found;
                part.Outcome ??= found.Outcome is { } of && item.Admits(of) ? of : null;
                part.Cause ??= found.Cause;
                part.Owner ??= found.Owner;
            }
        }
    }

    // "16 women and six children among the wounded"
    private Hit<OutcomeWord>? AmongOutcome(SentenceView view, Counted part)
    {
        for (var at = part.End; at < view.End - 2 && at < part.End + 6; at++)
        {
            if (_tokens[at].Word == "among" && _tokens[at + 1].Word is "the" or "those" && lexicon.Outcomes.Match(_tokens, at + 2, view.End, out var length) is { } outcome)
            {
                return new Hit<OutcomeWord>(at + 2, at + 2 + length, outcome);
            }
        }

        return null;
    }

    private bool IsPart(SentenceView view, IReadOnlyList<Counted> counted, int index)
    {
        var part = counted[index];
        for (var at = part.Start; at < part.End; at++)
        {
            if (lexicon.Parts.Match(_tokens, at, part.End, out _) is { Kind: "before" })
            {
                return true; // "25 of them children"
            }
        }

        for (var back = 1; back <= 4 && part.Start - back >= view.Start; back++)
        {
            if (lexicon.Parts.Match(_tokens, part.Start - back, view.End, out var length) is { Kind: "before" } && part.Start - back + length >= part.Start - 1)
            {
                return true;
            }
        }

        if (index > 0 && counted[index - 1].Whole is not null && part.Start - counted[index - 1].End <= 2)
        {
            return true; // "among them two women and a child"
        }

        // "8,000 children and 6,200 women among them": the words come after the last of the parts.
        for (var last = index; last < counted.Count && (last == index || counted[last].Start - counted[last - 1].End <= 2); last++)
        {
            if (lexicon.Parts.Match(_tokens, counted[last].End, view.End, out _) is not null && index > 0)
            {
                return true;
            }
        }

        return false;
    }
}
