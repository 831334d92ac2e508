using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Tests.Aggregates;

namespace Aggregator.Domain.Tests.Ledger;

/// <summary>R10, R15 and R22: what is said of one outcome bears on another.</summary>
public sealed class RelatedOutcomesTests
{
    private const string Day = "2024-05-01";
    private static readonly Bounds Over550 = new(551, 551, null);

    [Fact]
    public void SameBoundsAsKilledAndAsCasualtiesByDifferentOrigins_CasualtiesStands()
    {
        var lines = Lines(
            People(Over550, Outcome.Killed, "wire"),
            People(Over550, Outcome.Casualties, "paper"));

        var line = Assert.Single(lines);
        var position = Assert.Single(line.Positions);
        Assert.Equal((Outcome.Casualties, Over550), (line.Outcome, position.Figure));
        var variant = Assert.Single(position.Provenance.Variants);
        Assert.Equal((Outcome.Killed, Over550), (variant.Outcome, variant.Figure));
    }

    [Fact]
    public void SameBoundsAsKilledAndAsCasualtiesByOneOrigin_AreTwoFacts() => Assert.Equal(
        [Outcome.Killed, Outcome.Casualties],
        Lines(People(Over550, Outcome.Killed, "wire"), People(Over550, Outcome.Casualties, "wire")).Select(line => line.Outcome));

    [Fact]
    public void OtherBoundsOrAnotherDay_AreTwoFacts()
    {
        Assert.Equal(2, Lines(People(Bounds.Exactly(550), Outcome.Killed, "wire"), People(Over550, Outcome.Casualties, "paper")).Count);
        Assert.Equal(2, Lines(People(Over550, Outcome.Wounded, "wire", "2024-05-02"), People(Over550, Outcome.Casualties, "paper")).Count);
    }

    [Fact]
    public void Variants_AreInTheirOrder_TheLatestDayFirst()
    {
        var position = Assert.Single(Assert.Single(Lines(
            People(Over550, Outcome.Killed, "wire"), People(Over550, Outcome.Casualties, "paper"),
            People(Over550, Outcome.Killed, "wire", "2024-05-02"), People(Over550, Outcome.Casualties, "paper", "2024-05-02"))).Positions);

        Assert.Equal([Say.Day("2024-05-02"), Say.Day("2024-05-01")], position.Provenance.Variants.Select(variant => variant.AsOf));
    }

    [Fact]
    public void ASubgroupOrAnotherIncident_AreTwoFacts()
    {
        var (killed, casualties) = (People(Over550, Outcome.Killed, "wire"), People(Over550, Outcome.Casualties, "paper"));

        Assert.Equal(2, Lines(killed with { Claim = killed.Claim with { Figure = killed.Claim.Figure! with { Detail = "officers" } } }, casualties).Count);
        Assert.Equal(2, Lines(killed with { Claim = killed.Claim with { Incident = "ucdp/1" } }, casualties).Count);
        Assert.Equal(2, Lines(killed with { Claim = killed.Claim with { Incident = "ucdp/1" } }, casualties with { Claim = casualties.Claim with { Incident = "ucdp/2" } }).Count);
    }

    [Fact]
    public void AnotherVoicesCasualties_LeaveTheKilledAlone() => Assert.Equal(
        2,
        Lines(People(Over550, Outcome.Killed, "wire"), People(Over550, Outcome.Casualties, "paper") is var other
            ? other with { Claim = other.Claim with { Claimant = new EntityRef("watch", "watch") } } : other).Count);

    [Fact]
    public void Casualties_TakeNothingFromKilledAndWounded()
    {
        var lines = Lines(People(Bounds.Exactly(3), Outcome.Killed, "wire"), People(Bounds.Exactly(7), Outcome.Wounded, "wire"));

        Assert.Equal([Outcome.Killed, Outcome.Wounded], lines.Select(line => line.Outcome));
    }

    [Fact]
    public void AbandonedThenCaptured_MovesAndCountsOnce() => Assert.Equal(
        [(Outcome.Captured, 1L), (Outcome.Abandoned, 0L), (Outcome.Lost, 1L)],
        Best(Tanks(1, Outcome.Abandoned, "2024-05-01"), Tanks(1, Outcome.Captured, "2024-05-02")));

    [Fact]
    public void SixOfTenAbandonedAreCaptured_FourAreLeft() => Assert.Equal(
        [(Outcome.Captured, 6L), (Outcome.Abandoned, 4L), (Outcome.Lost, 10L)],
        Best(Tanks(6, Outcome.Captured, "2024-05-02"), Tanks(10, Outcome.Abandoned, "2024-05-01")));

    [Fact]
    public void MoreAreCapturedThanWereAbandoned_NoneIsLeft() => Assert.Equal(
        [(Outcome.Captured, 5L), (Outcome.Abandoned, 0L), (Outcome.Lost, 5L)],
        Best(Tanks(2, Outcome.Abandoned, "2024-05-01"), Tanks(5, Outcome.Captured, "2024-05-02")));

