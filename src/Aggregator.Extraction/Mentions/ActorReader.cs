using Aggregator.Domain.Registry;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Mentions;

/// <summary>Finds who is named in a sentence: registry names, adjectives of nations, bodies, sides, pronouns, persons.</summary>
internal sealed class ActorReader(Document document, Lexicon lexicon, RegistrySnapshot registry, NameFinder names)
{
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The actors named in tokens [start, end) that are not taken (by dates), in order, without overlaps.</summary>
    public IReadOnlyList<ActorMention> Read(int start, int end, Func<int, bool> taken)
    {
        var found = new List<ActorMention>();
        for (var at = start; at < end;)
        {
            if (!taken(at) && ReadAt(at, start, end) is { } mention)
            {
                mention = OfItsOwn(OfTheCountry(WithShortName(mention, end), found), start, found);
                found.Add(mention);
                at = mention.End;
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    // "Rapid Support Forces (RSF)"
    private ActorMention WithShortName(ActorMention mention, int end) =>
        mention.End + 2 < end && _tokens[mention.End].Is('(') && _tokens[mention.End + 2].Is(')') && _tokens[mention.End + 1].Capital
            ? new ActorMention(mention.Start, mention.End + 3, mention.Form) { Text = mention.Text, Id = mention.Id, Owner = mention.Owner, Side = mention.Side, Military = mention.Military, Speaks = mention.Speaks }
            : mention;

    // "its fighters", "their own forces": of who speaks, else of who is named before
    private ActorMention OfItsOwn(ActorMention mention, int start, List<ActorMention> before)
    {
        var owner = mention.Start - 1;
        while (owner > start && mention.Start - owner <= 2 && _tokens[owner].Kind == TokenKind.Word && !lexicon.Is(_tokens[owner].Word, "possessive"))
        {
            owner--;
        }

        return mention.Form == ActorForm.BareBody && mention.Military && mention.Side is "" or "rebel" && owner >= start && lexicon.Is(_tokens[owner].Word, "possessive")
            ? mention with { Side = "own", Antecedent = before.Find(actor => actor.Form is ActorForm.Named or ActorForm.Body) }
            : mention;
    }

    // "the country's military spokesman": of the state named last
    private ActorMention OfTheCountry(ActorMention mention, List<ActorMention> before)
    {
        var possessive = mention.Start - 1;
        while (possessive > 0 && mention.Start - possessive <= 3 && _tokens[possessive].Kind == TokenKind.Word)
        {
            possessive--;
        }

        return mention.Form == ActorForm.BareBody && possessive > 0 && _tokens[possessive].Kind == TokenKind.Possessive && _tokens[possessive - 1].Word == "country"
            && before.Find(actor => actor.Form is ActorForm.Named or ActorForm.Body) is { } state
            && lexicon.Bodies.Match(_tokens, mention.Start, mention.End, out _) is { } body
            ? Body(mention.Start, mention.End, registry.Describe(EntityKind.Actor, state.Owner!), body, mention.Start, mention.End)
            : mention;
    }

    private ActorMention? ReadAt(int at, int start, int end)
    {
        if (_tokens[at].Kind != TokenKind.Word)
        {
            return null;
        }

        var owned = Owned(at, end);
        if (owned is not null && BodyOf(at, end) is { Form: ActorForm.Body } body && body.End >= owned.End)
        {
            return body; // "Defence officials in Azerbaijan's capital Baku" is more than the name it starts with
        }

        return owned ?? LongSpeaker(at, end) ?? LongPronoun(at, end) ?? SideWord(at, end) ?? BodyOf(at, end) ?? Pronoun(at, end) ?? Speaker(at, end) ?? Person(at, start, end);
    }

    // "Armenia", "Armenian defence officials", "Azerbaijan's military", "Baku's defence officials"
    private ActorMention? Owned(int at, int end)
    {
        if (Owner(at, end) is not { } owner)
        {
            return null;
        }

        var next = owner.End;
        if (next < end && _tokens[next].Kind == TokenKind.Possessive)
        {
            next++;
        }

        if (owner.Entry.Kind is "state" or "rebel" or "militia" or "igo" or "military" or "ministry" or "unknown" && BodyNear(next, end) is { } body)
        {
            return Body(at, body.End, owner.Entry, body.Value, at, owner.End);
        }

        if (Organisation(at, next, owner.End, end) is { } organisation)
        {
            return organisation;
        }

        var speaks = owner.Entry.Kind != "civilian";
        return new ActorMention(at, owner.End, ActorForm.Named)
        {
            Text = document.Words(at, owner.End),
            Id = owner.Entry.Id,
            Owner = owner.Entry.Id,
            Military = owner.Entry.Kind is "military" or "rebel" or "militia",
            Speaks = speaks,
        };
    }

    // "UN refugee agency", "Ethiopian Human Rights Commission": an organisation with its country or parent in its name
    private ActorMention? Organisation(int at, int next, int ownerEnd, int end)
    {
        var stop = lexicon.Speakers.Match(_tokens, next, end, out var length) is not null ? next + length : next;
        if (stop == next && next == ownerEnd)
        {
            while (stop < end && stop - next < 5 && IsNamePart(stop) && lexicon.Demonyms.Match(_tokens, stop, end, out _) is null)
            {
                stop++;
            }

            stop = stop - next >= 2 ? stop : next;
        }

        if (stop == next)
        {
            return null;
        }

        var text = document.Words(at, stop);
        return registry.Resolve(EntityKind.Actor, text, names.Countries) is { } entry
            ? new ActorMention(at, stop, ActorForm.Named) { Text = text, Id = entry.Id, Owner = entry.Id, Speaks = true }
            : null;
    }

    private (RegistryEntry Entry, int End)? Owner(int at, int end)
    {
        var named = names.Find(EntityKind.Actor, at, end);
        if (_tokens[at].Capital && lexicon.Demonyms.Match(_tokens, at, end, out var length) is { } demonym
            && !(_tokens[at].Word == "us" && document.Text[_tokens[at].Start + 1] != 'S')
            && (named is null || named.Value.End <= at + length))
        {
            return registry.Candidates(EntityKind.Actor, demonym.Kind) is [var best, ..] ? (best, at + length) : Unknown(demonym.Kind, at + length);
        }

        return named;
    }

    private (RegistryEntry, int)? Unknown(string name, int end) => registry.Resolve(EntityKind.Actor, name) is { } entry ? (entry with { Kind = "state" }, end) : null;

    private Hit<BodyWord>? BodyNear(int next, int end)
    {
        // "Ukrainian [eastern] command", "Russian [chief] military spokesman": up to two words may stand between.
        for (var skip = 0; skip <= 2 && next + skip < end; skip++)
        {
            var at = next + skip;
            if (lexicon.Bodies.Match(_tokens, at, end, out var length) is { } body)
            {
                return Longest(new Hit<BodyWord>(at, at + length, body), end);
            }

            if (_tokens[at].Kind != TokenKind.Word || lexicon.Is(_tokens[at].Word, "preposition") || lexicon.Is(_tokens[at].Word, "conjunction") || lexicon.Is(_tokens[at].Word, "aux") || lexicon.Is(_tokens[at].Word, "be")
                || lexicon.Items.Match(_tokens, at, end, out _) is not null || lexicon.Outcomes.Match(_tokens, at, end, out _) is not null || lexicon.Speech.Match(_tokens, at, end, out _) is not null || lexicon.Control.Match(_tokens, at, end, out _) is not null)
            {
                return null;
            }
        }

        return null;
    }

    // "defence ministry spokesman", "army officer", "ministry's press office": bodies in a row are one, named by the first.
    private Hit<BodyWord> Longest(Hit<BodyWord> body, int end)
    {
        var stop = body.End;
        for (var more = 0; more < 2; more++)
        {
            var next = stop < end && _tokens[stop].Kind == TokenKind.Possessive ? stop + 1 : stop;
            if (lexicon.Bodies.Match(_tokens, next, end, out var length) is not { Speaks: true } || lexicon.Items.Match(_tokens, next, end, out _) is not null)
            {
                break;
            }

            stop = next + length;
        }

        return body with { End = stop };
    }

    // "defence ministry in Yerevan", "spokesman for Hamas's armed wing", "General Staff of the Armed Forces of Ukraine", "the army"
    private ActorMention? BodyOf(int at, int end)
    {
        if (lexicon.Bodies.Match(_tokens, at, end, out var length) is not { } body)
        {
            return null;
        }

        var hit = Longest(new Hit<BodyWord>(at, at + length, body), end);
        var next = hit.End;
        if (next < end && _tokens[next].Word is "in" or "of" or "for" && lexicon.Sides.Match(_tokens, at, end, out _) is not { Kind: "rebel" })
        {
            for (var look = next + 1; look < end && look <= next + 6; look++)
            {
                if (Owner(look, end) is { } owner)
                {
                    var stop = owner.End;
                    if (stop + 1 < end && _tokens[stop].Kind == TokenKind.Possessive && _tokens[stop + 1].Word == "capital")
                    {
                        stop += 2;
                        stop = stop < end && names.Find(EntityKind.Actor, stop, end) is { } capital ? capital.End : stop;
                    }
                    else if (stop < end && _tokens[stop].Kind == TokenKind.Possessive && BodyNear(stop + 1, end) is { } inner)
                    {
                        stop = inner.End;
                    }

                    return Body(at, stop, owner.Entry, body, look, owner.End);
                }

                if (lexicon.Sides.Match(_tokens, look, end, out var side) is { Kind: "rebel" or "government" } party)
                {
                    return new ActorMention(at, look + side, ActorForm.BareBody) { Text = document.Words(at, look + side), Military = body.Military, Speaks = body.Speaks, Side = party.Kind };
                }

                if (!(lexicon.Is(_tokens[look].Word, "determiner") || lexicon.Is(_tokens[look].Word, "bodyword") || lexicon.Bodies.Match(_tokens, look, end, out _) is not null))
                {
                    break;
                }
            }
        }

        if (!body.Speaks)
        {
            return null; // "motorised", "losses": a side's only where a side is named
        }

        return new ActorMention(at, hit.End, ActorForm.BareBody)
        {
            Text = document.Words(at, hit.End),
            Military = body.Military,
            Speaks = body.Speaks,
            Side = lexicon.Sides.Match(_tokens, at, hit.End, out _)?.Kind ?? "",
        };
    }

    // Things and deeds are no part of a name: of "Armenian motorised" and "attacks by Armenia" the name is the owner's.
    private ActorMention Body(int at, int stop, RegistryEntry owner, BodyWord body, int ownerStart, int ownerEnd)
    {
        var id = owner.Id;
        foreach (var role in body.Roles)
        {
            if (registry.Find(EntityKind.Actor, $"{owner.Id}-{role}") is { } found)
            {
                id = found.Id;
                break;
            }
        }

        return new ActorMention(at, stop, ActorForm.Body)
        {
            Text = body.Names ? document.Words(at, stop) : document.Words(ownerStart, ownerEnd),
            Id = id,
            Owner = owner.Id,
            Military = body.Military,
            Speaks = body.Speaks,
        };
    }

    private ActorMention? SideWord(int at, int end)
    {
        if (lexicon.Sides.Match(_tokens, at, end, out var length) is not { } side)
        {
            return null;
        }

        var body = lexicon.Bodies.Match(_tokens, at, end, out var longer);
        if (body is not null && longer > length)
        {
            return null;
        }

        return new ActorMention(at, at + length, ActorForm.Side)
        {
            Text = document.Words(at, at + length),
            Side = side.Kind,
            Military = true,
            Speaks = side.Kind is "rebel" or "government" or "both" or "self",
        };
    }

    // "its army" goes back to the last speaker, "its" alone is a word for the own side
    private ActorMention? LongPronoun(int at, int end) => Pronoun(at, end) is { } pronoun && pronoun.End - at > 1 ? pronoun : null;

    private ActorMention? Pronoun(int at, int end)
    {
        if (lexicon.Pronouns.Match(_tokens, at, end, out var length) is null
            || (length > 1 && (BodyOf(at + 1, end) is { Form: ActorForm.Body } || Owned(at + 1, end) is not null)))
        {
            return null; // "the ministry of defence of Armenia" has a name of its own
        }

        return new ActorMention(at, at + length, ActorForm.Pronoun) { Text = document.Words(at, at + length), Speaks = true };
    }

    // "military doctor" is no military
    private ActorMention? LongSpeaker(int at, int end) =>
        lexicon.Speakers.Match(_tokens, at, end, out var length) is not null && length > 1
        && (lexicon.Bodies.Match(_tokens, at, end, out var body) is null || body < length) && (lexicon.Sides.Match(_tokens, at, end, out var side) is null || side < length)
            ? Speaker(at, end)
            : null;

    private ActorMention? Speaker(int at, int end) =>
        lexicon.Speakers.Match(_tokens, at, end, out var length) is null ? null
            : new ActorMention(at, at + length, ActorForm.Other) { Text = document.Words(at, at + length), Speaks = true };

    // In headings everything is a capital: the words between names end them.
    private bool IsNamePart(int at) =>
        _tokens[at].Kind == TokenKind.Word && _tokens[at].Capital && _tokens[at].Word != "of"
        && !lexicon.Is(_tokens[at].Word, "preposition") && !lexicon.Is(_tokens[at].Word, "determiner") && !lexicon.Is(_tokens[at].Word, "conjunction");

    // Two or more capitals in a row that no registry knows: a person or body by name.
    private ActorMention? Person(int at, int start, int end)
    {
        if (!_tokens[at].Capital || lexicon.Numbers.Match(_tokens, at, end, out _) is not null || (at == start && lexicon.Is(_tokens[at].Word, "determiner")) || lexicon.Is(_tokens[at].Word, "preposition") || lexicon.Is(_tokens[at].Word, "conjunction") || lexicon.Is(_tokens[at].Word, "adverb"))
        {
            return null;
        }

        var stop = at + 1;
        while (stop < end && stop - at < 5 && IsNamePart(stop) && Owner(stop, end) is null)
        {
            stop++;
        }

        return stop - at < 2 ? null : new ActorMention(at, stop, ActorForm.Other) { Text = document.Words(at, stop), Speaks = true };
    }
}
