using Aggregator.Domain.Registry;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Mentions;

/// <summary>Finds the places that a sentence names: those the registry knows, and capitals after words of place.</summary>
internal sealed class RegionReader(Document document, Lexicon lexicon, RegistrySnapshot registry, NameFinder names)
{
    private readonly Token[] _tokens = document.Tokens;

    /// <summary>The places named in tokens [start, end), in order.</summary>
    /// <param name="start">First token.</param>
    /// <param name="end">Token after the last.</param>
    /// <param name="actors">Actors of the sentence: a name inside one is not a place.</param>
    /// <param name="taken">Tokens that are dates.</param>
    public IReadOnlyList<RegionMention> Read(int start, int end, IReadOnlyList<ActorMention> actors, Func<int, bool> taken)
    {
        var found = new List<RegionMention>();
        for (var at = start; at < end;)
        {
            if (!taken(at) && ReadAt(at, start, end, actors, found) is { } mention)
            {
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

    private RegionMention? ReadAt(int at, int start, int end, IReadOnlyList<ActorMention> actors, List<RegionMention> before)
    {
        var token = _tokens[at];
        if (!token.Capital || token.Kind != TokenKind.Word || IsDemonym(at, end) || lexicon.Is(token.Word, "medium") || IsHolding(token.Word))
        {
            return null;
        }

        var owner = actors.FirstOrDefault(actor => actor.Start <= at && at < actor.End);
        if (owner is { Form: ActorForm.Body } || (owner is { Form: ActorForm.Named } && owner.Start < at))
        {
            return null;
        }

        var located = IsLocated(at, start, end, before);
        if (names.Find(EntityKind.Region, at, end) is { } known)
        {
            if (owner is { Form: ActorForm.Named } && known.End <= owner.End && !IsNamedAfterPlace(owner, known.Entry))
            {
                return null; // "Hamas" is one of the names of Hamm
            }

            var contains = before.Count > 0 && at > start && _tokens[at - 1].Is(',') && before[^1].End == at - 1 && known.Entry.Kind is "admin1" or "country" or "area";
            if (contains)
            {
                return new RegionMention(at, known.End, Bare(at, known.End), known.Entry.Id, false, true); // "Bara, North Kordofan": the first is meant
            }

            return new RegionMention(at, known.End, Bare(at, known.End), known.Entry.Id, located || IsAfterWord(known.End, end) || (at == start && known.End < end && _tokens[known.End].Is(':')), true);
        }

        if (owner is { Form: ActorForm.Named or ActorForm.Side or ActorForm.BareBody } || !(located || (IsAfterWord(CapitalsEnd(at, end), end) && at > start)))
        {
            return null;
        }

        var stop = CapitalsEnd(at, end);
        var name = document.Words(at, stop);
        return registry.Resolve(EntityKind.Region, name, names.Countries) is { } entry && IsPlaceLike(at, stop, start)
            ? new RegionMention(at, stop, name, entry.Id, true, !entry.Provisional)
            : null;
    }

    // States, and those who fight for an area, share its name; a town that is called like a group is another thing.
    private bool IsNamedAfterPlace(ActorMention actor, RegistryEntry place) =>
        place.Kind is "country" or "area" or "admin1" || registry.Describe(EntityKind.Actor, actor.Id!).Kind == "state";

    // "Idlib province" is named Idlib
    private string Bare(int at, int stop) =>
        stop - at > 1 && lexicon.PlaceWords.Match(_tokens, stop - 1, stop, out _) is { Kind: "after" or "before" } && !_tokens[stop - 1].Capital ? document.Words(at, stop - 1) : document.Words(at, stop);

    private bool IsPlaceLike(int at, int stop, int start) =>
        !(lexicon.Bodies.AnyIn(_tokens, at, stop) || lexicon.Speakers.AnyIn(_tokens, at, stop) || lexicon.Items.AnyIn(_tokens, at, stop))
        && !(stop < _tokens.Length && _tokens[stop].Kind == TokenKind.Possessive && at == start);

    private int CapitalsEnd(int at, int end)
    {
        var stop = at + 1;
        while (stop < end && stop - at < 4 && _tokens[stop].Kind == TokenKind.Word && _tokens[stop].Capital && !IsDate(stop, end))
        {
            stop++;
        }

        return stop;
    }

    private bool IsDate(int at, int end) => lexicon.Dates.Match(_tokens, at, end, out _) is not null;

    // "Armenian" is an adjective even where a town is called so; a place that gives a side its own name ("Karabakh") is a place.
    private bool IsDemonym(int at, int end)
    {
        if (lexicon.Demonyms.Match(_tokens, at, end, out var length) is not { } demonym)
        {
            return false;
        }

        var isOwnName = length == 1 && string.Equals(demonym.Kind, _tokens[at].Word, StringComparison.OrdinalIgnoreCase);
        return names.Find(EntityKind.Region, at, end) is not { } place || (!isOwnName && place.End <= at + length);
    }

    // "in X", "near X", "the city of X", and entries of a list of places: "X, Y and Z"
    private bool IsLocated(int at, int start, int end, List<RegionMention> before)
    {
        var back = at - 1;
        while (back >= start && (lexicon.Is(_tokens[back].Word, "determiner") || lexicon.Is(_tokens[back].Word, "bearing") || IsHolding(_tokens[back].Word)))
        {
            back--;
        }

        if (back >= start && lexicon.Events.Match(_tokens, back, back + 1, out _) is { Kind: "strike" })
        {
            return true; // "shelling hit Kherson"
        }

        for (var from = Math.Max(start, back - 2); from <= back; from++)
        {
            if (lexicon.PlaceWords.Match(_tokens, from, end, out var length) is { Kind: not "after" } && from + length == back + 1)
            {
                return true;
            }
        }

        return back > start && before.Count > 0 && before[^1].Located && (_tokens[back].Is(',') || _tokens[back].Word == "and") && before[^1].End >= back - 1;
    }

    // "Hamas-run Gaza", "rebel-held Idlib": no part of the name
    private bool IsHolding(string word) => word.LastIndexOf('-') is > 0 and var hyphen && lexicon.Is(word[(hyphen + 1)..], "holding");

    private bool IsAfterWord(int at, int end) => lexicon.PlaceWords.Match(_tokens, at, end, out _) is { Kind: "after" };
}
