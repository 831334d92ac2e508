using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Index;

namespace Aggregator.Grains.Tests.Protocol;

public sealed class DeduplicatorTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 3, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sort_NewClaims_AreAddedInOrder()
    {
        var sorted = Sort([Claim("1", 1), Claim("2", 2)]);

        Assert.Equal([AppendOutcome.Accepted, AppendOutcome.Accepted], sorted.Outcomes);
        Assert.Equal(["1", "2"], sorted.Records.Cast<LogRecord.Added>().Select(added => added.Claim.Key.Id));
    }

    [Fact]
    public void Sort_SameContentTwiceInABatch_CountsOnce()
    {
        var sorted = Sort([Claim("1", 1), Claim("1", 1)]);

        Assert.Equal([AppendOutcome.Accepted, AppendOutcome.Duplicate], sorted.Outcomes);
        Assert.Single(sorted.Records);
        Assert.Equal(1, sorted.Duplicates["s"]);
    }

    [Fact]
    public void Sort_ContentInTheIndex_IsADuplicateOfItsOriginalEntry()
    {
        var claim = Claim("1", 1);
        var sorted = Sort([claim], held: Held(claim, sequence: 7));

        Assert.Equal([AppendOutcome.Duplicate], sorted.Outcomes);
        Assert.Equal([7L], sorted.Sequences);
        Assert.Empty(sorted.Records);
    }

    [Fact]
    public void Sort_OtherContent_CorrectsAndStands()
    {
        var old = Claim("1", 1);
        var sorted = Sort([Claim("1", 2)], Held(old, 7), old);

        var corrected = Assert.IsType<LogRecord.Corrected>(Assert.Single(sorted.Records));
        Assert.True(corrected.Stands);
        Assert.Same(old, corrected.Replaced);
        Assert.Equal(new LogPosition(0, 7, 0), corrected.ReplacedAt);
    }

    [Fact]
    public void Sort_OlderRevisionThatComesLate_DoesNotStand()
    {
        var newer = Claim("1", 1, revision: 2);
        var sorted = Sort([Claim("1", 2, revision: 1)], Held(newer, 7), newer);

        Assert.False(Assert.IsType<LogRecord.Corrected>(Assert.Single(sorted.Records)).Stands);
        Assert.Equal([AppendOutcome.Corrected], sorted.Outcomes);
    }

    [Fact]
    public void Sort_ReplacedContentSentAgain_IsADuplicate()
    {
        var old = Claim("1", 1);
        var first = Sort([Claim("1", 2)], Held(old, 7), old);
        var row = first.Rows.Values.Single();

        var sorted = Sort([old], new Dictionary<UInt128, IndexHit> { [row.Key] = new(row.Versions) });

        Assert.Equal([AppendOutcome.Duplicate], sorted.Outcomes);
    }

    [Fact]
    public void Sort_TooManyVersions_AreRefusedAndLeaveTheRest()
    {
        var claim = Claim("1", 1);
        var key = ClaimIdentity.Hash(claim.Key);
        var full = new IndexHit([.. Enumerable.Range(0, ClaimIndex.MaximumVersions).Select(n => new IndexVersion((UInt128)(n + 10), n + 1, 0, 0, 0))]);

        var sorted = Sort([claim, Claim("2", 2)], new Dictionary<UInt128, IndexHit> { [key] = full }, claim);

        Assert.Equal([AppendOutcome.TooManyVersions, AppendOutcome.Accepted], sorted.Outcomes);
    }

    [Fact]
    public void Sort_Retraction_NamesWhatItRemoves()
    {
        var old = Claim("1", 1);
        var sorted = SortAll([Candidate.Of(Retraction("1"))], Held(old, 7), old);

        var retracted = Assert.IsType<LogRecord.Retracted>(Assert.Single(sorted.Records));
        Assert.Equal((old, new LogPosition(0, 7, 0)), (retracted.Removed, retracted.RemovedAt));
        Assert.Equal([AppendOutcome.Retracted], sorted.Outcomes);
        Assert.Same(retracted, Assert.Single(sorted.Replacing[0]));
    }

    [Fact]
    public void Sort_AfterARetraction_EverythingIsADuplicate()
    {
        var row = SortAll([Candidate.Of(Retraction("1"))], []).Rows.Values.Single();

        var sorted = SortAll(
            [Candidate.Of(Claim("1", 1)), Candidate.Of(Claim("1", 2, revision: 9)), Candidate.Of(Retraction("1"))],
            new Dictionary<UInt128, IndexHit> { [row.Key] = new(row.Versions) });

        Assert.All(sorted.Outcomes, outcome => Assert.Equal(AppendOutcome.Duplicate, outcome));
        Assert.Empty(sorted.Records);
    }

    [Fact]
    public void Sort_RetractionOfAnIdNotSeen_LeavesATombstone()
    {
        var sorted = SortAll([Candidate.Of(Retraction("1")), Candidate.Of(Claim("1", 1))], []);

        Assert.Null(Assert.IsType<LogRecord.Retracted>(Assert.Single(sorted.Records)).Removed);
        Assert.Equal([AppendOutcome.Blocked, AppendOutcome.Duplicate], sorted.Outcomes);
    }

    [Fact]
    public void Sort_ClaimAndItsRetractionInOneBatch_RemovesIt()
    {
        var claim = Claim("1", 1);
        var sorted = SortAll([Candidate.Of(claim), Candidate.Of(Claim("1", 2)), Candidate.Of(Retraction("1"))], []);

        Assert.Equal([AppendOutcome.Accepted, AppendOutcome.Corrected, AppendOutcome.Retracted], sorted.Outcomes);
        Assert.Equal(2u, ((LogRecord.Retracted)sorted.Records[2]).Removed!.ContentHash);
        Assert.True(Assert.Single(Assert.Single(sorted.Rows.Values).Versions).IsRetraction);
    }

    [Fact]
    public void Sort_RetractionOfAClaimWithAsManyVersionsAsItMayHave_IsTaken()
    {
        var claim = Claim("1", 1);
        var full = new IndexHit([.. Enumerable.Range(0, ClaimIndex.MaximumVersions).Select(n => new IndexVersion((UInt128)(n + 10), n + 1, 0, 0, 0))]);

        var sorted = SortAll([Candidate.Of(Retraction("1"))], new Dictionary<UInt128, IndexHit> { [ClaimIdentity.Hash(claim.Key)] = full }, claim);

        Assert.Equal([AppendOutcome.Retracted], sorted.Outcomes);
        Assert.Single(sorted.Rows.Values.Single().Versions);
    }

    [Fact]
    public void Rows_OfAReplayedRetraction_AreThoseOfTheAppend()
    {
        var sorted = SortAll([Candidate.Of(Claim("1", 1)), Candidate.Of(Retraction("1"))], []);
        var held = new Dictionary<UInt128, IndexHit>();
        foreach (var row in Deduplicator.Rows(sorted.Records.Select((record, at) => new PlacedRecord(new LogPosition(0, 9, at), record, default)), key => held.GetValueOrDefault(key)))
        {
            held[row.Key] = new IndexHit(row.Versions);
        }

        Assert.Equal(sorted.Rows.Values.Single().Versions, held.Values.Single().Versions);
    }

    [Fact]
    public void Rows_OfAReplay_AreThoseOfTheAppend()
    {
        var old = Claim("1", 1);
        var sorted = Sort([Claim("1", 2), Claim("2", 3), Claim("2", 4)], Held(old, 7), old);
        var held = Held(old, 7);

        foreach (var row in Deduplicator.Rows(sorted.Records.Select((record, at) => new PlacedRecord(new LogPosition(0, 9, at), record, default)), key => held.GetValueOrDefault(key)))
        {
            held[row.Key] = new IndexHit(row.Versions);
        }

        Assert.All(sorted.Rows, row => Assert.Equal(row.Value.Versions, held[row.Key].Versions));
    }

    [Fact]
    public void ACorrection_TellsWhomEarlierVersionsNamed_AndSinceWhenItIsOutranked()
    {
        var first = Claim("1", 1) with { Target = new EntityRef("blue", "blue") };
        var second = Claim("1", 2, revision: 2) with { Region = new EntityRef("town", "town"), ReportedAt = first.ReportedAt.AddHours(2) };
        var late = Claim("1", 3, revision: 1) with { Region = new EntityRef("village", "village"), ReportedAt = first.ReportedAt.AddHours(1) };
        var held = Held(first, 3);
        var key = ClaimIdentity.Hash(first.Key);
        held[key] = new IndexHit([new IndexVersion(2, 5, 0, 2, second.ReportedAt.UtcTicks), .. held[key].Versions]);
        var versions = new Dictionary<UInt128, IReadOnlyList<KnownVersion>> { [key] = [new(second, Now), new(first, first.ReportedAt)] };

        Assert.Equal([key], Deduplicator.Late([Candidate.Of(late)], held));
        Assert.Empty(Deduplicator.Late([Candidate.Of(second), Candidate.Of(late with { Revision = 3 }), Candidate.Of(Claim("2", 1))], held));
        var sorted = SortAll([Candidate.Of(late), Candidate.Of(Retraction("1"))], held, second, versions);

        var corrected = Assert.IsType<LogRecord.Corrected>(sorted.Records[0]);
        Assert.Equal((false, Now), (corrected.Stands, corrected.OutrankedFrom));
        Assert.Equal(["Actor/blue", "Region/world"], corrected.Formerly.Select(entity => $"{entity}").Order());
        var retracted = Assert.IsType<LogRecord.Retracted>(sorted.Records[1]);
        Assert.Equal(["Actor/blue", "Region/village", "Region/world"], retracted.Formerly.Select(entity => $"{entity}").Order());
        var read = LogFormat.Decode(LogFormat.Encode(Guid.NewGuid(), Now, sorted.Records), 0, 9).Records.Select(placed => placed.Record).ToList();
        Assert.Equal(corrected.OutrankedFrom, ((LogRecord.Corrected)read[0]).OutrankedFrom);
        Assert.Equal(corrected.Formerly, ((LogRecord.Corrected)read[0]).Formerly);
        Assert.Equal(retracted.Formerly, ((LogRecord.Retracted)read[1]).Formerly);
    }

    [Fact]
    public void ACorrectionThatStands_IsOutrankedByNone()
    {
        var first = Claim("1", 1);
        var sorted = Sort([Claim("1", 2, revision: 1), Claim("1", 3, revision: 2)], Held(first, 3), first);

        Assert.All(sorted.Records.Cast<LogRecord.Corrected>(), record => Assert.Equal((true, null, 0), (record.Stands, record.OutrankedFrom, record.Formerly.Count)));
    }

    [Fact]
    public void AnOlderVersion_OfTheTimeOfWhatStands_IsOutrankedSinceThatWasReceived()
    {
        // Both came in this entry; the standing one has the time of the first, so it is known from its receipt.
        var first = Claim("1", 1);
        var sorted = Sort([Claim("1", 2, revision: 2), Claim("1", 3, revision: 1) with { ReportedAt = first.ReportedAt.AddHours(1) }], Held(first, 3), first);

        Assert.Equal(Now, ((LogRecord.Corrected)sorted.Records[1]).OutrankedFrom);
    }

    private static Sorted Sort(IReadOnlyList<Claim> claims, Dictionary<UInt128, IndexHit>? held = null, Claim? standing = null) =>
        SortAll([.. claims.Select(Candidate.Of)], held ?? [], standing);

    private static Sorted SortAll(
        Candidate[] candidates, Dictionary<UInt128, IndexHit> held, Claim? standing = null, Dictionary<UInt128, IReadOnlyList<KnownVersion>>? versions = null) => Deduplicator.Sort(
        candidates,
        new Known(
            held,
            standing is null ? new Dictionary<UInt128, Claim>() : new Dictionary<UInt128, Claim> { [ClaimIdentity.Hash(standing.Key)] = standing },
            new Dictionary<UInt128, ReportText>())
        {
            Versions = versions ?? [],
            Named = versions?.ToDictionary(one => one.Key, one => (IReadOnlyCollection<EntityKey>)[.. one.Value.SelectMany(version => LogRecord.TouchedBy(version.Claim)).Distinct()]) ?? [],
        },
        partition: 0,
        sequence: 9,
        receivedAt: Now);

    private static Retraction Retraction(string id) => new(new ClaimKey("s", id), "s");

    private static Dictionary<UInt128, IndexHit> Held(Claim claim, long sequence) =>
        new() { [ClaimIdentity.Hash(claim.Key)] = new IndexHit([new IndexVersion(claim.ContentHash, sequence, 0, claim.Revision, claim.ReportedAt.UtcTicks)]) };

    private static Claim Claim(string id, int content, int revision = 0) => new()
    {
        Key = new ClaimKey("s", id),
        ContentHash = (UInt128)content,
        Source = new EntityRef("s", "s"),
        ReportedAt = new DateTimeOffset(2024, 5, 1, 0, 0, 0, TimeSpan.Zero),
        Event = EventType.ArmedClash,
        Revision = revision,
    };
}
