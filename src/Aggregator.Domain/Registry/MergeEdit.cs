namespace Aggregator.Domain.Registry;

/// <summary>
/// Checks that an id can be merged into another, or apart from it again. Both may be provisional; whether claims know
/// them is for the caller to find out. Pure.
/// </summary>
public static class MergeEdit
{
    /// <summary>What merging makes of the id, or why it is not done; neither if it is merged so already.</summary>
    public static (RegistryOverride? Edit, RegistryRefusal? Refusal) Merge(RegistrySnapshot registry, EntityKind kind, string id, string into)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (id == into)
        {
            return Refuse(RefusalKind.Conflict, RegistryRefusalCodes.MergeSelf, $"{id} is itself already");
        }

        if (kind == EntityKind.Region && id == RegistrySnapshot.World)
        {
            return Refuse(RefusalKind.Conflict, RegistryRefusalCodes.World, "the world is a part of nothing");
        }

        if (Direct(registry, kind, id) is { } already)
        {
            return already == into ? (null, null) : Refuse(RefusalKind.Conflict, RegistryRefusalCodes.MergeMerged, $"{id} is merged into {already}; undo that first");
        }

        if (registry.Survivor(kind, into) == id)
        {
            return Refuse(RefusalKind.Conflict, RegistryRefusalCodes.MergeCycle, $"{into} is merged into {id}");
        }

        var made = new RegistryOverride(kind, id, registry.Override(kind, id)?.Entry, into);
        return registry.With([made], registry.Version + 1).FindFault(kind) is null
            ? (made, null)
            : Refuse(RefusalKind.Conflict, RegistryRefusalCodes.MergeCycle, $"{into} is a part of {id}, or speaks with its voice");
    }

    /// <summary>What undoing a merge makes of the id, or why it is not done.</summary>
    public static (RegistryOverride? Edit, RegistryRefusal? Refusal) Undo(RegistrySnapshot registry, EntityKind kind, string id, string into)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Direct(registry, kind, id) != into)
        {
            return Refuse(RefusalKind.Unknown, RegistryRefusalCodes.MergeNone, $"{id} is not merged into {into}");
        }

        // What nobody has registered is known by its name alone: as long as another has that, nobody could ask for it.
        if (registry.Find(kind, id) is null && registry.Holders(kind, NameFolding.Fold(id)) is [var holder, ..])
        {
            return Refuse(RefusalKind.Conflict, RegistryRefusalCodes.MergeNamed, $"{id} is a name of {holder.Id} by now; take it out of there first");
        }

        var made = new RegistryOverride(kind, id, registry.Override(kind, id)?.Entry, null);
        return registry.With([made], registry.Version + 1).FindFault(kind) is null
            ? (made, null)
            : Refuse(RefusalKind.Conflict, RegistryRefusalCodes.MergeCycle, $"{id} would be a part of itself again, or have no parent");
    }

    private static string? Direct(RegistrySnapshot registry, EntityKind kind, string id) =>
        registry.Override(kind, id) is { } edited ? edited.MergedInto : registry.Find(kind, id)?.MergedInto;

    private static (RegistryOverride?, RegistryRefusal?) Refuse(RefusalKind kind, string code, string message) => (null, new RegistryRefusal(kind, code, "", message));
}
