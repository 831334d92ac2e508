using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Attribution;

/// <summary>A verb of speech with its speaker: who says something, and where it stands in the sentence.</summary>
/// <param name="Verb">The verb or phrase.</param>
/// <param name="Speaker">Who says it.</param>
/// <param name="Start">First token of speaker and verb.</param>
/// <param name="End">Token after speaker and verb.</param>
internal sealed record Speech(Hit<Word> Verb, ActorMention Speaker, int Start, int End);

/// <summary>Finds who says something in a sentence.</summary>
internal sealed class SpeechFinder(Document document, Lexicon lexicon)
{
    private const int FurthestSpeaker = 30;
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The acts of speech of a sentence, in order.</summary>
    public IReadOnlyList<Speech> Find(SentenceView view)
    {
        var found = new List<Speech>();
        foreach (var verb in Verbs(view))
        {
            var speaker = verb.Value.Kind == "source" ? After(view, verb.End, 8) : Inverted(view, verb) ?? Before(view, verb, found);
            if (speaker is not null)
            {
                // "they shot down a helicopter and denied": what stands between is the speech before
                var conjoined = found.Count > 0 && speaker.End < verb.Start - 1 && _tokens[verb.Start - 1].Word is "and" or "but";
                found.Add(new Speech(verb, speaker, conjoined ? verb.Start : Math.Min(verb.Start, speaker.Start), Math.Max(verb.End, speaker.End)));
            }
        }

        return found;
    }

    private IEnumerable<Hit<Word>> Verbs(SentenceView view)
    {
        foreach (var hit in lexicon.Speech.In(_tokens, view.Start, view.End))
        {
            if (hit.Value.Kind == "judges" && !lexicon.Disbelief.AnyIn(_tokens, hit.End, view.End))
            {
                continue;
            }

            if (hit.Value.Kind == "source" || !IsNoun(view, hit))
            {
                yield return hit;
            }
        }
    }

    // "dismissed claims by", "the reports", "100 confirmed deaths", "was reported": no verb that a speaker governs.
    private bool IsNoun(SentenceView view, Hit<Word> hit)
    {
        if (hit.Start == view.Start)
        {
            return !_tokens[hit.Start].Word.EndsWith("ing", StringComparison.Ordinal);
        }

        var before = _tokens[hit.Start - 1];
        var after = hit.End < view.End ? _tokens[hit.End].Word : "";
        return before.Kind is TokenKind.Possessive or TokenKind.Number
            || lexicon.Is(before.Word, "determiner")
            || (lexicon.Is(before.Word, "be") && after is not ("that" or ":"))
            || (lexicon.Is(before.Word, "preposition") && hit.Value.Kind != "source" && !lexicon.Is(before.Word, "clausal"))
            || (before.Word == "to" && hit.Value.Kind != "irrealis")
            || (lexicon.Speech.Match(_tokens, hit.Start - 1, view.End, out _) is not null && after is "by" or "of" or "from")
            || (_tokens[hit.Start].Word == "put" && !Enumerable.Range(hit.End, Math.Min(8, view.End - hit.End)).Any(at => _tokens[at].Word is "at" or "the" or "its"))
            || lexicon.Items.Match(_tokens, hit.End, view.End, out _) is not null && hit.Value.Kind == "confirms" && before.Word is "of" or "by";
    }

    // "..., said the ministry": the speaker after a verb that follows a comma or quotation.
    private ActorMention? Inverted(SentenceView view, Hit<Word> verb)
    {
        if (verb.Start == view.Start || !(_tokens[verb.Start - 1].Is(',') || _tokens[verb.Start - 1].IsQuote))
        {
            return null;
        }

        return After(view, verb.End, 1) is { } speaker && !(speaker.End < view.End && _tokens[speaker.End].Word is "of" or "that" or "for" or "with") && _tokens[verb.Start].Word != "accused" && !(speaker.Form == ActorForm.Pronoun && speaker.Text is "it" or "its") ? speaker : null;
    }

