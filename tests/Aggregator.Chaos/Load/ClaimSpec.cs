using System.Globalization;
using System.Text.Json.Nodes;

namespace Aggregator.Chaos.Load;

/// <summary>
/// One claim of the load: so many of one item on a day and in a detail of its own, so that the best of every position is the sum of
/// the counts of the claims below it, and one that is missing or counts twice shows in every figure up to the root.
/// </summary>
internal sealed record ClaimSpec
{
    public required string Source { get; init; }

    public required string Id { get; init; }

    public required Theatre Theatre { get; init; }

    public required string Claimant { get; init; }

    public required string Target { get; init; }

    public required string Region { get; init; }

    public required DateOnly Day { get; init; }

    public required string Item { get; init; }

    public required string Detail { get; init; }

    public long Count { get; init; } = 1;

    public int Revision { get; init; }

    public string? Quote { get; init; }

    /// <summary>The report that it is found in; null for a claim that is sent as one.</summary>
    public ReportSpec? Report { get; init; }

    public string Key => $"{Source}/{Id}";

    /// <summary>Under what a view shows it: the item, and whose claim it is.</summary>
    public string Figure => $"{Item} {Theatre.Voice}";

    public string Json
    {
        get
        {
            var claim = new JsonObject
            {
                ["id"] = Id,
                ["source"] = Source,
                ["reportedAt"] = "2024-01-01T00:00:00Z",
                ["claimant"] = Claimant,
                ["target"] = Target,
                ["region"] = Region,
                ["occurred"] = new JsonObject { ["from"] = Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
                ["figure"] = new JsonObject { ["item"] = Item, ["outcome"] = "destroyed", ["low"] = Count, ["best"] = Count, ["high"] = Count, ["detail"] = Detail },
            };
            if (Revision > 0)
            {
                claim["revision"] = Revision;
            }

            if (Quote is not null)
            {
                claim["quote"] = Quote;
            }

            return claim.ToJsonString();
        }
    }
}
