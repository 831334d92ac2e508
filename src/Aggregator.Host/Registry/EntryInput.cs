using System.ComponentModel.DataAnnotations;

namespace Aggregator.Host.Registry;

// What the API's description says of an entry's body. EntryJson reads it; a test holds the fields of both together.

/// <summary>Degrees, WGS 84.</summary>
internal sealed record LocationInput
{
    /// <summary>North, from -90 to 90.</summary>
    [Required]
    public double Latitude { get; init; }

    /// <summary>East, from -180 to 180.</summary>
    [Required]
    public double Longitude { get; init; }
}

/// <summary>
/// An entry of the registry, whole: what is left out it has no more. What GET answers may be sent back as it is; `id`, `country`,
/// `population`, `geoNamesId` and `mergedInto` then say what is so already. Fields that are not listed are refused.
/// </summary>
internal sealed record EntryInput
{
    /// <summary>Display name.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>
    /// Actors: state, military, ministry, rebel, militia, civilian, monitor, media, igo, ngo or person; regions: country, admin1, area
    /// or city; sources: agency, outlet, official, monitor or social.
    /// </summary>
    [Required]
    public string Kind { get; init; } = "";

    /// <summary>Other spellings, matched without case and diacritics. None may belong to another entry.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Actors and regions: id or name of what it is a part of. A region's is the world if left out.</summary>
    public string? Parent { get; init; }

    /// <summary>Actors: id or name of the voice it speaks with. Left out, the parent's for the bodies and persons of a side, else its own.</summary>
    public string? Voice { get; init; }

    /// <summary>Regions: where it lies.</summary>
    public LocationInput? Location { get; init; }

    /// <summary>Sources: id or name of the actor that decides what it says.</summary>
    public string? Affiliation { get; init; }

    /// <summary>Sources: declared reliability, A to F. Stands beside the earned one.</summary>
    public string? Rating { get; init; }

    /// <summary>As the path has it.</summary>
    public string? Id { get; init; }

    /// <summary>Follows from the parent.</summary>
    public string? Country { get; init; }

    /// <summary>Not edited.</summary>
    public long? Population { get; init; }

    /// <summary>Not edited.</summary>
    public long? GeoNamesId { get; init; }

    /// <summary>Merged and undone by merge-into.</summary>
    public string? MergedInto { get; init; }
}
