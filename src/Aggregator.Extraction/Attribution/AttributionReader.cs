using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Resolution;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Attribution;

/// <summary>
/// Divides sentences among voices. Keeps who spoke last, so that pronouns, open quotations, lists and communiqués
/// carry on; call it once per sentence, in order.
/// </summary>
internal sealed class AttributionReader(Document document, Lexicon lexicon, PartyResolver parties)
{
    private readonly Token[] _tokens = document.Tokens;
    private readonly SpeechFinder _speeches = new(document, lexicon);
    private IReadOnlyList<Party> _previous = [];
    private IReadOnlyList<Party> _house = [];
    private IReadOnlyList<Party> _list = [];
    private ActorMention? _subject;
    private int _paragraph = -1;

    /// <summary>Whether the text is a communiqué: it speaks in the voice of the body in its heading.</summary>
    public bool HasHouse => _house.Count > 0;

    /// <summary>The statements of a sentence; together they cover it, the first holds what no other does.</summary>
    public IReadOnlyList<Statement> Read(SentenceView view)
    {
        if (view.Sentence.Kind != SentenceKind.Entry && view.Sentence.Paragraph != _paragraph)
        {
            _list = [];
        }

        _paragraph = view.Sentence.Paragraph;
        if (view.Sentence.Kind == SentenceKind.Heading && view.Start < 60)
        {
            ReadHouse(view);
        }

        var statements = new List<Statement> { new(view.Start, view.End) { Claimants = Carried(view) } };
        if (view.Sentence.Kind == SentenceKind.Heading)
        {
            return statements; // headlines have no syntax to attribute by; the text below says it again
        }

        var speeches = _speeches.Find(view);
        for (var index = 0; index < speeches.Count; index++)
        {
            Add(view, speeches, index, statements);
        }

        if (speeches.Count == 0 && Labelled(view) is { } label)
        {
            statements.Add(label);
            _previous = label.Claimants;
        }

        _subject = view.Actors.FirstOrDefault(actor => actor.Start <= view.Start + 1 && actor.Form is ActorForm.Named or ActorForm.Body);
        if (_tokens[view.End - 1].Is(':'))
        {
            _list = statements[^1].Claimants.Count > 0 ? statements[^1].Claimants : view.Actors.Where(actor => actor.Speaks && actor.Form is ActorForm.Body or ActorForm.Named or ActorForm.Pronoun).Select(actor => parties.Resolve(actor, null, _previous)).FirstOrDefault(found => found.Count > 0) ?? _house;
        }

        return statements;
    }

    // A communiqué speaks in the voice of the body in its heading.
    private void ReadHouse(SentenceView view)
    {
        var body = view.Actors.LastOrDefault(actor => actor.Speaks && (actor.Form == ActorForm.Body || (actor.Form == ActorForm.Named && lexicon.Bodies.AnyIn(_tokens, actor.Start, actor.End))));
        if (body is not null && _house.Count == 0)
        {
            _house = parties.Resolve(body, null, []);
            _previous = _house;
        }
    }

    private IReadOnlyList<Party> Carried(SentenceView view) =>
        view.Sentence.Kind == SentenceKind.Entry && _list.Count > 0 ? _list
        : view.Sentence.OpensInQuote || OpensWithQuote(view) ? (_previous.Count > 0 ? _previous : _house)
        : _house;

    // A quotation that starts a sentence without a speaker is the last one's; scare quotes inside a sentence are not.
    private bool OpensWithQuote(SentenceView view) => _tokens[view.Start].IsQuote;

    // "12:45 Russian defence ministry spokesman General X: 90 planes destroyed"
    private Statement? Labelled(SentenceView view)
    {
        for (var at = view.Start; at < view.End && at < view.Start + 20; at++)
        {
            if (!_tokens[at].Is(':'))
            {
                continue;
            }

            var speaker = view.Actors.FirstOrDefault(actor => actor.Speaks && actor.End <= at && actor.Form is not ActorForm.Pronoun && !IsWithinCount(view, actor));
            return speaker is null || view.Quantities.Any(quantity => quantity.End <= speaker.Start) || view.Sentence.Kind == SentenceKind.Entry && _list.Count > 0 ? null
                : new Statement(at + 1, view.End) { Claimants = parties.Resolve(speaker, null, _previous), VerbAt = at, FrameStart = speaker.Start, FrameEnd = at + 1 };
        }

        return null;
    }

