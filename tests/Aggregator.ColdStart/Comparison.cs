using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Domain.Claims;

namespace Aggregator.ColdStart;

/// <summary>Holds every view of a host against the tally.</summary>
internal sealed class Comparison(Tally tally, HttpClient client)
{
    private const int Shown = 20;
    private static readonly Dictionary<string, Item> Items = new(StringComparer.Ordinal)
    {
        ["tank"] = Item.Tank, ["drone"] = Item.Drone, ["artillery"] = Item.Artillery, ["combatant"] = Item.Combatant, ["civilian"] = Item.Civilian, ["apc"] = Item.Apc,
    };

    private readonly List<string> _differences = [];

    /// <summary>How many views and figures were looked at, and what is not as it must be.</summary>
    public async Task<(int Views, int Figures, IReadOnlyList<string> Differences)> CompareAsync()
    {
        var figures = await LinesAsync("regions", tally.Regions, tally.InRegions) + await LinesAsync("actors", tally.Actors, tally.OnActors);
        foreach (var (source, claims) in tally.Sources)
        {
            var view = await GetAsync($"/v1/sources/{source}");
            Hold($"sources/{source} claims", claims, Number(view?["claims"]?["total"]));
            Hold($"sources/{source} corrections", tally.Corrections.GetValueOrDefault(source), Number(view?["corrections"]));
            Hold($"sources/{source} retractions", tally.Retractions.GetValueOrDefault(source), Number(view?["retractions"]));
        }

        return (tally.Regions.Count + tally.Actors.Count + tally.Sources.Count, figures, _differences);
    }

    private async Task<int> LinesAsync(string plural, Dictionary<string, long> claims, Dictionary<Told, long> expected)
    {
        var byOwner = expected.GroupBy(pair => pair.Key.Owner, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToDictionary(), StringComparer.Ordinal);
        foreach (var (owner, count) in claims)
        {
            var view = await GetAsync($"/v1/{plural}/{owner}?limit=10000");
            Hold($"{plural}/{owner} claims", count, Number(view?["claims"]?["total"]));
            var left = byOwner.GetValueOrDefault(owner) ?? [];
            foreach (var line in view?["lines"]?.AsArray() ?? [])
            {
                if ((string)line!["outcome"]! == "lost" || !Items.TryGetValue((string)line["item"]!, out var item) || (string?)line["target"]?["id"] is not { } target)
                {
                    continue;
                }

                foreach (var position in line["positions"]!.AsArray())
                {
                    var told = new Told(owner, target, item, (string)position!["voice"]!["id"]!);
                    left.Remove(told, out var sum);
                    Hold($"{plural}/{owner} {target} {item} by {told.Voice}", sum, Number(position["best"]));
                }
            }

            foreach (var (told, sum) in left)
            {
                Hold($"{plural}/{owner} {told.Target} {told.Item} by {told.Voice}", sum, null);
            }
        }

        return expected.Count;
    }

    private void Hold(string what, long expected, long? shown)
    {
        if (expected != (shown ?? 0))
        {
            if (_differences.Count < Shown)
            {
                Console.WriteLine($"  {what}: {shown?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} for {expected}");
            }

            _differences.Add(what);
        }
    }

    private static long? Number(JsonNode? node) => node?.GetValue<long>();

    private async Task<JsonNode?> GetAsync(string path)
    {
        using var response = await client.GetAsync(path);
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync()) : null;
    }
}
