using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>R14 over whole aggregates: what a parent shows of claims that its parts have.</summary>
public sealed class RollupTests
{
    [Fact]
    public void Region_LossesOfItsParts_ShowUnderItPerTargetVoice()
    {
        var claims = new[]
        {
            Say.Figure("red", Bounds.Exactly(4), region: "town", target: "blue-army", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(3), region: "village", target: "blue-enclave", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(2), region: "province", target: null, on: "2024-05-01"),
        };

        var lines = new Tree(claims).Region("province").Lines(Say.Registry, []);

        Assert.Equal([(null, 2L), ("blue", 7L)], lines.Where(Destroyed).Select(line => (line.Target, line.Positions[0].Figure.Best!.Value)));
    }

    [Fact]
    public void Region_ActorsCombineWithinThePlaceBeforePlaces()
    {
        // In the town the state's own figure contains its army's; the village adds.
        var tree = new Tree(
        [
            Say.Figure("red", Bounds.Exactly(10), region: "town", target: "blue", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(4), region: "town", target: "blue-army", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(3), region: "village", target: "blue-army", on: "2024-05-01"),
        ]);

        Assert.Equal(13, tree.Region("world").Lines(Say.Registry, []).Single(Destroyed).Positions.Single().Figure.Best);
        Assert.Equal(13, tree.Actor("blue").Lines(Say.Registry).Single(Destroyed).Positions.Single().Figure.Best);
        Assert.Equal(7, tree.Actor("blue-army").Lines(Say.Registry).Single(Destroyed).Positions.Single().Figure.Best);
    }

    [Fact]
    public void Region_DetailsOfWholeAndParts_DoNotAddUp()
    {
        var tree = new Tree(
        [
            Say.Figure("red", Bounds.Exactly(10), region: "province", on: "2024-05-01", detail: "T-72"),
            Say.Figure("red", Bounds.Exactly(4), region: "town", on: "2024-05-01", detail: "T-72"),
        ]);

        var position = tree.Region("province").Lines(Say.Registry, []).Single(Destroyed).Positions.Single();
        Assert.Equal((Bounds.Exactly(10), Bounds.Exactly(10)), (position.Figure, position.Details["T-72"].Value));
    }

    [Fact]
    public void Region_DenialOfAFigure_ReachesThePartThatStatesIt()
    {
        var tree = new Tree(
        [
            Say.Figure("red", Bounds.Exactly(4), region: "town", on: "2024-05-01"),
            Say.Figure("red", Bounds.Exactly(3), region: "village", on: "2024-05-01"),
            Say.Figure("blue", Bounds.Exactly(4), region: "province", stance: Stance.Denies),
        ]);

        var line = tree.Region("province").Lines(Say.Registry, []).Single(Destroyed);
        Assert.Equal((7, true), (line.Positions.Single().Figure.Best, line.Disputed));
    }

    [Fact]
    public void Actor_AnswerInAWiderPlace_ChangesTheLinesOfThePlacesWithin()
    {
        var actor = new ActorAggregate("blue");
        var loss = Say.Figure("red", Bounds.Exactly(4), region: "town", on: "2024-05-01");
        var denial = Say.Figure("blue", Bounds.Unnumbered, region: "province", stance: Stance.Denies);
        actor.Book.Apply(new PlacedRecord(loss.Position, new LogRecord.Added(loss.Claim), loss.Claim.ReportedAt));

        var changed = actor.Book.Apply(new PlacedRecord(denial.Position, new LogRecord.Added(denial.Claim), denial.Claim.ReportedAt));

        Assert.Contains("town", changed.SelectMany(bucket => actor.LinesOf(bucket, Say.Registry)).Select(line => line.Place));
    }

    [Fact]
    public void Actor_BodiesOfItsVoice_SpeakInItsSaid()
    {
        var tree = new Tree([Say.Figure("red-ministry", Bounds.Exactly(80)), Say.Figure("red-spokesman", Bounds.Exactly(80), source: "paper")]);

        var said = Assert.Single(tree.Actor("red").Said(Say.Registry));
        Assert.Equal(["red-ministry", "red-spokesman"], said.Position.Provenance.Bodies);
        Assert.Equal(Bounds.Exactly(80), said.Position.Figure);
    }

    [Fact]
    public void Region_BodiesOfABody_ArePartsOfIt()
    {
        var tree = new Tree(
        [
            Say.Figure("blue", Bounds.Exactly(10), target: "red-ministry", on: "2024-05-01"),
            Say.Figure("blue", Bounds.Exactly(4), target: "red-spokesman", on: "2024-05-01"),
        ]);

        Assert.Equal(10, tree.Region("town").Lines(Say.Registry, []).Single(Destroyed).Positions.Single().Figure.Best);
    }

