using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

public sealed class OwnTimelineTests
{
    private static readonly EntityKey Town = new(EntityKind.Region, "town");
    private readonly OwnTimeline _sum = new(Town, "town", Say.Registry, TimelineBucket.Day, TimelineBy.Reported);

    [Fact]
    public void Add_OfTwoChunks_CountsTheClaimsOfBoth()
    {
        var (one, other) = (Claimed("1"), Claimed("2"));

        _sum.Add(BucketOf(one), [one]);
        _sum.Add(BucketOf(other), [other]);

        Assert.Equal(2, Claims);
    }

    [Fact]
    public void Add_OfAClaimThatAWriteWhichBrokeOffLeftInTwoChunks_CountsItOnce()
    {
        var (claim, other) = (Claimed("1"), Claimed("2"));

        _sum.Add(BucketOf(claim), [claim]);
        _sum.Add(BucketOf(claim), [claim, other]);

        Assert.Equal(2, Claims);
    }

    [Fact]
    public void Add_BucketByBucket_KnowsWhatWasAddedBefore()
    {
        var (claim, of) = (Claimed("1"), BucketOf(Claimed("1")));
        var other = Say.Figure("red", Bounds.Exactly(4), Item.Apc, on: "2024-05-01", id: "2");
        _sum.Add(of, [claim]);
        _sum.Add(BucketOf(other), [other]);

        _sum.GoBucketByBucket();
        _sum.Add(of, [claim]);
        _sum.Add(of, [claim]);
        _sum.Add(BucketOf(other), [other]);
        _sum.Add(BucketOf(other), [other]);

        Assert.Equal(2, Claims);
    }

    [Fact]
    public void Add_OfAClaimInTheLaterOfItsBuckets_CountsItNot()
    {
        // What an actor says of its own losses it keeps among those and among what it says.
        var red = new EntityKey(EntityKind.Actor, "red");
        var admission = Say.Figure("red", Bounds.Exactly(4), target: "red", on: "2024-05-01", id: "1");
        var buckets = BucketKey.Of(admission.Claim, red).ToList();
        Assert.Equal(2, buckets.Count);
        var sum = new OwnTimeline(red, "red", Say.Registry, TimelineBucket.Day, TimelineBy.Reported);

        buckets.ForEach(bucket => sum.Add(bucket, [admission]));

        Assert.Equal(1, ClaimsOf(sum));
    }

    private long Claims => ClaimsOf(_sum);

    private static long ClaimsOf(OwnTimeline sum) => sum.Timeline.Counts.Values.Sum(at => at.Claims);

    private static Appearance Claimed(string id) => Say.Figure("red", Bounds.Exactly(4), on: "2024-05-01", id: id);

    private static BucketKey BucketOf(Appearance claimed) => BucketKey.Of(claimed.Claim, Town).First();
}
