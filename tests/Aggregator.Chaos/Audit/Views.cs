using System.Text.Json.Nodes;
using Aggregator.Chaos.Load;

namespace Aggregator.Chaos.Audit;

/// <summary>Reads views as the audit looks at them.</summary>
internal static class Views
{
    private static readonly string[] OutsideOfLog = ["version", "appliedAt", "registryVersion", "duplicates"];
    private static readonly string[] Outside = [.. OutsideOfLog, "corrections", "retractions", "reports"];
    private static readonly string[] OutsideOfRecord = ["letter", "mean", "n", "corrected", "retracted"];

    /// <summary>Every entity that claims of the load concern, as a path.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Theatre.Regions.Select(id => "/v1/regions/" + id), .. Theatre.Actors.Select(id => "/v1/actors/" + id), .. ClaimFactory.SourceNames.Select(id => "/v1/sources/" + id),
    ];

    /// <summary>The figures of what was destroyed, by item and voice, over all lines of a view.</summary>
    public static Dictionary<string, long> Destroyed(JsonObject view) => Summed(view, "best");

    /// <summary>How many claims stand behind those figures.</summary>
    public static Dictionary<string, long> Appearances(JsonObject view) => Summed(view, "appearances");

    /// <summary>How often the entity had been read from its row: the first part of its version (protocol, rule 13).</summary>
    public static long Epoch(JsonObject view) => (long)view["version"]! >> 32;

    private static Dictionary<string, long> Summed(JsonObject view, string what)
    {
        var figures = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in view["lines"]?.AsArray() ?? [])
        {
            if ((string?)line!["outcome"] == "destroyed")
            {
                foreach (var position in line["positions"]!.AsArray())
                {
                    var key = $"{line["item"]} {position!["voice"]!["id"]}";
                    figures[key] = figures.GetValueOrDefault(key) + ((long?)position[what] ?? 0);
                }
            }
        }

        return figures;
    }

    /// <summary>
    /// A view without what depends on how claims came and not on which they are (R1): version, appliedAt and the counts of resends,
    /// corrections, retractions and reports, and the track record where it rests on those counts.
    /// </summary>
    public static JsonObject Comparable(JsonObject view)
    {
        var copy = Without(view, Outside);
        foreach (var name in OutsideOfRecord)
        {
            (copy["trackRecord"] as JsonObject)?.Remove(name);
        }

        return copy;
    }

    /// <summary>An answer without what the log does not fix: when and in what steps it was folded, under how many versions of the registry, and counts of resends that are not written yet.</summary>
    public static JsonObject OfLog(JsonObject answer) => Without(answer, OutsideOfLog);

    /// <summary>The first place where two views differ, with both values.</summary>
    public static string? Difference(JsonNode? one, JsonNode? other, string path = "")
    {
        if (JsonNode.DeepEquals(one, other))
        {
            return null;
        }

        return (one, other) switch
        {
            (JsonObject left, JsonObject right) => left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key))
                .Select(name => Difference(left[name], right[name], $"{path}.{name}")).First(found => found is not null),
            (JsonArray left, JsonArray right) when left.Count == right.Count => left.Select((value, at) => Difference(value, right[at], $"{path}[{at}]")).First(found => found is not null),
            (JsonArray left, JsonArray right) => $"{path} has {left.Count} entries and not {right.Count}",
            _ => $"{path} is {Short(one)} and not {Short(other)}",
        };
    }

    private static JsonObject Without(JsonObject answer, string[] names)
    {
        var copy = answer.DeepClone().AsObject();
        foreach (var name in names)
        {
            copy.Remove(name);
        }

        return copy;
    }

    private static string Short(JsonNode? node) => node?.ToJsonString() is not { } text ? "null" : text.Length > 120 ? text[..120] + "…" : text;
}
