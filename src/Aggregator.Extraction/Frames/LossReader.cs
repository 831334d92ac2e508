using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>Finds losses without a number: "serious losses in manpower", "the adversary's manpower losses are serious".</summary>
internal sealed class LossReader(Document document, Lexicon lexicon)
{
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The unnumbered losses of a sentence. Where the sentence also counts, its numbers are what is claimed.</summary>
    public IReadOnlyList<Counted> Read(SentenceView view, IReadOnlyList<Counted> counted)
    {
        if (counted.Any(thing => thing.Outcome is not null && !thing.IsArticle))
        {
            return [];
        }

        var found = new List<Counted>();
        foreach (var noun in lexicon.LossNouns.In(_tokens, view.Start, view.End))
        {
            if (Weighted(view, noun.Start, noun.End) is { } span)
            {
                found.Add(new Counted
                {
                    Start = span.Start,
                    End = span.End,
                    Bounds = Bounds.Unnumbered,
                    Item = Item.Combatant,
                    Outcome = Outcome.Casualties,
                    Owner = Owner(view, span.Start),
                    Cause = Verb(view, span.Start),
                });
            }
        }

        return found;
    }

    private (int Start, int End)? Weighted(SentenceView view, int start, int end)
    {
        for (var at = start - 1; at >= view.Start && at >= start - 3; at--)
        {
            if (lexicon.Weights.Match(_tokens, at, view.End, out _) is not null)
            {
                return (at, end);
            }

            if (!_tokens[at].IsQuote && _tokens[at].Kind != TokenKind.Word)
            {
                break;
            }
        }

        for (var at = end; at < view.End && at < end + 4; at++)
        {
            if (lexicon.Weights.Match(_tokens, at, view.End, out _) is not null && at > end)
            {
                return (start, at + 1);
            }

            if (!lexicon.Is(_tokens[at].Word, "be") && !lexicon.Is(_tokens[at].Word, "adverb"))
            {
                break;
            }
        }

        return null;
    }

    private ActorMention? Owner(SentenceView view, int start) =>
        view.Actors.LastOrDefault(actor => actor.Start < start && actor.End >= start - 2 && (actor.End >= start || _tokens[actor.End].Kind == TokenKind.Possessive));

    // "suffered serious losses": the subject of the verb is who lost.
    private static Hit<OutcomeWord>? Verb(SentenceView view, int start) =>
        view.Outcomes.Where(outcome => outcome.Value.Form is "lose" or "losing" && outcome.End <= start && start - outcome.End <= 3).Select(outcome => (Hit<OutcomeWord>?)outcome).LastOrDefault();
}
