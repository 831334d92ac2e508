using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Quantities;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>Finds what the numbers of a sentence count.</summary>
internal sealed class CountedReader(Document document, Lexicon lexicon)
{
    private const int FurthestNoun = 6;
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The counted things of a sentence, in order; a number without a noun is among them, without an item.</summary>
    public IReadOnlyList<Counted> Read(SentenceView view)
    {
        var found = new List<Counted>();
        foreach (var quantity in view.Quantities)
        {
            if (found.Count > 0 && quantity.Start < found[^1].End)
            {
                continue;
            }

            if (Label(view, quantity) is { } labelled)
            {
                found.Add(labelled);
            }
            else if (Noun(view, quantity) is { } counted)
            {
                if (found.Count > 0 && found[^1].Detail is not null && found[^1].Item == Item.Unit && counted.Item is not null && Between(found[^1].End, counted.Start) == "of")
                {
                    found.RemoveAt(found.Count - 1); // "a convoy of 12 vehicles": the vehicles are counted
                }

                found.Add(counted);
            }
            else if (OutOf(view, quantity) is { } share)
            {
                found.Add(share);
            }
            else if (!quantity.IsArticle && EndsPhrase(view, quantity.End))
            {
                found.Add(new Counted { Start = quantity.Start, End = quantity.End, Bounds = quantity.Bounds });
            }
        }

        return found;
    }

    // "four of six drones": four are counted
    private Counted? OutOf(SentenceView view, Quantity quantity)
    {
        if (quantity.End >= view.End || _tokens[quantity.End].Word != "of" || view.Quantities.FirstOrDefault(other => other.Start == quantity.End + 1) is not { } all || Noun(view, all) is not { } whole)
        {
            return null;
        }

        return new Counted { Start = quantity.Start, End = whole.End, Bounds = quantity.Bounds, Item = whole.Item, Detail = whole.Detail, Owner = whole.Owner, IsMen = whole.IsMen };
    }

    private string Between(int from, int to) => to - from == 1 ? _tokens[from].Word : "";

    // "Drones: 107", "Taliban killed: 512", "personnel: about 112,500"
    private Counted? Label(SentenceView view, Quantity quantity)
    {
        if (view.Sentence.Kind != SentenceKind.Entry || quantity.Start == view.Start || !_tokens[quantity.Start - 1].Is(':') || quantity.IsArticle)
        {
            return null;
        }

        if (NounRest(view, quantity.End) && Noun(view, quantity) is not null)
        {
            return null; // "Nimroz: 48 Taliban killed"
        }

        var hits = lexicon.Items.In(_tokens, view.Start, quantity.Start).ToList();
        if (hits.Count == 0)
        {
            return null;
        }

        var outcome = lexicon.Outcomes.In(_tokens, hits[^1].End, quantity.Start).Select(hit => (Hit<OutcomeWord>?)hit).FirstOrDefault();
        var item = Merge(hits.Select(hit => hit.Value.Item).ToList());
        return new Counted
        {
            Start = hits[0].Start,
            End = quantity.End,
            Bounds = quantity.Bounds,
            Item = item,
            Owner = view.Actors.FirstOrDefault(actor => actor.Start >= hits[0].Start && actor.End <= quantity.Start && actor.Form is ActorForm.Named or ActorForm.Body or ActorForm.Side),
            Cause = outcome,
            Outcome = outcome?.Value.For(item),
        };
    }

    private bool NounRest(SentenceView view, int at) => at < view.End && _tokens[at].Kind == TokenKind.Word && lexicon.Outcomes.Match(_tokens, at, view.End, out _) is null;

    private static Item Merge(List<Item> items) =>
        items.Contains(Item.Tank) && items.Contains(Item.ArmouredVehicle) ? Item.ArmouredVehicle : items[0];

