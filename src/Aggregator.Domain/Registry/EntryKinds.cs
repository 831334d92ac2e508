namespace Aggregator.Domain.Registry;

/// <summary>What entries may be among entities of their kind.</summary>
public static class EntryKinds
{
    private static readonly string[] Actors = ["state", "military", "ministry", "rebel", "militia", "civilian", "monitor", "media", "igo", "ngo", "person"];
    private static readonly string[] Regions = ["country", "admin1", "area", "city"];
    private static readonly string[] Sources = ["agency", "outlet", "official", "monitor", "social"];

    /// <summary>The kinds that an edit may give; <c>world</c> is the kind of the root of all places alone.</summary>
    public static IReadOnlyList<string> Of(EntityKind entity) => entity switch
    {
        EntityKind.Actor => Actors,
        EntityKind.Region => Regions,
        EntityKind.Source => Sources,
        _ => throw new ArgumentOutOfRangeException(nameof(entity)),
    };
}