    [Fact]
    public void Actor_PartsWithAVoiceOfTheirOwn_SpeakForThemselves()
    {
        var registry = new RegistrySnapshot(
            [
                .. Enum.GetValues<EntityKind>().SelectMany(Say.Registry.All),
                new RegistryEntry { Entity = EntityKind.Actor, Id = "blue-militia", Name = "blue-militia", Kind = "militia", Parent = "blue" },
            ],
            2);
        var tree = Tree.Of([Say.Figure("blue-militia", Bounds.Exactly(4), target: "red"), Say.Figure("blue-army", Bounds.Exactly(3), target: "red")], registry);

        Assert.Equal(3, Assert.Single(tree.Actor("blue").Said(registry)).Position.Figure.Best);
        Assert.Equal(4, Assert.Single(tree.Actor("blue-militia").Said(registry)).Position.Figure.Best);
    }

    [Fact]
    public void Region_DenialInAPlaceThatContainsIt_Disputes()
    {
        var tree = new Tree(
        [
            Say.Figure("red", Bounds.Exactly(4), region: "town", on: "2024-05-01"),
            Say.Figure("blue", Bounds.Unnumbered, region: "province", stance: Stance.Denies),
        ]);

        Assert.True(tree.Region("province").Lines(Say.Registry, []).Single(Destroyed).Disputed);
        Assert.False(tree.Region("town").Lines(Say.Registry, []).Single(Destroyed).Disputed);
        Assert.True(tree.Region("town").Lines(Say.Registry, tree.Region("province").OwnAnswers(Say.Registry)).Single(Destroyed).Disputed);
        Assert.True(tree.Actor("blue").Lines(Say.Registry).Single(Destroyed).Disputed);
    }

    [Fact]
    public void Book_CorrectedClaim_CountsAsIfItAloneHadCome()
    {
        var old = Say.Figure("red", Bounds.Exactly(40), id: "same", region: "town").Claim;
        var corrected = Say.Figure("red", Bounds.Exactly(4), id: "same", region: "village").Claim;
        var town = new RegionAggregate("town");
        var village = new RegionAggregate("village");
        PlacedRecord[] records =
        [
            new(new LogPosition(0, 1, 0), new LogRecord.Added(old), old.ReportedAt),
            new(new LogPosition(0, 2, 0), new LogRecord.Corrected(corrected, old, new LogPosition(0, 1, 0), Stands: true), corrected.ReportedAt),
        ];
        foreach (var record in records)
        {
            town.Book.Apply(record);
            village.Book.Apply(record);
        }

        Assert.Equal(0, town.Book.Counts.Total);
        Assert.Empty(town.Lines(Say.Registry, []));
        Assert.Equal(4, village.Lines(Say.Registry, []).Single(Destroyed).Positions.Single().Figure.Best);
    }

    [Fact]
    public void Parts_OlderAndMissingVersions_AreNotTaken()
    {
        var parts = new Parts();
        PartUpdate Update(long number, long? since) => new(new PartVersion(1, number), since is { } held ? new PartVersion(1, held) : null, new Dictionary<LineKey, System.Collections.Immutable.ImmutableSortedDictionary<Voice, VoiceTally>>(), new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>());

        Assert.NotNull(parts.Apply("a", Update(1, null)));
        Assert.Null(parts.Apply("a", Update(3, 2)));
        Assert.NotNull(parts.Apply("a", Update(2, 1)));
        Assert.Same(PartChange.None, parts.Apply("a", Update(1, null)));
        Assert.Same(PartChange.None, parts.Apply("a", Update(2, null)));
        Assert.Equal(new PartVersion(1, 2), parts.VersionOf("a"));
    }

    [Fact]
    public void StoredForms_RoundTrip()
    {
        var tree = new Tree([Say.Figure("red", new Bounds(12, 12, null), region: "town", detail: "T-72", incident: "i/1"), Say.Total("red", 40, "2024-05-09"), Say.Figure("blue", Bounds.Zero, stance: Stance.Denies)]);
        var update = tree.Region("town").Update(Say.Registry);

        var bytes = AggregateFormat.EncodeUpdate(update);
        Assert.Equal(bytes, AggregateFormat.EncodeUpdate(AggregateFormat.DecodeUpdate(bytes)));

        var book = tree.Region("town").Book;
        var restored = new RegionAggregate("town");
        var shelf = new Shelf(tree.Region("town"));
        shelf.Save();
        shelf.To(restored).LoadAll();
        AggregateFormat.RestoreCounts(restored.Book.Counts, AggregateFormat.EncodeCounts(book.Counts));
        Assert.Equal(AggregateFormat.EncodeUpdate(update), AggregateFormat.EncodeUpdate(restored.Update(Say.Registry)));
        Assert.Equal(book.Counts.Total, restored.Book.Counts.Total);
    }

    private static bool Destroyed(Line line) => line.Outcome == Outcome.Destroyed;
}