    private Counted? Noun(SentenceView view, Quantity quantity)
    {
        ActorMention? owner = null;
        Hit<OutcomeWord>? own = null;
        var detailStart = quantity.End;
        var adjectives = 0;
        var lastNamed = -1;
        for (var at = quantity.End; at < view.End && at - quantity.End <= FurthestNoun + (lastNamed >= 0 ? 3 : 0);)
        {
            if (_tokens[at].IsQuote || _tokens[at].Kind == TokenKind.Possessive)
            {
                at++;
                continue;
            }

            var item = lexicon.Items.Match(_tokens, at, view.End, out var length);
            if (item is not null && IsAdjective(view, at, length))
            {
                item = null;
            }

            var outcome = lexicon.Outcomes.Match(_tokens, at, view.End, out var outcomeLength);
            var nouns = outcome is { Form: "noun" } || (outcome is { Form: "past" or "intransitive" } && outcomeLength == 1 && IsCountNoun(at, outcomeLength));
            if (nouns && outcomeLength >= length)
            {
                own = new Hit<OutcomeWord>(at, at + outcomeLength, outcome!);
                var next = at + outcomeLength;
                if (Follows(view, next) is not { } after || !(lexicon.Is(_tokens[at].Word, "state")))
                {
                    if (quantity.IsArticle && item is null)
                    {
                        return null;
                    }

                    return Build(view, quantity, at, next, item?.Item is { } known && known.IsPeople() ? known : Item.Person, owner, own, null, false);
                }

                at = after;
                continue;
            }

            if (item is not null && at + length < view.End && _tokens[at + length].Kind == TokenKind.Possessive)
            {
                owner ??= view.Actors.FirstOrDefault(actor => actor.Start <= at && at < actor.End); // "50 of the rebels' vehicles"
                at += length;
                continue;
            }

            if (item is not null)
            {
                return Compound(view, quantity, at, length, item, owner, own, detailStart);
            }

            var actor = view.Actors.FirstOrDefault(actor => actor.Start <= at && at < actor.End && actor.Form is ActorForm.Named or ActorForm.Side or ActorForm.Body or ActorForm.BareBody);
            if (actor is not null)
            {
                owner ??= actor;
                lastNamed = at;
                var stop = actor.Form is ActorForm.Body or ActorForm.BareBody ? at + 1 : actor.End;
                detailStart = Math.Max(stop, detailStart);
                if (actor.Form == ActorForm.Named && (stop >= view.End || EndsPhrase(view, stop)) && actor.Military)
                {
                    return Build(view, quantity, at, stop, Item.Combatant, owner, own, null, false); // "48 Taliban killed"
                }

                at = Math.Max(stop, at + 1);
                continue;
            }

            if (_tokens[at].Kind != TokenKind.Word || outcome is not null && !lexicon.Is(_tokens[at].Word, "inside") || view.Quantities.Any(other => other != quantity && other.Start == at && !other.IsArticle && other.Bounds.Best > 0))
            {
                return null;
            }

            if (!lexicon.Is(_tokens[at].Word, "inside"))
            {
                if (EndsPhrase(view, at) || ++adjectives > (quantity.IsArticle ? 3 : 4))
                {
                    return null;
                }
            }
            else if (_tokens[at].Word == "of" && (quantity.IsArticle || adjectives > 0))
            {
                return null; // "a wave of fighters"
            }

            at++;
        }

        return null;
    }

    // "a Sudanese army jet": a people's name before another noun says whose; only as the head is it counted ("two Sudanese were killed")
    private bool IsAdjective(SentenceView view, int at, int length) =>
        _tokens[at].Capital && lexicon.Demonyms.Match(_tokens, at, view.End, out var demonym) is not null && demonym >= length && !EndsPhrase(view, at + length) && _tokens[at + length].Kind == TokenKind.Word;

    // "nine dead" counts; in "20 killed" the verb follows what another sentence or figure names.
    private bool IsCountNoun(int at, int length) =>
        length > 0 && !lexicon.Is(_tokens[at].Word, "harmed") || (_tokens[at].Word is "wounded" or "injured" && at + 1 < _tokens.Length && lexicon.Items.Match(_tokens, at + 1, _tokens.Length, out _) is not null && lexicon.Outcomes.Match(_tokens, at, _tokens.Length, out var whole) is not null && whole == 1);

    private int? Follows(SentenceView view, int at) => at < view.End && lexicon.Items.Match(_tokens, at, view.End, out _) is not null ? at : null;

    private bool EndsPhrase(SentenceView view, int at) =>
        at >= view.End || _tokens[at].Kind == TokenKind.Mark || lexicon.Is(_tokens[at].Word, "preposition") || lexicon.Is(_tokens[at].Word, "conjunction") || lexicon.Is(_tokens[at].Word, "be")
        || lexicon.Is(_tokens[at].Word, "aux") || lexicon.Is(_tokens[at].Word, "pronoun") || lexicon.Speech.Match(_tokens, at, view.End, out _) is not null || lexicon.Modality.Match(_tokens, at, view.End, out _) is not null
        || lexicon.Outcomes.Match(_tokens, at, view.End, out _) is not null || view.Dates.Any(date => date.Start == at);

