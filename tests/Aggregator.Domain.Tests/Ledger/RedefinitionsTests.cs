using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R16: classes that take over others, within an item and across items.</summary>
public sealed class RedefinitionsTests
{
    [Fact]
    public void Fold_ClassThatTakesOverOthers_AddsWhatItHasBeyondThem()
    {
        var said = Say.Fold(
            Say.Actor("red"),
            Class(1701, "2024-04-30", "military-auto"),
            Class(76, "2024-04-30", "fuel-tank"),
            Class(1796, "2024-05-01", null, "tank/military-auto", "tank/fuel-tank"));

        Assert.Equal((1796L, 19L, 0L), (said.Tally.Value.Best, said.Tally.Series!.Added, said.Tally.Series.Corrected));
        Assert.All(said.Details.Values, detail => Assert.True(detail.Superseded));
    }

    [Fact]
    public void Fold_LaterTotalOfAClassTakenOver_IsFlaggedAndNotAdded()
    {
        var said = Say.Fold(
            Say.Actor("red"),
            Class(1701, "2024-04-30", "military-auto"),
            Class(1796, "2024-05-01", "vehicles-and-fuel-tanks", "tank/military-auto"),
            Class(1900, "2024-05-05", "military-auto"));

        Assert.Equal(1796, said.Tally.Value.Best);
        Assert.Equal((1900L, true), (said.Details["military-auto"].Value.Best, said.Details["military-auto"].Superseded));
        Assert.False(said.Details["vehicles-and-fuel-tanks"].Superseded);
    }

