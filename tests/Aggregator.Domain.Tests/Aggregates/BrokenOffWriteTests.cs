using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Tests.Ledger;
using static Aggregator.Domain.Tests.Aggregates.Regions;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>What a write that broke off leaves of claims is taken for what it is.</summary>
public sealed class BrokenOffWriteTests
{
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
    public void AVersionThatWasStoredWithoutItsBucketsHead_IsCutByOneThatComesBetween()
    {
        var region = new RegionAggregate("town");
        var shelf = new Shelf(region);
        var first = Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: "k", reported: "2024-05-01T08:00Z").Claim;
        var second = Say.Figure("red", Bounds.Exactly(5), on: "2024-05-01", id: "k", reported: "2024-05-01T12:00Z").Claim with { ContentHash = 2, Revision = 1 };
        var third = Say.Figure("red", Bounds.Exactly(6), on: "2024-05-01", id: "k", reported: "2024-05-01T10:00Z").Claim with { ContentHash = 3, Revision = 2 };
        var correction = new LogRecord.Corrected(second, first, new(0, 1, 0), Stands: true);
        Apply(region, 1, new LogRecord.Added(first));
        shelf.Save();
        var broken = new RegionAggregate("town");
        var brokenShelf = shelf.To(broken);
        brokenShelf.LoadAll();
        Apply(broken, 2, correction);
        brokenShelf.Save();
        shelf.TakeChunks(brokenShelf);

        // It comes again, and is written.
        var next = new RegionAggregate("town");
        var nextShelf = shelf.To(next);
        Load(next, nextShelf, correction);
        Apply(next, 2, correction);
        nextShelf.Save();
        var last = new RegionAggregate("town");
        var lastShelf = nextShelf.To(last);
        var late = new LogRecord.Corrected(third, second, new(0, 2, 0), Stands: true);
        Load(last, lastShelf, late);
        Apply(last, 3, late);

        lastShelf.LoadAll();
        var past = new RegionAggregate("town");
        last.Book.CopyTo(past.Book, Say.Time("2024-05-01T11:00Z"));
        Assert.Equal(1, past.Book.Counts.Total);
        Assert.Equal(6, past.AllLines(Say.Registry).Where(line => line.Outcome == Outcome.Destroyed).Sum(line => past.Total(line, Say.Registry).Values.Single().Tally.Value.Best));

        static void Load(RegionAggregate region, Shelf shelf, LogRecord record)
        {
            foreach (var chunk in region.Book.Needs(record).ToList())
            {
                shelf.Load(chunk);
            }
        }
    }

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
}
