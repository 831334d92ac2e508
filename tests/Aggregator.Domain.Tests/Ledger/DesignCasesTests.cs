using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>The cases that stand beside the rules, with their numbers, and their edges; those of one part of the ledger are with it.</summary>
public sealed class DesignCasesTests
{
    private static readonly Voice Red = Say.Actor("red");

    [Fact]
    public void R1_EqualTimes_TheGreatestSourceThenIdStands()
    {
        Assert.Equal(5, Say.Value(Red, Day(5, source: "wire"), Day(4, source: "paper")).Best);
        Assert.Equal(4, Say.Value(Red, Day(5, source: "wire", id: "a"), Day(4, source: "wire", id: "b")).Best);
    }

    [Fact]
    public void R1_TotalsOfOneTimeAndDay_TheGreatestSourceStands() =>
        Assert.Equal(368, Say.Value(Red, Say.Total("red", 416, "2020-10-05", source: "paper"), Say.Total("red", 368, "2020-10-05", source: "wire")).Best);

    [Fact]
    public void R5_OneMinistryStatementThroughAnAgencyThreeReprintsAndATranslation_IsOneOfFiveAppearancesAndOneOrigin()
    {
        var said = Say.Fold(
            Red,
            [
                Day(4, source: "wire"),
                .. new[] { "site-1", "site-2", "site-3", "translation" }.Select((site, at) => Day(4, source: site, origin: "wire", reported: $"2024-05-01T1{3 + at}:00Z")),
            ]);

        Assert.Equal((Bounds.Exactly(4), 5), (said.Tally.Value, said.Provenance.Appearances));
        Assert.Equal(["wire"], said.Provenance.Origins);
    }

