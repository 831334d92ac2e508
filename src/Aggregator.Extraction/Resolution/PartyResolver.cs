using Aggregator.Domain.Registry;
using Aggregator.Extraction.Mentions;

namespace Aggregator.Extraction.Resolution;

/// <summary>Says who a mention stands for, given who speaks and who spoke before.</summary>
internal sealed class PartyResolver(RegistrySnapshot registry, Story story)
{
    private readonly Dictionary<string, Party> _bodies = new(StringComparer.Ordinal);

    /// <summary>The parties that a mention stands for: none if nobody can tell, two for "both sides".</summary>
    /// <param name="mention">The words.</param>
    /// <param name="speaker">Who says them; null for the source's own voice.</param>
    /// <param name="previous">Who spoke last: what pronouns stand for.</param>
    public IReadOnlyList<Party> Resolve(ActorMention mention, Party? speaker, IReadOnlyList<Party> previous)
    {
        switch (mention.Form)
        {
            case ActorForm.Named or ActorForm.Body:
                var party = new Party(mention.Text, mention.Id!, story.SideOf(mention.Id!));
                _bodies[LastWord(mention.Text)] = party;
                return [party];
            case ActorForm.Pronoun:
                return previous;
            case ActorForm.Side:
                return Side(mention, speaker);
            case ActorForm.BareBody when mention.Side == "own":
                return Own(mention, speaker, previous);
            case ActorForm.BareBody:
                return Bare(mention, speaker, previous);
            default:
                return registry.Resolve(EntityKind.Actor, mention.Text) is { } entry ? [new Party(mention.Text, entry.Id, story.SideOf(entry.Id))] : [];
        }
    }

    /// <summary>The one party that a mention stands for, the first of several; null if nobody can tell.</summary>
    public Party? One(ActorMention mention, Party? speaker, IReadOnlyList<Party> previous) =>
        Resolve(mention, speaker, previous) is [var party, ..] ? party : null;

    /// <summary>The side that a speaker's side fights against, in the registry's words.</summary>
    public Party? Opponent(string? side, string? text = null) =>
        story.Opponent(side) is { } foe ? Whole(foe, text) : null;

    /// <summary>Who "it" is that suffers what a speaker says of itself: an army itself, of a ministry its side.</summary>
    public Party Self(Party speaker) =>
        registry.Describe(EntityKind.Actor, speaker.Id).Kind == "military" ? speaker : Whole(speaker.Side, speaker.Text);

    /// <summary>A side as a whole.</summary>
    public Party Whole(string side, string? text = null) => new(text ?? registry.Describe(EntityKind.Actor, side).Name, side, side);

    private IReadOnlyList<Party> Side(ActorMention mention, Party? speaker)
    {
        switch (mention.Side)
        {
            case "self":
                return [];
            case "both":
                return [.. story.Sides.Select(side => Whole(side, mention.Text))];
            case "own":
                return speaker is null ? [] : [Whole(speaker.Side, mention.Text)];
            case "enemy":
                return Opponent(speaker?.Side, mention.Text) is { } foe ? [foe] : [];
            default:
                var state = mention.Side == "government";
                if (registry.Candidates(EntityKind.Actor, mention.Text) is [var known, ..])
                {
                    return [new Party(mention.Text, known.Id, story.SideOf(known.Id))];
                }

                if (!state && Local(mention.Text) is { } local)
                {
                    return [new Party(mention.Text, local.Id, story.SideOf(local.Id))];
                }

                var side = story.SideOf(state);
                if (side is null && registry.Resolve(EntityKind.Actor, mention.Text) is { } entry)
                {
                    return [new Party(mention.Text, entry.Id, story.SideOf(entry.Id))];
                }

                return side is null ? [] : [Whole(side, mention.Text)];
        }
    }

    // "its fighters": the speaker's; in the source's own voice those of who is named before them.
    private IReadOnlyList<Party> Own(ActorMention mention, Party? speaker, IReadOnlyList<Party> previous)
    {
        var owner = speaker ?? (mention.Antecedent is { } named ? One(named, null, []) : null) ?? (previous is [var last, ..] ? last : null);
        return owner is null ? [] : [owner.Id == owner.Side ? owner : Whole(owner.Side)];
    }

    // "Separatist fighters" in a story about Karabakh: the registry may know the Karabakh separatists.
    private RegistryEntry? Local(string group)
    {
        if (story.Region is not { } place)
        {
            return null;
        }

        var kind = NameFolding.Fold(group).Split(' ')[0];
        var region = registry.Describe(EntityKind.Region, place.Id);
        return region.Aliases.Prepend(region.Name)
            .SelectMany(name => new[] { $"{name} {group}", $"{name} {kind}", $"{name} {kind}s" })
            .Select(name => registry.Candidates(EntityKind.Actor, name) is [var known, ..] ? known : null)
            .FirstOrDefault(known => known?.Kind is "rebel" or "militia");
    }

    // "the army", "the ministry": the one of that name before, else the speaker's own, else the story's government's.
    private IReadOnlyList<Party> Bare(ActorMention mention, Party? speaker, IReadOnlyList<Party> previous)
    {
        if (_bodies.TryGetValue(LastWord(mention.Text), out var known) && (speaker is null || speaker.Side == known.Side))
        {
            return [known with { Text = mention.Text }];
        }

        if (mention.Side != "rebel" && speaker is not null && story.IsRebel(speaker.Side) && (story.SideOf(true) ?? ArmedState(speaker)) is { } government)
        {
            return [Whole(government, mention.Text)];
        }

        if (speaker is null && mention.Side.Length == 0 && previous is [var last, ..] && story.Sides.Contains(last.Side) && !story.IsRebel(last.Side))
        {
            return [Whole(last.Side, mention.Text)];
        }

        if (speaker is not null && story.Sides.Contains(speaker.Side))
        {
            return [Whole(speaker.Side, mention.Text)];
        }

        var side = mention.Side == "rebel" ? story.SideOf(false) : story.SideOf(true);
        return side is not null ? [Whole(side, mention.Text)] : previous.Count > 0 ? previous : registry.Resolve(EntityKind.Actor, mention.Text) is { } entry ? [new Party(mention.Text, entry.Id, entry.Id)] : [];
    }

    // A rebel's "the army" where the text names no state: that of the country it fights in, if that has armed forces.
    private string? ArmedState(Party rebel) =>
        registry.Describe(EntityKind.Actor, rebel.Side).Country is { } country
            ? registry.All(EntityKind.Actor).Where(actor => actor.Kind == "military" && actor.Country == country).Select(actor => registry.Voice(actor.Id))
                .Where(side => registry.Describe(EntityKind.Actor, side).Kind == "state").Order(StringComparer.Ordinal).FirstOrDefault()
            : null;

    private static string LastWord(string text) => text[(text.LastIndexOf(' ') + 1)..].ToLowerInvariant();
}
