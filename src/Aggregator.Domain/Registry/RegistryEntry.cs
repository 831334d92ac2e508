namespace Aggregator.Domain.Registry;

/// <summary>The three things Aggregator keeps an aggregate of.</summary>
public enum EntityKind : byte
{
    /// <summary>A party, body or person that acts, suffers or speaks.</summary>
    Actor = 1,

    /// <summary>A place.</summary>
    Region = 2,

    /// <summary>A publisher.</summary>
    Source = 3,
}

/// <summary>One actor, region or source as the registry knows it.</summary>
public sealed record RegistryEntry
{
    /// <summary>What it is.</summary>
    public required EntityKind Entity { get; init; }

    /// <summary>Stable slug, unique among its kind of entity (<c>karabakh</c>).</summary>
    public required string Id { get; init; }

    /// <summary>Display name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Actors: <c>state military ministry rebel militia civilian monitor media igo ngo person</c>;
    /// regions: <c>world country admin1 area city</c>; sources: <c>agency outlet official monitor social</c>;
    /// <c>unknown</c> for provisional entries.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>The entity this one is a part of (R14); null at the top.</summary>
    public string? Parent { get; init; }

    /// <summary>Actors: the id of the voice it speaks with where that is not the default (docs/rules.md); null = default.</summary>
    public string? Voice { get; init; }

    /// <summary>Other spellings; matched without case and diacritics.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Actors and regions: ISO 3166 alpha-2 of the country they belong to; null if none.</summary>
    public string? Country { get; init; }

    /// <summary>Regions: degrees north; null if unknown.</summary>
    public double? Latitude { get; init; }

    /// <summary>Regions: degrees east; null if unknown.</summary>
    public double? Longitude { get; init; }

    /// <summary>Regions: inhabitants, to prefer the larger of two namesakes; 0 if unknown.</summary>
    public long Population { get; init; }

    /// <summary>Regions: GeoNames id; null if unknown.</summary>
    public long? GeoNamesId { get; init; }

    /// <summary>Sources: the actor it speaks for; null if independent (docs/rules.md, voice).</summary>
    public string? Affiliation { get; init; }

    /// <summary>Sources: declared Admiralty reliability, <c>A</c>–<c>F</c>; null if not rated. Never mixed with the earned one (R17).</summary>
    public char? Rating { get; init; }

    /// <summary>The entry that this one was found to be the same as: its claims read as that one's; null if it stands for itself.</summary>
    public string? MergedInto { get; init; }

    /// <summary>Whether it was made from a name nobody knew.</summary>
    public bool Provisional { get; init; }
}
