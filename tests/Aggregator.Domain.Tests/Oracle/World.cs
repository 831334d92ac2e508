using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>The registry as the oracle reads it: entries alone, merges followed by hand.</summary>
internal sealed class World
{
    private readonly Dictionary<(EntityKind, string), RegistryEntry> _entries;

    public World(RegistrySnapshot registry) =>
        _entries = Enum.GetValues<EntityKind>().SelectMany(registry.All).ToDictionary(entry => (entry.Entity, entry.Id));

    public IEnumerable<string> All(EntityKind kind) =>
        _entries.Values.Where(entry => entry.Entity == kind && entry.MergedInto is null).Select(entry => entry.Id).Order(StringComparer.Ordinal);

    public string Survivor(EntityKind kind, string id) => Entry(kind, id)?.MergedInto is { } into ? Survivor(kind, into) : id;

    public RegistryEntry? Entry(EntityKind kind, string id) => _entries.GetValueOrDefault((kind, id));

    public string? Parent(EntityKind kind, string id) => Entry(kind, id) is { } entry
        ? entry.Parent is { } parent ? Survivor(kind, parent) : null
        : kind == EntityKind.Region ? "world" : null;

    public bool IsWithin(EntityKind kind, string id, string ancestor) =>
        id == ancestor || (Parent(kind, id) is { } parent && IsWithin(kind, parent, ancestor));

    /// <summary>By default the parent's for the bodies and persons of a side, else its own; a field of the registry goes before.</summary>
    public string Voice(string actor)
    {
        var id = Survivor(EntityKind.Actor, actor);
        var entry = Entry(EntityKind.Actor, id);
        return entry is { Voice: { } voice } ? (Survivor(EntityKind.Actor, voice) == id ? id : Voice(voice))
            : entry is { Parent: { } parent, Kind: "military" or "ministry" or "person" or "civilian" } ? Voice(parent)
            : id;
    }

    public Voice VoiceOf(Claim claim, string origin) =>
        claim.Claimant is { } claimant ? new(true, Voice(claimant.Id))
        : Entry(EntityKind.Source, origin)?.Affiliation is { } actor ? new(true, Voice(actor))
        : new(false, origin);

    /// <summary>Admitted, independent or alleged, by the words of DESIGN §2.</summary>
    public string Standing(Voice voice, string? target, IEnumerable<string> initiators)
    {
        if (!voice.IsActor)
        {
            // In its own voice: a registered agency, outlet or monitor without affiliation.
            return Entry(EntityKind.Source, voice.Id) is { Affiliation: null, Kind: "agency" or "outlet" or "monitor" } ? "Independent" : "Alleged";
        }

        return target is not null && Voice(target) == voice.Id ? "Admitted"
            : Entry(EntityKind.Actor, voice.Id)?.Kind is "monitor" or "media" or "igo" or "ngo" && !initiators.Select(Voice).Contains(voice.Id) ? "Independent"
            : "Alleged";
    }

    /// <summary>Merged ids read as the survivor's.</summary>
    public Claim Read(Claim claim)
    {
        return claim with
        {
            Source = Named(EntityKind.Source, claim.Source)!,
            Origin = Named(EntityKind.Source, claim.Origin),
            Claimant = Named(EntityKind.Actor, claim.Claimant),
            Initiator = Named(EntityKind.Actor, claim.Initiator),
            Target = Named(EntityKind.Actor, claim.Target),
            Region = Named(EntityKind.Region, claim.Region),
            Holder = Named(EntityKind.Actor, claim.Holder),
        };

        EntityRef? Named(EntityKind kind, EntityRef? named) => named is null ? null : named with { Id = Survivor(kind, named.Id) };
    }
}
