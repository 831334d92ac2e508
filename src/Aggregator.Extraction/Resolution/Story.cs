using Aggregator.Domain.Registry;
using Aggregator.Extraction.Dates;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;
using Aggregator.Extraction.Segmentation;

namespace Aggregator.Extraction.Resolution;

/// <summary>What the whole text tells: who fights whom, where, and since when.</summary>
internal sealed class Story
{
    private readonly RegistrySnapshot _registry;
    private readonly List<(string Side, int Weight, int First)> _sides;
    private readonly RegionMention? _region;
    private readonly int _regionFirst;
    private readonly bool _isPassing;
    private int _seen = int.MaxValue;

    private readonly string? _home;

    private readonly bool _homeFights;

    private Story(RegistrySnapshot registry, List<(string Side, int Weight, int First)> sides, RegionMention? region, int regionFirst, bool isPassing, DateOnly? onset, int bare, HashSet<string> armed)
    {
        _registry = registry;
        _sides = sides;
        (_region, _regionFirst, _isPassing) = (region, regionFirst, isPassing);
        Onset = onset;
        _home = Home(registry, region);

        // Bodies without a name are the home state's; it is a party unless others are named far more, or
        // another state has arms in the text and it has none ("Palestine" between Israel and Hamas).
        var own = sides.FirstOrDefault(side => side.Side == _home).Weight + (2 * bare);
        var top = sides.FirstOrDefault(side => side.Side != _home && !IsRebel(side.Side)).Weight;
        _homeFights = _home is not null && own * 2 >= top && (armed.Contains(_home) || !sides.Any(side => side.Side != _home && armed.Contains(side.Side) && !IsRebel(side.Side)));
    }

    /// <summary>Where the conflict is, if the text says, also further down.</summary>
    public RegionMention? Region => _region;

    /// <summary>
    /// Where a claim is set that has no place of its own: the conflict's place, once the text has named it, unless that
    /// is a town named in passing, in one sentence only.
    /// </summary>
    public RegionMention? Setting => _regionFirst < _seen && !_isPassing ? _region : null;

    /// <summary>The day on which the text says that the fighting began.</summary>
    public DateOnly? Onset { get; }

    /// <summary>The two sides named most as fighting, the first first; fewer if there are fewer.</summary>
    public IReadOnlyList<string> Sides => [.. _sides.Take(2).Select(side => side.Side)];

    /// <summary>Goes on to a sentence: what the text says only after it sets no place and names no opponent for it.</summary>
    public void Enter(SentenceView view) => _seen = view.End;

    /// <summary>Whether an actor speaks for many countries: what it counts is not of the town that was named last.</summary>
    public bool IsInternational(string actor) => _registry.Describe(EntityKind.Actor, actor).Kind == "igo";

    /// <summary>Reads the story off the sentences.</summary>
    public static Story Read(Document document, IReadOnlyList<SentenceView> views, Lexicon lexicon, RegistrySnapshot registry, NameFinder names)
    {
        var weights = new Dictionary<string, int>(StringComparer.Ordinal);
        var armed = new HashSet<string>(StringComparer.Ordinal);
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var view in views)
        {
            foreach (var actor in view.Actors)
            {
                if (actor.Owner is { } owner && IsParty(registry, owner))
                {
                    var side = registry.Voice(owner);
                    var weight = Weight(document, lexicon, view, actor);
                    weights[side] = weights.GetValueOrDefault(side) + weight;
                    if (weight > 1)
                    {
                        armed.Add(side);
                    }

                    firsts.TryAdd(side, actor.Start);
                }
            }
        }

