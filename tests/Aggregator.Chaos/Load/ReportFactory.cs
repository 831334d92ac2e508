using System.Globalization;
using System.Text.Json.Nodes;

namespace Aggregator.Chaos.Load;

/// <summary>A document as it is published.</summary>
/// <param name="Source">Who published it.</param>
/// <param name="Url">Where; the same for all that it ever said there.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="Text">What it says.</param>
internal sealed record ReportSpec(string Source, string Url, DateTimeOffset PublishedAt, string Text)
{
    public string Json => new JsonObject
    {
        ["source"] = Source,
        ["url"] = Url,
        ["title"] = "Losses",
        ["publishedAt"] = PublishedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["text"] = Text,
    }.ToJsonString();
}

/// <summary>
/// Makes reports from their numbers, in words that are read in one way only, and says which claims are in them. Their ids follow from the text: a host that is asked what
/// it would take, and takes nothing, says them.
/// </summary>
internal static class ReportFactory
{
    /// <summary>The item that reports speak of, and nobody else: its figures fall where a report is replaced.</summary>
    public const string Item = "armoured-vehicle";

    private static readonly string[] Numbers = ["two", "three", "four", "five", "six", "seven", "eight", "nine"];
    private static readonly DateOnly FirstDay = new(2002, 1, 1);

    private static readonly Desk[] Desks =
    [
        new(Theatre.All[0], "The Armenian defence ministry", "armenia-ministry-of-defence", "Azerbaijani", "azerbaijan", ("Fizuli", "fizuli"), ("Hadrut", "hadrut")),
        new(Theatre.All[1], "The Ukrainian defence ministry", "ukraine-ministry-of-defence", "Russian", "russia", ("Bakhmut", "bakhmut"), ("Avdiivka", "avdiivka")),
    ];

    /// <summary>A report of two claims, on a day of its own; what replaces it has another figure for the first, and says nothing of the second.</summary>
    /// <param name="number">Of the report.</param>
    /// <param name="replaces">Whether it is the later text.</param>
    public static (ReportSpec Report, ClaimSpec[] Claims) Make(int number, bool replaces)
    {
        var desk = Desks[number % Desks.Length];
        var day = FirstDay.AddDays(number);
        var (first, second) = (2 + (number % 5) + (replaces ? 3 : 0), 2 + (number / 5 % 8));
        var on = day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        var text = $"{desk.Speaker} said that {Numbers[first - 2]} {desk.Whose} armoured vehicles were destroyed near {desk.Near.Name} on {on}.";
        if (!replaces)
        {
            text += $" It said that {Numbers[second - 2]} {desk.Whose} armoured vehicles were destroyed near {desk.Far.Name} on {on}.";
        }

        var published = new DateTimeOffset(day.AddDays(1), new TimeOnly(replaces ? 9 : 6, 0), TimeSpan.Zero);
        var report = new ReportSpec(ClaimFactory.RetractableSource, string.Create(CultureInfo.InvariantCulture, $"https://chaos.example/{number}"), published, text);
        return (report, replaces ? [Claim(desk.Near.Id, first)] : [Claim(desk.Near.Id, first), Claim(desk.Far.Id, second)]);

        ClaimSpec Claim(string region, int count) => new()
        {
            Source = report.Source,
            Id = "",
            Theatre = desk.Theatre,
            Claimant = desk.Claimant,
            Target = desk.Target,
            Region = region,
            Day = day,
            Item = Item,
            Detail = "",
            Count = count,
            Report = report,
        };
    }

    /// <summary>The claims of a report with the ids that a host says they have; null if it reads something else in it.</summary>
    public static ClaimSpec[]? Identify(ClaimSpec[] claims, JsonObject answer)
    {
        var read = answer["claims"]!.AsArray();
        return read.Count == claims.Length && claims.Zip(read).All(static pair => Says(pair.First, pair.Second!))
            ? [.. claims.Zip(read, static (claim, one) => claim with { Id = (string)one!["id"]! })]
            : null;
    }

    private static bool Says(ClaimSpec claim, JsonNode read) =>
        ((string?)read["source"], (string?)read["claimant"]?["id"], (string?)read["target"]?["id"], (string?)read["region"]?["id"], (string?)read["occurred"]?["from"])
            == (claim.Source, claim.Claimant, claim.Target, claim.Region, claim.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        && ((string?)read["figure"]?["item"], (string?)read["figure"]?["outcome"], (long?)read["figure"]?["best"], (string?)read["figure"]?["basis"]) == (claim.Item, "destroyed", claim.Count, "incident");

    private sealed record Desk(Theatre Theatre, string Speaker, string Claimant, string Whose, string Target, (string Name, string Id) Near, (string Name, string Id) Far);
}
