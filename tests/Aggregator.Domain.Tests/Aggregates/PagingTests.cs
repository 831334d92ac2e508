using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Histories;
using Aggregator.Domain.Tests.Ledger;
using Aggregator.Domain.TrackRecord;
using CsCheck;

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
    public void ADenialThatAWriteThatBrokeOffHadStored_IsAnAnswerOnceItComesAgain()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var claim = Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: "k").Claim;
        Apply(region, 1, new LogRecord.Added(claim));
        shelf.Save();
        var denial = new LogRecord.Added(Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: "no", source: "paper", stance: Stance.Denies).Claim);
        var brokenOff = new RegionAggregate("town");
        var brokenOffShelf = shelf.To(brokenOff);
        brokenOffShelf.LoadAll();
        Apply(brokenOff, 2, denial);
        brokenOffShelf.Save();
        shelf.TakeChunks(brokenOffShelf);

        // What comes from another partition fills a chunk of its own; a correction then reads the one that has the denial, and not that one.
        var next = new RegionAggregate("town");
        var nextShelf = shelf.To(next);
        for (var number = 0; number < 128; number++)
        {
            next.Book.Apply(new PlacedRecord(new LogPosition(1, number + 1, 0), new LogRecord.Added(Say.Figure("red", Bounds.Exactly(1), on: "2024-05-01", incident: $"i/{number}", id: $"n{number}").Claim), claim.ReportedAt));
        }

        nextShelf.Save();
        next.Book.Shed(0);
        var corrected = new LogRecord.Corrected(claim with { Revision = 1, ContentHash = 2 }, claim, new(0, 1, 0), Stands: true);
        foreach (var chunk in next.Book.Needs(corrected).ToList())
        {
            nextShelf.Load(chunk);
        }

        var bucket = Assert.Single(next.Book.AllBuckets);
        Assert.True(next.Book.IsAway(bucket));
        Apply(next, 2, denial);

        Assert.True(next.Book.HasAnswers(bucket));
        nextShelf.LoadAll();
        Assert.True(next.Book.HasAnswers(bucket));
    }

    [Fact]
    public void AClaimStoredTwice_AsAWriteThatBrokeOffMayLeaveIt_CountsOnce()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var record = new LogRecord.Added(Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", incident: "i/1", id: "k").Claim);
        Apply(region, 1, record);
        Apply(region, 2, new LogRecord.Added(Say.Figure("red", Bounds.Exactly(2), on: "2024-05-01", incident: "i/2", id: "l").Claim));
        shelf.Save();

        // The chunk is in the store, the mark is not: the next activation applies the record again.
        var next = new RegionAggregate("town");
        var nextShelf = shelf.To(next);
        Apply(next, 1, record);

        Assert.Equal(6, Value(nextShelf, next));
        nextShelf.Save();
        var last = new RegionAggregate("town");
        Assert.Equal(6, Value(nextShelf.To(last), last));
    }

    [Fact]
    public void AfterAnyHistory_WithAnythingOutOfMemory_ViewsAreTheSame() => Gen.Select(History.Any, History.AnyMerges, Gen.Int[0, 1 << 12]).Sample(
        (history, merges, saves) =>
        {
            var registry = Say.Merged(merges);
            var log = History.Log(history);
            foreach (var owner in log.SelectMany(placed => placed.Record.Touches).Distinct().Where(owner => owner.Kind != EntityKind.Source))
            {
                var (all, paged) = (Make(owner), Make(owner));
                var shelf = new Shelf(paged);
                foreach (var placed in log.Where(placed => placed.Record.Touches.Contains(owner)))
                {
                    all.Book.Apply(placed);
                    foreach (var chunk in paged.Book.Needs(placed.Record).ToList())
                    {
                        shelf.Load(chunk);
                    }

                    paged.Book.Apply(placed);
                    if ((saves & (1 << (int)(placed.Position.Sequence % 12))) != 0)
                    {
                        shelf.Save();
                        paged.Book.Shed((int)placed.Position.Sequence % 3);
                        shelf.Read(() => Text(paged, registry));
                    }
                }

                shelf.Save();
                paged.Book.Shed(0);
                Assert.Equal(Text(all, registry), shelf.Read(() => Text(paged, registry)));

                var restored = Make(owner);
                var restoredShelf = shelf.To(restored);
                Assert.Equal(Text(all, registry), restoredShelf.Read(() => Text(restored, registry)));
                restoredShelf.LoadAll();
                var (pastOfAll, pastOfPaged) = (Make(owner), Make(owner));
                all.Book.CopyTo(pastOfAll.Book, Say.Time("2024-05-03T00:00Z"));
                restored.Book.CopyTo(pastOfPaged.Book, Say.Time("2024-05-03T00:00Z"));
                Assert.Equal(Text(pastOfAll, registry), Text(pastOfPaged, registry));
                Assert.Equal(pastOfAll.Book.Counts.Total, pastOfPaged.Book.Counts.Total);
            }
        },
        iter: History.Count);

    [Fact]
    public void AClaimStoredInTwoVersions_AsAWriteThatBrokeOffMayLeaveIt_IsTheLaterOne_AndItsPastIsKept()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var first = Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: "k", reported: "2024-05-01T12:00Z").Claim;
        var second = Say.Figure("red", Bounds.Exactly(5), on: "2024-05-01", id: "k", reported: "2024-05-01T18:00Z").Claim with { ContentHash = 2 };
        Apply(region, 1, new LogRecord.Added(first));
        shelf.Save();

        // The newer chunk has been stored, the older one is as it was, and the mark is before both.
        var broken = new RegionAggregate("town");
        var brokenShelf = shelf.To(broken);
        Apply(broken, 2, new LogRecord.Added(second));
        brokenShelf.Save();
        var next = new RegionAggregate("town");
        var nextShelf = brokenShelf.To(next);
        Assert.Equal(5, Value(nextShelf, next));

        nextShelf.LoadAll();
        Apply(next, 2, new LogRecord.Corrected(second, first, new(0, 1, 0), Stands: true));
        Assert.Equal(5, Value(nextShelf, next));
        var past = new RegionAggregate("town");
        next.Book.CopyTo(past.Book, Say.Time("2024-05-01T15:00Z"));
        Assert.Equal(4, past.AllLines(Say.Registry).Where(line => line.Outcome == Outcome.Destroyed).Sum(line => past.Total(line, Say.Registry).Values.Single().Tally.Value.Best));
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

    [Fact]
    public void AfterAnyHistory_WithPartsThatOnlyTell_ViewsAreTheSame() => Gen.Select(History.Any, History.AnyMerges).Sample(
        (history, merges) =>
        {
            var registry = Say.Merged(merges);
            var tree = new Tree(History.Log(history), registry);
            foreach (var owner in tree.Entities.Where(entity => entity.Kind != EntityKind.Source && !registry.IsMerged(entity.Kind, entity.Id)))
            {
                // As it is with its parts' claims at hand, and as it is when they are told of and asked for.
                var (whole, telling) = (tree.Of(owner), Make(owner));
                foreach (var placed in History.Log(history).Where(placed => placed.Record.Touches.Contains(owner)))
                {
                    telling.Book.Apply(placed);
                }

                var at = 0;
                foreach (var part in tree.Entities.Where(entity => entity.Kind == owner.Kind && registry.Parent(owner.Kind, entity.Id) == owner.Id))
                {
                    // First empty, so that something is kept which the news must take the place of.
                    var below = tree.Of(part);
                    telling.Parts.Apply(part.Id, new PartUpdate(new(1, 1), null, new Dictionary<LineKey, System.Collections.Immutable.ImmutableSortedDictionary<Voice, VoiceTally>>(), new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>()));
                    if (at++ % 2 == 0)
                    {
                        Asked().Read(() => Text(telling, registry));
                    }

                    telling.Parts.Apply(part.Id, below.Update(registry) with
                    {
                        Version = new(1, 2),
                        Claims = new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>(),
                        Told = below.TellsBuckets(registry).ToDictionary(bucket => bucket, bucket => below.Told(bucket, new(1, 2))),
                    });
                }

                Assert.Equal(Text(whole, registry), Asked().Read(() => Text(telling, registry)));
                Assert.Equal(whole.Counts(registry).Total, Asked().Read(() => telling.Counts(registry).Total));

                Shelf Asked() => new(telling, told => tree.Of(new EntityKey(owner.Kind, told.Part)).Claims(told.Bucket));
            }
        },
        iter: History.Count);

    [Fact]
    public void AChunkThatWasStoredWithoutWhatItsClaimOnceWas_LosesNoPast()
    {
        // A write that broke off: the chunk says that the claim stands no more, and what it was had been in another chunk.
        var region = new RegionAggregate("town");
        var claim = Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: "k", reported: "2024-05-01T12:00Z").Claim;
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 2, 0), new LogRecord.Retracted(new Retraction(claim.Key, "wire"), claim, new LogPosition(0, 1, 0)), Say.Time("2024-05-02T00:00Z")));

        var past = new RegionAggregate("town");
        region.Book.CopyTo(past.Book, Say.Time("2024-05-01T18:00Z"));

        Assert.Equal(1, past.Book.Counts.Total);
        Assert.Equal(4, past.AllLines(Say.Registry).Where(line => line.Outcome == Outcome.Destroyed).Sum(line => past.Total(line, Say.Registry).Values.Single().Tally.Value.Best));
    }

    private static IAggregate Make(EntityKey owner) => owner.Kind == EntityKind.Region ? new RegionAggregate(owner.Id) : new ActorAggregate(owner.Id);

    // What it gives its parent has every number in it.
    private static string Text(IAggregate aggregate, RegistrySnapshot registry)
    {
        if (aggregate is RegionAggregate region)
        {
            region.Judgements.Refresh(registry);
        }

        var control = (aggregate as RegionAggregate)?.Control(registry, []);
        var said = (aggregate as ActorAggregate)?.Said(registry);
        var totals = aggregate.AllLines(registry).Order().ToDictionary(line => line, line => aggregate.Total(line, registry));
        return Dump.Of(new PartUpdate(new(1, 1), null, totals, new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>()))
            + string.Join('\n', control?.Positions.Select(position => $"{position.Voice} {position.Holder} {position.Since} {string.Join(',', position.Provenance.Evidence)}") ?? [])
            + string.Join('\n', said?.Select(one => $"{one.Cell} {one.Position.Voice} {one.Position.Figure} {one.Position.Superseded} {one.Position.Added} {string.Join(',', one.Position.Provenance.Evidence)}") ?? []);
    }

    private static long? Value(Shelf shelf, RegionAggregate region) => shelf.Read(() =>
        region.AllLines(Say.Registry).Where(line => line.Outcome == Outcome.Destroyed).Sum(line => region.Total(line, Say.Registry).Values.Sum(said => said.Tally.Value.Best)));

    private static void Apply(RegionAggregate aggregate, long sequence, LogRecord record) =>
        aggregate.Book.Apply(new PlacedRecord(new LogPosition(0, sequence, 0), record, Say.Time("2024-05-02T00:00Z")));
}
