using System.Globalization;
using Aggregator.Domain.Claims;

namespace Aggregator.Simulation.Feeding;

/// <summary>The reports that senders send: few, each with some texts, of which the last one was published before the one that comes first.</summary>
internal static class Reports
{
    public const int Texts = 3;

    private static readonly DateTimeOffset Start = new(2024, 5, 2, 8, 0, 0, TimeSpan.Zero);

    // By text: which of the source's claims are found in it.
    private static readonly int[][] Found = [[0, 1], [1, 2], []];

    /// <summary>What a report is acknowledged under.</summary>
    public static ClaimKey Key(ReportText text) => new(text.Source, "report " + text.Address);

    /// <summary>A text of the one report of a source, and the claims that are found in it.</summary>
    /// <param name="source">The source.</param>
    /// <param name="keys">How many keys are sent: claims of others are not found.</param>
    /// <param name="number">Which text.</param>
    public static (ReportText Text, Claim[] Claims) Of(string source, int keys, int number)
    {
        int[] own = [.. Enumerable.Range(0, keys).Where(key => Claims.Key(key).Source == source)];
        Claim[] claims = [.. Found[number].Where(at => at < own.Length).Select(at => Claims.Of(own[at], 0))];
        return (new ReportText
        {
            Source = source,
            SourceId = source,
            Address = "front",
            TextHash = (UInt128)(5000 + number),
            PublishedAt = Start.AddHours(number == Texts - 1 ? -1 : number),
            Claims = [.. claims.Select(claim => claim.Key)],
        }, claims);
    }

    /// <summary>A text, for people.</summary>
    public static string Name(ReportText text) => string.Create(CultureInfo.InvariantCulture, $"text {text.TextHash} of {text.Source}");
}
