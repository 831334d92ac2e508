using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;
using Aggregator.Store.Index;

namespace Aggregator.Grains.Tests.Protocol;

public sealed class DeduplicatorTests
{
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
        Assert.Same(old, Assert.Single(sorted.Replaced[0]));
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
        Assert.Equal([AppendOutcome.Retracted, AppendOutcome.Duplicate], sorted.Outcomes);
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

    private static Sorted Sort(IReadOnlyList<Claim> claims, Dictionary<UInt128, IndexHit>? held = null, Claim? standing = null) =>
        SortAll([.. claims.Select(Candidate.Of)], held ?? [], standing);

    private static Sorted SortAll(Candidate[] candidates, Dictionary<UInt128, IndexHit> held, Claim? standing = null) => Deduplicator.Sort(
        candidates,
        new Known(
            held,
            standing is null ? new Dictionary<UInt128, Claim>() : new Dictionary<UInt128, Claim> { [ClaimIdentity.Hash(standing.Key)] = standing },
            new Dictionary<UInt128, ReportText>()),
        partition: 0,
        sequence: 9);

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