    private bool IsWithinCount(SentenceView view, ActorMention actor) => lexicon.Items.Match(_tokens, actor.Start, view.End, out _) is not null || lexicon.Outcomes.Match(_tokens, actor.End, view.End, out _) is not null;

    private void Add(SentenceView view, IReadOnlyList<Speech> speeches, int index, List<Statement> statements)
    {
        var speech = speeches[index];
        var speaker = Possessor(view, speech.Speaker);
        var claimants = parties.Resolve(speaker, _house.Count > 0 ? _house[0] : null, _previous);
        if (claimants.Count == 0 && speech.Speaker.Side != "self")
        {
            return;
        }

        var after = SkipOccasion(view, speech.End);
        var trailing = IsTrailing(view, speech, after);
        var stop = Stop(view, speeches, index);
        var start = trailing ? Boundary(view, statements, speech.Start) : speech.Verb.Value.Kind == "source" ? Boundary(view, statements, speech.Start) : speech.End;
        var stance = StanceOf(speech.Verb.Value.Kind);
        var denied = stance == "denies" && !trailing ? DeniedSpeaker(view, speech) : [];
        statements.Add(new Statement(start, stop)
        {
            Claimants = claimants,
            Stance = Slug.Of(Slug.TryParse<Stance>(stance, out var parsed) ? parsed : Stance.Asserts),
            IsUnreal = speech.Verb.Value.Kind == "irrealis",
            Denied = denied,
            VerbAt = speech.Verb.Start,
            FrameStart = speech.Start,
            FrameEnd = Math.Max(after, speech.End),
            RefersBack = RefersBack(view, speech, start, stop),
        });
        _previous = claimants.Count > 0 ? claimants : _previous;
    }

    // "The army was silent until its spokesman said": whose spokesman is said in the sentence
    private ActorMention Possessor(SentenceView view, ActorMention speaker) =>
        speaker.Form == ActorForm.Pronoun && speaker.End - speaker.Start > 1 && lexicon.Is(_tokens[speaker.Start].Word, "determiner") && _tokens[speaker.Start].Word != "the"
            ? view.Actors.FirstOrDefault(actor => actor.End <= speaker.Start && actor.Start <= view.Start + 4 && actor.Form is ActorForm.Named or ActorForm.Body or ActorForm.BareBody)
                ?? (_tokens[speaker.Start].Word == "its" && _subject is not null ? _subject : speaker)
            : speaker;

    private static string StanceOf(string kind) => kind is "denies" or "confirms" ? kind : "asserts";

    // Where the next speaker's words begin.
    private int Stop(SentenceView view, IReadOnlyList<Speech> speeches, int index)
    {
        if (index + 1 == speeches.Count)
        {
            return view.End;
        }

        var next = speeches[index + 1];
        return IsTrailing(view, next, SkipOccasion(view, next.End)) ? Clause(speeches[index].End, next.Start) : next.Start;
    }

    // The last break between two clauses: what follows belongs to the later speaker.
    private int Clause(int from, int to)
    {
        for (var at = to - 2; at > from; at--)
        {
            if (_tokens[at].Is(';') || _tokens[at].Is('\u2014') || (_tokens[at].Is(',') && lexicon.Is(_tokens[at + 1].Word, "clause")))
            {
                return at + 1;
            }
        }

        return to;
    }

    private int Boundary(SentenceView view, List<Statement> statements, int to)
    {
        var earlier = statements.Where(statement => statement.VerbAt >= 0 && statement.VerbAt < to).Select(statement => statement.FrameEnd).DefaultIfEmpty(-1).Max();
        if (earlier < 0)
        {
            return view.Start;
        }

        var clause = Clause(earlier, to);
        return clause == to ? earlier : clause;
    }

    // "... , the ministry said on Sunday." has nothing to say after it, and something before.
    private bool IsTrailing(SentenceView view, Speech speech, int after)
    {
        if (speech.Start - view.Start < 3 || speech.Verb.Value.Kind == "source")
        {
            return speech.Verb.Value.Kind == "source" && speech.Start > view.Start;
        }

        if (after >= view.End - 1)
        {
            return true;
        }

        return (_tokens[after].Is(',') || _tokens[after].Is('.') || _tokens[after].Is(';') || _tokens[after].Is('\u2014')) && speech.Start > view.Start + 2
            && (_tokens[speech.Start - 1].Is(',') || _tokens[speech.Start - 1].IsQuote || lexicon.Is(_tokens[speech.Start - 1].Word, "determiner"));
    }

