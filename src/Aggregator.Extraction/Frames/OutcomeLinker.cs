using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>
/// Says what happened to the counted things of a sentence: walks over numbers and verbs from left to right. An active
/// verb gives its outcome to the list that follows, a passive one to the list before it.
/// </summary>
internal sealed class OutcomeLinker(Document document, Lexicon lexicon)
{
    private const int FurthestObject = 7;
    private const int FurthestSubject = 14;
    private readonly Token[] _tokens = document.Tokens;
    private Item? _lastItem;

    /// <summary>Sets the outcome of each counted thing that has one.</summary>
    /// <param name="view">The sentence.</param>
    /// <param name="counted">Its counted things, in order.</param>
    /// <param name="inherited">Outcome words of a heading that a list entry stands under; null if none.</param>
    public void Link(SentenceView view, IReadOnlyList<Counted> counted, Hit<OutcomeWord>? inherited)
    {
        var pending = new List<Counted>();
        Hit<OutcomeWord>? active = null;
        Hit<OutcomeWord>? latest = null;
        var activeEnd = -1;
        var outcomes = view.Outcomes.Where(outcome => !counted.Any(thing => thing.Start <= outcome.Start && outcome.Start < thing.End)).ToList();
        var next = 0;
        foreach (var thing in counted)
        {
            while (next < outcomes.Count && outcomes[next].Start < thing.Start)
            {
                TakeVerb(view, outcomes[next], thing, pending, counted, ref active, ref activeEnd, ref latest);
                next++;
            }

            if (thing.Outcome is not null)
            {
                // its own noun says it
            }
            else if (active is { } verb && (Reaches(activeEnd, thing.Start, verb) || IsListed(activeEnd, thing.Start)) && Assign(thing, verb, false, counted))
            {
                activeEnd = thing.End;
                latest = verb;
            }
            else if (latest is { } last && IsListed(Math.Max(activeEnd, pending.Count > 0 ? pending[^1].End : -1), thing.Start) && !HasVerbAfter(outcomes, next, thing, view))
            {
                Assign(thing, last, true, counted); // "80 tanks destroyed ..., as well as nearly 50 drones"
            }

            pending.Add(thing);
            activeEnd = active is null && latest is null ? activeEnd : Math.Max(activeEnd, thing.End);
        }

        while (next < outcomes.Count)
        {
            TakeVerb(view, outcomes[next], null, pending, counted, ref active, ref activeEnd, ref latest);
            next++;
        }

        _lastItem = counted.LastOrDefault(thing => thing.Outcome is not null)?.Item ?? _lastItem;
        if (inherited is { } heading)
        {
            foreach (var thing in counted.Where(thing => thing.Outcome is null && thing.Item is not null))
            {
                Assign(thing, heading, true, counted);
            }
        }
    }

    private void TakeVerb(SentenceView view, Hit<OutcomeWord> verb, Counted? following, List<Counted> pending, IReadOnlyList<Counted> counted, ref Hit<OutcomeWord>? active, ref int activeEnd, ref Hit<OutcomeWord>? latest)
    {
        var form = verb.Value.Form;
        var passive = IsPassive(view, verb.Start);
        var adjacent = following is not null && Reaches(verb.End, following.Start, verb);
        var subject = pending.Count > 0 && pending[^1] is { } last && IsSubject(last.End, verb.Start) ? last : null;
        if (subject is not null && verb.End + 1 < view.End && _tokens[verb.End].Word is "along" or "together" && _tokens[verb.End + 1].Word == "with" && GiveBack(pending, verb, counted))
        {
            (active, activeEnd, latest) = (null, verb.End, verb); // "a commander killed along with 14 of his men"
            return;
        }

        if (verb.End < view.End && _tokens[verb.End].Is(':') && following is not null && form == "past")
        {
            (active, activeEnd) = (verb, verb.End + 1); // "the following have been destroyed: 258 aircraft"
            return;
        }

        if (form == "noun")
        {
            if (following is { Item: null } && following.Start - verb.End < 16 && lexicon.Is(_tokens[following.Start - 1].Word, "putto"))
            {
                (active, activeEnd) = (verb, following.Start); // "the number of its dead since ... to 158"
                return;
            }

            if (following is not null && verb.End < view.End && _tokens[verb.End].Word is "of" && adjacent)
            {
                (active, activeEnd) = (verb, verb.End);
            }
            else if (following is { Item: null } && adjacent && verb.End < view.End && lexicon.Is(_tokens[verb.End].Word, "putto"))
            {
                (active, activeEnd) = (verb, verb.End); // "put its own losses at nine"
            }

            return;
        }

        var takesObject = form is "active" or "death" or "losing" or "lose" or "take" or "hit" || (form == "past" && !passive);
        if (takesObject && adjacent && !(form == "past" && subject is not null && IsParticipleOf(subject, verb)))
        {
            (active, activeEnd) = (verb, verb.End);
            return;
        }

        if (form is "active" or "death" or "losing" || subject is null || (form is "lose" or "take" or "hit" && !passive))
        {
            if (passive || form != "past")
            {
                active = null;
            }

            return;
        }

        active = null;
        if (GiveBack(pending, verb, counted))
        {
            latest = verb;
            activeEnd = verb.End;
        }
    }

