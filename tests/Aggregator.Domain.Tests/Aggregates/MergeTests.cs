using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>An entry merged into another: every key reads as the survivor's, and undoing brings both back.</summary>
public sealed class MergeTests
{
    private static readonly RegistrySnapshot Navy = Say.Merged((EntityKind.Actor, "blue-navy", "blue-army"));

    [Fact]
    public void AClaimThatNamesTheMergedOneTwice_CountsOnce()
    {
        var tree = Tree.Of([Say.Figure("blue-navy", Bounds.Exactly(4), target: "blue-navy", on: "2024-05-01")], Navy);

        Assert.Equal(1, tree.Actor("blue-army").Counts(Navy).Total);
    }

    [Fact]
    public void MergedTargets_AreOneStatement_NotASum()
    {
        var claims = new[]
        {
            Say.Figure("red", Bounds.Exactly(4), target: "blue-army", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(5), target: "blue-navy", on: "2024-05-01", reported: "2024-05-01T13:00Z", source: "paper"),
        };

        Assert.Equal(Bounds.Exactly(9), Value(new Tree(claims), Say.Registry, "blue"));

        var tree = Tree.Of(claims, Navy);
        Assert.Equal(new Bounds(4, 5, 5), Value(tree, Navy, "blue-army"));
        Assert.Equal(new Bounds(4, 5, 5), Value(tree, Navy, "blue"));
        Assert.Equal(2, tree.Actor("blue-army").Counts(Navy).Total);
    }

    [Fact]
    public void AMergeAfterBothHaveTotals_TheLaterOneStands()
    {
        var claims = new[]
        {
            Say.Total("red", 100, "2024-05-01", target: "blue-army"),
            Say.Total("red", 90, "2024-05-02", target: "blue-navy"),
        };

        Assert.Equal(Bounds.Exactly(190), Value(new Tree(claims), Say.Registry, "blue"));
        Assert.Equal(Bounds.Exactly(90), Value(Tree.Of(claims, Navy), Navy, "blue"));
    }

    [Fact]
    public void AClaimThatNamesTheMergedAndTheSurvivor_CountsOnce()
    {
        var tree = Tree.Of([Say.Figure("blue-army", Bounds.Exactly(4), target: "blue-navy", on: "2024-05-01")], Navy);

        Assert.Equal(1, tree.Actor("blue-army").Counts(Navy).Total);
    }

    [Fact]
    public void MergedSpeakers_AreOneVoice()
    {
        var registry = Say.Merged((EntityKind.Actor, "nobody-knows", "red-army"));
        var claims = new[]
        {
            Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01"),
            Say.Figure("nobody-knows", Bounds.Exactly(6), on: "2024-05-01", reported: "2024-05-01T14:00Z"),
        };

        var position = Destroyed(Tree.Of(claims, registry).Actor("blue").Lines(registry));

        Assert.Equal(Bounds.Exactly(6), position.Figure);
        Assert.Equal(["red", "red-army"], position.Provenance.Bodies);
        Assert.Equal(2, Assert.Single(Tree.Of(claims, registry).Actor("red").Said(registry)).Position.Provenance.Appearances);
    }

    [Fact]
    public void MergedPlaces_AreOnePlace()
    {
        var registry = Say.Merged((EntityKind.Region, "village", "town"));
        var claims = new[]
        {
            Say.Figure("red", Bounds.Exactly(4), region: "town", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(4), region: "village", on: "2024-05-01", source: "paper"),
        };

        var tree = Tree.Of(claims, registry);

        Assert.Equal(Bounds.Exactly(4), Destroyed(tree.Region("town").Lines(registry, [])).Figure);
        Assert.Equal(Bounds.Exactly(4), Destroyed(tree.Region("world").Lines(registry, [])).Figure);
    }

    [Fact]
    public void AClaimInAMergedPlaceThatTakesOver_DoesSo_ThoughAnotherCameLater()
    {
        var registry = Say.Merged((EntityKind.Region, "village", "town"));
        var claims = new[]
        {
            Say.Figure("watch", Bounds.Exactly(1), region: "town", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(4), Item.Apc, region: "town", basis: Basis.Cumulative, asOf: "2024-05-03"),
            Say.Figure("red", Bounds.Exactly(9), region: "village", basis: Basis.Cumulative, asOf: "2024-05-02", supersedes: ["apc"]),
            Say.Figure("watch", Bounds.Exactly(2), region: "town", on: "2024-05-02"),
        };

        var line = Tree.Of(claims, registry).Actor("blue").Lines(registry).Single(line => line is { Item: Item.Apc, Outcome: Outcome.Destroyed });

        Assert.True(line.Positions.Single().Superseded);
    }

    [Fact]
    public void MergedSources_AreOneOrigin()
    {
        var registry = Say.Merged((EntityKind.Source, "paper-two", "paper"));
        var claims = new[]
        {
            Say.Figure("", Bounds.Exactly(4), on: "2024-05-01", source: "paper"),
            Say.Figure("", Bounds.Exactly(4), on: "2024-05-01", source: "paper-two"),
        };

        var position = Destroyed(Tree.Of(claims, registry).Actor("blue").Lines(registry));

        Assert.Equal(Say.Outlet("paper"), position.Voice);
        Assert.Equal(["paper"], position.Provenance.Origins);
    }

    [Fact]
    public void ADenialOfTheMergedName_ReachesTheSurvivor()
    {
        var claims = new[]
        {
            Say.Figure("red", Bounds.Exactly(4), target: "blue-army", on: "2024-05-01"),
            Say.Figure("blue", Bounds.Exactly(4), target: "blue-navy", on: "2024-05-01", stance: Stance.Denies, reported: "2024-05-02T13:00Z"),
        };

        var position = Destroyed(Tree.Of(claims, Navy).Actor("blue-army").Lines(Navy));

        Assert.Equal([Say.Actor("blue")], position.Provenance.DeniedBy);
    }

    [Theory]
    [InlineData("blue", "blue-army")]
    [InlineData("blue-army", "blue-army")]
    public void AMergeIntoAPartOfItself_IsRefused(string id, string into) =>
        Assert.Throws<ArgumentException>(() => Say.Merged((EntityKind.Actor, id, into)));

    [Fact]
    public void AChainOfMerges_ReadsAsItsEnd()
    {
        var registry = Say.Merged((EntityKind.Actor, "blue-navy", "blue-army"), (EntityKind.Actor, "blue-army", "blue"));

        Assert.Equal("blue", registry.Survivor(EntityKind.Actor, "blue-navy"));
        Assert.Equal("blue", registry.Parent(EntityKind.Actor, "blue-navy"));
    }

    private static Bounds Value(Tree tree, RegistrySnapshot registry, string actor) =>
        Destroyed(tree.Actor(actor).Lines(registry)).Figure;

    private static Position Destroyed(IEnumerable<Line> lines) => Assert.Single(Assert.Single(lines, line => line.Outcome == Outcome.Destroyed).Positions);
}
