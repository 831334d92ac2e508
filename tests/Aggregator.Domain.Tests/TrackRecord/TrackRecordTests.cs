using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Histories;
using Aggregator.Domain.Tests.Ledger;
using Aggregator.Domain.TrackRecord;
using CsCheck;

namespace Aggregator.Domain.Tests.TrackRecord;

/// <summary>R17: what regions make of the word of sources, and the reliability that follows.</summary>
public sealed class TrackRecordTests
{
    [Fact]
    public void TwoOriginsThatAgree_ConfirmEachOther()
    {
        var judged = Judged(Told("wire", Bounds.Exactly(4)), Told("paper", Bounds.Exactly(4)));

        Assert.Equal(new Judgements(1, 0), judged["wire"]);
        Assert.Equal(new Judgements(1, 0), judged["paper"]);
    }

    [Fact]
    public void AFigureThatIsToldOtherwiseLater_Contradicts()
    {
        var judged = Judged(Told("wire", Bounds.Exactly(4), hour: 12), Told("paper", Bounds.Exactly(5), hour: 13), Told("agency-two", Bounds.Exactly(5), hour: 14));

        Assert.Equal(new Judgements(0, 1), judged["wire"]);
        Assert.Equal(new Judgements(1, 0), judged["paper"]);
        Assert.Equal(new Judgements(1, 0), judged["agency-two"]);
    }

    [Fact]
    public void ASourcesLastWord_IsWhatIsJudged()
    {
        var judged = Judged(Told("wire", Bounds.Exactly(4), hour: 12), Told("paper", Bounds.Exactly(5), hour: 13), Told("wire", Bounds.Exactly(5), hour: 14));

        Assert.Equal(new Judgements(1, 0), judged["wire"]);
    }

    [Fact]
    public void Bounds_ConfirmWhereTheyOverlap()
    {
        var judged = Judged(Told("wire", new(45, 50, 50), hour: 12), Told("paper", Bounds.Exactly(47), hour: 13), Told("agency-two", new(51, 51, null), hour: 11));

        Assert.Equal(new Judgements(1, 0), judged["wire"]);
        Assert.Equal(new Judgements(0, 1), judged["agency-two"]);
    }

    [Fact]
    public void BoundsThatTouch_Overlap()
    {
        var judged = Judged(Told("wire", new(40, 40, 45), hour: 12), Told("paper", new(45, 50, 50), hour: 13));

        Assert.Equal(new Judgements(1, 0), judged["wire"]);
    }

    [Fact]
    public void Reprints_SayNothingOfAnyone()
    {
        Assert.Empty(Judged(Told("wire", Bounds.Exactly(4)), Told("paper", Bounds.Exactly(5), hour: 13, origin: "wire")));
    }

    [Fact]
    public void WhatNobodyElseTold_IsNotJudged()
    {
        // Two voices of their own are two statements: each is told by one origin.
        Assert.Empty(Judged(Told("wire", Bounds.Exactly(4), claimant: ""), Told("paper", Bounds.Exactly(5), claimant: "")));
        Assert.Empty(Judged(Told("wire", Bounds.Exactly(4)), Told("paper", Bounds.Unnumbered)));
        Assert.Empty(Judged(Told("wire", Bounds.Exactly(4), on: "2024-05-01"), Told("paper", Bounds.Exactly(5), on: "2024-05-02")));
    }

    [Fact]
    public void AnIncident_IsOneStatementWhateverItsDays()
    {
        var judged = Judged(Told("wire", Bounds.Exactly(4), on: "2024-05-01", incident: "ucdp/1"), Told("paper", Bounds.Exactly(4), on: "2024-05-02", hour: 13, incident: "ucdp/1"));

        Assert.Equal(new Judgements(1, 0), judged["wire"]);
    }

    [Fact]
    public void RunningTotals_AreJudgedDayByDay()
    {
        var judged = Judged(
            Say.Total("red", 368, "2024-05-05", source: "wire", reported: "2024-05-05T12:00Z"),
            Say.Total("red", 386, "2024-05-05", source: "paper", reported: "2024-05-05T13:00Z"),
            Say.Total("red", 416, "2024-05-07", source: "wire", reported: "2024-05-07T12:00Z"),
            Say.Total("red", 416, "2024-05-07", source: "paper", reported: "2024-05-07T13:00Z"));

        Assert.Equal(new Judgements(1, 1), judged["wire"]);
        Assert.Equal(new Judgements(2, 0), judged["paper"]);
    }

    [Fact]
    public void Denials_AreNoWitnesses()
    {
        Assert.Empty(Judged(Told("wire", Bounds.Exactly(4)), Say.Figure("red", Bounds.Exactly(5), on: "2024-05-01", source: "paper", stance: Stance.Denies)));
    }