    // The nearest thing before the verb, and those listed with it that have no outcome of their own.
    private bool GiveBack(List<Counted> pending, Hit<OutcomeWord> verb, IReadOnlyList<Counted> counted)
    {
        var given = false;
        for (var index = pending.Count - 1; index >= 0; index--)
        {
            var thing = pending[index];
            var nearest = index == pending.Count - 1;
            if (!nearest && (thing.Cause is not null || !IsListed(thing.End, pending[index + 1].Start)))
            {
                break;
            }

            if (nearest && thing.Cause is { } own && own.Start >= thing.Start && own.Start < thing.End)
            {
                return false;
            }

            if (Assign(thing, verb, true, counted))
            {
                given = true;
            }
            else if (nearest)
            {
                return false;
            }
        }

        return given;
    }

    private bool Assign(Counted thing, Hit<OutcomeWord> verb, bool subject, IReadOnlyList<Counted> counted)
    {
        thing.Item ??= Missing(thing, verb, counted);
        if (thing.Item is not { } item || verb.Value.For(item) is not { } outcome || !item.Admits(outcome))
        {
            return false;
        }

        thing.Outcome = outcome;
        thing.Cause = verb;
        thing.IsSubject = subject;
        return true;
    }

    // "and wounded 12": the item of the latest figure that the verb can be said of; people if there is none.
    private Item? Missing(Counted thing, Hit<OutcomeWord> verb, IReadOnlyList<Counted> counted)
    {
        var earlier = counted.TakeWhile(other => other != thing).LastOrDefault(other => other.Item is { } item && other.Outcome is not null && verb.Value.For(item) is not null);
        earlier ??= counted.TakeWhile(other => other != thing).LastOrDefault(other => other.Item is { } item && verb.Value.For(item) is not null);
        if (earlier is null && _lastItem is { } last && verb.Value.For(last) is not null && (verb.Value.Form is "lose" or "losing" || verb.Value.Equipment is not null))
        {
            return last;
        }

        thing.Owner ??= earlier?.Owner;
        return earlier?.Item ?? (verb.Value.People is not null && verb.Value.Equipment is null ? Item.Person : null);
    }

    private bool IsPassive(SentenceView view, int at)
    {
        for (var back = at - 1; back >= view.Start && back >= at - 4; back--)
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

    // From a verb to its object: no mark, verb or clause in between.
    private bool Reaches(int from, int to, Hit<OutcomeWord> verb)
    {
        if (to < from || to - from > FurthestObject)
        {
            return false;
        }

        for (var at = from; at < to; at++)
        {
            if ((_tokens[at].Kind == TokenKind.Mark && !_tokens[at].IsQuote) || lexicon.Is(_tokens[at].Word, "conjunction") || (lexicon.Is(_tokens[at].Word, "be") && verb.Value.Form != "noun")
                || (lexicon.Is(_tokens[at].Word, "preposition") && !lexicon.Is(_tokens[at].Word, "toobject") && verb.Value.Form != "noun" && at > from)
                || lexicon.Speech.Match(_tokens, at, to, out _) is not null)
            {
                return false;
            }
        }

        return true;
    }

    // From a subject to its verb: places and times may stand between, another clause not.
    private bool IsSubject(int from, int to)
    {
        if (to - from > FurthestSubject)
        {
            return false;
        }

        var commas = 0;
        for (var at = from; at < to; at++)
        {
            if (_tokens[at].Is(';') || _tokens[at].Is(':') || _tokens[at].Is('.') || _tokens[at].Is('\u2014') || lexicon.Speech.Match(_tokens, at, to, out _) is not null
                || (lexicon.Is(_tokens[at].Word, "conjunction") && !lexicon.Is(_tokens[at].Word, "subjectclause")))
            {
                return false;
            }

            commas += _tokens[at].Is(',') ? 1 : 0;
        }

        return commas is 0 or 2 || (commas == 1 && to - from <= 3);
    }

    // "50 soldiers killed": a participle right after its noun; "Two drones killed four people": the noun did it.
    private bool IsParticipleOf(Counted subject, Hit<OutcomeWord> verb) =>
        verb.Start == subject.End && subject.Item is { } item && verb.Value.For(item) is not null && (verb.End >= _tokens.Length || _tokens[verb.End].Kind == TokenKind.Mark);

    private bool IsListed(int from, int to)
    {
        if (from < 0 || to < from || to - from > 12)
        {
            return false;
        }

        var inAside = 0;
        for (var at = from; at < to; at++)
        {
            if (_tokens[at].Is(',') || _tokens[at].IsQuote || _tokens[at].Is('-') || lexicon.Is(_tokens[at].Word, "link") || lexicon.Is(_tokens[at].Word, "adverb") || lexicon.Is(_tokens[at].Word, "determiner"))
            {
                continue;
            }

            if (_tokens[at].Is('(') || _tokens[at].Is(')') || inAside++ < 5)
            {
                if (lexicon.Is(_tokens[at].Word, "conjunction") || lexicon.Is(_tokens[at].Word, "be") || lexicon.Is(_tokens[at].Word, "aux") || lexicon.Speech.Match(_tokens, at, to, out _) is not null || lexicon.Is(_tokens[at].Word, "pronoun") || _tokens[at].Is(';') || _tokens[at].Is('.') || lexicon.Events.Match(_tokens, at, to, out _) is not null || lexicon.Control.Match(_tokens, at, to, out _) is not null)
                {
                    return false;
                }

                continue;
            }

            return false;
        }

        return true;
    }

    private bool HasVerbAfter(List<Hit<OutcomeWord>> outcomes, int next, Counted thing, SentenceView view) =>
        next < outcomes.Count && outcomes[next].Start < view.End && outcomes[next].Value.Form is "past" or "intransitive" && IsSubject(thing.End, outcomes[next].Start);
}
