using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R7 and R8.</summary>
public sealed class RunningTotalsTests
{
    private static readonly Voice Red = Say.Actor("red");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fold_TwoTotals_TheLatestAsOfStandsInEitherOrder(bool reversed)
    {
        Appearance[] claims = [Say.Total("red", 368, "2020-10-05", reported: "2020-10-05T18:00Z"), Say.Total("red", 416, "2020-10-07", reported: "2020-10-07T18:00Z")];
        var said = Say.Fold(Red, reversed ? [claims[1], claims[0]] : claims);

        Assert.Equal(Bounds.Exactly(416), said.Tally.Value);
        Assert.Equal(48, said.Tally.Series!.Added);
        Assert.Equal(0, said.Tally.Series.Corrected);
    }

    [Fact]
    public void ALowerBoundAlone_ThatSaysNoMoreThanWhatStands_MovesOnlyTheAsOf()
    {
        var said = Say.Fold(
            Say.Actor("red"),
            Say.Total("red", 410, "2024-05-10"),
            Say.Figure("red", new Bounds(400, null, null), basis: Basis.Cumulative, asOf: "2024-05-11", reported: "2024-05-30T12:00Z"));

        Assert.Equal((Bounds.Exactly(410), Say.Day("2024-05-11"), 0L), (said.Tally.Value, said.Tally.AsOf!.Value, said.Tally.Series!.Corrected!.Value));
    }

    [Fact]
    public void Fold_IncidentsAfterATotal_AddAndThoseInsideDoNot()
    {
        Appearance[] claims =
        [
            Say.Total("red", 250, "2020-10-07", since: "2020-09-27"),
            Say.Figure("red", Bounds.Exactly(10), on: "2020-10-08"),
            Say.Figure("red", Bounds.Exactly(7), on: "2020-10-06"),
        ];

        Assert.Equal(Bounds.Exactly(260), Say.Value(Red, claims));
        Assert.Equal(Bounds.Exactly(262), Say.Value(Red, [.. claims, Say.Total("red", 262, "2020-10-08", since: "2020-09-27")]));
    }

    [Fact]
    public void Fold_TotalWithLaterSince_IsAnIncidentOverItsSpan()
    {
        var said = Say.Fold(Red, Say.Total("red", 100, "2020-10-05", since: "2020-09-27"), Say.Total("red", 30, "2020-10-09", since: "2020-10-06"));

        Assert.Equal(Bounds.Exactly(130), said.Tally.Value);
        Assert.Equal(Say.Day("2020-10-05"), said.Tally.AsOf);
    }

    [Fact]
    public void Fold_OpenTotalNotAboveTheStandingOne_MovesOnlyTheAsOf()
    {
        var said = Say.Fold(
            Red,
            Say.Total("red", 410, "2020-10-05"),
            Say.Figure("red", new Bounds(401, 401, null), basis: Basis.Cumulative, asOf: "2020-10-06"));

        Assert.Equal(Bounds.Exactly(410), said.Tally.Value);
        Assert.Equal(Say.Day("2020-10-06"), said.Tally.AsOf);
    }

    [Fact]
    public void Fold_UnnumberedTotal_NeverStands()
    {
        var said = Say.Fold(Red, Say.Total("red", 410, "2020-10-05"), Say.Figure("red", Bounds.Unnumbered, basis: Basis.Cumulative, asOf: "2020-10-06"));

        Assert.Equal(Bounds.Exactly(410), said.Tally.Value);
        Assert.Equal(Say.Day("2020-10-05"), said.Tally.AsOf);
        Assert.Equal(1, said.Provenance.Unnumbered);
    }

    [Fact]
    public void Fold_EqualAsOf_TheValueFirstToldLatestStands() => Assert.Equal(
        Bounds.Exactly(370),
        Say.Value(
            Red,
            Say.Total("red", 368, "2020-10-05", reported: "2020-10-05T10:00Z"),
            Say.Total("red", 370, "2020-10-05", reported: "2020-10-05T18:00Z", source: "paper"),
            Say.Total("red", 368, "2020-10-05", reported: "2020-10-05T20:00Z", source: "paper-two")));

    [Fact]
    public void Fold_PartOfATotalInTheSameReport_DoesNotStand() => Assert.Equal(
        Bounds.Exactly(100),
        Say.Value(
            Red,
            Say.Figure("red", Bounds.Exactly(100), basis: Basis.Cumulative, asOf: "2024-05-01", report: "u", id: "a"),
            Say.Figure("red", Bounds.Exactly(20), basis: Basis.Cumulative, asOf: "2024-05-01", report: "u", id: "b", relates: RelationKind.Part)));

