namespace Aggregator.Domain.Registry;

/// <summary>What edits have made of one entry: all of it, so that the latest one stands for itself.</summary>
/// <param name="Entity">What it is.</param>
/// <param name="Id">Its slug.</param>
/// <param name="Entry">The entry as put, not merged; null if it is as it was shipped, or only a name that claims have used.</param>
/// <param name="MergedInto">What it was found to be the same as; null if it stands for itself.</param>
public sealed record RegistryOverride(EntityKind Entity, string Id, RegistryEntry? Entry, string? MergedInto);

/// <summary>What does not fit together in a registry.</summary>
public enum RegistryFaultKind
{
    /// <summary>An entry's parent is not in the registry.</summary>
    ParentUnknown,

    /// <summary>An entry contains itself, or lies deeper than any tree of places or bodies is.</summary>
    ParentCycle,

    /// <summary>An actor speaks, by way of others, with its own voice.</summary>
    VoiceCycle,
}

/// <summary>An entry that does not fit into its registry.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Entity">What it is.</param>
/// <param name="Id">Its slug.</param>
public sealed record RegistryFault(RegistryFaultKind Kind, EntityKind Entity, string Id)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        RegistryFaultKind.ParentUnknown => $"{Entity} {Id}: its parent is not in the registry",
        RegistryFaultKind.VoiceCycle => $"{Entity} {Id}: its voices form a cycle",
        _ => $"{Entity} {Id}: its parents form a cycle",
    };
}