    // "told reporters on Sunday in a statement": words between the verb and what is said.
    private int SkipOccasion(SentenceView view, int at)
    {
        var limit = Math.Min(view.End, at + 14);
        while (at < limit)
        {
            if (view.Dates.FirstOrDefault(date => date.Start == at) is { } date)
            {
                at = date.End;
            }
            else if (view.Quantities.Any(quantity => quantity.Start == at) || lexicon.Outcomes.Match(_tokens, at, view.End, out _) is not null)
            {
                return at;
            }
            else if (lexicon.Is(_tokens[at].Word, "adverb") || lexicon.Is(_tokens[at].Word, "preposition") || _tokens[at].Word is "reporters" or "journalists")
            {
                at++;
                if (at < limit && lexicon.Is(_tokens[at - 1].Word, "preposition") && at < view.End && !IsStop(at) && view.Dates.All(date => date.Start != at) && view.Quantities.All(quantity => quantity.Start != at || quantity.IsArticle))
                {
                    at = SkipPhrase(view, at, limit);
                }
            }
            else
            {
                return at;
            }
        }

        return at;
    }

    private int SkipPhrase(SentenceView view, int at, int limit)
    {
        while (at < limit && !IsStop(at) && !lexicon.Is(_tokens[at].Word, "preposition") && !lexicon.Is(_tokens[at].Word, "pronoun") && !lexicon.Is(_tokens[at].Word, "conjunction") && view.Dates.All(date => date.Start != at))
        {
            at++;
            if (at - 3 > 0 && view.Quantities.Any(quantity => quantity.Start == at && !quantity.IsArticle))
            {
                break;
            }
        }

        return at;
    }

    private bool IsStop(int at) => _tokens[at].Kind == TokenKind.Mark || _tokens[at].Word is "that";

    // "dismissed claims by separatist fighters that ..."
    private IReadOnlyList<Party> DeniedSpeaker(SentenceView view, Speech speech)
    {
        for (var at = speech.Verb.End; at < view.End - 1 && at < speech.Verb.End + 6; at++)
        {
            if (_tokens[at].Word is "by" or "from" or "of")
            {
                var actor = view.Actors.FirstOrDefault(actor => actor.Start >= at && actor.Start <= at + 2);
                return actor is null ? [] : parties.Resolve(actor, null, _previous);
            }

            if (lexicon.Is(_tokens[at].Word, "conjunction"))
            {
                break;
            }
        }

        return [];
    }

    // "denied that it ...", "denied it had lost": what is denied is said there, not before
    private bool OpensClause(SentenceView view, int at, int length)
    {
        var next = at + length;
        if (length > 1 || next >= view.End || _tokens[next].Kind != TokenKind.Word)
        {
            return false;
        }

        return _tokens[at].Word == "that"
            || ((lexicon.Is(_tokens[at].Word, "pronoun") || lexicon.Is(_tokens[at].Word, "determiner"))
                && (lexicon.Is(_tokens[next].Word, "aux") || lexicon.Is(_tokens[next].Word, "be") || lexicon.Outcomes.Match(_tokens, next, view.End, out _) is not null || lexicon.Control.Match(_tokens, next, view.End, out _) is not null));
    }

    // "rejected that.", "called the number a fantasy", "\"That is false,\" she said"
    private bool RefersBack(SentenceView view, Speech speech, int start, int stop)
    {
        if (speech.Verb.Value.Kind == "denies")
        {
            return lexicon.Anaphora.Match(_tokens, speech.Verb.End, view.End, out var length) is not null && !OpensClause(view, speech.Verb.End, length);
        }

        // "denied firing on the town, which it called a lie": of the words before it, no earlier claim
        var isRelative = speech.Start - 1 > view.Start && lexicon.Is(_tokens[speech.Start - 1].Word, "relative");
        return !isRelative && lexicon.Disbelief.AnyIn(_tokens, start, stop);
    }
}
