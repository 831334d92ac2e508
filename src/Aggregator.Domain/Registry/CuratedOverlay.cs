namespace Aggregator.Domain.Registry;

/// <summary>Lays entries written by hand over generated ones of the same id.</summary>
internal static class CuratedOverlay
{
    private const char Drop = '-';

    /// <summary>One entry per kind of entity and id, in the order of their first mention; a later mention has the say.</summary>
    public static IReadOnlyList<RegistryEntry> Apply(IReadOnlyList<RegistryEntry> entries)
    {
        var merged = new List<RegistryEntry>(entries.Count);
        var positions = new Dictionary<(EntityKind Entity, string Id), int>(entries.Count);
        foreach (var entry in entries)
        {
            if (positions.TryGetValue((entry.Entity, entry.Id), out var at))
            {
                merged[at] = Merge(merged[at], entry);
            }
            else
            {
                positions[(entry.Entity, entry.Id)] = merged.Count;
                merged.Add(entry);
            }
        }

        return merged;
    }

    // The generated name stays findable as an alias: it is how GeoNames spells the place.
    private static RegistryEntry Merge(RegistryEntry under, RegistryEntry over)
    {
        var dropped = over.Aliases.Where(alias => alias[0] == Drop).Select(NameFolding.Fold).ToHashSet(StringComparer.Ordinal);
        return under with
        {
            Name = over.Name,
            Kind = over.Kind,
            Parent = over.Parent ?? under.Parent,
            Voice = over.Voice ?? under.Voice,
            Aliases = [.. over.Aliases.Where(alias => alias[0] != Drop)
                .Concat(under.Aliases.Append(under.Name).Where(alias => !dropped.Contains(NameFolding.Fold(alias))))],
            Country = over.Country ?? under.Country,
            Latitude = over.Latitude ?? under.Latitude,
            Longitude = over.Longitude ?? under.Longitude,
            Population = over.Population > 0 ? over.Population : under.Population,
            GeoNamesId = over.GeoNamesId ?? under.GeoNamesId,
            Affiliation = over.Affiliation ?? under.Affiliation,
            Rating = over.Rating ?? under.Rating,
        };
    }
}
