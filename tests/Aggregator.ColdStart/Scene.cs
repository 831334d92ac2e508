using Aggregator.Domain.Registry;

namespace Aggregator.ColdStart;

/// <summary>Where the claims take place: some wars of two sides each, and the places of their countries, most claims in a few.</summary>
internal sealed class Scene
{
    private const int PlacesPerCountry = 300;
    private const double Steepness = 0.8;

    private static readonly (string Country, string One, string Other)[] Wars =
    [
        ("ukraine", "ukraine", "russia"), ("azerbaijan", "azerbaijan", "armenia"), ("syria", "syria", "turkey"),
        ("israel", "israel", "hamas"), ("sudan", "sudan", "chad"), ("yemen", "yemen", "saudi-arabia"),
    ];

    private readonly Place[] _places;
    private readonly double[] _upTo;

    public Scene(RegistrySnapshot registry)
    {
        Registry = registry;
        // What is said of a place that holds others would be more or less than they say (R14).
        var byCountry = registry.All(EntityKind.Region).Where(place => registry.Children(EntityKind.Region, place.Id).Count == 0).GroupBy(place => Top(registry, place.Id), StringComparer.Ordinal).ToDictionary(group => group.Key, StringComparer.Ordinal);
        var chosen = Wars.Where(war => byCountry.ContainsKey(war.Country) && IsSide(war.One) && IsSide(war.Other)).Select(war => byCountry[war.Country]
            .OrderByDescending(place => place.Population).ThenBy(place => place.Id, StringComparer.Ordinal).Take(PlacesPerCountry)
            .Select(place => new Place(place.Id, war.One, war.Other)).ToArray()).ToArray();

        // The first places of all countries first: the war of one country is not that much greater than that of the next.
        _places = [.. Enumerable.Range(0, PlacesPerCountry).SelectMany(at => chosen.Where(places => at < places.Length).Select(places => places[at]))];
        var sum = 0.0;
        _upTo = [.. _places.Select((_, at) => sum += 1 / Math.Pow(at + 1, Steepness))];

        bool IsSide(string id) => registry.Find(EntityKind.Actor, id) is { Parent: null, Voice: null };
    }

    public RegistrySnapshot Registry { get; }

    public int Places => _places.Length;

    /// <summary>The place of a number from 0 to 1.</summary>
    public Place Pick(double number)
    {
        var found = Array.BinarySearch(_upTo, number * _upTo[^1]);
        return _places[Math.Min(found < 0 ? ~found : found, _places.Length - 1)];
    }

    private static string Top(RegistrySnapshot registry, string id)
    {
        for (var at = id; ;)
        {
            if (registry.Parent(EntityKind.Region, at) is not { } parent || parent == RegistrySnapshot.World)
            {
                return at;
            }

            at = parent;
        }
    }
}

/// <summary>A place, and who fights there.</summary>
internal sealed record Place(string Id, string One, string Other);
