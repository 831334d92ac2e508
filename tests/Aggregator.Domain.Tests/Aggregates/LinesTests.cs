using System.Collections.Immutable;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>Standings (docs/rules.md), the estimate (R9) and denials of figures (R12).</summary>
public sealed class LinesTests
{
    [Theory]
    [InlineData("blue-army", Standing.Admitted)]
    [InlineData("blue-enclave", Standing.Admitted)]
    [InlineData("red", Standing.Alleged)]
    [InlineData("watch", Standing.Independent)]
    [InlineData("relief", Standing.Independent)]
    [InlineData("nobody-knows", Standing.Alleged)]
    public void Make_Claimant_HasItsStanding(string claimant, Standing standing) =>
        Assert.Equal(standing, Assert.Single(Line(Say.Figure(claimant, Bounds.Exactly(1))).Positions).Standing);

    [Theory]
    [InlineData("wire", Standing.Independent)]
    [InlineData("red-tv", Standing.Alleged)]
    [InlineData("unheard-of", Standing.Alleged)]
    public void Make_SourcesOwnVoice_HasItsStanding(string source, Standing standing) =>
        Assert.Equal(standing, Assert.Single(Line(Say.Figure("", Bounds.Exactly(1), source: source)).Positions).Standing);

    [Fact]
    public void Make_MonitorThatActs_IsNoLongerIndependent() =>
        Assert.Equal(Standing.Alleged, Assert.Single(Line(Say.Figure("watch", Bounds.Exactly(1), initiator: "watch")).Positions).Standing);

    [Fact]
    public void Make_AllegedAlone_EstimatesFromNothingToIt() =>
        Assert.Equal(new Bounds(0, null, 80), Line(Say.Figure("red", Bounds.Exactly(80))).Estimate);

    [Fact]
    public void Make_AdmittedAndIndependent_BoundTheEstimateAndRatedGoesFirst()
    {
        var line = Line(
            Say.Figure("red", Bounds.Exactly(80)),
            Say.Figure("blue", Bounds.Exactly(16)),
            Say.Figure("", Bounds.Exactly(30), source: "wire", reported: "2024-05-09T12:00Z"),
            Say.Figure("", Bounds.Exactly(28), source: "rated"));

        Assert.Equal(new Bounds(30, null, 80), line.Estimate); // 28 lies below what the unrated source has seen
        Assert.Equal(new Bounds(28, 28, 80), Line(Say.Figure("red", Bounds.Exactly(80)), Say.Figure("", Bounds.Exactly(28), source: "rated")).Estimate);
    }

    [Fact]
    public void Make_UnboundedPosition_LeavesTheEstimateUnbounded() =>
        Assert.Null(Line(Say.Figure("red", new Bounds(551, 551, null))).Estimate.High);

    [Fact]
    public void Mark_Denial_DisputesOncePerVoiceAndChangesNoFigure()
    {
        var denials = new[] { "wire", "paper", "paper-two" }.Select(source => Say.Figure("blue", Bounds.Exactly(80), stance: Stance.Denies, source: source)).ToArray();
        var line = Line([Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01"), .. denials]);

        var position = Assert.Single(line.Positions);
        Assert.Equal(Bounds.Exactly(80), position.Figure);
        Assert.Equal([Say.Actor("blue")], position.Provenance.DeniedBy);
        Assert.True(line.Disputed);
    }

    [Fact]
    public void Mark_DenialOfAnotherFigure_DisputesNothing() =>
        Assert.False(Line(Say.Figure("red", Bounds.Exactly(80)), Say.Figure("blue", Bounds.Exactly(70), stance: Stance.Denies)).Disputed);

    [Fact]
    public void Mark_DenialOfAnotherPeriod_DisputesNothing() => Assert.False(Line(
        Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01"),
        Say.Figure("blue", Bounds.Unnumbered, on: "2024-05-02", stance: Stance.Denies)).Disputed);

    [Fact]
    public void Mark_DenialThatNamesAClaim_ReachesThatOne() => Assert.True(Line(
        Say.Figure("red", Bounds.Exactly(80), id: "named"),
        Say.Figure("blue", Bounds.Exactly(1), stance: Stance.Denies, refersTo: ["wire/named"])).Disputed);

    [Fact]
    public void Mark_DenierLaterAssertsTheSame_TheDenialLapses() => Assert.False(Line(
        Say.Figure("red", Bounds.Exactly(80)),
        Say.Figure("blue", Bounds.Exactly(80), stance: Stance.Denies),
        Say.Figure("blue", Bounds.Exactly(80), reported: "2024-05-01T15:00Z")).Disputed);

    [Fact]
    public void Mark_DenierLaterAssertsOfOtherDays_TheDenialStands() => Assert.True(Line(
        Say.Figure("red", Bounds.Exactly(80), on: "2024-05-01"),
        Say.Figure("blue", Bounds.Unnumbered, on: "2024-05-01", stance: Stance.Denies),
        Say.Figure("blue", Bounds.Exactly(1), on: "2024-05-05", reported: "2024-05-05T15:00Z")).Disputed);

    [Fact]
    public void Mark_DeniedClaimWithManyReprints_IsStillDenied() => Assert.True(Line(
    [
        Say.Figure("red", Bounds.Exactly(80), id: "named"),
        .. Enumerable.Range(0, 40).Select(site => Say.Figure("red", Bounds.Exactly(80), source: $"site-{site}", origin: "wire", reported: "2024-05-01T18:00Z")),
        Say.Figure("blue", Bounds.Exactly(80), stance: Stance.Denies, refersTo: ["WIRE/named"]),
    ]).Disputed);

    [Fact]
    public void Make_IncidentThatStraddlesTheTotal_IsNeitherCountedNorDated()
    {
        var position = Assert.Single(Line(Say.Total("red", 40, "2024-05-07"), Say.Figure("red", Bounds.Exactly(4), on: "2024-05-05", until: "2024-05-08")).Positions);

        Assert.Equal((40, Say.Day("2024-05-07")), (position.Figure.Best, position.AsOf));
    }

    [Fact]
    public void Mark_Confirmation_IsListedAndAssertsInItsOwnVoice()
    {
        var line = Line(Say.Figure("red", Bounds.Exactly(80)), Say.Figure("watch", Bounds.Exactly(80), stance: Stance.Confirms));

        Assert.Equal(2, line.Positions.Count);
        Assert.Equal([Say.Actor("watch")], line.Positions.Single(position => position.Voice == Say.Actor("red")).Provenance.ConfirmedBy);
    }

    [Fact]
    public void Make_IndependentsOfOneDay_TheFirstVoiceIdGivesTheBest()
    {
        var line = Line(Say.Figure("red", Bounds.Exactly(80)), Say.Figure("watch", new Bounds(4, 5, 9)), Say.Figure("", new Bounds(4, 7, 9), source: "agency-two"));

        Assert.Equal(new Bounds(4, 7, 80), line.Estimate);
    }

    private static Line Line(params Appearance[] claims)
    {
        var answers = claims.Select(one => Answer.From(one.Claim, Say.Registry)).OfType<Answer>().ToArray();
        return Lines.Make("blue", Item.Tank, Outcome.Destroyed, Cell.Fold(claims, Say.Registry, answers), Say.Registry);
    }
}
