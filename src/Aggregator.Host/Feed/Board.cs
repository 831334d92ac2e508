using System.Globalization;
using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Host.Feed;

/// <summary>Prints who claims what about whom, where, with standing and estimate: a row for each position in a place.</summary>
internal sealed class Board(IGrainFactory grains)
{
    private const int RegionsAskedAtOnce = 64;
    private static readonly string[] Head = ["where", "about", "what", "voice", "standing", "figure", "days", "estimate", "denied by"];

    /// <summary>The board of the regions among the entities, by their number of claims.</summary>
    public async Task PrintAsync(IEnumerable<EntityKey> touched, TextWriter output)
    {
        var regions = new List<RegionView?>();
        foreach (var some in touched.Where(entity => entity.Kind == EntityKind.Region).Chunk(RegionsAskedAtOnce))
        {
            regions.AddRange(await Task.WhenAll(some.Select(region => grains.GrainOf<IRegionGrain>(region.Id).GetViewAsync(null))));
        }

        var rows = regions
            .OfType<RegionView>()
            .OrderByDescending(region => region.Claims.Total)
            .ThenBy(region => region.Id, StringComparer.Ordinal)
            .SelectMany(region => region.Lines.SelectMany(line => line.Positions.Where(position => !IsRepeated(region, line, position)).Select(position => Row(region, line, position))).Concat(region.Control.Positions.Select(position => Row(region, position))))
            .ToList();
        Table.Write(output, Head, rows);
    }

    // What is lost in one way alone is lost just so: one row says it (R22).
    private static bool IsRepeated(RegionView region, LineView line, PositionView position) =>
        line.Outcome == Slug.Of(Outcome.Lost) && region.Lines.Any(part =>
            part.Target?.Id == line.Target?.Id && part.Item == line.Item && part.Outcome != line.Outcome
            && part.Positions.Any(other => other.Voice.Id == position.Voice.Id && (other.Low, other.Best, other.High) == (position.Low, position.Best, position.High)));

    private static string[] Row(RegionView region, LineView line, PositionView position) =>
    [
        region.Name,
        line.Target?.Name ?? "–",
        $"{line.Item} {line.Outcome}",
        position.Voice.Name,
        position.Standing,
        position is { Low: null, Best: null, High: null } ? "no number" : Figure(position.Low, position.Best, position.High),
        Days(position.Since, position.AsOf),
        Figure(line.Estimate.Low, line.Estimate.Best, line.Estimate.High),
        string.Join(", ", position.DeniedBy),
    ];

    private static string[] Row(RegionView region, ControlPositionView position) =>
    [
        region.Name,
        "–",
        $"held by {position.Holder.Name}",
        position.Voice.Name,
        region.Control.Status,
        "–",
        Days(position.Since, null),
        "–",
        string.Join(", ", position.DeniedBy),
    ];

    private static string Figure(long? low, long? best, long? high) => low is not null && low == best && best == high
        ? Number(best)
        : low is null && best is null && high is null ? "–"
        : $"{Number(low)}/{Number(best)}/{Number(high)}";

    private static string Number(long? number) => number?.ToString("#,0", CultureInfo.InvariantCulture) ?? "?";

    private static string Days(DateOnly? since, DateOnly? asOf) => since == asOf || asOf is null || since is null
        ? Day(asOf ?? since)
        : $"{Day(since)}..{Day(asOf)}";

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";
}

/// <summary>A plain-text table.</summary>
internal static class Table
{
    /// <summary>Writes the rows under their heads, each column as wide as its widest cell.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string> head, IReadOnlyCollection<IReadOnlyList<string>> rows)
    {
        var widths = head.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        WriteRow(head);
        WriteRow([.. widths.Select(width => new string('-', width))]);
        foreach (var row in rows)
        {
            WriteRow(row);
        }

        void WriteRow(IReadOnlyList<string> row) =>
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
