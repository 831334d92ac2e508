using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>Finds who holds, took or lost a place: "captured the village of X", "ground in X won back", "X is in their hands".</summary>
internal sealed class ControlReader(Document document, Lexicon lexicon)
{
    private const int FurthestPlace = 9;
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The places whose control a sentence speaks of.</summary>
    public IReadOnlyList<Placed> Read(SentenceView view, IReadOnlyList<Counted> counted)
    {
        var found = new List<Placed>();
        foreach (var verb in lexicon.Control.In(_tokens, view.Start, view.End))
        {
            if (counted.Any(thing => thing.Cause is { } cause && cause.Start <= verb.Start && verb.Start < cause.End && thing.Outcome is not null) || (found.Count > 0 && verb.Start < found[^1].End))
            {
                continue;
            }

            var passive = IsPassive(view, verb.Start);
            var effect = verb.Value.Kind;
            if (!passive && effect is "gain" or "hold" or "lose")
            {
                Objects(view, verb, effect, found);
            }
            else if (Subject(view, verb.Start) is { } place && (passive || effect is "falls" or "theirs"))
            {
                found.Add(new Placed(place.Start, verb.End, place, passive ? null : After(view, verb), null, "falls"));
            }
        }

        return found;
    }

    private static ActorMention? After(SentenceView view, Hit<Word> verb) =>
        view.Actors.FirstOrDefault(actor => actor.Start >= verb.Start - 2 && actor.Start <= verb.End + 2 && actor.Form is not ActorForm.Other);

    private void Objects(SentenceView view, Hit<Word> verb, string effect, List<Placed> found)
    {
        var holder = view.Actors.LastOrDefault(actor => actor.End <= verb.Start && verb.Start - actor.End <= 8);
        var gains = effect == "lose" ? null : holder;
        var loses = effect == "lose" ? holder : null;
        var ground = -1;
        for (var at = verb.End; at < view.End && at < verb.End + FurthestPlace; at++)
        {
            if (view.Regions.FirstOrDefault(region => region.Start == at) is { } place && (ground >= 0 || at - verb.End <= 3))
            {
                found.Add(new Placed(verb.Start, place.End, place, gains, loses, effect));
                Listed(view, place, verb, effect, gains, loses, found);
                return;
            }

            if (lexicon.Grounds.Match(_tokens, at, view.End, out _) is not null)
            {
                ground = at;
            }
            else if (_tokens[at].Kind == TokenKind.Mark && !_tokens[at].IsQuote || lexicon.Is(_tokens[at].Word, "clause") || lexicon.Speech.Match(_tokens, at, view.End, out _) is not null)
            {
                break;
            }
        }

        if (ground >= 0 && ground - verb.End <= 4)
        {
            var near = view.Regions.FirstOrDefault(region => region.Start > ground && region.Start - ground <= 4);
            found.Add(new Placed(verb.Start, near?.End ?? ground + 1, near, gains, loses, effect));
        }
    }

    private void Listed(SentenceView view, RegionMention first, Hit<Word> verb, string effect, ActorMention? gains, ActorMention? loses, List<Placed> found)
    {
        var last = first;
        foreach (var place in view.Regions.Where(region => region.Start > first.End))
        {
            for (var at = last.End; at < place.Start; at++)
            {
                if (!(_tokens[at].Is(',') || _tokens[at].Word is "and" or "the" or "of" || lexicon.Grounds.Match(_tokens, at, view.End, out _) is not null))
                {
                    return;
                }
            }

            found.Add(new Placed(place.Start, place.End, place, gains, loses, effect));
            last = place;
        }
    }

    private static RegionMention? Subject(SentenceView view, int verb) =>
        view.Regions.LastOrDefault(region => region.End <= verb && verb - region.End <= 8);

    private bool IsPassive(SentenceView view, int at)
    {
        for (var back = at - 1; back >= view.Start && back >= at - 3; back--)
        {
            if (lexicon.Is(_tokens[back].Word, "be"))
            {
                return true;
            }

            if (!lexicon.Is(_tokens[back].Word, "adverb"))
            {
                return false;
            }
        }

        return false;
    }
}
