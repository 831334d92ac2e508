using Aggregator.Domain.Claims;
using Aggregator.Extraction.Attribution;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Resolution;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Writing;

/// <summary>Writes denials of an earlier claim as a whole: "rejected that", "called the figure a lie", "That is false".</summary>
internal sealed class DenialWriter(Document document, Lexicon lexicon, Story story, PartyResolver parties, DraftWriter writer)
{
    private const int MostDrafts = 200;
    private const int FurthestVerb = 8;
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>Adds the denial of the claim that a statement refers back to, if there is one of another voice.</summary>
    public void Write(SentenceView view, Statement statement)
    {
        if (statement.Speaker is not { } speaker || writer.Drafts.Count == 0)
        {
            return;
        }

        var numbers = view.Quantities.Where(quantity => !quantity.IsArticle).Select(quantity => quantity.Bounds).ToList();
        var aboutFigure = numbers.Count > 0 || SpeaksOfFigure(view);
        var denied = writer.Latest(MostDrafts, draft =>
            draft.Stance == "asserts" && draft.Claimant?.Id != speaker.Id && (draft.Figure is not null || (!aboutFigure && draft.Holder is not null))
            && (numbers.Count == 0 || numbers.Any(number => Same(draft, number))));
        if (denied is null)
        {
            return;
        }

        writer.Add(denied with { RelatesTo = null, RelatesAs = null, RefersTo = [denied.Id!] }, statement.Claimants, "denies", statement.FrameStart, Math.Min(view.End, Math.Max(statement.FrameEnd + 3, statement.FrameStart + 1)), statement);
    }

    /// <summary>
    /// Adds the denial of losses of an item that the statement names without a number ("denied it had lost any
    /// aircraft"): of the latest claim on that item if there is one, else of an unknown number.
    /// </summary>
    public void WriteItem(SentenceView view, Statement statement)
    {
        if (statement.Speaker is not { } speaker || statement.VerbAt >= statement.Start || view.Quantities.Any(quantity => !quantity.IsArticle && quantity.Start >= statement.Start && quantity.End <= statement.End))
        {
            return;
        }

        foreach (var item in lexicon.Items.In(_tokens, statement.Start, statement.End))
        {
            if (Verb(view, statement, item) is not { } verb)
            {
                continue;
            }

            var own = IsOwn(statement, item, verb);
            var what = own && item.Value.Item == Item.Person ? Item.Combatant : item.Value.Item; // a side's own "men" are its soldiers
            if (verb.Value.For(what) is not { } outcome || !what.Admits(outcome))
            {
                continue;
            }

            var denied = writer.Latest(MostDrafts, draft =>
                draft.Stance == "asserts" && draft.Claimant?.Id != speaker.Id && draft.Figure is { } figure && figure.Item == Slug.Of(what)
                && (figure.Outcome == Slug.Of(outcome) || outcome == Outcome.Lost || figure.Outcome == Slug.Of(Outcome.Lost))
                && (!own || draft.Target is null || story.SideOf(draft.Target.Id!) == speaker.Side));
            var draft = denied is not null
                ? denied with { RelatesTo = null, RelatesAs = null, RefersTo = [denied.Id!] }
                : Unnumbered(what, outcome, own ? parties.Whole(speaker.Side, speaker.Text) : null);
            writer.Add(draft, statement.Claimants, "denies", Math.Min(item.Start, verb.Start), Math.Max(item.End, verb.End), statement);
            return;
        }
    }

    // "lost any tanks", "that any of its aircraft"
    private bool IsOwn(Statement statement, Hit<ItemWord> item, Hit<OutcomeWord> verb)
    {
        var own = verb.Value.Form is "lose" or "losing";
        for (var at = verb.Start < item.Start ? verb.End : statement.Start; at < item.Start && !own; at++)
        {
            own = lexicon.Is(_tokens[at].Word, "possessive");
        }

        return own;
    }

    // What is said to have happened to it, in its own clause: no mark stands between.
    private Hit<OutcomeWord>? Verb(SentenceView view, Statement statement, Hit<ItemWord> item)
    {
        Hit<OutcomeWord>? best = null;
        foreach (var verb in view.Outcomes.Where(verb => verb.Start >= statement.Start && verb.End <= statement.End && verb.Value.Form != "noun" && verb.Value.For(item.Value.Item) is not null))
        {
            var (from, to) = verb.Start < item.Start ? (verb.End, item.Start) : (item.End, verb.Start);
            if (to - from <= FurthestVerb && !Enumerable.Range(from, Math.Max(0, to - from)).Any(at => _tokens[at].Kind == TokenKind.Mark))
            {
                best ??= verb;
            }
        }

        return best;
    }

    private static ClaimDraft Unnumbered(Item item, Outcome outcome, Party? target) => new()
    {
        Target = target?.Reference,
        Figure = new FigureDraft { Item = Slug.Of(item), Outcome = Slug.Of(outcome), Basis = "incident" },
    };

    private static bool Same(ClaimDraft draft, Bounds number) =>
        draft.Figure is { } figure && (figure.Best == number.Best || figure.Low == number.Best || figure.Low == number.Best + 1 || figure.High == number.Best);

    private bool SpeaksOfFigure(SentenceView view)
    {
        for (var at = view.Start; at < view.End; at++)
        {
            if (lexicon.Is(_tokens[at].Word, "figurenoun") && lexicon.Anaphora.Match(_tokens, Math.Max(view.Start, at - 1), view.End, out _) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