    // The head comes last: "tank commander", "artillery unit"; "tanks and armoured vehicles" under one number are one figure.
    private Counted Compound(SentenceView view, Quantity quantity, int at, int length, ItemWord item, ActorMention? owner, Hit<OutcomeWord>? own, int detailStart)
    {
        var stop = at + length;
        var model = item.Detail == "model" ? at : -1;
        while (lexicon.Items.Match(_tokens, stop, view.End, out var more) is { } head && lexicon.Outcomes.Match(_tokens, stop, view.End, out _) is null)
        {
            model = head.Detail == "model" ? stop : model;
            item = model >= 0 && head.Item != Item.Unit ? item : head;
            stop += more;
        }

        var items = new List<Item> { item.Item };
        while (Joined(view, stop) is { } joined)
        {
            items.Add(joined.Value.Item);
            stop = joined.End;
        }

        if (item.Detail == "formation" && stop + 1 < view.End && _tokens[stop].Word == "of" && !view.Quantities.Any(other => other.Start == stop + 1) && !view.Actors.Any(actor => actor.Start <= stop + 2 && actor.Start > stop))
        {
            var tail = stop + 1;
            while (tail < view.End && tail - stop < 4 && !EndsPhrase(view, tail) && !lexicon.Is(_tokens[tail].Word, "determiner"))
            {
                tail++;
            }

            stop = tail > stop + 1 ? tail : stop; // "an entire regiment of motorised infantry"
        }

        var detail = item.Detail == "formation" ? document.Words(Math.Max(detailStart, quantity.End), stop)
            : model >= 0 && items.Count == 1 ? Model(model, stop) : null;
        return Build(view, quantity, at, stop, Merge(items), owner, own, detail, _tokens[stop - 1].Word is "men" or "man");
    }

    // "T-90 tank" is the model T-90; words that name the class alone are left off.
    private string Model(int start, int stop)
    {
        for (var end = start + 1; end < stop; end++)
        {
            if (lexicon.Items.Match(_tokens, end, stop, out var length) is not null && end + length == stop)
            {
                return document.Words(start, end);
            }
        }

        return document.Words(start, stop);
    }

    private Hit<ItemWord>? Joined(SentenceView view, int stop)
    {
        var at = stop;
        if (at < view.End && _tokens[at].Is(',') && at + 1 < view.End)
        {
            return null;
        }

        if (at >= view.End || _tokens[at].Word is not ("and" or "or"))
        {
            return null;
        }

        at++;
        for (var skip = 0; skip < 3 && at < view.End; skip++, at++)
        {
            if (view.Quantities.Any(quantity => quantity.Start == at && !(quantity.IsArticle && false)))
            {
                return null;
            }

            if (lexicon.Outcomes.Match(_tokens, at, view.End, out _) is { Form: not "noun" })
            {
                return null;
            }

            if (lexicon.Items.Match(_tokens, at, view.End, out var length) is { } item)
            {
                return new Hit<ItemWord>(at, at + length, item);
            }

            if (_tokens[at].Kind != TokenKind.Word || EndsPhrase(view, at))
            {
                return null;
            }
        }

        return null;
    }

    private Counted Build(SentenceView view, Quantity quantity, int noun, int stop, Item item, ActorMention? owner, Hit<OutcomeWord>? own, string? detail, bool men)
    {
        // "two Orlan-10 drones of the enemy", "a motorised column of the Armenians"
        var of = stop < view.End && _tokens[stop].IsQuote ? stop + 1 : stop;
        if (owner is null && of + 1 < view.End && _tokens[of].Word is "of" or "from")
        {
            owner = view.Actors.FirstOrDefault(actor => actor.Start > of && actor.Start <= of + 2 && actor.Form is not ActorForm.Pronoun);
        }

        // "nine Rwandans": the people are the noun itself
        owner ??= view.Actors.FirstOrDefault(actor => actor.Start <= noun && noun < actor.End && actor.Form is ActorForm.Named or ActorForm.Side or ActorForm.Body);
        return new Counted
        {
            Start = quantity.Start,
            End = stop,
            Bounds = quantity.Bounds,
            Item = item,
            Detail = detail,
            Owner = owner,
            IsMen = men,
            IsArticle = quantity.IsArticle,
            Cause = own,
            Outcome = own?.Value.For(item),
        };
    }
}
