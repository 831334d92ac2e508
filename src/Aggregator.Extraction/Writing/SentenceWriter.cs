using Aggregator.Domain.Claims;
using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Frames;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Resolution;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Writing;

/// <summary>Writes the claims of one sentence: puts frames, voices, sides, places and times together.</summary>
internal sealed class SentenceWriter(Document document, Lexicon lexicon, Story story, PartyResolver parties, TargetReader targets, PlaceReader places, PeriodReader periods, DraftWriter writer)
{
    private readonly CountedReader _counted = new(document, lexicon);
    private readonly OutcomeLinker _outcomes = new(document, lexicon);
    private readonly PartLinker _parts = new(document, lexicon);
    private readonly LossReader _losses = new(document, lexicon);
    private readonly ControlReader _control = new(document, lexicon);
    private readonly EventReader _events = new(document, lexicon);
    private readonly FactFilter _facts = new(document, lexicon);
    private readonly DenialWriter _denials = new(document, lexicon, story, parties, writer);
    private Hit<OutcomeWord>? _listOutcome;
    private int _listParagraph = -1;

    /// <summary>Writes the claims of a sentence whose statements are known.</summary>
    public void Write(SentenceView view, IReadOnlyList<Statement> statements)
    {
        var counted = _counted.Read(view);
        _outcomes.Link(view, counted, view.Sentence.Kind == SentenceKind.Entry ? _listOutcome : null);
        _parts.Link(view, counted);
        if (!_facts.IsHypothetical(view) && view.Sentence.Kind != SentenceKind.Heading)
        {
            var from = writer.Drafts.Count;
            WriteFigures(view, statements, counted);
            WriteControl(view, statements, counted);
            WriteEvents(view, statements, counted);
            foreach (var statement in statements.Where(statement => statement.RefersBack && !statement.IsUnreal))
            {
                if (!writer.Drafts.Skip(from).Any(draft => draft.Claimant?.Id == statement.Speaker?.Id))
                {
                    _denials.Write(view, statement);
                }
            }

            foreach (var statement in statements.Where(statement => statement.Stance == "denies" && !statement.RefersBack && !IsNoClaim(view, statement, statement.Start, statement.End)))
            {
                if (!writer.Drafts.Skip(from).Any(draft => draft.Stance == "denies" && draft.Claimant?.Id == statement.Speaker?.Id))
                {
                    _denials.WriteItem(view, statement);
                }
            }
        }

        ReadHeading(view, statements);
    }

    // "Losses of the enemy since the morning:" says of the entries below whose they are and what happened to them.
    private void ReadHeading(SentenceView view, IReadOnlyList<Statement> statements)
    {
        if (view.Sentence.Kind != SentenceKind.Entry && view.Sentence.Paragraph != _listParagraph)
        {
            _listOutcome = null;
            targets.ListTarget = null;
        }

        if (!document.Tokens[view.End - 1].Is(':'))
        {
            return;
        }

        _listParagraph = view.Sentence.Paragraph;
        _listOutcome = view.Outcomes.Select(outcome => (Hit<OutcomeWord>?)outcome).LastOrDefault(outcome => outcome!.Value.Value.Equipment is not null);
        var owner = view.Actors.FirstOrDefault(actor => actor.Form is ActorForm.Named or ActorForm.Body or ActorForm.Side && _listOutcome is { } loss && Math.Abs(actor.Start - loss.End) <= 3);
        targets.ListTarget = owner is null ? null : parties.One(owner, statements[^1].Speaker, []);
    }

    private static Statement StatementAt(IReadOnlyList<Statement> statements, int at)
    {
        for (var index = statements.Count - 1; index >= 0; index--)
        {
            if (statements[index].Start <= at && at < statements[index].End)
            {
                return statements[index];
            }
        }

        return statements[0];
    }

    private bool IsNoClaim(SentenceView view, Statement statement, int from, int to) =>
        statement.IsUnreal || _facts.IsModal(view, statement, from, to) || periods.IsPast(view, from) || (periods.IsHistory && view.Dates.Count == 0);

    private void WriteFigures(SentenceView view, IReadOnlyList<Statement> statements, IReadOnlyList<Counted> counted)
    {
        var ids = new Dictionary<Counted, string>();
        foreach (var thing in counted.Concat(_losses.Read(view, counted)).OrderBy(thing => thing.Start))
        {
            if (thing.Item is not { } item || thing.Outcome is not { } outcome || !item.Admits(outcome))
            {
                continue;
            }

            var statement = StatementAt(statements, thing.Start);
            var first = Math.Min(thing.Start, thing.Cause?.Start ?? thing.Start);
            var last = Math.Max(thing.End, thing.Cause is { } cause && cause.Start - thing.End < 8 ? cause.End : thing.End);
            if (IsNoClaim(view, statement, Math.Max(first, statement.Start), _facts.ClauseEnd(view, last)))
            {
                continue;
            }

            var target = targets.Read(view, statement, thing, counted);
            if (item == Item.Person && thing.IsMen && (thing.LostBySubject || targets.Possessive(thing) || statement.Speaker is { } speaker && story.Sides.Contains(speaker.Side)))
            {
                item = Item.Combatant;
            }

            if (item == Item.Person && OwnLosses(view, thing))
            {
                item = Item.Combatant;
                target = statement.Speaker is { } self ? parties.Whole(self.Side, self.Text) : target;
            }

            var when = periods.Read(view, statement, statements, thing.Start, thing.End);
            var draft = new ClaimDraft
            {
                Target = target?.Reference,
                Region = Place(view, statement, thing.Start, thing.End, when.IsTotal),
                OccurredFrom = when.From,
                OccurredTo = when.To,
                RelatesTo = thing.Whole is { } whole ? ids.GetValueOrDefault(whole) : null,
                RelatesAs = thing.Whole is { } part && ids.ContainsKey(part) ? "part" : null,
                Figure = new FigureDraft
                {
                    Item = Slug.Of(item),
                    Outcome = Slug.Of(outcome),
                    Low = thing.Bounds.Low,
                    Best = thing.Bounds.Best,
                    High = thing.Bounds.High,
                    Basis = when.IsTotal ? "cumulative" : "incident",
                    Since = when.IsTotal ? when.From : null,
                    AsOf = when.IsTotal ? when.To : null,
                    Phrase = writer.Phrase(thing.Start, Math.Max(thing.End, thing.IsSubject ? last : thing.End)),
                    Detail = thing.Detail,
                },
            };
            var added = Add(draft, statement, thing.Start, thing.End);
            ids[thing] = added;
        }
    }

