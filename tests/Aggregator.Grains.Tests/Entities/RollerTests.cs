using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Entities;

namespace Aggregator.Grains.Tests.Entities;

/// <summary>The versions under which an entity's totals reach its parent, by push and by row.</summary>
public sealed class RollerTests
{
    private static readonly RegistrySnapshot Registry = new(
    [
        new RegistryEntry { Entity = EntityKind.Region, Id = "world", Name = "World", Kind = "world" },
        new RegistryEntry { Entity = EntityKind.Region, Id = "town", Name = "Town", Kind = "city", Parent = "world" },
    ], 1);

    private readonly RegionAggregate _town = new("town");
    private readonly Roller _roller;
    private readonly RegionAggregate _world = new("world");
    private int _claims;

    public RollerTests()
    {
        _roller = new Roller(_town);
        _roller.StartEpoch(1);
        _roller.MarkAll(Registry);
    }

    [Fact]
    public void Next_AfterAnAcknowledgement_TellsOnlyWhatChanged()
    {
        Claim(Item.Tank);
        Push();
        Claim(Item.Drone);

        var update = _roller.Next(Registry);

        Assert.Equal(new PartVersion(1, 1), update.Since);
        Assert.Equal([Item.Drone], update.Totals.Keys.Select(line => line.Item));
    }

    [Fact]
    public void Next_AfterAPushThatNobodyAnswered_TellsEverything()
    {
        Claim(Item.Tank);
        Push();
        Claim(Item.Drone);
        _roller.Next(Registry);
        _roller.NotAcknowledged();

        var update = _roller.Next(Registry);

        Assert.Null(update.Since);
        Assert.Equal(2, update.Totals.Count);
    }

    [Fact]
    public void Everything_AheadOfTheLastPush_IsNewToAParentThatHoldsThePush()
    {
        Claim(Item.Tank);
        Push();
        Claim(Item.Drone);

        _world.Parts.Apply("town", _roller.Everything(Registry)); // the row, after the child's silo died with the push unsent

        Assert.Equal(2, _world.Lines(Registry, []).Count);
    }

    [Fact]
    public void Next_AfterTheParentReadTheRow_MeetsAGapAndThenTellsEverything()
    {
        Claim(Item.Tank);
        Push();
        Claim(Item.Drone);
        _world.Parts.Apply("town", _roller.Everything(Registry));
        Claim(Item.Ship);

        Assert.Null(_world.Parts.Apply("town", _roller.Next(Registry)));
        _roller.NotAcknowledged();
        Push();

        Assert.Equal(3, _world.Lines(Registry, []).Count);
        Assert.False(_roller.HasNews);
    }

    [Fact]
    public void Held_LessThanAcknowledged_IsToldAgain()
    {
        Claim(Item.Tank);
        Push();
        _roller.Held(new PartVersion(1, 1));
        Assert.False(_roller.HasNews);

        _roller.Held(PartVersion.None);

        Assert.True(_roller.HasNews);
        Assert.Null(_roller.Next(Registry).Since);
    }

    [Fact]
    public void Next_OfANewEpoch_IsNewerThanAllOfTheOld()
    {
        Claim(Item.Tank);
        Push();
        var next = new Roller(_town);
        next.StartEpoch(2);
        next.MarkAll(Registry);

        Assert.NotSame(PartChange.None, _world.Parts.Apply("town", next.Next(Registry)));
    }

    [Fact]
    public void Acknowledged_AfterAllIsNews_SaysNothingOfWhatIsToldNow()
    {
        Claim(Item.Tank);
        var before = _roller.Next(Registry);
        _roller.MarkAll(Registry); // another registry, and perhaps another parent
        _roller.Acknowledged(before);

        var update = _roller.Next(Registry);

        Assert.Null(update.Since);
        Assert.True(update.Version.CompareTo(before.Version) > 0);
    }

    [Fact]
    public void MarkAll_OfABucketThatChangedWhileItWasNotTold_TellsAnotherVersionOfIt_AndTheSameOfOthers()
    {
        var merged = Registry.With([new RegistryOverride(EntityKind.Region, "town", Registry.Find(EntityKind.Region, "town"), "world")], 2);
        Claim(Item.Tank, merged);
        Claim(Item.Drone, merged);
        _roller.MarkAll(merged, Registry);
        var told = _roller.Next(merged).Told;
        Assert.Equal(2, told.Count(one => one.Key.Kind == BucketKind.Cell));

        // It stands for itself for a while, and something comes.
        _roller.MarkAll(Registry, merged);
        Assert.Empty(_roller.Next(Registry).Told);
        Claim(Item.Tank, Registry);
        _roller.MarkAll(merged, Registry);

        var again = _roller.Next(merged).Told;
        var tank = told.Keys.Single(bucket => bucket is { Kind: BucketKind.Cell, Cell.Item: Item.Tank });
        Assert.NotEqual(told[tank], again[tank]);

        // Nothing has come since: who was told of it has it.
        _roller.MarkAll(merged.With([new RegistryOverride(EntityKind.Region, "elsewhere", null, "world")], 3), merged);
        Assert.Equal(again[tank], _roller.Next(merged).Told[tank]);
    }

    [Fact]
    public void Tell_WithoutAChange_IsAPushOfItsOwn()
    {
        Claim(Item.Tank);
        Push();
        Assert.False(_roller.HasNews);

        _roller.Tell();

        Assert.True(_roller.HasNews);
        var update = _roller.Next(Registry);
        Assert.Empty(update.Totals);
        Assert.NotNull(_world.Parts.Apply("town", update));
    }

    private void Push()
    {
        var update = _roller.Next(Registry);
        Assert.NotNull(_world.Parts.Apply("town", update));
        _roller.Acknowledged(update);
    }

    private void Claim(Item item) => Claim(item, Registry);

    private void Claim(Item item, RegistrySnapshot registry)
    {
        var claim = new Claim
        {
            Key = new ClaimKey("s", $"{++_claims}"),
            ContentHash = (UInt128)_claims,
            Source = new EntityRef("s", "s"),
            ReportedAt = new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero),
            Claimant = new EntityRef("red", "red"),
            Target = new EntityRef("blue", "blue"),
            Region = new EntityRef("town", "town"),
            Figure = new Figure { Item = item, Outcome = Outcome.Lost, Bounds = Bounds.Exactly(1) },
        };
        var buckets = _town.Book.Apply(new PlacedRecord(new LogPosition(0, _claims, 0), new LogRecord.Added(claim), claim.ReportedAt));

        // As the entity does.
        var told = buckets.Where(bucket => _town.Tells(bucket, registry)).ToArray();
        if (told.Length < buckets.Count)
        {
            _roller.ChangedUntold();
        }

        _roller.Changed(buckets.SelectMany(bucket => _town.LinesOf(bucket, registry)), told);
    }
}
