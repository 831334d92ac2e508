using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Tests.Ledger;
using Aggregator.Domain.TrackRecord;
using static Aggregator.Domain.Tests.Aggregates.Regions;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>Claims out of memory change nothing but what is in memory.</summary>
public sealed class PagingTests
{
    [Fact]
    public void Adding_NeedsNothingInMemory()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var keys = new HashSet<string>();
        for (var number = 1; number <= 300; number++)
        {
            var record = new LogRecord.Added(Say.Figure("red", Bounds.Exactly(1), on: "2024-05-01", incident: $"i/{number}", id: $"k{number}").Claim);
            Assert.Empty(region.Book.Needs(record));
            region.Book.Apply(new PlacedRecord(new LogPosition(0, number, 0), record, record.Claim.ReportedAt));
            if (number % 50 == 0)
            {
                shelf.Save();
                region.Book.Shed(0);
                Assert.Equal(0, region.Book.LoadedClaims);
            }
        }

        Assert.Equal(0, shelf.Loads);
        Assert.Equal(300, Value(shelf, region));
        Assert.Equal(6, shelf.Loads);
        Assert.Equal(300, region.Book.Counts.Total);
    }

    [Fact]
    public void SmallChunks_OnceInMemory_AreStoredAsFew()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        for (var number = 1; number <= 300; number++)
        {
            // Each comes while all before it are out of memory.
            Add(region, number);
            shelf.Save();
            region.Book.Shed(0);
        }

        Assert.Equal(300, shelf.Chunks);
        var other = new RegionAggregate("town");
        var brokenOff = shelf.To(other);
        var moves = region.Book.Moves;
        shelf.LoadAll();
        Add(region, 301);
        shelf.Save();
        Assert.Equal(3, shelf.Chunks);
        Assert.True(region.Book.Moves > moves);

        // The next goes into the last of them, and nothing is moved for it.
        moves = region.Book.Moves;
        Add(region, 302);
        shelf.Save();
        Assert.Equal((3, moves), (shelf.Chunks, region.Book.Moves));
        region.Book.Shed(0);
        Assert.Equal(302, Value(shelf, region));
        Assert.Equal(302, region.Book.Counts.Total);

        // A write that broke off before the row spoke of it: claims stand in two chunks, and what is sent again is there already.
        brokenOff.TakeChunks(shelf);
        Add(other, 301);
        Add(other, 302);
        Assert.Equal(302, Value(brokenOff, other));
        brokenOff.LoadAll();
        brokenOff.Save();
        other.Book.Shed(0);
        Assert.Equal(302, Value(brokenOff, other));
        Assert.Equal(3, brokenOff.Chunks);

        static void Add(RegionAggregate to, int number) =>
            Apply(to, number, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(1), on: "2024-05-01", incident: $"i/{number}", id: $"k{number}").Claim));
    }

    [Fact]
    public void AFoldThatIsKept_NeedsNoClaims()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        Apply(region, 1, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01").Claim));
        Apply(region, 2, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(3), Item.Drone, on: "2024-05-01").Claim));
        Assert.Equal(7, Value(shelf, region));
        shelf.Save();
        region.Book.Shed(0);

        Assert.Equal(7, Value(shelf, region));
        Assert.Equal(0, shelf.Loads);

        // Another claim needs its own cell and no other.
        Apply(region, 3, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(1), Item.Drone, on: "2024-05-02").Claim));
        Assert.Equal(8, Value(shelf, region));
        Assert.Equal(1, shelf.Loads);
    }

    [Fact]
    public void Shedding_LetsGoOfWhatWasUsedLongestAgo_AndOfNothingThatIsNotStored()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        Apply(region, 1, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01").Claim));
        Apply(region, 2, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(3), Item.Drone, on: "2024-05-01").Claim));
        shelf.Save();
        Apply(region, 3, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(2), Item.Ship, on: "2024-05-01").Claim));

        region.Book.Shed(2);
        Assert.Equal(["Drone", "Ship"], region.Book.Buckets.Where(bucket => !region.Book.IsAway(bucket)).Select(bucket => $"{bucket.Cell.Item}").Order());

        region.Book.Shed(0);
        Assert.Equal(["Ship"], region.Book.Buckets.Where(bucket => !region.Book.IsAway(bucket)).Select(bucket => $"{bucket.Cell.Item}"));
        Assert.Equal(1, region.Book.LoadedClaims);
    }

    [Fact]
    public void ACorrection_NeedsWhatItReplaces_AndWhatItsKeyOnceWas()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var first = Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: "k").Claim;
        var second = Say.Figure("red", Bounds.Exactly(4), Item.Drone, on: "2024-05-01", id: "k", reported: "2024-05-01T13:00Z").Claim;
        var third = Say.Figure("red", Bounds.Exactly(4), Item.Ship, on: "2024-05-01", id: "k", reported: "2024-05-01T14:00Z").Claim;
        Apply(region, 1, new LogRecord.Added(first));
        shelf.Save();
        region.Book.Shed(0);
        var record = new LogRecord.Corrected(second, first, new(0, 1, 0), Stands: true);
        Assert.Equal([Item.Tank], region.Book.Needs(record).Select(chunk => chunk.Bucket.Cell.Item));
        Load(record);
        Apply(region, 2, record);
        shelf.Save();
        region.Book.Shed(0);

        record = new LogRecord.Corrected(third, second, new(0, 2, 0), Stands: true);
        Assert.Equal([Item.Tank, Item.Drone], region.Book.Needs(record).Select(chunk => chunk.Bucket.Cell.Item).Order());
        Load(record);
        Apply(region, 3, record);

        Assert.Equal(4, Value(shelf, region));
        Assert.Equal([Item.Ship], region.Book.Buckets.Select(bucket => bucket.Cell.Item));
        Assert.Equal([Item.Tank, Item.Drone, Item.Ship], region.Book.AllBuckets.Select(bucket => bucket.Cell.Item).Order());

        void Load(LogRecord needing)
        {
            foreach (var chunk in region.Book.Needs(needing).ToList())
            {
                shelf.Load(chunk);
            }
        }
    }

    [Fact]
    public void ACorrection_OfVeryManyClaims_NeedsThoseThatMayHoldWhatItReplaces()
    {
        const int Claims = 20 * 128;
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var claims = Enumerable.Range(0, Claims).Select(number => Say.Figure("red", Bounds.Exactly(1), on: "2024-05-01", incident: $"i/{number}", id: $"k{number}").Claim).ToArray();
        for (var number = 0; number < Claims; number++)
        {
            Apply(region, number + 1, new LogRecord.Added(claims[number]));
        }

        shelf.Save();
        region.Book.Shed(0);
        var corrected = 0;
        for (var number = 0; number < Claims; number += 40, corrected++)
        {
            var version = claims[number] with { Revision = 1, ContentHash = 2, ReportedAt = claims[number].ReportedAt.AddHours(1), Figure = claims[number].Figure! with { Bounds = Bounds.Exactly(2) } };
            var record = new LogRecord.Corrected(version, claims[number], new(0, number + 1, 0), Stands: true);
            foreach (var chunk in region.Book.Needs(record).ToList())
            {
                shelf.Load(chunk);
            }

            Apply(region, Claims + corrected + 1, record);
            shelf.Save();
            region.Book.Shed(0);
        }

        // The one that holds it, the one that takes what is kept of it, and now and then another; after a restart nobody knows what is where.
        Assert.InRange(shelf.Loads, corrected, 3 * corrected);
        Assert.InRange(shelf.Chunks, 20, 22);
        Assert.Equal(Claims + corrected, Value(shelf, region));
        var next = new RegionAggregate("town");
        var nextShelf = shelf.To(next);
        Assert.Equal(next.Book.Away(Assert.Single(next.Book.AllBuckets)), next.Book.Needs(new LogRecord.Retracted(new Retraction(claims[1].Key, claims[1].Source.Id), claims[1], new(0, 2, 0))));
        Assert.Equal(Claims + corrected, Value(nextShelf, next));
    }

    [Fact]
    public void ACellThatIsJudgedWhileItIsInMemory_NeedNotBeReadAgain()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        Apply(region, 1, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "wire", id: "w").Claim));
        Apply(region, 2, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", source: "paper", reported: "2024-05-01T13:00Z", id: "p").Claim));
        shelf.Save();
        region.Book.Shed(0);
        region.Judgements.Refresh(Say.Registry);
        Assert.True(region.HasMisses);
        region.TakeMisses();
        Assert.True(region.Judgements.IsStale);

        var cell = Assert.Single(region.Book.AllBuckets);
        shelf.Load(cell);
        region.Judgements.Refresh([cell], Say.Registry);
        region.Book.Shed(0);

        Assert.False(region.Judgements.IsStale);
        region.Judgements.Refresh(Say.Registry);
        Assert.False(region.HasMisses);
        Assert.Equal(new Judgements(1, 0), region.Judgements["wire"]);
    }

    [Fact]
    public void AClassThatABodyTakesOver_IsTakenOverInWhatItsStateSays()
    {
        var body = new ActorAggregate("red-army");
        Appearance[] said =
        [
            Say.Figure("red-army", Bounds.Exactly(60), Item.Apc, Outcome.Lost, basis: Basis.Cumulative, asOf: "2024-05-01", reported: "2024-05-01T12:00Z"),
            Say.Figure("red-army", Bounds.Exactly(100), Item.ArmouredVehicle, Outcome.Lost, basis: Basis.Cumulative, asOf: "2024-05-02", reported: "2024-05-02T12:00Z", supersedes: ["apc"]),
        ];
        foreach (var one in said)
        {
            body.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(one.Claim), one.Claim.ReportedAt));
        }

        var state = new ActorAggregate("red");
        state.Parts.Apply("red-army", AggregateFormat.DecodeUpdate(AggregateFormat.EncodeUpdate(new PartUpdate(
            new(1, 1), null, new Dictionary<LineKey, System.Collections.Immutable.ImmutableSortedDictionary<Voice, VoiceTally>>(), new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>())
        {
            Told = body.TellsBuckets(Say.Registry).ToDictionary(bucket => bucket, bucket => body.Told(bucket, new(1, 1))),
        })));

        var lines = new Shelf(state, told => body.Claims(told.Bucket)).Read(() => state.Said(Say.Registry));

        Assert.Equal([(Item.ArmouredVehicle, false, 40L), (Item.Apc, true, 0L)], lines.Select(line => (line.Cell.Item, line.Position.Superseded, line.Position.Added!.Value)).OrderBy(line => line.Superseded));
    }
}