    [Fact]
    public void R6_TenResidentsAmongThemTwoChildren_AreTen() => Assert.Equal(
        Bounds.Exactly(10),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(10), Item.Civilian, Outcome.Killed, on: "2024-05-01", report: "u"),
            Say.Figure("red", Bounds.Exactly(2), Item.Civilian, Outcome.Killed, on: "2024-05-01", report: "u", detail: "children", relates: RelationKind.Part)));

    [Fact]
    public void R6_FourTanksThenFiveAnHourLater_AreFourFiveFiveAndNotNine() =>
        Assert.Equal(new Bounds(4, 5, 5), Say.Value(Red, Day(4, source: "wire"), Day(5, source: "paper", reported: "2024-05-01T13:00Z")));

    [Fact]
    public void R6_ThreeDaysEightyWithADayOfFour_AreEighty_WhicheverComesLate() => Assert.Equal(
        Bounds.Exactly(80),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(4), on: "2020-09-28", reported: "2020-12-01T12:00Z"),
            Say.Figure("red", Bounds.Exactly(80), on: "2020-09-27", until: "2020-09-29", reported: "2020-09-30T04:00Z")));

    [Fact]
    public void R6_ContainmentOfPeriods_HoldsAcrossPlaces()
    {
        var tree = new Tree(
        [
            Say.Figure("red", Bounds.Exactly(80), region: "province", on: "2020-09-27", until: "2020-09-29"),
            Say.Figure("red", Bounds.Exactly(4), region: "town", on: "2020-09-28"),
            Say.Figure("red", Bounds.Exactly(3), region: "village", on: "2020-10-01"),
        ]);

        Assert.Equal(83, Position(tree.Region("land").Lines(Say.Registry, []), Outcome.Destroyed).Figure.Best);
    }

    [Fact]
    public void R7_ATotalThatComesLate_TakesInTheIncidentsBeforeIt()
    {
        Appearance[] claims = [Say.Figure("red", Bounds.Exactly(10), on: "2020-10-08"), Say.Figure("red", Bounds.Exactly(7), on: "2020-10-06")];

        Assert.Equal(17, Say.Value(Red, claims).Best);
        Assert.Equal(260, Say.Value(Red, [.. claims, Say.Total("red", 250, "2020-10-07", reported: "2020-12-01T12:00Z")]).Best);
    }

    [Fact]
    public void R7_AnIncidentOfTheTotalsOwnDay_IsInside_ThatEndsAfter_Adds()
    {
        Assert.Equal(250, Say.Value(Red, Say.Total("red", 250, "2020-10-07"), Say.Figure("red", Bounds.Exactly(10), on: "2020-10-07")).Best);
        Assert.Equal(260, Say.Value(Red, Say.Total("red", 250, "2020-10-07"), Say.Figure("red", Bounds.Exactly(10), on: "2020-10-07", until: "2020-10-08")).Best);
    }

    [Fact]
    public void R8_AFallThenARise_ShowsTheRiseAlone()
    {
        var said = Say.Fold(Red, Say.Total("red", 3700, "2024-11-29"), Say.Total("red", 3617, "2024-11-30", correction: -85), Say.Total("red", 3620, "2024-12-01"));

        Assert.Equal((3620L, 3L, 0L), (said.Tally.Value.Best, said.Tally.Series!.Added, said.Tally.Series.Corrected));
    }

    [Fact]
    public void R9_OverFiveHundredAndFiftyCasualtiesBesideSixteenOwnKilled_AreTwoLines()
    {
        var lines = new Tree(
        [
            Say.Figure("red", new Bounds(551, 551, null), Item.Combatant, Outcome.Casualties, on: "2024-05-01"),
            Say.Figure("blue", Bounds.Exactly(16), Item.Combatant, Outcome.Killed, on: "2024-05-01", source: "paper"),
        ]).Region("town").Lines(Say.Registry, []);

        Assert.Equal(
            [(Outcome.Killed, Standing.Admitted, Bounds.Exactly(16), Bounds.Exactly(16) with { Best = null }), (Outcome.Casualties, Standing.Alleged, new Bounds(551, 551, null), new Bounds(0, null, null))],
            lines.Select(line => (line.Outcome, line.Positions.Single().Standing, line.Positions.Single().Figure, line.Estimate)));
    }

    [Fact]
    public void R9_NobodyGivesANumber_TheEstimateIsOpenFromNothing() => Assert.Equal(
        new Bounds(0, null, null),
        new Tree([Say.Figure("red", Bounds.Unnumbered, on: "2024-05-01")]).Region("town").Lines(Say.Registry, []).Single(line => line.Outcome == Outcome.Destroyed).Estimate);

    [Fact]
    public void R11_AnUnnumberedTotal_LeavesTheDatedFigures() => Assert.Equal(
        Bounds.Exactly(4),
        Say.Value(Red, Day(4), Say.Figure("red", Bounds.Unnumbered, basis: Basis.Cumulative, asOf: "2024-05-09")));

    [Fact]
    public void R14_ProvinceFortyAndItsTownTwentyFive_AreForty_FifteenUnallocated()
    {
        var position = Province(("province", 40, "2024-10-01"), ("town", 25, "2024-10-01"));

        Assert.Equal((40L, 15L, null, false), (position.Figure.Best, position.Unallocated, position.Floor, position.Inconsistent));
    }

    [Fact]
    public void R14_ProvinceFortyAndItsTownFortyFive_AreForty_WithAFloorOfFortyFive()
    {
        var position = Province(("province", 40, "2024-10-01"), ("town", 45, "2024-10-01"));

        Assert.Equal((40L, null, Bounds.Exactly(45), true), (position.Figure.Best, position.Unallocated, position.Floor!.Value, position.Inconsistent));
    }

    [Fact]
    public void R14_ProvinceAHundredAndItsTownTwoHundredAndFiftySixDaysLater_AreTwoHundredAndFifty() =>
        Assert.Equal(250, Province(("province", 100, "2024-10-01"), ("town", 250, "2024-10-07")).Figure.Best);

    [Fact]
    public void R14_AnArmysTotalBelowItsStatesDay_DoesNotStandForIt_BesideATown()
    {
        Appearance[] province =
        [
            Say.Figure("red", Bounds.Exactly(300), region: "province", on: "2024-09-28"),
            Say.Total("red", 250, "2024-10-01", since: "2024-09-27", region: "province", target: "blue-army"),
        ];
        var alone = Position(new Tree(province).Region("province").Lines(Say.Registry, []), Outcome.Destroyed);
        var beside = Position(new Tree([.. province, Say.Figure("red", Bounds.Exactly(1), on: "2024-09-28")]).Region("province").Lines(Say.Registry, []), Outcome.Destroyed);

        Assert.Equal((300L, 300L), (alone.Figure.Best, beside.Figure.Best));
        Assert.Equal((null, null), (alone.Added, beside.Added));
    }

    [Fact]
    public void R14_TotalsOfTwoBodies_AddUpAndAreNoOneSeries_BesideATown()
    {
        var position = Position(
            new Tree(
            [
                Say.Total("red", 100, "2024-10-01", region: "province", target: "blue-army"),
                Say.Total("red", 50, "2024-10-01", region: "province", target: "blue-navy"),
                Say.Figure("red", Bounds.Exactly(1), on: "2024-09-28"),
            ]).Region("province").Lines(Say.Registry, []),
            Outcome.Destroyed);

        Assert.Equal((150L, null, null), (position.Figure.Best, position.Added, position.Corrected));
    }

    [Fact]
    public void R14_WhatADetailLacksOfTheWhole_IsNotUnallocated()
    {
        var model = Say.Total("red", 4, "2024-10-01");
        var position = Position(
            new Tree([Say.Total("red", 10, "2024-10-01"), model with { Claim = model.Claim with { Figure = model.Claim.Figure! with { Detail = "T-72" } } }]).Region("town").Lines(Say.Registry, []),
            Outcome.Destroyed);

        Assert.Equal((10L, null, false), (position.Figure.Best, position.Unallocated, position.Inconsistent));
    }

    [Fact]
    public void R14_AClaimWithoutPlaceAndTarget_IsOfTheWorldAndOfNoOne()
    {
        var one = Say.Figure("red", Bounds.Exactly(4), target: null, on: "2024-05-01");
        var tree = new Tree([one with { Claim = one.Claim with { Region = null } }, Say.Figure("red", Bounds.Exactly(3), on: "2024-05-01")]);

        Assert.Equal(
            [(null, 4L), ("blue", 3L)],
            tree.Region("world").Lines(Say.Registry, []).Where(line => line.Outcome == Outcome.Destroyed).Select(line => (line.Target, line.Positions.Single().Figure.Best!.Value)));
        Assert.Single(tree.Region("town").Lines(Say.Registry, []), line => line.Outcome == Outcome.Destroyed);
    }

    [Fact]
    public void R20_Evidence_IsNewestFirstAndTheNewestThirtyTwo()
    {
        var evidence = Say.Fold(Red, [.. Enumerable.Range(0, 40).Select(minute => Day(4, source: $"site-{minute:d2}", origin: "wire", reported: $"2024-05-01T12:{minute:d2}Z", id: "x"))]).Provenance;

        Assert.Equal((40, 32, "site-39/x", "site-08/x"), (evidence.Appearances, evidence.Evidence.Count, evidence.Evidence[0].Claim.ToString(), evidence.Evidence[^1].Claim.ToString()));
    }

    private static Appearance Day(long count, string source = "wire", string? id = null, string? origin = null, string reported = "2024-05-01T12:00Z") =>
        Say.Figure("red", Bounds.Exactly(count), on: "2024-05-01", source: source, id: id, origin: origin, reported: reported);

    private static Position Province(params (string Region, long Total, string AsOf)[] totals) => Position(
        new Tree(totals.Select(one => Say.Total("red", one.Total, one.AsOf, region: one.Region))).Region("province").Lines(Say.Registry, []), Outcome.Destroyed);

    private static Position Position(IEnumerable<Line> lines, Outcome outcome) => lines.Single(line => line.Outcome == outcome).Positions.Single();
}