    [Theory]
    [InlineData("2024-05-01T06:00Z")]
    [InlineData("2024-05-09T06:00Z")]
    public void Fold_ClassTakenOverTwice_TheFirstTakeoverHolds_WhateverCameFirst(string reported)
    {
        var first = Class(110, "2024-05-01", "a", "tank/military-auto");
        var said = Say.Fold(
            Say.Actor("red"),
            Class(100, "2024-04-30", "military-auto"),
            first with { Claim = first.Claim with { ReportedAt = Say.Time(reported) } },
            Class(120, "2024-05-05", "b", "tank/military-auto"),
            Say.Figure("red", Bounds.Exactly(7), on: "2024-05-03", detail: "military-auto"));

        Assert.Equal(237, said.Tally.Value.Best);
        Assert.Equal((10L, 0L), (said.Details["a"].Series!.Added, said.Details["b"].Series!.Added));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ucdp/1")]
    public void Fold_WhatHappenedBeforeTheTakeover_IsInTheTotalThatTookOver(string? incident) => Assert.Equal(
        110,
        Say.Value(
            Say.Actor("red"),
            Say.Figure("red", Bounds.Exactly(7), on: "2024-04-28", detail: "military-auto", incident: incident),
            Class(110, "2024-05-01", "a", "tank/military-auto")).Best);

    [Fact]
    public void Fold_TotalOfTheDayOfTheTakeover_IsNotBeforeIt()
    {
        var said = Say.Fold(
            Say.Actor("red"),
            Class(1701, "2024-04-30", "military-auto"),
            Class(1720, "2024-05-01", "military-auto"),
            Class(1796, "2024-05-01", null, "tank/military-auto"));

        Assert.Equal((1796L, 95L), (said.Tally.Value.Best, said.Tally.Series!.Added));
    }

    [Fact]
    public void AcrossItems_TheClassThatTakesOverAddsWhatItHasBeyondTheOthers()
    {
        var tree = new Tree(
        [
            Class(1701, "2024-04-30", "military-auto", Item.Vehicle),
            Class(76, "2024-04-30", "fuel-tank", Item.Vehicle),
            Class(1796, "2024-05-01", null, Item.SpecialEquipment, "vehicle/military-auto", "vehicle/fuel-tank"),
            Class(1710, "2024-05-02", "military-auto", Item.Vehicle),
        ]);

        foreach (var lines in new[] { tree.Actor("blue").Lines(Say.Registry), tree.Region("land").Lines(Say.Registry, []) })
        {
            var (taking, taken) = (PositionOf(lines, Item.SpecialEquipment), PositionOf(lines, Item.Vehicle));
            Assert.Equal((1796L, 19L, 0L), (taking.Figure.Best, taking.Added, taking.Corrected));
            Assert.False(taking.Superseded);
            Assert.True(taken.Superseded);
            Assert.All(taken.Details.Values, detail => Assert.True(detail.Superseded));
            Assert.Equal(1786, taken.Figure.Best);
        }
    }

    [Fact]
    public void AcrossItems_WhatIsLeftOfAnItemCounts()
    {
        var tree = new Tree(
        [
            Class(1701, "2024-04-30", "military-auto", Item.Vehicle),
            Class(300, "2024-04-30", "bus", Item.Vehicle),
            Class(1720, "2024-05-01", null, Item.SpecialEquipment, "vehicle/military-auto"),
        ]);

        var left = PositionOf(tree.Actor("blue").Lines(Say.Registry), Item.Vehicle);

        Assert.Equal((300L, false), (left.Figure.Best, left.Superseded));
        Assert.Equal([("bus", false), ("military-auto", true)], left.Details.Select(pair => (pair.Key, pair.Value.Superseded)));
    }

    [Fact]
    public void AcrossItems_TakenOverInATownAlone_TheProvinceStillCounts()
    {
        var vehicles = Class(1701, "2024-04-30", null, Item.Vehicle);
        var tree = new Tree(
        [
            vehicles,
            vehicles with { Claim = vehicles.Claim with { Key = new ClaimKey("wire", "province"), Region = new EntityRef("province", "province") } },
            Class(1720, "2024-05-01", null, Item.SpecialEquipment, "vehicle"),
        ]);

        Assert.True(PositionOf(tree.Region("town").Lines(Say.Registry, []), Item.Vehicle).Superseded);
        Assert.False(PositionOf(tree.Region("province").Lines(Say.Registry, []), Item.Vehicle).Superseded);
    }

    [Fact]
    public void AcrossItems_AnotherVoiceTakesNothingOver()
    {
        var others = Say.Figure("watch", Bounds.Exactly(5), Item.SpecialEquipment, Outcome.Lost, basis: Basis.Cumulative, asOf: "2024-05-01", supersedes: ["vehicle"]);
        var tree = new Tree([Class(1701, "2024-04-30", null, Item.Vehicle), others]);

        Assert.False(PositionOf(tree.Actor("blue").Lines(Say.Registry), Item.Vehicle).Superseded);
    }

    [Fact]
    public void AcrossItems_ARetractionOfTheTakeover_BringsTheClassBack()
    {
        var (vehicles, taking) = (Class(1701, "2024-04-30", null, Item.Vehicle).Claim, Class(1720, "2024-05-01", null, Item.SpecialEquipment, "vehicle").Claim);
        var region = new RegionAggregate("town");
        Apply(1, new LogRecord.Added(vehicles));
        var told = Apply(2, new LogRecord.Added(taking));
        Assert.True(Vehicles().Tally.Superseded);
        Assert.Contains(told, line => line.Item == Item.Vehicle);

        told = Apply(3, new LogRecord.Retracted(new Retraction(taking.Key, taking.Source.Id), taking, new LogPosition(0, 2, 0)));

        Assert.False(Vehicles().Tally.Superseded);
        Assert.Contains(told, line => line.Item == Item.Vehicle);

        LineKey[] Apply(long sequence, LogRecord record) =>
            [.. region.Book.Apply(new PlacedRecord(new LogPosition(0, sequence, 0), record, vehicles.ReportedAt)).SelectMany(bucket => region.LinesOf(bucket, Say.Registry))];

        VoiceTally Vehicles() => region.Total(new LineKey("blue", Item.Vehicle, Outcome.Lost, null), Say.Registry)[new Voice(EntityKind.Actor, "red")];
    }

    private static Position PositionOf(IEnumerable<Line> lines, Item item) => Assert.Single(Assert.Single(lines, line => line.Item == item).Positions);

    private static Appearance Class(long total, string asOf, string? detail, params string[] supersedes) =>
        Say.Figure("red", Bounds.Exactly(total), basis: Basis.Cumulative, asOf: asOf, since: "2024-01-01", reported: asOf + "T06:00Z", detail: detail, supersedes: supersedes);

    private static Appearance Class(long total, string asOf, string? detail, Item item, params string[] supersedes) =>
        Say.Figure("red", Bounds.Exactly(total), item, Outcome.Lost, basis: Basis.Cumulative, asOf: asOf, since: "2024-01-01", reported: asOf + "T06:00Z", detail: detail, supersedes: supersedes);
}
