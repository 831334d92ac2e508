using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;

namespace Aggregator.Simulation.Cluster;

/// <summary>The registry of one silo: it hears of edits when chance will have it.</summary>
internal sealed class SimRegistry(Edits edits) : IRegistry
{
    public RegistrySnapshot Current { get; private set; } = edits.Latest;

    public Task CatchUpAsync(long version, CancellationToken cancellationToken)
    {
        if (Current.Version < version)
        {
            CatchUp();
        }

        return Task.CompletedTask;
    }

    public void CatchUp() => Current = edits.Latest;
}

/// <summary>The registry as the store has it.</summary>
internal sealed class Edits
{
    private const int MostEdits = 3;
    private const int UndoneOneIn = 4;

    private static readonly Func<RegistryEntry, RegistryEntry> Undone = static entry => entry;

    private readonly List<RegistrySnapshot> _all = [Base];
    private RegistryEntry[] _entries = Entries;

    public RegistrySnapshot Latest => _all[^1];

    /// <summary>All that it has been.</summary>
    public IReadOnlyList<RegistrySnapshot> All => _all;

    /// <summary>Two sides, a monitor, a land with a town and a village in that, a shire with a heath that no claim names, and two sources.</summary>
    public static RegistrySnapshot Base { get; } = new(Entries, 1);

    /// <summary>All that claims can name, and what contains it.</summary>
    public static EntityKey[] Entities { get; } = [.. Entries.Select(static entry => new EntityKey(entry.Entity, entry.Id))];

    /// <summary>Edits the registry once more; after the last that there is nothing is edited.</summary>
    /// <returns>What is other than at the beginning from now on, for people.</returns>
    public string Edit(Random random)
    {
        if (_all.Count <= MostEdits)
        {
            // Whoever undoes one thing and does another edits twice; to do again what is done is an edit as well.
            var way = random.Next(UndoneOneIn) == 0 ? Undone : Ways[random.Next(Ways.Length)];
            var entries = Entries.Select(way).ToArray();
            RegistryOverride[] edits = [.. entries.Zip(_entries).Where(static pair => Placed(pair.First) != Placed(pair.Second)).Select(static pair => Override(pair.First)).DefaultIfEmpty(Override(entries[0]))];
            _entries = entries;
            _all.Add(Latest.With(edits, Latest.Version + edits.Length));
        }

        return string.Join(", ", Entities.Where(one => OfNow(one) != OfBase(one)).Select(one => $"{one} {OfNow(one)}").DefaultIfEmpty("as at first"));

        static (string?, string?) Placed(RegistryEntry entry) => (entry.Parent, entry.MergedInto);

        static RegistryOverride Override(RegistryEntry entry) => new(entry.Entity, entry.Id, entry with { MergedInto = null }, entry.MergedInto);

        string OfNow(EntityKey one) => Of(Latest, one);

        static string OfBase(EntityKey one) => Of(Base, one);

        static string Of(RegistrySnapshot registry, EntityKey one) => registry.Resolve(one.Kind, one.Id)!.Id is var survivor && survivor != one.Id ? $"is {survivor}" : $"is in {registry.Parent(one.Kind, one.Id)}";
    }

    // A place is moved, to where claims are or to where none are; the army is found to be the side itself, or the other side's, or part of that one's army; one source to be the
    // other; a place to be one with another.
    private static Func<RegistryEntry, RegistryEntry>[] Ways =>
    [
        static entry => entry is { Entity: EntityKind.Region, Id: "town" } ? entry with { Parent = "world" } : entry,
        static entry => entry is { Entity: EntityKind.Region, Id: "village" } ? entry with { Parent = "land" } : entry,
        static entry => entry is { Entity: EntityKind.Region, Id: "village" } ? entry with { Parent = "heath" } : entry,
        static entry => entry is { Entity: EntityKind.Region, Id: "land" } ? entry with { Parent = "shire" } : entry,
        static entry => entry is { Entity: EntityKind.Actor, Id: "blue-army" } ? entry with { MergedInto = "blue" } : entry,
        static entry => entry is { Entity: EntityKind.Actor, Id: "blue-army" } ? entry with { Parent = "red" } : entry,
        static entry => entry is { Entity: EntityKind.Actor, Id: "blue-army" } ? entry with { Parent = "red-army" } : entry,
        static entry => entry is { Entity: EntityKind.Source, Id: "paper" } ? entry with { MergedInto = "wire" } : entry,
        static entry => entry is { Entity: EntityKind.Region, Id: "village" } ? entry with { MergedInto = "town" } : entry,
        static entry => entry is { Entity: EntityKind.Region, Id: "town" } ? entry with { MergedInto = "heath" } : entry,
    ];

    private static RegistryEntry[] Entries =>
    [
        Entry(EntityKind.Actor, "red", "state"), Entry(EntityKind.Actor, "red-army", "military", "red"),
        Entry(EntityKind.Actor, "blue", "state"), Entry(EntityKind.Actor, "blue-army", "military", "blue"),
        Entry(EntityKind.Region, "world", "world"), Entry(EntityKind.Region, "land", "country", "world"),
        Entry(EntityKind.Region, "town", "city", "land"), Entry(EntityKind.Region, "village", "city", "town"),
        Entry(EntityKind.Region, "shire", "country", "world"), Entry(EntityKind.Region, "heath", "area", "shire"),
        Entry(EntityKind.Source, "wire", "agency"), Entry(EntityKind.Source, "paper", "outlet"),
    ];

    private static RegistryEntry Entry(EntityKind entity, string id, string kind, string? parent = null) => new() { Entity = entity, Id = id, Name = id, Kind = kind, Parent = parent };
}
