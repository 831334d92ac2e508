using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>A record that is taken out of all folds: those that had taken it and those that had not come to the same.</summary>
public sealed class QuarantineTests
{
    private static readonly EntityKey Town = new(EntityKind.Region, "town");
    private static readonly EntityKey Village = new(EntityKind.Region, "village");
    private static readonly DateTimeOffset At = Say.Time("2024-05-02T00:00Z");
    private static readonly Claim First = Say.Figure("red", Bounds.Exactly(3), id: "c", region: "town").Claim;
    private static readonly Claim Second = Say.Figure("red", Bounds.Exactly(4), id: "c", region: "village", reported: "2024-05-01T13:00Z").Claim with { ContentHash = 2 };
    private static readonly Claim Third = Say.Figure("red", Bounds.Exactly(5), id: "c", region: "village", reported: "2024-05-01T14:00Z").Claim with { ContentHash = 3 };

    [Fact]
    public void Quarantined_Added_CountsNowhereWhetherFoldedOrNot()
    {
        var added = Placed(1, new LogRecord.Added(First));
        Same(Town, 0, [added], []);
    }

    [Fact]
    public void Quarantined_Correction_LeavesNeitherVersion()
    {
        var added = Placed(1, new LogRecord.Added(First));
        var corrected = Placed(2, new LogRecord.Corrected(Second, First, added.Position, Stands: true));
        Same(Town, 0, [added, corrected], [added], poison: corrected);
        Same(Village, 0, [added, corrected], [added], poison: corrected);
    }

    [Fact]
    public void Quarantined_CorrectedSince_TheLaterVersionStandsOnce()
    {
        var added = Placed(1, new LogRecord.Added(First));
        var corrected = Placed(2, new LogRecord.Corrected(Second, First, added.Position, Stands: true));
        var again = Placed(3, new LogRecord.Corrected(Third, Second, corrected.Position, Stands: true));
        Same(Town, 0, [added, corrected, again], [added, again], poison: corrected);
        Same(Village, 1, [added, corrected, again], [added, again], poison: corrected);
    }

    [Fact]
    public void Quarantined_CorrectedAfterwards_CountsTheLaterVersion()
    {
        var corrected = Placed(9, new LogRecord.Corrected(Third, First, new LogPosition(0, 1, 0), Stands: true));
        var added = Placed(1, new LogRecord.Added(First));
        foreach (var taken in new[] { [added], Array.Empty<PlacedRecord>() })
        {
            Assert.Equal(0, Folded(Town, [.. taken, Quarantine(added), corrected]).Counts.Total);
        }
    }

    [Fact]
    public void Quarantined_WhatStoodOnce_IsNotInThePastEither()
    {
        var added = Placed(1, new LogRecord.Added(First));
        var retracted = Placed(2, new LogRecord.Retracted(new Retraction(First.Key, "wire"), First, added.Position)) with { ReceivedAt = At.AddHours(2) };
        var (book, past) = (new ClaimBook(Town), new ClaimBook(Town));
        Array.ForEach([added, retracted], record => book.Apply(record));
        var between = At.AddHours(1);
        book.CopyTo(past, between);
        Assert.Equal(1, past.Counts.Total);

        book.Apply(Quarantine(added));
        past = new ClaimBook(Town);
        book.CopyTo(past, between);
        Assert.Equal(0, past.Counts.Total);
    }

    [Fact]
    public void Quarantined_ACorrectionThatDoesNotStand_LeavesTheOneThatDoes()
    {
        var added = Placed(1, new LogRecord.Added(First with { Revision = 2 }));
        var late = Placed(2, new LogRecord.Corrected(Second with { Region = First.Region }, First with { Revision = 2 }, added.Position, Stands: false));
        Same(Town, 1, [added, late], [added], poison: late);
        var retracted = Placed(9, new LogRecord.Retracted(new Retraction(First.Key, "wire"), First with { Revision = 2 }, added.Position));
        Assert.Equal(0, Folded(Town, added, late, Quarantine(late), retracted).Counts.Total);
    }

    [Fact]
    public void Quarantined_WhatAnotherTextReplacedAtOnce_CountsNowhere()
    {
        // A claim whose text is replaced by another one of the same time was never known to stand.
        var added = Placed(1, new LogRecord.Added(First));
        var superseded = Placed(2, new LogRecord.Superseded("wire", First, added.Position, First.ReportedAt));
        Same(Town, 0, [added, superseded], [superseded], poison: added);
    }

    [Fact]
    public void Quarantined_WithClaimsOutOfMemory_IsCountedBucketByBucket()
    {
        var other = Say.Figure("red", Bounds.Exactly(7), id: "d", region: "town", item: Item.Aircraft).Claim;
        var book = new ClaimBook(Town);
        Array.ForEach([Placed(1, new LogRecord.Added(First)), Placed(2, new LogRecord.Added(other))], record => book.Apply(record));
        book.TakeDirty();
        var stored = book.Loaded.ToDictionary(chunk => chunk.Bucket, chunk => chunk.Standing.ToArray());
        book.Shed(0);
        var poison = Placed(1, new LogRecord.Added(First));
        var needed = Assert.Single(book.Needs(Quarantine(poison).Record));
        book.Restore(needed, stored[needed.Bucket], []);
        book.Apply(Quarantine(poison));

        Assert.True(book.MustRecount);
        foreach (var bucket in book.Recounting())
        {
            foreach (var chunk in book.Away(bucket))
            {
                book.Restore(chunk, stored[bucket], []);
            }
        }

        Assert.Equal((false, 1), (book.MustRecount, book.Counts.Total));
    }

