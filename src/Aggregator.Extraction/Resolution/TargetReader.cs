using Aggregator.Domain.Claims;
using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Frames;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Resolution;

/// <summary>Says who suffered a loss.</summary>
internal sealed class TargetReader(Document document, Lexicon lexicon, PartyResolver parties, Story story)
{
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>Whose losses the entries of the current list are; set by its heading.</summary>
    public Party? ListTarget { get; set; }

    /// <summary>The side that lost the thing; null if the text does not tell.</summary>
    public Party? Read(SentenceView view, Statement statement, Counted thing, IReadOnlyList<Counted> counted)
    {
        var speaker = statement.Speaker;
        if (thing.Owner is { } owner && Owned(owner, speaker, thing) is { } whose)
        {
            return whose;
        }

        if (Possessive(thing) && Own(view, statement, thing) is { } own)
        {
            return own;
        }

        if (Loser(view, thing) is { } loser)
        {
            return loser.Form == ActorForm.Pronoun ? speaker is null ? null : parties.Self(speaker) : parties.One(loser, speaker, []);
        }

        var people = thing.Item is { } item && item.IsPeople();
        var armed = thing.Item == Item.Combatant || !people;
        if (!armed)
        {
            return null;
        }

        foreach (var mate in counted)
        {
            if (mate != thing && mate.Owner is { } mateOwner && mate.Outcome is not null && mate.Item is { } other && (!other.IsPeople() || other == Item.Combatant) && Math.Abs(mate.Start - thing.Start) < 25
                && (!people || mate.Cause?.Start == thing.Cause?.Start || mate.Start < thing.Start) && Owned(mateOwner, speaker, mate) is { } shared)
            {
                return shared;
            }
        }

        if (view.Sentence.Kind == SentenceKind.Entry && ListTarget is not null)
        {
            return ListTarget;
        }

        if (!thing.IsSubject && Agent(view, statement, thing, counted) is { } agent)
        {
            var acting = agent.Form == ActorForm.Pronoun ? speaker : parties.One(agent, speaker, []);
            if (parties.Opponent(acting?.Side) is { } foe)
            {
                return foe;
            }
        }

        if (speaker is not null && story.Sides.Contains(speaker.Side))
        {
            var ownDead = thing.Item == Item.Combatant && (thing.IsSubject || thing.Cause?.Value.Form == "death") && thing.Outcome is Outcome.Killed or Outcome.Wounded or Outcome.Missing;
            return ownDead ? parties.Whole(speaker.Side) : parties.Opponent(speaker.Side);
        }

        return null;
    }

    private Party? Owned(ActorMention owner, Party? speaker, Counted thing)
    {
        var found = parties.One(owner, speaker, []);
        if (owner.Form is ActorForm.BareBody && !owner.Military)
        {
            return null;
        }

        return found is not null && thing.Item is Item.Civilian or Item.Person && owner.Form is ActorForm.BareBody ? null : found;
    }

    /// <summary>Whether the noun phrase says "his", "its own": a side's own, seen from who is spoken of.</summary>
    public bool Possessive(Counted thing)
    {
        for (var at = thing.Start; at < thing.End; at++)
        {
            if (lexicon.Is(_tokens[at].Word, "ownword"))
            {
                return true;
            }
        }

        return thing.End + 2 < _tokens.Length && _tokens[thing.End].Word == "of" && lexicon.Is(_tokens[thing.End + 1].Word, "ofown");
    }

    private Party? Own(SentenceView view, Statement statement, Counted thing)
    {
        if (statement.Speaker is { } speaker)
        {
            return parties.Whole(speaker.Side, speaker.Text);
        }

        var before = view.Actors.LastOrDefault(actor => actor.End <= thing.Start && actor.Form is ActorForm.Named or ActorForm.Body);
        return before is null ? null : parties.One(before, null, []);
    }

    // Who "lost" or "suffered" it: the subject of the verb that governs the figure or its sentence.
    private ActorMention? Loser(SentenceView view, Counted thing)
    {
        foreach (var outcome in view.Outcomes)
        {
            var governs = thing.Cause is { } cause && cause.Start == outcome.Start && thing.LostBySubject;
            if (outcome.Value.Form is not ("lose" or "losing") || !(governs || (outcome.Start < thing.Start && thing.Item is { } item && item is not (Item.Civilian or Item.Person))) || IsPassive(outcome.Start))
            {
                continue;
            }

            var subject = view.Actors.LastOrDefault(actor => actor.End <= outcome.Start && outcome.Start - actor.End <= 6 && (actor.Form != ActorForm.Side || actor.Side != "own"));
            if (subject is not null)
            {
                return subject;
            }
        }

        return null;
    }

    private bool IsPassive(int at) => at > 0 && lexicon.Is(_tokens[at - 1].Word, "be");

    // What is counted is done to, and does nothing: "killed 30 soldiers and captured 12 vehicles".
    private static ActorMention? Agent(SentenceView view, Statement statement, Counted thing, IReadOnlyList<Counted> counted)
    {
        if (thing.Cause is not { } cause || cause.Start >= thing.Start || cause.Value.Form == "death")
        {
            return null;
        }

        return view.Actors.LastOrDefault(actor => actor.End <= cause.Start && actor.Start >= statement.Start && !counted.Any(other => !other.IsSubject && other.Outcome is not null && other.Start <= actor.Start && actor.End <= other.End) && (actor.Speaks || actor.Side == "own") && (actor.Form is ActorForm.Named or ActorForm.Body or ActorForm.Pronoun || actor.Side is "own" or "rebel" or "government" || (actor.Form == ActorForm.BareBody && actor.Military)));
    }

}
