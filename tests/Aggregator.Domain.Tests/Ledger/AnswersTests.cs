using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R12 and R21 over whole views: what a denial or a confirmation reaches, and when it lapses.</summary>
public sealed class AnswersTests
{
    private const string Day = "2024-05-01";

    [Fact]
    public void DenialBeforeItsClaim_DisputesItAllTheSame() =>
        Assert.Equal([Say.Actor("blue")], Denied("town", Deny(reported: "2024-05-01T06:00Z"), Four()));

    [Fact]
    public void RetractedDenial_DisputesNoMore()
    {
        var (four, denial) = (Four(), Deny(region: "province"));
        var town = new Tree(
        [
            new(new LogPosition(0, 1, 0), new LogRecord.Added(four.Claim), four.Claim.ReportedAt),
            new(new LogPosition(0, 2, 0), new LogRecord.Added(denial.Claim), denial.Claim.ReportedAt),
            new(new LogPosition(0, 3, 0), new LogRecord.Retracted(new Retraction(denial.Claim.Key, "wire"), denial.Claim, new LogPosition(0, 2, 0)), denial.Claim.ReportedAt),
        ],
        Say.Registry).Region("province");

        Assert.All(town.Lines(Say.Registry, []), line => Assert.False(line.Disputed));
    }

    [Fact]
    public void DenialInThePlaceThatContainsIt_LapsesWhenItsVoiceSaysTheSameThere()
    {
        Appearance[] claims = [Four(), Deny(region: "province", figure: 4), Say.Figure("blue", Bounds.Exactly(4), region: "province", on: Day, reported: "2024-05-03T12:00Z")];

        Assert.Empty(Denied("town", claims));
        Assert.Empty(Denied("province", claims));
        Assert.Empty(DeniedOfActor(claims));
    }

    [Fact]
    public void DenialBesideAnEarlierWordOfItsVoice_Stands() => Assert.Equal(
        [Say.Actor("blue")],
        Denied("town", Four(), Deny(reported: "2024-05-03T12:00Z"), Say.Figure("blue", Bounds.Exactly(4), on: Day, reported: "2024-05-02T12:00Z")));

    [Fact]
    public void DenialOfTheTotal_ReachesAllDaysOfItsSeries() => Assert.Equal(
        [Say.Actor("blue")],
        Denied("town", Say.Total("red", 368, "2024-05-05", since: "2024-04-27"), Say.Total("red", 416, "2024-05-07", since: "2024-04-27"), Say.Figure("blue", Bounds.Exactly(368), on: "2024-04-30", stance: Stance.Denies)));

    [Fact]
    public void DenialOfADestroyedTank_DisputesWhatIsLost_InEveryView()
    {
        Appearance[] claims = [Four(), Deny(region: "province")];

        Assert.Equal([Say.Actor("blue")], Denied("town", Outcome.Lost, claims));
        Assert.Equal([Say.Actor("blue")], Denied("province", Outcome.Lost, claims));
        Assert.Equal([Say.Actor("blue")], DeniedOfActor([Four(target: "blue-army"), Deny(region: "province")], Outcome.Lost));
    }

    [Fact]
    public void DenialThatNamesAClaim_ReachesItWhateverItCounts()
    {
        Appearance[] claims = [Four(id: "named"), Say.Figure("blue", Bounds.Exactly(10), Item.Combatant, Outcome.Killed, region: "province", stance: Stance.Denies, refersTo: ["wire/named"])];

        Assert.Equal([Say.Actor("blue")], Denied("town", claims));
        Assert.Equal([Say.Actor("blue")], Denied("province", claims));
        Assert.Equal([Say.Actor("blue")], DeniedOfActor(claims));
    }

    [Fact]
    public void DenialThatNamesAClaim_ReachesNothingElse() =>
        Assert.Empty(Denied("town", Four(), Say.Figure("blue", Bounds.Exactly(4), on: Day, stance: Stance.Denies, refersTo: ["wire/other"])));

    [Fact]
    public void DismissalWithoutAFigure_ReachesTheClaimItNames()
    {
        var dismissal = Say.Figure("blue", Bounds.Zero, region: "province", stance: Stance.Denies, refersTo: ["WIRE/named"]);
        Appearance[] claims = [Four(id: "named"), dismissal with { Claim = dismissal.Claim with { Figure = null, Event = EventType.Other } }];

        Assert.Equal([Say.Actor("blue")], Denied("town", claims));
        Assert.Equal([Say.Actor("blue")], Denied("province", claims));
        Assert.Equal([Say.Actor("blue")], DeniedOfActor(claims));
    }

    [Fact]
    public void Dismissal_ChangesEveryLineOfThePlace()
    {
        var town = new RegionAggregate("town");
        var (four, dismissal) = (Four(id: "named").Claim, Say.Figure("blue", Bounds.Zero, stance: Stance.Denies, refersTo: ["wire/named"]).Claim with { Figure = null, Event = EventType.Other });
        Apply(1, new LogRecord.Added(four));

        Assert.Contains(Outcome.Destroyed, Apply(2, new LogRecord.Added(dismissal)));
        Assert.Contains(Outcome.Destroyed, Apply(3, new LogRecord.Retracted(new Retraction(dismissal.Key, "wire"), dismissal, new LogPosition(0, 2, 0))));

        Outcome[] Apply(long sequence, LogRecord record) => [.. town.Book.Apply(new PlacedRecord(new LogPosition(0, sequence, 0), record, four.ReportedAt))
            .SelectMany(bucket => town.LinesOf(bucket, Say.Registry)).Select(line => line.Outcome)];
    }