    [Fact]
    public void SameDay_DestroyedGoesOverCapturedOverDamagedOverAbandoned() => Assert.Equal(
        [(Outcome.Captured, 0L), (Outcome.Destroyed, 2L), (Outcome.Damaged, 0L), (Outcome.Abandoned, 0L), (Outcome.Lost, 2L)],
        Best(Tanks(1, Outcome.Captured, Day), Tanks(1, Outcome.Damaged, Day), Tanks(2, Outcome.Abandoned, Day), Tanks(2, Outcome.Destroyed, Day)));

    [Fact]
    public void MovesAcrossDetails_CutTheDetailsInOrder() => Assert.Equal(
        [(Outcome.Captured, 3L), (Outcome.Abandoned, 2L), (Outcome.Lost, 5L)],
        Best(
            Tanks(3, Outcome.Abandoned, "2024-05-01", detail: "T-72"),
            Tanks(2, Outcome.Abandoned, "2024-05-01", detail: "T-90"),
            Tanks(3, Outcome.Captured, "2024-05-02")));

    [Fact]
    public void OtherIncidents_AreNoMoves() => Assert.Equal(
        [(Outcome.Captured, 1L), (Outcome.Abandoned, 1L), (Outcome.Lost, 2L)],
        Best(Tanks(1, Outcome.Abandoned, "2024-05-01", "one"), Tanks(1, Outcome.Captured, "2024-05-02", "two")));

    [Fact]
    public void AnotherVoice_TakesNothing() => Assert.Equal(
        1,
        Lines(Tanks(1, Outcome.Abandoned, "2024-05-01"), Tanks(1, Outcome.Captured, "2024-05-02", claimant: "watch"))
            .Single(line => line.Outcome == Outcome.Abandoned).Positions.Single().Figure.Best);

    [Fact]
    public void Lost_HoldsItsOutcomesAsParts()
    {
        var lost = Lines(
            Say.Total("red", 2000, Day, "2024-01-01") is var total ? total with { Claim = total.Claim with { Figure = total.Claim.Figure! with { Outcome = Outcome.Lost } } } : total,
            Say.Total("red", 900, Day, "2024-01-01"),
            Say.Figure("red", Bounds.Exactly(500), outcome: Outcome.Captured, basis: Basis.Cumulative, asOf: Day, since: "2024-01-01"),
            Say.Figure("watch", Bounds.Exactly(7), on: Day),
            Say.Figure("watch", Bounds.Exactly(2), outcome: Outcome.Damaged, on: Day)).Single(line => line.Outcome == Outcome.Lost);

        Assert.Equal(
            [(Say.Actor("red"), 2000L, 600L), (Say.Actor("watch"), 9L, null)],
            lost.Positions.Select(position => (position.Voice, position.Figure.Best!.Value, position.Unallocated)));
    }

    [Fact]
    public void Lost_OutcomesComeBeforeActorsAndPlaces()
    {
        // The army's loss is part of what its state lost that day in that place; the village's adds.
        var tree = new Tree(
        [
            Say.Figure("red", Bounds.Exactly(5), on: Day),
            Say.Figure("red", Bounds.Exactly(2), outcome: Outcome.Captured, on: Day),
            Say.Figure("red", Bounds.Exactly(3), outcome: Outcome.Damaged, on: Day, target: "blue-army"),
            Say.Figure("red", Bounds.Exactly(2), outcome: Outcome.Damaged, on: Day, region: "village"),
        ]);

        Assert.Equal(9, tree.Actor("blue").Lines(Say.Registry).Single(line => line.Outcome == Outcome.Lost).Positions.Single().Figure.Best);
        Assert.Equal(9, tree.Region("world").Lines(Say.Registry, []).Single(line => line.Outcome == Outcome.Lost).Positions.Single().Figure.Best);
    }

    private static IReadOnlyList<Line> Lines(params Appearance[] claims)
    {
        var lines = new Tree(claims).Region("town").Lines(Say.Registry, []);
        var reversed = new Tree(claims.Reverse()).Region("town").Lines(Say.Registry, []);
        Assert.Equal(lines.Select(Text), reversed.Select(Text));
        return lines;

        static string Text(Line line) => $"{line.Outcome} {string.Join(';', line.Positions.Select(position => $"{position.Voice} {position.Figure}"))}";
    }

    private static IEnumerable<(Outcome, long)> Best(params Appearance[] claims) =>
        Lines(claims).Select(line => (line.Outcome, line.Positions.Single().Figure.Best!.Value));

    private static Appearance People(Bounds bounds, Outcome outcome, string source, string on = Day) =>
        Say.Figure("red", bounds, Item.Combatant, outcome, on: on, source: source);

    private static Appearance Tanks(long count, Outcome outcome, string on, string incident = "ucdp/1", string claimant = "red", string? detail = null) =>
        Say.Figure(claimant, Bounds.Exactly(count), outcome: outcome, on: on, incident: incident, detail: detail);
}
