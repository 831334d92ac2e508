using System.Text.Json.Nodes;

namespace Aggregator.Host.Tests.Running;

/// <summary>Reads views as tests look at them.</summary>
internal static class Views
{
    /// <summary>Every view there is, without what lies outside R1: version, appliedAt and the counts of resends, corrections and retractions.</summary>
    public static async Task<string> AllAsync(RunningHost host)
    {
        var all = new JsonObject();
        foreach (var plural in new[] { "actors", "regions", "sources" })
        {
            // By id: a name that nobody registered is in the list only once the row is written.
            foreach (var id in (await IdsAsync(host, plural).ToListAsync()).Order(StringComparer.Ordinal))
            {
                var view = await host.GetAsync($"/v1/{plural}/{id}");
                foreach (var outside in new[] { "version", "appliedAt", "duplicates", "corrections", "retractions", "reports" })
                {
                    view.Remove(outside);
                }

                // What rests on the counts of corrections and retractions.
                foreach (var outside in new[] { "letter", "mean", "n", "corrected", "retracted" })
                {
                    (view["trackRecord"] as JsonObject)?.Remove(outside);
                }

                all[$"{plural}/{id}"] = view;
            }
        }

        return all.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
    }

    /// <summary>The ids that a list names.</summary>
    public static async IAsyncEnumerable<string> IdsAsync(RunningHost host, string plural)
    {
        var page = await host.GetAsync($"/v1/{plural}?sort=name&limit=1000");
        foreach (var item in page["items"]!.AsArray())
        {
            yield return (string)item!["id"]!;
        }
    }

    public static JsonObject Line(this JsonObject view, string? target, string item, string outcome) => view["lines"]!.AsArray()
        .Select(line => line!.AsObject())
        .Single(line => (string?)line["target"]?["id"] == target && (string)line["item"]! == item && (string)line["outcome"]! == outcome);

    public static JsonObject Position(this JsonObject line, string voice) =>
        line["positions"]!.AsArray().Select(position => position!.AsObject()).Single(position => (string)position["voice"]!["id"]! == voice);

    public static (long? Low, long? Best, long? High) Figure(this JsonObject figure) => ((long?)figure["low"], (long?)figure["best"], (long?)figure["high"]);
}
