using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>R18: activity by report and, apart from it, by occurrence.</summary>
public sealed class TimelineTests
{
    [Fact]
    public void ByReport_ClaimsFallIntoTheirMinuteHourAndDay()
    {
        var claims = new[] { At("2024-05-01T12:00:01Z"), At("2024-05-01T12:00:59Z"), At("2024-05-01T12:01:00Z"), At("2024-05-01T13:00:00Z"), At("2024-05-02T00:00:00Z") };

        Assert.Equal([("2024-05-01T12:00", 2), ("2024-05-01T12:01", 1), ("2024-05-01T13:00", 1), ("2024-05-02T00:00", 1)], Buckets(Timeline.Of(claims, TimelineBucket.Minute, TimelineBy.Reported)));
        Assert.Equal([("2024-05-01T12:00", 3), ("2024-05-01T13:00", 1), ("2024-05-02T00:00", 1)], Buckets(Timeline.Of(claims, TimelineBucket.Hour, TimelineBy.Reported)));
        Assert.Equal([("2024-05-01T00:00", 4), ("2024-05-02T00:00", 1)], Buckets(Timeline.Of(claims, TimelineBucket.Day, TimelineBy.Reported)));
    }

    [Fact]
    public void Spans_AreMeasuredFromTheNewestReport_WhateverTheOrder()
    {
        Claim[] claims = [At("2024-05-03T12:00:00Z"), At("2024-05-01T12:00:00Z"), At("2024-05-01T11:59:00Z"), At("2024-03-01T00:00:00Z")];

        Assert.Equal(["2024-05-01T12:00", "2024-05-03T12:00"], Buckets(Timeline.Of(claims, TimelineBucket.Minute, TimelineBy.Reported)).Select(one => one.At));
        Assert.Equal(["2024-05-01T11:00", "2024-05-01T12:00", "2024-05-03T12:00"], Buckets(Timeline.Of(claims.Reverse(), TimelineBucket.Hour, TimelineBy.Reported)).Select(one => one.At));
        Assert.Equal(3, Timeline.Of(claims, TimelineBucket.Day, TimelineBy.Reported).Counts.Count);

        // Two parts that were told apart come to the same.
        var parts = Timeline.Of(claims[1..], TimelineBucket.Minute, TimelineBy.Reported).Plus(Timeline.Of(claims[..1], TimelineBucket.Minute, TimelineBy.Reported));
        Assert.Equal(Buckets(Timeline.Of(claims, TimelineBucket.Minute, TimelineBy.Reported)), Buckets(parts));
    }

    [Fact]
    public void ByOccurrence_AClaimCountsOnTheLastDayItSpeaksOf()
    {
        Claim[] claims =
        [
            Say.Figure("red", Bounds.Exactly(4), on: "2024-04-27", until: "2024-04-29").Claim,
            Say.Total("red", 40, "2024-04-30").Claim,
            Say.Figure("red", Bounds.Exactly(1)).Claim,
        ];

        var timeline = Timeline.Of(claims, TimelineBucket.Day, TimelineBy.Occurred);

        Assert.Equal([("2024-04-29T00:00", 1), ("2024-04-30T00:00", 1)], Buckets(timeline));
        Assert.Equal(1, timeline.Undated);
    }

    [Theory]
    [InlineData("2024-05-04T23:59:59Z", false)]
    [InlineData("2024-05-05T00:00:00Z", false)]
    [InlineData("2024-05-05T00:00:01Z", true)]
    public void Late_IsAPropertyOfTheClaim_AndFiguresTakeItAllTheSame(string reported, bool late)
    {
        var claim = Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", reported: reported);

        Assert.Equal(late, Timeline.IsLate(claim.Claim));
        Assert.Equal(late ? 1 : 0, Timeline.Of([claim.Claim], TimelineBucket.Day, TimelineBy.Reported).Counts.Values.Single().Late);
        Assert.Equal(Bounds.Exactly(4), Say.Value(Say.Actor("red"), claim));
    }

    [Fact]
    public void Counted_AClaimThatNamesABodyAndItsWhole_CountsOnceInTheWhole()
    {
        var tree = new Tree(
        [
            Say.Figure("blue-army", Bounds.Exactly(1), target: "blue"), Say.Figure("blue", Bounds.Exactly(1), target: "blue-navy"),
            Say.Figure("blue-army", Bounds.Exactly(1), target: "red"), Say.Figure("red", Bounds.Exactly(1), target: "blue-army"),
        ]);

        Assert.Equal(4, new[] { "blue", "blue-army", "blue-navy" }.Sum(id => tree.Actor(id).CountedClaims("blue", Say.Registry).Count()));
        Assert.Equal(3, tree.Actor("blue-army").CountedClaims("blue-army", Say.Registry).Count());
    }

    [Fact]
    public void Search_IsNewestFirst_InPages_AndByVoice()
    {
        var claims = Enumerable.Range(1, 9).Select(day => Say.Figure(day % 2 == 0 ? "red-army" : "watch", Bounds.Exactly(day), reported: $"2024-05-0{day}T12:00Z", id: $"c{day}")).ToList();

        var first = new ClaimSearch { Limit = 4 }.Find(claims, Say.Registry);
        var second = new ClaimSearch { Limit = 4, After = ClaimSearch.RefOf(first[^1]) }.Find(claims.AsEnumerable().Reverse().Concat(claims), Say.Registry);

        Assert.Equal(["c9", "c8", "c7", "c6"], first.Select(one => one.Claim.Key.Id));
        Assert.Equal(["c5", "c4", "c3", "c2"], second.Select(one => one.Claim.Key.Id));
        Assert.Equal(["c8", "c6", "c4", "c2"], new ClaimSearch { Limit = 9, Claimant = "red" }.Find(claims, Say.Registry).Select(one => one.Claim.Key.Id));
        Assert.Equal(["c5", "c4"], new ClaimSearch { Limit = 9, From = Say.Time("2024-05-04T12:00Z"), To = Say.Time("2024-05-05T12:00Z") }.Find(claims, Say.Registry).Select(one => one.Claim.Key.Id));
        Assert.Empty(new ClaimSearch { Limit = 9, Item = Item.Drone }.Find(claims, Say.Registry));
        Assert.Empty(new ClaimSearch { Limit = 9, Target = "red" }.Find(claims, Say.Registry));
    }

    private static Claim At(string reported) => Say.Figure("red", Bounds.Exactly(1), reported: reported).Claim;

    private static IEnumerable<(string At, long Claims)> Buckets(Timeline timeline) =>
        timeline.Counts.Select(pair => (pair.Key.ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture), pair.Value.Claims));
}
