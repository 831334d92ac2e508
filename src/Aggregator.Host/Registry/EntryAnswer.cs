using Aggregator.Domain.Registry;

namespace Aggregator.Host.Registry;

/// <summary>Where a place lies.</summary>
/// <param name="Latitude">Degrees north.</param>
/// <param name="Longitude">Degrees east.</param>
public sealed record LocationAnswer(double Latitude, double Longitude);

/// <summary>An entry as the registry holds it. A PUT takes it back as it is.</summary>
public sealed record EntryAnswer
{
    /// <summary>Its slug; never changes.</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>Other spellings.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>What it is.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of what it is a part of; null at the top, and of sources.</summary>
    public string? Parent { get; init; }

    /// <summary>Actors: id of the voice it speaks with; null for the default of its kind.</summary>
    public string? Voice { get; init; }

    /// <summary>Regions: where it lies; null if unknown.</summary>
    public LocationAnswer? Location { get; init; }

    /// <summary>Sources: id of the actor it speaks for; null if none decides what it says.</summary>
    public string? Affiliation { get; init; }

    /// <summary>Sources: declared reliability, A to F; null if not rated.</summary>
    public string? Rating { get; init; }

    /// <summary>ISO 3166 code of its country; follows from the parent.</summary>
    public string? Country { get; init; }

    /// <summary>Regions: inhabitants; 0 if unknown. Not edited.</summary>
    public long Population { get; init; }

    /// <summary>Regions: GeoNames id; null if unknown. Not edited.</summary>
    public long? GeoNamesId { get; init; }

    /// <summary>Id of what it is merged into; null if it stands for itself. Merged and undone by merge-into.</summary>
    public string? MergedInto { get; init; }

    internal static EntryAnswer Of(RegistryEntry entry) => new()
    {
        Id = entry.Id,
        Name = entry.Name,
        Aliases = entry.Aliases,
        Kind = entry.Kind,
        Parent = entry.Parent,
        Voice = entry.Voice,
        Location = entry is { Latitude: { } latitude, Longitude: { } longitude } ? new LocationAnswer(latitude, longitude) : null,
        Affiliation = entry.Affiliation,
        Rating = entry.Rating?.ToString(),
        Country = entry.Country,
        Population = entry.Population,
        GeoNamesId = entry.GeoNamesId,
        MergedInto = entry.MergedInto,
    };
}

/// <summary>What became of a PUT.</summary>
/// <param name="Entry">The entry as it stands now.</param>
/// <param name="RegistryVersion">The registry's version with it, as views name the one they were made under.</param>
/// <param name="Applied">With <c>wait=applied</c>: whether the views of the entity and of its parents show it; null otherwise.</param>
public sealed record EntryEdited(EntryAnswer Entry, long RegistryVersion, bool? Applied);

/// <summary>What became of a merge, or of its undoing.</summary>
/// <param name="Id">What was merged, or stands for itself again.</param>
/// <param name="MergedInto">What it reads as; null once undone.</param>
/// <param name="RegistryVersion">The registry's version with it.</param>
/// <param name="Applied">With <c>wait=applied</c>: whether the views of both show it; null otherwise.</param>
public sealed record MergeAnswer(string Id, string? MergedInto, long RegistryVersion, bool? Applied);
