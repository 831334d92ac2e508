using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Series;

/// <summary>R7, R8, R16 and R19 on a real series: 1,626 days of published totals.</summary>
public sealed class GeneralStaffTests
{
    private static readonly Voice Ukraine = new(EntityKind.Actor, GeneralStaff.Voice);
    private readonly IReadOnlyList<GeneralStaff.Row> _rows = GeneralStaff.Rows();

    /// <summary>Every day of every class: half a minute, so by hand.</summary>
    [Fact(Explicit = true)]
    public void AsOfEveryDay_ThePublishedTotalsStand() => Parallel.ForEach(_rows.GroupBy(row => row.Item), item => AsOf(item, static _ => true));

    /// <summary>Every day of the tanks; of the other classes the days around corrections and every 29th.</summary>
    [Fact]
    public void AsOfADay_ThePublishedTotalsStand()
    {
        Assert.Equal(1626, _rows.Select(row => row.Day).Distinct().Count());
        var corrected = _rows.Where(row => row.Correction is not null).SelectMany(row => new[] { row.Day.AddDays(-1), row.Day }).ToHashSet();
        Parallel.ForEach(
            _rows.GroupBy(row => row.Item),
            item => AsOf(item, day => item.Key == Item.Tank || day.DayNumber % 29 == 0 || day == _rows[^1].Day || (day < new DateOnly(2022, 6, 1)) || corrected.Contains(day)));
    }

    private static void AsOf(IGrouping<Item, GeneralStaff.Row> item, Func<DateOnly, bool> chosen)
    {
        var claims = item.Select(GeneralStaff.Claim).ToArray();
        var known = 0;
        foreach (var day in item.GroupBy(row => row.Day))
        {
            known += day.Count();
            if (!chosen(day.Key))
            {
                continue;
            }

            // The class without detail is the whole where it is published; before that its details are.
            var said = Cell.Fold(claims.Take(known), BundledRegistry.Snapshot)[Ukraine];
            var whole = day.Where(row => row.Detail is null).Select(row => (long?)row.Count).SingleOrDefault();
            Assert.Equal((day.Key, whole ?? day.Sum(row => row.Count)), (day.Key, said.Tally.Value.Best));
            Assert.Equal(day.Key, said.Tally.AsOf);
        }
    }

    [Fact]
    public void EveryDownwardStep_ShowsAsACorrection()
    {
        var falls = 0;
        foreach (var (before, row, said) in Steps())
        {
            if (row.Count < before.Count)
            {
                falls++;
                Assert.True(said.Corrected < 0, $"{row}");
            }

            Assert.Equal(row.Correction ?? Math.Min(0, row.Count - before.Count), said.Corrected);
            Assert.Equal(row.Count - before.Count, said.Added + said.Corrected);
        }

        // Of these, 2024-11-30 and 2025-10-03 have two classes each.
        Assert.Equal(13, falls);
    }

    [Fact]
    public void ACorrectionOnARisingDay_IsTakenFromWhatWasAdded()
    {
        var (before, row, said) = Steps().Single(step => step.Row is { Column: "field artillery" } && step.Row.Day == new DateOnly(2022, 10, 13));

        Assert.Equal((32L, row.Count - before.Count - 32), (said.Corrected, said.Added));
    }

    [Fact]
    public void SpecialEquipment_FallsByItsStatedCorrection()
    {
        var (_, _, said) = Steps().Single(step => step.Row is { Column: "special equipment" } && step.Row.Day == new DateOnly(2024, 11, 30));

        Assert.Equal((3617L, 2L, -85L), (said.Total.Best, said.Added, said.Corrected));
    }

    [Fact]
    public void MoreThanWhatWasAboutThat_MovesOnlyTheAsOf()
    {
        var rows = _rows.Where(row => row is { Column: "personnel", Count: 11000 }).ToArray();
        var said = Cell.Fold(_rows.Where(row => row.Column == "personnel" && row.Day <= rows[^1].Day).Select(GeneralStaff.Claim), BundledRegistry.Snapshot)[Ukraine];

        Assert.Equal([(new DateOnly(2022, 3, 6), false), (new DateOnly(2022, 3, 7), true)], rows.Select(row => (row.Day, row.Open)));
        Assert.Equal((Bounds.Exactly(11000), new DateOnly(2022, 3, 7)), (said.Tally.Value, said.Tally.AsOf));
    }

    [Fact]
    public void SpecialEquipmentAsOfTheDayBefore_IsStill3700()
    {
        var tree = Tree.Of(_rows.Where(row => row.Column == "special equipment").Select(GeneralStaff.Claim), BundledRegistry.Snapshot);
        var past = new Domain.Aggregates.RegionAggregate("ukraine");
        tree.Region("ukraine").Book.CopyTo(past.Book, new DateTimeOffset(2024, 11, 29, 23, 59, 59, TimeSpan.Zero));

        Assert.Equal(3700, past.Lines(BundledRegistry.Snapshot, []).Single().Positions.Single().Figure.Best);
    }

    [Fact]
    public void TheMergedClass_TakesOverTheTwo()
    {
        var vehicles = _rows.Where(row => row.Item == Item.Vehicle && row.Day <= new DateOnly(2022, 5, 1)).Select(GeneralStaff.Claim);
        var said = Cell.Fold(vehicles, BundledRegistry.Snapshot)[Ukraine];

        Assert.Equal((1796L, 19L, 0L), (said.Tally.Value.Best, said.Tally.Series!.Added, said.Tally.Series.Corrected));
        Assert.All(said.Details.Values, detail => Assert.True(detail.Superseded));
    }

    [Fact]
    public void TheWholeSeriesInAnyOrder_GivesTheSameLines()
    {
        var claims = _rows.Select(GeneralStaff.Claim).ToArray();
        var ordered = Lines(claims);
        new Random(7).Shuffle(claims);

        Assert.Equal(ordered, Lines(claims));

        static string Lines(Appearance[] claims)
        {
            var tree = new Tree([.. claims.Select(one => new Domain.Log.PlacedRecord(one.Position, new Domain.Log.LogRecord.Added(one.Claim), one.Claim.ReportedAt))], BundledRegistry.Snapshot);
            return Dump.Of(tree.Region("world").Update(tree.Registry)) + Dump.Of(tree.Actor("russia").Update(tree.Registry)) + Dump.Of(tree.Actor("ukraine").Update(tree.Registry));
        }
    }

    /// <summary>Each published number after the first of its column, with the number before it and what the fold makes of the two.</summary>
    private IEnumerable<(GeneralStaff.Row Before, GeneralStaff.Row Row, RunningTotal Said)> Steps()
    {
        foreach (var column in _rows.Where(row => row.Column != "vehicles and fuel tanks" || row.Day > new DateOnly(2022, 5, 1)).GroupBy(row => row.Column))
        {
            foreach (var (before, row) in column.Zip(column.Skip(1)))
            {
                yield return (before, row, Cell.Fold([GeneralStaff.Claim(before, 0), GeneralStaff.Claim(row, 1)], BundledRegistry.Snapshot)[Ukraine] is var said
                    && row.Detail is { } detail ? said.Details[detail].Series! : said.Tally.Series!);
            }
        }
    }
}
