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

    private readonly List<RegistrySnapshot> _all = [Base];

    public RegistrySnapshot Latest => _all[^1];

    /// <summary>All that it has been.</summary>
    public IReadOnlyList<RegistrySnapshot> All => _all;

    /// <summary>Two sides, a monitor, a land with a town and a village in that, a shire with a heath that no claim names, and two sources.</summary>
    public static RegistrySnapshot Base { get; } = new(Entries, 1);

    // By the version that they make.
    private static readonly RegistrySnapshot[][] Edited =
        [.. Enumerable.Range(2, MostEdits).Select(version => Array.ConvertAll(Ways, way => new RegistrySnapshot([.. Entries.Select(way)], version)))];

    /// <summary>All that claims can name, and what contains it.</summary>
    public static EntityKey[] Entities { get; } = [.. Entries.Select(static entry => new EntityKey(entry.Entity, entry.Id))];

    /// <summary>Edits the registry once more; after the last that there is nothing is edited.</summary>
    public void Edit(Random random)
    {
        if (Latest.Version <= MostEdits)
        {
            var ways = Edited[Latest.Version - Base.Version];
            _all.Add(ways[random.Next(ways.Length)]);
        }
    }

    // A place is moved, to where claims are or to where none are; the army is found to be the side itself, or the other side's, or part of that one's army; one source to be the
    // other; a place to be one with another; all edits are undone.
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
        static entry => entry,
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
