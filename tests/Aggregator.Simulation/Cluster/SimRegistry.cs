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
    public RegistrySnapshot Latest { get; set; } = Base;

    /// <summary>Two sides, a monitor, a land with a town and a village in it, and two sources.</summary>
    public static RegistrySnapshot Base { get; } = new(Entries, 1);

    /// <summary>Registries that an edit may make of it: the town is moved, the army is found to be the side itself, one source to be the other.</summary>
    public static RegistrySnapshot[] Edited { get; } =
    [
        new([.. Entries.Select(entry => entry is { Entity: EntityKind.Region, Id: "town" } ? entry with { Parent = "world" } : entry)], 2),
        new([.. Entries.Select(entry => entry is { Entity: EntityKind.Actor, Id: "blue-army" } ? entry with { MergedInto = "blue" } : entry)], 2),
        new([.. Entries.Select(entry => entry is { Entity: EntityKind.Source, Id: "paper" } ? entry with { MergedInto = "wire" } : entry)], 2),
        new([.. Entries.Select(entry => entry is { Entity: EntityKind.Region, Id: "village" } ? entry with { MergedInto = "town" } : entry)], 2),
    ];

    private static RegistryEntry[] Entries =>
    [
        Entry(EntityKind.Actor, "red", "state"), Entry(EntityKind.Actor, "red-army", "military", "red"),
        Entry(EntityKind.Actor, "blue", "state"), Entry(EntityKind.Actor, "blue-army", "military", "blue"),
        Entry(EntityKind.Region, "world", "world"), Entry(EntityKind.Region, "land", "country", "world"),
        Entry(EntityKind.Region, "town", "city", "land"), Entry(EntityKind.Region, "village", "city", "land"),
        Entry(EntityKind.Source, "wire", "agency"), Entry(EntityKind.Source, "paper", "outlet"),
    ];

    private static RegistryEntry Entry(EntityKind entity, string id, string kind, string? parent = null) => new() { Entity = entity, Id = id, Name = id, Kind = kind, Parent = parent };
}
