using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Frames;

/// <summary>Finds what goes on without a figure: attacks repelled, fighting that continues or breaks out, offensives, shelling.</summary>
internal sealed class EventReader(Document document, Lexicon lexicon)
{
    private const int Nearby = 9;
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The happenings of a sentence, in order.</summary>
    public IReadOnlyList<Happening> Read(SentenceView view)
    {
        var hits = lexicon.Events.In(_tokens, view.Start, view.End).ToList();
        var found = new List<Happening>();
        var used = new HashSet<int>();
        foreach (var verb in hits.Where(hit => hit.Value.Kind is "repelled"))
        {
            if (Partner(hits, verb, used, hit => hit.Value.Kind is "attack" or "noun") is { } attack)
            {
                used.Add(attack.Start);
                found.Add(new Happening(Math.Min(attack.Start, verb.Start), Math.Max(attack.End, verb.End), attack.Value.Value, Attacker(view, attack), true));
            }
        }

        foreach (var verb in hits.Where(hit => hit.Value.Kind is "going" or "begins"))
        {
            if (verb.Value.Kind == "begins" && !view.Dates.Any(date => date.Start >= verb.End && date.Start - verb.End <= 3) || IsSince(view, verb.Start))
            {
                continue;
            }

            if (Partner(hits, verb, used, hit => hit.Value.Kind is "noun" || (hit.Value.Kind == "attack" && verb.Value.Kind == "going" && hit.Start > verb.Start)) is { } noun)
            {
                used.Add(noun.Start);
                found.Add(new Happening(Math.Min(noun.Start, verb.Start), Math.Max(noun.End, verb.End), noun.Value.Value, Attacker(view, noun), false));
            }
            else if (_tokens[verb.Start].Word is "still" or "were" && verb.Value.Kind == "going" && verb.End - verb.Start > 1)
            {
                found.Add(new Happening(verb.Start, verb.End, "armed-clash", null, false)); // "were still battling each other"
            }
        }

        foreach (var strike in hits.Where(hit => hit.Value.Kind is "strike" && !used.Contains(hit.Start)))
        {
            if (view.Regions.Any(region => region.Start >= strike.End && region.Start - strike.End <= 5) && strike.Start > view.Start && !lexicon.Is(_tokens[strike.Start - 1].Word, "be"))
            {
                found.Add(new Happening(strike.Start, strike.End, strike.Value.Value, null, false));
            }
        }

        return [.. found.OrderBy(happening => happening.Start)];
    }

    private Hit<Word>? Partner(List<Hit<Word>> hits, Hit<Word> verb, HashSet<int> used, Func<Hit<Word>, bool> fits)
    {
        Hit<Word>? best = null;
        foreach (var hit in hits)
        {
            var away = hit.Start >= verb.End ? hit.Start - verb.End : verb.Start - hit.End;
            if (away >= 0 && away <= Nearby && fits(hit) && !used.Contains(hit.Start) && !Crosses(Math.Min(hit.End, verb.End), Math.Max(hit.Start, verb.Start))
                && (best is not { } known || away < (known.Start >= verb.End ? known.Start - verb.End : verb.Start - known.End)))
            {
                best = hit;
            }
        }

        return best;
    }

    private bool Crosses(int from, int to)
    {
        for (var at = from; at < to; at++)
        {
            if (_tokens[at].Is(',') || _tokens[at].Is('.') || _tokens[at].Is(';') || _tokens[at].Is(':'))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsSince(SentenceView view, int at) => Enumerable.Range(Math.Max(view.Start, at - 4), at - Math.Max(view.Start, at - 4)).Any(back => _tokens[back].Word == "since");

    private static ActorMention? Attacker(SentenceView view, Hit<Word> attack) =>
        view.Actors.LastOrDefault(actor => actor.Start < attack.End && actor.End >= attack.Start - 1 && actor.Start >= attack.Start - 4 && actor.Form is ActorForm.Named or ActorForm.Body or ActorForm.Side);
}
