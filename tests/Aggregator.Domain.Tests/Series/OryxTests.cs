using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Series;

/// <summary>R8, R9 and R22 on a real series: 616 snapshots of what a monitor confirmed, beside what a side claims.</summary>
public sealed class OryxTests
{
    private static readonly Voice Monitor = new(EntityKind.Source, "oryx");
    private static readonly DateOnly Day = new(2022, 12, 31);
    private readonly IReadOnlyList<Oryx.Row> _rows = Oryx.Rows();

    [Fact]
    public void AtTheEndOf2022_BothVoicesStandSideBySide()
    {
        var claims = _rows.Where(row => row is { Item: Item.Tank, Country: "russia" } && row.Day <= Day).SelectMany(Oryx.Claims)
            .Concat(GeneralStaff.Rows().Where(row => row.Item == Item.Tank && row.Day <= Day).Select(GeneralStaff.Claim));
        var tree = TreeOf(claims);

        foreach (var lines in new[] { tree.Region("ukraine").Lines(tree.Registry, []), tree.Region("world").Lines(tree.Registry, []), tree.Actor("russia").Lines(tree.Registry) })
        {
            var lost = lines.Single(line => line.Outcome == Outcome.Lost);
            Assert.Equal(
                [(new Voice(EntityKind.Actor, "ukraine"), Standing.Alleged, 3029L), (Monitor, Standing.Independent, 1594L)],
                lost.Positions.Select(position => (position.Voice, position.Standing, position.Figure.Best!.Value)));
            Assert.Equal((1594L, 1594L, 3029L), (lost.Estimate.Low, lost.Estimate.Best, lost.Estimate.High));
            Assert.Equal(
                [(Outcome.Captured, 529L), (Outcome.Destroyed, 934L), (Outcome.Damaged, 71L), (Outcome.Abandoned, 60L)],
                lines.Where(line => line.Outcome != Outcome.Lost).Select(line => (line.Outcome, line.Positions.Single().Figure.Best!.Value)));
        }
    }

    [Fact]
    public void WithoutItsOwnTotal_LostIsWhatItsOutcomesMake()
    {
        var tree = TreeOf(_rows.Where(row => row is { Item: Item.Tank, Country: "russia" } && row.Day == Day).SelectMany(Oryx.Claims).Where(one => one.Claim.Figure!.Outcome != Outcome.Lost));

        Assert.Equal(1594, tree.Region("ukraine").Lines(tree.Registry, []).Single(line => line.Outcome == Outcome.Lost).Positions.Single().Figure.Best);
    }

    [Fact]
    public void EveryFallOfTheRussianTanks_IsACorrection()
    {
        var tanks = _rows.Where(row => row is { Item: Item.Tank, Country: "russia" }).ToArray();
        Assert.Equal(616, tanks.Length);
        var falls = tanks.Zip(tanks.Skip(1)).Where(step => step.Second.Counts[Outcome.Lost] < step.First.Counts[Outcome.Lost]).ToArray();

        Assert.Equal(52, falls.Length);
        Assert.All(falls, step =>
        {
            var said = Cell.Fold(Lost(step.First).Concat(Lost(step.Second)), BundledRegistry.Snapshot)[Monitor].Tally.Series!;
            Assert.Equal((step.Second.Counts[Outcome.Lost], 0L, step.Second.Counts[Outcome.Lost] - step.First.Counts[Outcome.Lost]), (said.Total.Best, said.Added, said.Corrected));
        });

        static IEnumerable<Appearance> Lost(Oryx.Row row) => Oryx.Claims(row).Where(one => one.Claim.Figure!.Outcome == Outcome.Lost);
    }

    [Fact]
    public void TheWholeHistoryOfBothSides_InAnyOrder_EndsWithTheLastSnapshot()
    {
        var claims = _rows.SelectMany(Oryx.Claims).ToArray();
        var tree = TreeOf(claims);
        var ordered = Dump.Of(tree.Region("world").Update(tree.Registry));
        var lines = tree.Region("ukraine").Lines(tree.Registry, []);
        foreach (var side in new[] { "russia", "ukraine" })
        {
            var last = _rows.Last(row => row.Item == Item.Tank && row.Country == side);
            Assert.Equal(last.Counts[Outcome.Lost], lines.Single(line => line.Target == side && line is { Item: Item.Tank, Outcome: Outcome.Lost }).Positions.Single().Figure.Best);
        }

        new Random(11).Shuffle(claims);
        tree = TreeOf(claims);
        Assert.Equal(ordered, Dump.Of(tree.Region("world").Update(tree.Registry)));
    }

    private static Tree TreeOf(IEnumerable<Appearance> claims) =>
        new([.. claims.Select(one => new PlacedRecord(one.Position, new LogRecord.Added(one.Claim), one.Claim.ReportedAt))], BundledRegistry.Snapshot);
}