    [Fact]
    public void Fold_MissingAsOf_IsTheLastDayThatItSpeaksOf() => Assert.Equal(
        Say.Day("2020-10-04"),
        Say.Fold(Red, Say.Figure("red", Bounds.Exactly(5), basis: Basis.Cumulative, on: "2020-10-01", until: "2020-10-04", reported: "2020-10-09T00:00Z")).Tally.AsOf);

    [Fact]
    public void Fold_LowerTotalWithStatedCorrection_ShowsWhatWasAddedAndTakenBack()
    {
        var said = Say.Fold(Red, Say.Total("red", 3700, "2024-11-29"), Say.Total("red", 3617, "2024-11-30", correction: -85));

        Assert.Equal(Bounds.Exactly(3617), said.Tally.Value);
        Assert.Equal(2, said.Tally.Series!.Added);
        Assert.Equal(-85, said.Tally.Series.Corrected);
    }

    [Fact]
    public void Fold_LowerTotalOfTheSameBody_IsACorrection() =>
        Assert.Equal(-2, Say.Fold(Red, Say.Total("red", 3799, "2023-05-27"), Say.Total("red", 3797, "2023-05-28")).Tally.Series!.Corrected);

    [Fact]
    public void Fold_LowerTotalOfAnotherBody_IsNoCorrection()
    {
        var said = Say.Fold(Red, Say.Total("red-army", 3799, "2023-05-27"), Say.Total("red-ministry", 3797, "2023-05-28"));

        Assert.Equal(Bounds.Exactly(3797), said.Tally.Value);
        Assert.Equal(0, said.Tally.Series!.Corrected);
    }

    [Fact]
    public void Fold_LowerTotalOfAnotherBody_StandsWithTheHigherAsVariant()
    {
        var said = Say.Fold(Say.Actor("red"), Say.Total("red-army", 100, "2024-05-01"), Say.Total("red-ministry", 90, "2024-05-02"));

        Assert.Equal((90L, 0L, 0L), (said.Tally.Value.Best, said.Tally.Series!.Added, said.Tally.Series.Corrected));
        var variant = Assert.Single(said.Provenance.Variants);
        Assert.Equal((Bounds.Exactly(100), Say.Day("2024-05-01")), (variant.Figure, variant.AsOf));
    }

    [Fact]
    public void Fold_LowerTotalOfTheSameBody_HasNoVariant() => Assert.Empty(
        Say.Fold(Say.Actor("red"), Say.Total("red-army", 100, "2024-05-01"), Say.Total("red-army", 90, "2024-05-02")).Provenance.Variants);

    [Fact]
    public void Fold_OpenTotalEqualToWhatStands_MovesOnlyTheAsOf()
    {
        var said = Say.Fold(
            Red,
            Say.Total("red", 400, "2024-05-01"),
            Say.Figure("red", new Bounds(400, 400, null), basis: Basis.Cumulative, asOf: "2024-05-03", reported: "2024-05-30T13:00Z"));

        Assert.Equal((Bounds.Exactly(400), Say.Day("2024-05-03")), (said.Tally.Value, said.Tally.AsOf));
    }

    [Fact]
    public void Fold_OpenTotalOfTheSameDayNoHigherThanWhatStands_ChangesNothing() => Assert.Equal(
        Bounds.Exactly(410),
        Say.Value(
            Red,
            Say.Total("red", 410, "2024-05-05", reported: "2024-05-05T10:00Z"),
            Say.Figure("red", new Bounds(401, 401, null), basis: Basis.Cumulative, asOf: "2024-05-05", reported: "2024-05-05T18:00Z", source: "paper")));

    [Fact]
    public void Fold_CorrectionThatOnlyALaterCarrierStates_IsTaken()
    {
        var said = Say.Fold(
            Red,
            Say.Total("red", 3700, "2024-11-29"),
            Say.Total("red", 3617, "2024-11-30", reported: "2024-11-30T06:00Z"),
            Say.Total("red", 3617, "2024-11-30", reported: "2024-11-30T07:00Z", source: "paper", correction: -85));

        Assert.Equal((2L, -85L), (said.Tally.Series!.Added, said.Tally.Series.Corrected));
    }

    [Fact]
    public void Fold_TotalThatDoesNotSaySinceWhen_JoinsTheEarliestSeries()
    {
        var said = Say.Fold(Red, Say.Total("red", 250, "2020-10-07", since: "2020-09-27"), Say.Total("red", 30, "2020-10-07", since: "2020-10-01"), Say.Total("red", 262, "2020-10-08"));

        Assert.Equal((262L, 12L, Say.Day("2020-09-27")), (said.Tally.Value.Best, said.Tally.Series!.Added, said.Tally.Since));
    }

    [Fact]
    public void Fold_EqualTotalOfAnotherBody_HasNoVariant() => Assert.Empty(
        Say.Fold(Red, Say.Total("red-army", 100, "2024-05-01"), Say.Total("red-ministry", 100, "2024-05-02")).Provenance.Variants);
}