    [Fact]
    public void Quarantined_Retraction_TakesTheClaimOutAllTheSame()
    {
        var added = Placed(1, new LogRecord.Added(First));
        var retracted = Placed(2, new LogRecord.Retracted(new Retraction(First.Key, "wire"), First, added.Position));
        Same(Town, 0, [added, retracted], [added], poison: retracted);
    }

    [Fact]
    public void Quarantined_WhatStoodBefore_IsShownOfThePastUntilThen()
    {
        var added = Placed(1, new LogRecord.Added(First));
        var corrected = Placed(2, new LogRecord.Corrected(Second, First, added.Position, Stands: true));
        var again = Placed(3, new LogRecord.Corrected(Third, Second, corrected.Position, Stands: true));
        foreach (var records in new PlacedRecord[][] { [added, corrected], [added], [added, corrected, again], [added, again] })
        {
            var book = Folded(Town, [.. records, Quarantine(corrected)]);
            Assert.Equal([added.Position], Known(book, Second.ReportedAt.AddMinutes(-1)).Select(one => one.Position));
            Assert.Empty(Known(book, Second.ReportedAt));
        }
    }

    [Fact]
    public void Quarantined_SaidInItsPlace_ThePastIsTheSameWithWhomeverHadTakenIt()
    {
        var added = Placed(1, new LogRecord.Added(First));
        var corrected = Placed(2, new LogRecord.Corrected(Second with { Revision = 3 }, First, added.Position, Stands: true));
        var late = Placed(3, new LogRecord.Corrected(Third with { Revision = 2, Region = First.Region, ReportedAt = First.ReportedAt.AddMinutes(5) }, Second with { Revision = 3 }, corrected.Position, Stands: false));
        var back = Placed(4, new LogRecord.Corrected(Third with { Revision = 4, Region = First.Region }, Second with { Revision = 3 }, corrected.Position, Stands: true));
        var said = corrected with { Record = Quarantine(corrected).Record };
        Same(Town, 1, [added, corrected, late, back], [added, said, late, back], poison: corrected);
    }

    [Fact]
    public void Stored_WhatIsQuarantined_IsReadBack()
    {
        LogPosition[] positions = [new(3, 1, 2), new(0, 7, 0)];
        Assert.Equal(positions.OrderBy(position => position.Partition), AggregateFormat.DecodePositions(AggregateFormat.EncodePositions(positions)));
        var record = new LogRecord.Quarantined(new LogPosition(0, 1, 0), new LogRecord.Added(First), At, "a fault");
        var read = LogFormat.Decode(LogFormat.Encode(Guid.NewGuid(), At, [record]), 0, 4).Records[0].Record;
        var quarantined = Assert.IsType<LogRecord.Quarantined>(read);
        Assert.Equal((record.Position, record.ReceivedAt, record.Reason), (quarantined.Position, quarantined.ReceivedAt, quarantined.Reason));
        Assert.Equal(First.Key, Assert.IsType<LogRecord.Added>(quarantined.Record).Claim.Key);
    }

    private static void Same(EntityKey owner, long standing, PlacedRecord[] folded, PlacedRecord[] skipping, PlacedRecord? poison = null)
    {
        var quarantine = Quarantine(poison ?? folded[^1]);
        ClaimBook[] books = [Folded(owner, [.. folded, quarantine]), Folded(owner, [.. skipping, quarantine])];
        foreach (var book in books)
        {
            Assert.Equal((standing, standing), (book.Counts.Total, book.Buckets.Sum(bucket => book[bucket].Count)));
        }

        // And of the past they show the same.
        for (var moment = At.AddHours(-36); moment < At.AddHours(4); moment = moment.AddMinutes(30))
        {
            Assert.Equal(Known(books[0], moment), Known(books[1], moment));
        }
    }

    private static ClaimBook Folded(EntityKey owner, params PlacedRecord[] records)
    {
        var book = new ClaimBook(owner);
        Array.ForEach(records, record => book.Apply(record));
        if (book.MustRecount)
        {
            Assert.NotNull(book.Recounting().ToList());
        }

        return book;
    }

    private static HashSet<(BucketKey Bucket, LogPosition Position)> Known(ClaimBook book, DateTimeOffset moment)
    {
        var past = new ClaimBook(book.Owner);
        book.CopyTo(past, moment);
        return [.. past.Buckets.SelectMany(bucket => past[bucket].Select(one => (bucket, one.Position)))];
    }

    private static PlacedRecord Placed(long sequence, LogRecord record) => new(new LogPosition(0, sequence, 0), record, At);

    private static PlacedRecord Quarantine(PlacedRecord poison) => Placed(8, new LogRecord.Quarantined(poison.Position, poison.Record, poison.ReceivedAt, "a fault"));
}