    [Fact]
    public void DenialThatNamesAClaimOfItsOwnVoice_DisputesIt()
    {
        Assert.Equal([Say.Actor("red")], Denied("town", Say.Figure("red-army", Bounds.Exactly(4), on: Day, id: "named"), Say.Figure("red-ministry", Bounds.Exactly(4), on: Day, stance: Stance.Denies, refersTo: ["wire/named"])));
        Assert.Empty(Denied("town", Say.Figure("red-army", Bounds.Exactly(4), on: Day), Say.Figure("red-ministry", Bounds.Exactly(4), on: Day, stance: Stance.Denies)));
    }

    [Fact]
    public void DenialInTheSourcesOwnVoice_ThatOthersReprint_IsOneVoices() => Assert.Equal(
        [Say.Outlet("wire")],
        Denied("town", Four(), Say.Figure("", Bounds.Exactly(4), on: Day, stance: Stance.Denies, fingerprint: "f"), Say.Figure("", Bounds.Exactly(4), on: Day, stance: Stance.Denies, source: "paper", fingerprint: "f", reported: "2024-05-01T15:00Z")));

    [Fact]
    public void ConfirmationThatIsAReprint_IsItsOriginsAndConfirmsNotItself() => Assert.Empty(
        Assert.Single(Line("town", Outcome.Destroyed, Say.Figure("", Bounds.Exactly(4), on: Day, fingerprint: "f"), Say.Figure("", Bounds.Exactly(4), on: Day, stance: Stance.Confirms, source: "paper", fingerprint: "f", reported: "2024-05-01T15:00Z")).Positions).Provenance.ConfirmedBy);

    [Theory]
    [InlineData(Stance.Denies)]
    [InlineData(Stance.Confirms)]
    public void AnswerThatItsReportSupersedes_IsHistory(Stance stance)
    {
        var position = Assert.Single(Line("town", Outcome.Destroyed, Four(), Say.Figure("watch", Bounds.Exactly(4), on: Day, stance: stance, relates: RelationKind.Former)).Positions);

        Assert.Empty(position.Provenance.DeniedBy);
        Assert.Empty(position.Provenance.ConfirmedBy);
    }

    [Fact]
    public void ConfirmationOfAHolder_IsListedAndAssertsInItsOwnVoice()
    {
        var control = Control.Fold([Say.Control("red", "red", Day), Say.Control("watch", "red-army", Day, stance: Stance.Confirms)], Say.Registry);

        Assert.Equal([(Say.Actor("red"), "watch"), (Say.Actor("watch"), "")], control.Positions.Select(position => (position.Voice, string.Join(',', position.Provenance.ConfirmedBy.Select(voice => voice.Id)))));
        Assert.Equal(ControlStatus.Uncontested, control.Status);
    }

    [Fact]
    public void HolderThatItsReportSupersedes_IsHistory()
    {
        var control = Control.Fold([Say.Control("red", "blue", Day, id: "a"), Say.Control("red", "red", Day, id: "b", relates: RelationKind.Former)], Say.Registry);

        Assert.Equal("blue", Assert.Single(control.Positions).Holder);
    }

    [Fact]
    public void DenialOfAHolder_InThePlaceThatContainsIt_LapsesWhenItsVoiceSaysTheSameThere()
    {
        Appearance[] claims = [Say.Control("blue", "blue"), Say.Control("red", "blue", stance: Stance.Denies, region: "province"), Say.Control("red", "blue", region: "province", reported: "2024-05-02T12:00Z")];
        var tree = new Tree(claims);

        Assert.Equal(ControlStatus.Uncontested, tree.Region("town").Control(Say.Registry, tree.Region("province").OwnAnswers(Say.Registry)).Status);
    }

    [Fact]
    public void DismissalOfAHolder_ReachesTheClaimItNames()
    {
        var dismissal = Say.Figure("blue", Bounds.Exactly(4), stance: Stance.Denies, refersTo: ["wire/named"]);
        var tree = new Tree([Say.Control("red", "red", id: "named"), dismissal]);

        Assert.Equal(ControlStatus.Contested, tree.Region("town").Control(Say.Registry, []).Status);
    }

    private static Appearance Four(string? id = null, string target = "blue") => Say.Figure("red", Bounds.Exactly(4), on: Day, id: id, target: target);

    private static Appearance Deny(string region = "town", long? figure = null, string reported = "2024-05-02T12:00Z") =>
        Say.Figure("blue", figure is { } count ? Bounds.Exactly(count) : Bounds.Unnumbered, on: Day, region: region, stance: Stance.Denies, reported: reported);

    private static IReadOnlyList<Voice> Denied(string region, params Appearance[] claims) => Denied(region, Outcome.Destroyed, claims);

    private static IReadOnlyList<Voice> Denied(string region, Outcome outcome, params Appearance[] claims) => Reds(Line(region, outcome, claims));

    private static IReadOnlyList<Voice> DeniedOfActor(Appearance[] claims, Outcome outcome = Outcome.Destroyed) =>
        Reds(new Tree(claims).Actor("blue").Lines(Say.Registry).Single(line => line.Outcome == outcome));

    private static Line Line(string region, Outcome outcome, params Appearance[] claims)
    {
        var tree = new Tree(claims);
        var inherited = Say.Registry.Ancestors(EntityKind.Region, region).SelectMany(above => tree.Region(above).OwnAnswers(Say.Registry)).ToList();
        return tree.Region(region).Lines(Say.Registry, inherited).Single(line => line.Item == Item.Tank && line.Outcome == outcome);
    }

    private static IReadOnlyList<Voice> Reds(Line line) => line.Positions.Single(position => position.Voice == Say.Actor("red")).Provenance.DeniedBy;
}
