using System.Text.Json;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Series;

/// <summary>
/// The Ukrainian General Staff's daily totals of Russian losses as claims: a published row is a total of its day, whatever
/// its word.
/// </summary>
internal static class GeneralStaff
{
    public const string Voice = "ukraine";
    private static readonly DateOnly WarBegan = new(2022, 2, 24);
    private static readonly DateOnly Merged = new(2022, 5, 1);

    /// <summary>The item of each published column, and the detail where one item has two columns.</summary>
    private static readonly Dictionary<string, (Item Item, string? Detail)> Columns = new(StringComparer.Ordinal)
    {
        ["tank"] = (Item.Tank, null),
        ["APC"] = (Item.ArmouredVehicle, null),
        ["field artillery"] = (Item.Artillery, null),
        ["MRL"] = (Item.Mlrs, null),
        ["anti-aircraft warfare"] = (Item.AirDefence, null),
        ["aircraft"] = (Item.Aircraft, null),
        ["helicopter"] = (Item.Helicopter, null),
        ["drone"] = (Item.Drone, null),
        ["cruise missiles"] = (Item.Missile, null),
        ["naval ship"] = (Item.Ship, null),
        ["submarines"] = (Item.Submarine, null),
        ["vehicles and fuel tanks"] = (Item.Vehicle, null),
        ["military auto"] = (Item.Vehicle, "military-auto"),
        ["fuel tank"] = (Item.Vehicle, "fuel-tank"),
        ["special equipment"] = (Item.SpecialEquipment, null),
        ["mobile SRBM system"] = (Item.SpecialEquipment, "mobile-srbm-system"),
        ["ground robotic systems"] = (Item.GroundRobot, null),
        ["personnel"] = (Item.Combatant, null),
    };

    /// <summary>One published number.</summary>
    public sealed record Row(DateOnly Day, string Column, long Count, bool Open, long? Correction)
    {
        public Item Item => Columns[Column].Item;

        public string? Detail => Columns[Column].Detail;
    }

    /// <summary>Every published number, by day.</summary>
    public static IReadOnlyList<Row> Rows()
    {
        var corrections = Read("equipment_correction").ToDictionary(Day);
        return
        [
            .. Read("equipment").SelectMany(row => Columns.Keys.Where(column => column != "personnel").Select(column => (row, column)))
                .Concat(Read("personnel").Select(row => (row, column: "personnel")))
                .Where(one => Number(one.row, one.column) is not null)
                .Select(one => new Row(
                    Day(one.row),
                    one.column,
                    Number(one.row, one.column)!.Value,
                    one.column == "personnel" && one.row.GetProperty("personnel*").GetString() == "more",
                    corrections.TryGetValue(Day(one.row), out var correction) && Number(correction, one.column) is { } stated and not 0 ? stated : null))
                .OrderBy(row => row.Day),
        ];
    }

    public static Appearance Claim(Row row, int at)
    {
        var day = row.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return new Appearance(
            new Claim
            {
                Key = new ClaimKey("general-staff-of-ukraine", $"gs-{day}/{row.Column}"),
                ContentHash = (UInt128)at,
                Source = new EntityRef("general-staff-of-ukraine", "general-staff-of-ukraine"),
                ReportedAt = new DateTimeOffset(row.Day.ToDateTime(new TimeOnly(6, 0)), TimeSpan.Zero),
                Claimant = Ref(EntityKind.Actor, "General Staff of Ukraine"),
                Target = Ref(EntityKind.Actor, "Russian Armed Forces"),
                Region = Ref(EntityKind.Region, "Ukraine"),
                Figure = new Figure
                {
                    Item = row.Item,
                    Outcome = row.Column == "personnel" ? Outcome.Casualties : Outcome.Lost,
                    Bounds = new Bounds(row.Count, row.Count, row.Open ? null : row.Count),
                    Basis = Basis.Cumulative,
                    Since = WarBegan,
                    AsOf = row.Day,
                    Detail = row.Detail,
                    Correction = row.Correction,
                    Supersedes = row.Column == "vehicles and fuel tanks" && row.Day == Merged ? ["vehicle/military-auto", "vehicle/fuel-tank"] : [],
                },
            },
            new LogPosition(0, at + 1, 0));
    }

    public static EntityRef Ref(EntityKind kind, string name) => new(BundledRegistry.Snapshot.Resolve(kind, name)!.Id, name);

    private static JsonElement[] Read(string name)
    {
        using var file = File.OpenRead(Repository.SharedData("ua_general_staff", $"russia_losses_{name}.json"));
        return JsonSerializer.Deserialize<JsonElement[]>(file)!;
    }

    private static DateOnly Day(JsonElement row) => DateOnly.ParseExact(row.GetProperty("date").GetString()!, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static long? Number(JsonElement row, string column) =>
        row.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.Number ? (long)value.GetDouble() : null;
}