    [Fact]
    public void ARetraction_LeavesNoTrace()
    {
        var wire = Told("wire", Bounds.Exactly(4));
        var paper = Told("paper", Bounds.Exactly(5), hour: 13);
        var region = new RegionAggregate("town");
        Apply(region, 1, new LogRecord.Added(wire.Claim));
        Apply(region, 2, new LogRecord.Added(paper.Claim));
        region.Judgements.Refresh(Say.Registry);
        Assert.Equal(new Judgements(0, 1), region.Judgements["wire"]);
        Assert.Equal(["paper", "wire"], region.Judgements.TakeChanged().Order());

        Apply(region, 3, new LogRecord.Retracted(new Retraction(paper.Claim.Key, "paper"), paper.Claim, new LogPosition(0, 2, 0)));
        region.Judgements.Refresh(Say.Registry);

        Assert.Equal(Judgements.None, region.Judgements["wire"]);
        Assert.Equal(["paper", "wire"], region.Judgements.TakeChanged().Order());
        region.Judgements.Refresh(Say.Registry);
        Assert.Empty(region.Judgements.TakeChanged());
    }

    [Fact]
    public void AMergedSource_IsNoOriginOfItsOwn()
    {
        var registry = Say.Merged((EntityKind.Source, "paper-two", "paper"));
        var region = new RegionAggregate("town");
        Apply(region, 1, new LogRecord.Added(Told("paper", Bounds.Exactly(4)).Claim));
        Apply(region, 2, new LogRecord.Added(Told("paper-two", Bounds.Exactly(5), hour: 13).Claim));
        region.Judgements.Refresh(Say.Registry);
        Assert.Equal(new Judgements(0, 1), region.Judgements["paper"]);

        region.Judgements.Refresh(registry);

        Assert.Equal(Judgements.None, region.Judgements["paper"]);
    }

    [Fact]
    public void AMergedRegion_LeavesItsStatementsToTheSurvivor()
    {
        var registry = Say.Merged((EntityKind.Region, "village", "town"));
        var village = new RegionAggregate("village");
        Apply(village, 1, new LogRecord.Added(Told("wire", Bounds.Exactly(4), region: "village").Claim));
        Apply(village, 2, new LogRecord.Added(Told("paper", Bounds.Exactly(4), region: "village").Claim));
        village.Judgements.Refresh(Say.Registry);
        Assert.Equal(new Judgements(1, 0), village.Judgements["wire"]);

        village.Judgements.Refresh(registry);
        Assert.Equal(Judgements.None, village.Judgements["wire"]);
        village.Judgements.Refresh(Say.Registry);
        Assert.Equal(new Judgements(1, 0), village.Judgements["wire"]);
    }

    [Fact]
    public void AfterAnyHistory_KeptTalliesAreThoseOfTheStandingClaims() => Gen.Select(History.Any, History.AnyMerges).Sample(
        (history, merges) =>
        {
            var registry = Say.Merged(merges);
            var kept = new RegionAggregate("town");
            foreach (var placed in History.Log(history).Where(placed => placed.Record.Touches.Contains(kept.Book.Owner)))
            {
                foreach (var bucket in kept.Book.Apply(placed))
                {
                    kept.Judgements.Changed(bucket);
                }

                kept.Judgements.Refresh(placed.Position.Sequence % 2 == 0 ? registry : Say.Registry);
            }

            var fresh = new RegionAggregate("town");
            foreach (var claim in History.Standing(history).Where(claim => LogRecord.TouchedBy(claim).Contains(fresh.Book.Owner)))
            {
                fresh.Book.Apply(new PlacedRecord(default, new LogRecord.Added(claim), claim.ReportedAt));
            }

            kept.Judgements.Refresh(registry);
            fresh.Judgements.Refresh(registry);
            return History.Standing(history).Select(claim => registry.Survivor(EntityKind.Source, claim.Source.Id))
                .All(source => kept.Judgements[source] == fresh.Judgements[source]);
        },
        iter: History.Count);

    [Fact]
    public void NewerTallies_TakeThePlaceOfOlderOnes()
    {
        var taken = new JudgementsTaken();
        taken.Take("town", new PartVersion(1, 1), new Judgements(3, 1));
        taken.Take("village", new PartVersion(1, 1), new Judgements(1, 0));
        taken.Take("town", new PartVersion(2, 1), new Judgements(2, 0));
        taken.Take("town", new PartVersion(1, 9), new Judgements(9, 9));

        Assert.Equal(new Judgements(3, 0), taken.Sum);
        Assert.Equal(3, taken.Changes);
    }

    [Fact]
    public void Forgetting_StartsAnew_AndNobodyHasAnswered()
    {
        var taken = new JudgementsTaken();
        var before = taken.Generation;
        taken.Take("town", new PartVersion(1, 1), new Judgements(3, 1));
        taken.Answered("town");

        taken.Forget();

        Assert.NotEqual(before, taken.Generation);
        Assert.Equal((Judgements.None, false), (taken.Sum, taken.HasAnswered("town")));
        taken.Take("town", new PartVersion(1, 1), new Judgements(1, 0));
        Assert.Equal(new Judgements(1, 0), taken.Sum);
    }

