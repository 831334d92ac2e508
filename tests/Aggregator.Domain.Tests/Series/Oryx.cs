using System.Globalization;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Series;

/// <summary>
/// Oryx's snapshots of visually confirmed losses as claims: per class the four outcomes and, as lost, the total that the page
/// states. Types are renamed over time; those that are sentences or sums of all are no classes.
/// </summary>
internal static class Oryx
{
    /// <summary>How the types begin, the longest that fits wins; the type itself is the detail but for the plain classes.</summary>
    private static readonly (string Type, Item Item, bool Plain)[] Types =
    [
        ("tanks", Item.Tank, true), ("armoured fighting vehicles", Item.ArmouredVehicle, false), ("infantry fighting vehicles", Item.Ifv, true),
        ("armoured personnel carriers", Item.Apc, true), ("mine-resistant ambush protected", Item.ArmouredVehicle, false), ("infantry mobility vehicles", Item.ArmouredVehicle, false),
        ("communications stations", Item.SpecialEquipment, false), ("command posts and communications stations", Item.SpecialEquipment, false),
        ("engineering vehicles", Item.SpecialEquipment, false), ("artillery support vehicles and equipment", Item.SpecialEquipment, false), ("jammers and deception systems", Item.SpecialEquipment, false),
        ("radars", Item.SpecialEquipment, false), ("anti-tank guided missiles", Item.SpecialEquipment, false), ("self-propelled anti-tank missile systems", Item.ArmouredVehicle, false),
        ("heavy mortars", Item.Artillery, false), ("towed artillery", Item.Artillery, false), ("self-propelled artillery", Item.Artillery, false),
        ("multiple rocket launchers", Item.Mlrs, true), ("rocket and missile artillery", Item.Mlrs, true),
        ("anti-aircraft guns", Item.AirDefence, false), ("self-propelled anti-aircraft guns", Item.AirDefence, false), ("surface-to-air missile systems", Item.AirDefence, false), ("man-portable air defence systems", Item.AirDefence, false),
        ("aircraft", Item.Aircraft, true), ("helicopters", Item.Helicopter, true), ("unmanned combat aerial vehicles", Item.Drone, false), ("reconnaissance unmanned aerial vehicles", Item.Drone, false), ("unmanned aerial vehicles", Item.Drone, false),
        ("naval ships", Item.Ship, true), ("trucks, vehicles", Item.Vehicle, false), ("logistics trains", Item.Vehicle, false), ("unmanned ground vehicles", Item.GroundRobot, true),
    ];

    /// <summary>One class of one side in one snapshot.</summary>
    public sealed record Row(DateOnly Day, string Country, string Type, Item Item, string? Detail, IReadOnlyDictionary<Outcome, long> Counts);

    /// <summary>All rows of classes, in the order of the file.</summary>
    public static IReadOnlyList<Row> Rows()
    {
        // Names run over a line in quotes and hold commas; the columns before and after them do not.
        var text = File.ReadAllText(Repository.SharedData("oryx", "totals_by_type_history.csv")).ReplaceLineEndings("\n");
        var rows = new List<Row>();
        foreach (var line in text.Replace("\n\"", "\"", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var cells = line.Split(',');
            var type = string.Join(',', cells[3..^5]).Trim('"', ' ').ToLowerInvariant();
            if (Types.Where(known => type.StartsWith(known.Type, StringComparison.Ordinal) && !type.Contains('(', StringComparison.Ordinal)).OrderByDescending(known => known.Type.Length).FirstOrDefault() is not { Type: { } name } found)
            {
                continue;
            }

            rows.Add(new Row(
                DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture),
                cells[2].ToLowerInvariant(),
                name,
                found.Item,
                found.Plain ? null : name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal),
                new Dictionary<Outcome, long>
                {
                    [Outcome.Destroyed] = Number(cells[^5]),
                    [Outcome.Abandoned] = Number(cells[^4]),
                    [Outcome.Captured] = Number(cells[^3]),
                    [Outcome.Damaged] = Number(cells[^2]),
                    [Outcome.Lost] = Number(cells[^1]),
                }));
        }

        return rows;
    }

    public static IEnumerable<Appearance> Claims(Row row) => row.Counts.Select(pair => new Appearance(
        new Claim
        {
            Key = new ClaimKey("oryx", $"{row.Day:yyyy-MM-dd}/{row.Country}/{row.Type}/{pair.Key}"),
            ContentHash = 1,
            Source = new EntityRef("oryx", "Oryx"),
            ReportedAt = new DateTimeOffset(row.Day.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero),
            Target = new EntityRef(row.Country, row.Country),
            Region = new EntityRef("ukraine", "Ukraine"),
            Figure = new Figure
            {
                Item = row.Item,
                Outcome = pair.Key,
                Bounds = Bounds.Exactly(pair.Value),
                Basis = Basis.Cumulative,
                Since = new DateOnly(2022, 2, 24),
                AsOf = row.Day,
                Detail = row.Detail,
            },
        },
        new LogPosition(1, 1, 0)));

    private static long Number(string cell) => (long)double.Parse(cell, CultureInfo.InvariantCulture);
}