    // "put its own losses at nine dead and 12 wounded": a fighting side's own are its men
    private bool OwnLosses(SentenceView view, Counted thing) =>
        lexicon.LossNouns.In(document.Tokens, view.Start, thing.Start).Any(loss => view.Actors.Any(actor => actor.Side == "own" && actor.End == loss.Start));

    // A denied claim whose claimant the sentence names is theirs first, then the denier's denial.
    private string Add(ClaimDraft draft, Statement statement, int start, int end)
    {
        if (statement.Stance != "denies")
        {
            return writer.Add(draft, statement.Claimants, statement.Stance, start, end, statement)[0];
        }

        var denied = statement.Denied.Count > 0 ? writer.Add(draft, statement.Denied, "asserts", start, end, statement) : [];
        var ids = writer.Add(draft with { RefersTo = [.. denied], RelatesTo = null, RelatesAs = null }, statement.Claimants, "denies", statement.FrameStart >= 0 && statement.FrameStart < start ? statement.VerbAt : start, end, statement);
        return denied.Count > 0 ? denied[0] : ids[0];
    }

    private NameRef? Place(SentenceView view, Statement statement, int start, int end, bool isTotal = false) =>
        places.Read(view, statement, start, end, isTotal) is { } place ? new NameRef(place.Text, place.Id) : null;

    private void WriteControl(SentenceView view, IReadOnlyList<Statement> statements, IReadOnlyList<Counted> counted)
    {
        foreach (var placed in _control.Read(view, counted))
        {
            var statement = StatementAt(statements, placed.Start);
            if (IsNoClaim(view, statement, placed.Start, placed.End))
            {
                continue;
            }

            var region = placed.Place is { } place ? new NameRef(place.Text, place.Id) : Place(view, statement, placed.Start, placed.End);
            if (region is null || Holder(view, placed, statement) is not { } holder)
            {
                continue;
            }

            var when = periods.Read(view, statement, statements, placed.Start, placed.End);
            if (IsOfEarlierLoss(view, placed, when.From))
            {
                when = default;
            }

            Add(new ClaimDraft { Region = region, Holder = holder.Reference, OccurredFrom = when.IsTotal ? null : when.From, OccurredTo = when.IsTotal ? null : when.To }, statement, placed.Start, placed.End);
        }
    }

    // "won back ground that was lost on Sunday": the day is the loss's
    private bool IsOfEarlierLoss(SentenceView view, Placed placed, DateOnly? day) =>
        view.Dates.Any(date => date.From == day && date.Start >= placed.End && lexicon.Control.In(document.Tokens, placed.End, date.Start).Any(verb => verb.Value.Kind == "lose"));

    private Party? Holder(SentenceView view, Placed placed, Statement statement)
    {
        var speaker = statement.Stance == "denies" && statement.Denied.Count > 0 ? statement.Denied[0] : statement.Speaker;
        if (placed.Holder is { } holder)
        {
            return holder.Form == ActorForm.Pronoun ? speaker : parties.One(holder, speaker, speaker is null ? [] : [speaker]);
        }

        if (placed.Loser is { } loser)
        {
            var side = loser.Form == ActorForm.Pronoun ? speaker : parties.One(loser, speaker, []);
            return parties.Opponent(side?.Side);
        }

        if (placed.Effect == "lose")
        {
            return null; // "three ships left the Black Sea": nobody who held it
        }

        return speaker is null ? null : statement.Stance == "denies" && statement.Denied.Count == 0 ? parties.Opponent(speaker.Side) : parties.Whole(speaker.Side);
    }

    private void WriteEvents(SentenceView view, IReadOnlyList<Statement> statements, IReadOnlyList<Counted> counted)
    {
        foreach (var happening in _events.Read(view))
        {
            var statement = StatementAt(statements, happening.Start);
            if (IsNoClaim(view, statement, happening.Start, happening.End) || counted.Any(thing => thing.Outcome is not null && thing.Start < happening.End && happening.Start < thing.End))
            {
                continue;
            }

            var when = periods.Read(view, statement, statements, happening.Start, happening.End);
            var attacker = happening.Actor is { } actor ? parties.One(actor, statement.Speaker, statement.Claimants) : null;
            attacker ??= happening.IsRepelled ? parties.Opponent(statement.Speaker?.Side) : null;
            Add(
                new ClaimDraft
                {
                    Event = happening.Type,
                    Initiator = attacker?.Reference,
                    Target = happening.IsRepelled ? attacker?.Reference : null,
                    Region = Place(view, statement, happening.Start, happening.End),
                    OccurredFrom = when.IsTotal ? null : when.From,
                    OccurredTo = when.IsTotal ? null : when.To,
                },
                statement,
                happening.Start,
                happening.End);
        }
    }
}
