using System.Globalization;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Series;

/// <summary>R6 and R14 on real incidents: 1,000 georeferenced events with low, best and high.</summary>
public sealed class UcdpTests
{
    private readonly List<Event> _events = Events();

    [Fact]
    public void PerCountryAndYear_TheSumsAreThoseComputedAlone()
    {
        Assert.Equal(1000, _events.Count);
        var sound = _events.Where(one => one.Low <= one.Best && one.Best <= one.High).ToArray();
        Assert.Equal(987, sound.Length);
        foreach (var year in sound.GroupBy(one => one.Year))
        {
            var tree = new Tree([.. year.Select(Record)], BundledRegistry.Snapshot);
            foreach (var country in year.GroupBy(one => one.Region))
            {
                var position = tree.Region(country.Key).Lines(tree.Registry, []).Single().Positions.Single();
                Assert.Equal((country.Key, Sum(country)), (country.Key, position.Figure));
            }

            Assert.Equal(Sum(year), tree.Region("world").Lines(tree.Registry, []).Single().Positions.Single().Figure);
        }

        static Bounds Sum(IEnumerable<Event> events) => new(events.Sum(one => one.Low), events.Sum(one => one.Best), events.Sum(one => one.High));
    }

    [Fact]
    public void BoundsOutOfOrder_AreRefusedWithTheirCode()
    {
        var broken = _events.Where(one => one.Low > one.Best || one.Best > one.High).ToArray();

        Assert.Equal(13, broken.Length);
        Assert.All(broken, one => Assert.Equal("claim.figure", Admit(one)?.Code));
        Assert.All(_events.Except(broken), one => Assert.Null(Admit(one)));
    }

    private static ClaimError? Admit(Event one) => ClaimAdmission.Admit(
        new ClaimDraft
        {
            Source = "ucdp",
            ReportedAt = new DateTimeOffset(2023, 6, 1, 0, 0, 0, TimeSpan.Zero),
            Region = new NameRef(one.Country),
            OccurredFrom = one.From,
            OccurredTo = one.To,
            Stance = "asserts",
            Incident = $"ucdp/{one.Id}",
            Figure = new FigureDraft { Item = "person", Outcome = "killed", Low = one.Low, Best = one.Best, High = one.High },
        },
        BundledRegistry.Snapshot,
        new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)).Error;

    private static PlacedRecord Record(Event one) => new(
        new LogPosition(0, long.Parse(one.Id, CultureInfo.InvariantCulture), 0),
        new LogRecord.Added(new Claim
        {
            Key = new ClaimKey("ucdp", one.Id),
            ContentHash = 1,
            Source = new EntityRef("ucdp", "UCDP"),
            ReportedAt = new DateTimeOffset(2023, 6, 1, 0, 0, 0, TimeSpan.Zero),
            Region = new EntityRef(one.Region, one.Country),
            Occurred = new Period(one.From, one.To),
            Incident = $"ucdp/{one.Id}",
            Figure = new Figure { Item = Item.Person, Outcome = Outcome.Killed, Bounds = new Bounds(one.Low, one.Best, one.High) },
        }),
        default);

    private static List<Event> Events()
    {
        var rows = Csv(File.ReadAllText(Repository.SharedData("ucdp_ged", "ucdpged.csv")));
        var columns = rows[0].Select((name, at) => (name, at)).ToDictionary(column => column.name, column => column.at, StringComparer.Ordinal);
        return [.. rows.Skip(1).Select(row =>
        {
            string Cell(string name) => row[columns[name]];
            long Number(string name) => long.Parse(Cell(name), CultureInfo.InvariantCulture);
            DateOnly Date(string name) => DateOnly.FromDateTime(DateTime.Parse(Cell(name), CultureInfo.InvariantCulture));
            return new Event(
                Cell("id"), (int)Number("year"), Cell("country"), BundledRegistry.Snapshot.Resolve(EntityKind.Region, Cell("country"))!.Id,
                Date("date_start"), Date("date_end"), Number("low"), Number("best"), Number("high"));
        })];
    }

    private static List<List<string>> Csv(string text)
    {
        var rows = new List<List<string>> { new() };
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (quoted)
            {
                if (character != '"')
                {
                    cell.Append(character);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    cell.Append('"');
                    at++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (character == '"')
            {
                quoted = true;
            }
            else if (character is ',' or '\n')
            {
                rows[^1].Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (character == '\n')
                {
                    rows.Add([]);
                }
            }
            else
            {
                cell.Append(character);
            }
        }

        rows.RemoveAll(row => row.Count < 10);
        return rows;
    }

    private sealed record Event(string Id, int Year, string Country, string Region, DateOnly From, DateOnly To, long Low, long Best, long High);
}