    private ActorMention? After(SentenceView view, int from, int reach)
    {
        var at = from;
        while (at < view.End && lexicon.Is(_tokens[at].Word, "determiner"))
        {
            at++;
        }

        return view.Actors.FirstOrDefault(actor => actor.Speaks && actor.End > from && actor.Start <= at + reach - 1);
    }

    // The nearest actor before the verb that is no part of a phrase of place or company.
    private ActorMention? Before(SentenceView view, Hit<Word> verb, List<Speech> earlier)
    {
        var floor = view.Start;
        foreach (var speech in earlier)
        {
            if (speech.Verb.End <= verb.Start && !IsAside(speech, view))
            {
                floor = Math.Max(floor, speech.Verb.End);
            }
        }

        ActorMention? fallback = null;
        for (var index = view.Actors.Count - 1; index >= 0; index--)
        {
            var actor = view.Actors[index];
            if (actor.End > verb.Start || !actor.Speaks)
            {
                continue;
            }

            if (verb.Start - actor.End > FurthestSpeaker || actor.Start < floor || Breaks(actor.End, verb.Start))
            {
                break;
            }

            if (!IsInPhrase(actor, view))
            {
                return Apposed(actor, view) ?? actor;
            }

            fallback ??= verb.Start - actor.End <= 1 ? actor : null;
        }

        if (fallback is null && earlier.Count > 0 && verb.Start - earlier[^1].Verb.End < 25 && verb.Start > 0 && (_tokens[verb.Start - 1].Word is "and" or "but" || _tokens[verb.Start - 1].Is(',')))
        {
            return earlier[^1].Speaker; // "denied X, saying Y, and added that"
        }

        return fallback;
    }

    // "The Observatory, a monitor based in Britain, said": the name before the comma speaks
    private ActorMention? Apposed(ActorMention actor, SentenceView view)
    {
        if (actor.Start == view.Start)
        {
            return null;
        }

        var comma = actor.Start - 1;
        while (comma > view.Start && actor.Start - comma <= 3 && !_tokens[comma].Is(','))
        {
            comma--;
        }

        return actor.Form is ActorForm.Other or ActorForm.BareBody && _tokens[comma].Is(',') && comma < actor.Start - 1 && lexicon.Is(_tokens[comma + 1].Word, "determiner")
            ? view.Actors.LastOrDefault(other => other.End == comma && other.Speaks && other.Form is ActorForm.Named or ActorForm.Body or ActorForm.Other)
            : null;
    }

    private bool IsAside(Speech speech, SentenceView view) =>
        speech.Start > view.Start && _tokens[speech.Start - 1].Is(',') && speech.End < view.End && _tokens[speech.End].Is(',');

    private bool Breaks(int from, int to)
    {
        for (var at = from; at < to; at++)
        {
            if (_tokens[at].Is(';') || _tokens[at].Is(':') || (_tokens[at].IsQuote && at + 1 < to && at > from))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInPhrase(ActorMention actor, SentenceView view)
    {
        var at = actor.Start - 1;
        while (at >= view.Start && (lexicon.Is(_tokens[at].Word, "determiner") || (_tokens[at].Kind == TokenKind.Word && !_tokens[at].Capital && lexicon.Is(_tokens[at].Word, "inside") && _tokens[at].Word != "of")))
        {
            at--;
        }

        // "in northern Mali"
        for (var adjective = 0; adjective < 2 && at > view.Start && _tokens[at].Kind == TokenKind.Word && !_tokens[at].Capital && !lexicon.Is(_tokens[at].Word, "preposition") && _tokens[at].Word != "of" && actor.Form == ActorForm.Named; adjective++)
        {
            at--;
        }

        return at >= view.Start && (lexicon.Is(_tokens[at].Word, "preposition") || _tokens[at].Word is "of");
    }
}