        var sides = weights.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value, firsts[pair.Key])).ToList();
        var region = FindRegion(document, views, registry);
        return new Story(registry, sides, region, First(views, registry, names, region), IsPassing(views, registry, region), FindOnset(document, views, lexicon), views.Sum(view => view.Actors.Count(actor => actor.Form == ActorForm.BareBody && actor.Side.Length == 0)), armed);
    }

    /// <summary>The side that fights against this one; null if the text has no other.</summary>
    public string? Opponent(string? side)
    {
        if (side is null || (_sides.Count > 0 && !_sides.Any(other => other.Side == side) && !IsParty(_registry, side)))
        {
            return null;
        }

        var seen = _sides.Where(other => other.First < _seen).ToList();
        var home = _home is not null && (_regionFirst < _seen || seen.Any(other => other.Side == _home)) ? _home : null;
        if (IsRebel(side) && _homeFights && home is not null && home != side)
        {
            return home;
        }

        var foe = side == _home ? seen.FirstOrDefault(other => other.Side != side && other.Weight > 2 && IsRebel(other.Side)).Side
            : _sides.Take(3).Any(other => other.Side == home && other.Weight > 0) ? home : null;
        foe ??= seen.FirstOrDefault(other => other.Side != side && other.Weight > 1).Side;
        return foe ?? seen.FirstOrDefault(other => other.Side != side).Side;
    }

    /// <summary>The most named side of a kind: states for governments, rebels and militias for rebels.</summary>
    public string? SideOf(bool state) =>
        state && _home is not null ? _home : _sides.FirstOrDefault(side => IsRebel(side.Side) != state).Side;

    /// <summary>The side of an actor: the voice it speaks with.</summary>
    public string SideOf(string actor) => _registry.Voice(actor);

    /// <summary>Whether a side is no state.</summary>
    public bool IsRebel(string side) => _registry.Describe(EntityKind.Actor, side).Kind is "rebel" or "militia";

    // The state that the conflict's place belongs to: "the government", "the army" without a name are its.
    private static string? Home(RegistrySnapshot registry, RegionMention? region) =>
        region is null || registry.Describe(EntityKind.Region, region.Id).Country is not { } country ? null
            : registry.All(EntityKind.Actor).Where(actor => actor.Kind == "state" && actor.Country == country).OrderBy(actor => actor.Id, StringComparer.Ordinal).Select(actor => actor.Id).FirstOrDefault();

    private static bool IsParty(RegistrySnapshot registry, string actor) =>
        registry.Describe(EntityKind.Actor, actor).Kind is "state" or "rebel" or "militia" or "military" or "unknown" or "ministry";

    // Fighting is told by bodies of arms, and by names that stand before what is counted; the rest only speak or are spoken to.
    private static int Weight(Document document, Lexicon lexicon, SentenceView view, ActorMention actor)
    {
        var next = actor.End;
        while (next < view.End && (document.Tokens[next].Kind == TokenKind.Possessive || lexicon.Is(document.Tokens[next].Word, "arms")))
        {
            next++;
        }

        var counted = next < view.End && lexicon.Items.Match(document.Tokens, next, view.End, out _) is not null;
        return actor.Military || counted ? 3 : 1;
    }

    // The narrowest place that holds more than half of all places named as places.
    private static RegionMention? FindRegion(Document document, IReadOnlyList<SentenceView> views, RegistrySnapshot registry)
    {
        // Capitals stand for governments more often than for places; datelines say where it was written.
        // A name counts without a word of place if it stands with one elsewhere.
        var meant = views.SelectMany(view => view.Regions).Where(region => region.Located && region.Known).Select(region => region.Id).ToHashSet(StringComparer.Ordinal);
        var located = views.SelectMany(view => view.Regions.Where(region => region.Start >= view.Sentence.BodyStart(document.Tokens) && !IsCapital(registry, region) && (region.Located || (meant.Contains(region.Id) && registry.Find(EntityKind.Region, region.Id)?.Kind != "country")))).ToList();
        located.AddRange(Areas(views, registry));
        if (located.Count == 0)
        {
            located = [.. views.SelectMany(view => view.Regions.Where(region => region.Known && (region.Located || !IsActor(view, region))))];
        }

        if (located.Count == 0)
        {
            return null;
        }

        var counts = new Dictionary<string, (int Count, int Depth, RegionMention First, bool Named)>(StringComparer.Ordinal);
        foreach (var mention in located)
        {
            var chain = registry.Ancestors(EntityKind.Region, mention.Id).Prepend(mention.Id).Where(id => id != RegistrySnapshot.World).ToList();
            for (var step = 0; step < chain.Count; step++)
            {
                var known = counts.GetValueOrDefault(chain[step]);
                var named = step == 0;
                counts[chain[step]] = (known.Count + 1, chain.Count - step, known.First is null || (named && !known.Named) ? mention : known.First, known.Named || named);
            }
        }

        var best = counts.Where(pair => pair.Value.Count * 2 > located.Count)
            .OrderByDescending(pair => pair.Value.Depth).ThenByDescending(pair => pair.Value.Count).Select(pair => pair.Key).FirstOrDefault();
        best ??= counts.Where(pair => pair.Value.Named).OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Value.First.Start).Select(pair => pair.Key).FirstOrDefault();
        if (best is null)
        {
            return null;
        }

        var entry = registry.Describe(EntityKind.Region, best, counts[best].First.Text);
        var first = counts[best].First;
        return first.Id == best ? first : first with { Id = best, Text = entry.Name };
    }

    // The first token that names the place, a part of it, or the state that it is.
    private static int First(IReadOnlyList<SentenceView> views, RegistrySnapshot registry, NameFinder names, RegionMention? place)
    {
        if (place is null)
        {
            return int.MaxValue;
        }

        // Also within the names of bodies: "the media office in Gaza".
        var entry = registry.Describe(EntityKind.Region, place.Id);
        for (var at = 0; at < place.Start; at++)
        {
            if (names.Find(EntityKind.Region, at, Math.Min(place.Start, at + NameFinder.MostWords)) is { } found && registry.IsWithin(EntityKind.Region, found.Entry.Id, place.Id))
            {
                return at;
            }
        }

        return views.SelectMany(view => view.Actors).Where(actor => entry.Kind == "country" && actor.Owner is not null && entry.Country == registry.Describe(EntityKind.Actor, actor.Owner).Country).Select(actor => actor.Start)
            .Concat(Areas(views, registry).Where(area => registry.IsWithin(EntityKind.Region, area.Id, place.Id)).Select(area => area.Start))
            .Append(place.Start).Min();
    }

    private static bool IsPassing(IReadOnlyList<SentenceView> views, RegistrySnapshot registry, RegionMention? place) =>
        place is not null && registry.Describe(EntityKind.Region, place.Id).Kind == "city"
        && views.Count(view => view.Regions.Any(region => registry.IsWithin(EntityKind.Region, region.Id, place.Id))) < 2;

    // "the Artsakh front", "Karabakh's army": disputed areas are named by those who fight for them
    private static IEnumerable<RegionMention> Areas(IReadOnlyList<SentenceView> views, RegistrySnapshot registry) =>
        from view in views
        from actor in view.Actors
        where actor.Owner is not null && registry.Describe(EntityKind.Actor, actor.Owner!).Kind is not ("state" or "igo" or "ngo")
        let area = registry.Candidates(EntityKind.Region, registry.Describe(EntityKind.Actor, actor.Owner!).Name) is [{ Kind: "area" } found, ..] ? found : null
        where area is not null
        select new RegionMention(actor.Start, actor.End, area.Name, area.Id, true, true);

    // "Russia said": nobody's place
    private static bool IsActor(SentenceView view, RegionMention region) =>
        view.Actors.Any(actor => actor.Start <= region.Start && region.End <= actor.End && actor.Form == ActorForm.Named);

    private static bool IsCapital(RegistrySnapshot registry, RegionMention region) =>
        registry.Find(EntityKind.Region, region.Id)?.Kind == "city" && registry.Candidates(EntityKind.Actor, region.Text) is [{ Kind: "state" }, ..];

    // "the clashes that erupted on Sunday", "since the war began on November 4", "the start of the aggression on 27 September"
    private static DateOnly? FindOnset(Document document, IReadOnlyList<SentenceView> views, Lexicon lexicon)
    {
        foreach (var view in views)
        {
            foreach (var begin in lexicon.Events.In(document.Tokens, view.Start, view.End))
            {
                if (begin.Value.Kind != "begins")
                {
                    continue;
                }

                var date = view.Dates.FirstOrDefault(date => date.Start >= begin.End && date.Start - begin.End <= 6 && date.Kind == DateKind.Days);
                if (date is not null)
                {
                    return date.From;
                }
            }
        }

        return null;
    }
}