    [Fact]
    public void WhoHasToldSomething_HasNotAnswered()
    {
        // A push that was long under way may be older than what an earlier activation was told.
        var taken = new JudgementsTaken();
        taken.Take("town", new PartVersion(1, 1), new Judgements(3, 1));
        Assert.False(taken.HasAnswered("town"));

        taken.Answered("town");
        Assert.True(taken.HasAnswered("town"));

        taken.Forget();
        Assert.False(taken.HasAnswered("town"));
    }

    [Fact]
    public void ASourceMergedIntoAnother_TakesItsCorrectionsAlong()
    {
        var registry = Say.Merged((EntityKind.Source, "paper-two", "paper"));
        var merged = new SourceAggregate("paper-two");
        var claim = Told("paper-two", Bounds.Exactly(4)).Claim;
        merged.Book.Apply(new PlacedRecord(new(0, 1, 0), new LogRecord.Added(claim), claim.ReportedAt));
        merged.Book.Apply(new PlacedRecord(new(0, 2, 0), new LogRecord.Retracted(new Retraction(claim.Key, "paper-two"), claim, new(0, 1, 0)), claim.ReportedAt));
        var survivor = new SourceAggregate("paper");
        survivor.Parts.Apply("paper-two", AggregateFormat.DecodeUpdate(AggregateFormat.EncodeUpdate(merged.Everything(registry))));

        Assert.Equal(new Reliability(0, 0, 0, 1), survivor.Reliability);
        Assert.Equal(1, survivor.Counts(registry).Retractions);
        Assert.Equal(default, merged.Everything(Say.Registry).Resends);
    }

    [Fact]
    public void ARetractionOfWhatNeverCame_IsNoneOfTheSources()
    {
        var source = new SourceAggregate("wire");
        source.Book.Apply(new PlacedRecord(new(0, 1, 0), new LogRecord.Retracted(new Retraction(new ClaimKey("wire", "typo"), "wire"), null, null), Say.Time("2024-05-01T00:00Z")));

        Assert.Equal(default, source.Reliability);
    }

    [Fact]
    public void TheWorkedExample_Holds()
    {
        // docs/track-record.md: 17 confirmed, 2 contradicted, one corrected, none retracted.
        var earned = new Reliability(17, 2, 1, 0);

        Assert.Equal(20, earned.Count);
        Assert.Equal(18.0 / 22, earned.Mean);
        Assert.Equal('B', earned.Letter);
    }

    [Theory]
    [InlineData(0, 0, 'F')]
    [InlineData(4, 0, 'F')]
    [InlineData(5, 0, 'B')] // 6 of 7
    [InlineData(17, 0, 'B')] // 18 of 19
    [InlineData(18, 0, 'A')] // 19 of 20
    [InlineData(7, 1, 'B')] // 8 of 10
    [InlineData(6, 1, 'C')] // 7 of 9
    [InlineData(5, 3, 'C')] // 6 of 10
    [InlineData(4, 3, 'D')] // 5 of 9
    [InlineData(3, 5, 'D')] // 4 of 10
    [InlineData(2, 5, 'E')] // 3 of 9
    public void Letters_BeginAtTheirMeans(long confirmed, long against, char letter)
    {
        Assert.Equal(letter, new Reliability(confirmed, against, 0, 0).Letter);
        Assert.Equal(letter, new Reliability(confirmed, 0, against, 0).Letter);
        Assert.Equal(letter, new Reliability(confirmed, 0, 0, against).Letter);
    }

    [Fact]
    public void ASourcesOwnCorrectionsAndRetractions_CountAgainstIt()
    {
        var source = new SourceAggregate("wire");
        var claim = Told("wire", Bounds.Exactly(4)).Claim;
        var corrected = claim with { Revision = 1 };
        source.Book.Apply(new PlacedRecord(new(0, 1, 0), new LogRecord.Added(claim), claim.ReportedAt));
        source.Book.Apply(new PlacedRecord(new(0, 2, 0), new LogRecord.Corrected(corrected, claim, new(0, 1, 0), Stands: true), claim.ReportedAt));
        source.Book.Apply(new PlacedRecord(new(0, 3, 0), new LogRecord.Retracted(new Retraction(claim.Key, "wire"), corrected, new(0, 2, 0)), claim.ReportedAt));
        source.Judgements.Take("town", new PartVersion(1, 1), new Judgements(6, 0));

        Assert.Equal(new Reliability(6, 0, 1, 1), source.Reliability);
        Assert.Equal(7.0 / 10, source.Reliability.Mean);
    }

    private static Appearance Told(
        string source, Bounds bounds, int hour = 12, string claimant = "red", string on = "2024-05-01", string? origin = null, string? incident = null, string region = "town") => Say.Figure(
        claimant, bounds, on: on, reported: $"2024-05-01T{hour}:00Z", source: source, origin: origin, incident: incident, region: region);

    private static IReadOnlyDictionary<string, Judgements> Judged(params Appearance[] cell) => Judge.Of(cell, Say.Registry);

    private static void Apply(RegionAggregate region, long sequence, LogRecord record)
    {
        foreach (var bucket in region.Book.Apply(new PlacedRecord(new LogPosition(0, sequence, 0), record, Say.Time("2024-05-02T00:00Z"))))
        {
            region.Judgements.Changed(bucket);
        }
    }
}
