namespace Aggregator.Domain.Registry;

/// <summary>An entry as somebody wants it to be; nothing in it is checked.</summary>
public sealed record EntryDraft
{
    /// <summary>Display name.</summary>
    public string? Name { get; init; }

    /// <summary>Other spellings.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What it is among entities of its kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Id or name of what it is a part of; null for none, which is the world for places.</summary>
    public string? Parent { get; init; }

    /// <summary>Actors: id or name of the voice it speaks with; null for the default.</summary>
    public string? Voice { get; init; }

    /// <summary>Places: degrees north; null if unknown.</summary>
    public double? Latitude { get; init; }

    /// <summary>Places: degrees east; null if unknown.</summary>
    public double? Longitude { get; init; }

    /// <summary>Sources: id or name of the actor it speaks for; null for none.</summary>
    public string? Affiliation { get; init; }

    /// <summary>Sources: declared reliability, A to F; null for none.</summary>
    public string? Rating { get; init; }
}
