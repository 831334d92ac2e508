using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Activity;

/// <summary>How finely a timeline is told.</summary>
public enum TimelineBucket : byte
{
    /// <summary>By minute.</summary>
    Minute = 1,

    /// <summary>By hour.</summary>
    Hour,

    /// <summary>By day, UTC.</summary>
    Day,
}

/// <summary>By which of its times a claim is counted.</summary>
public enum TimelineBy : byte
{
    /// <summary>When it was reported.</summary>
    Reported = 1,

    /// <summary>The last day it speaks of; known by the day alone.</summary>
    Occurred,
}

/// <summary>The claims of one bucket.</summary>
/// <param name="Asserts">That assert.</param>
/// <param name="Denies">That deny.</param>
/// <param name="Confirms">That confirm.</param>
/// <param name="Late">Of all of them, those reported late (R18).</param>
public readonly record struct ClaimsAt(long Asserts, long Denies, long Confirms, long Late)
{
    /// <summary>All.</summary>
    public long Claims => Asserts + Denies + Confirms;

    /// <summary>Both together.</summary>
    public ClaimsAt Plus(ClaimsAt other) => new(Asserts + other.Asserts, Denies + other.Denies, Confirms + other.Confirms, Late + other.Late);
}

/// <summary>
/// When claims were reported, or when what they tell of happened (R18): counts per bucket. A pure function of the standing
/// claims, so that corrections and retractions are exact in it and order is nothing to it.
/// </summary>
/// <param name="Bucket">Its fineness.</param>
/// <param name="By">By which time.</param>
/// <param name="Counts">By start of the bucket, UTC; empty buckets are left out.</param>
/// <param name="Undated">Claims that name no day, by occurrence; 0 by report.</param>
/// <param name="Newest">The newest reportedAt of all claims; null if there are none.</param>
public sealed record Timeline(
    TimelineBucket Bucket,
    TimelineBy By,
    ImmutableSortedDictionary<DateTimeOffset, ClaimsAt> Counts,
    long Undated,
    DateTimeOffset? Newest)
{
    /// <summary>A claim is late if it is reported longer than this after the end of the last day it speaks of.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(72);

    /// <summary>How far back of the newest reportedAt the buckets of a fineness are kept; null for all of them.</summary>
    public static TimeSpan? Span(TimelineBucket bucket) => bucket switch
    {
        TimelineBucket.Minute => TimeSpan.FromDays(2),
        TimelineBucket.Hour => TimeSpan.FromDays(60),
        _ => null,
    };

    /// <summary>The timeline of claims, each of which is given once.</summary>
    public static Timeline Of(IEnumerable<Claim> claims, TimelineBucket bucket, TimelineBy by)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var counts = new Dictionary<DateTimeOffset, ClaimsAt>();
        var (undated, newest) = (0L, (DateTimeOffset?)null);
        foreach (var claim in claims)
        {
            newest = newest > claim.ReportedAt ? newest : claim.ReportedAt;
            var time = by == TimelineBy.Reported ? claim.ReportedAt : LastDay(claim) is { } day ? Start(day) : (DateTimeOffset?)null;
            if (time is not { } at)
            {
                undated++;
                continue;
            }

            var start = Floor(at, bucket);
            counts[start] = counts.GetValueOrDefault(start).Plus(new ClaimsAt(
                claim.Stance == Stance.Asserts ? 1 : 0, claim.Stance == Stance.Denies ? 1 : 0, claim.Stance == Stance.Confirms ? 1 : 0, IsLate(claim) ? 1 : 0));
        }

        return new Timeline(bucket, by, counts.ToImmutableSortedDictionary(), undated, newest).Kept();
    }

    /// <summary>Whether a claim came late: a property of the claim, which figures take all the same (R18).</summary>
    public static bool IsLate(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return LastDay(claim) is { } day && claim.ReportedAt - Start(day).AddDays(1) > Horizon;
    }

    /// <summary>The last day that a claim speaks of; null if it names none.</summary>
    public static DateOnly? LastDay(Claim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return claim.Occurred?.To ?? claim.Figure?.AsOf;
    }

    /// <summary>Both together, of the same fineness; they have no claim in common.</summary>
    public Timeline Plus(Timeline other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var counts = Counts.ToBuilder();
        foreach (var (at, count) in other.Counts)
        {
            counts[at] = counts.TryGetValue(at, out var mine) ? mine.Plus(count) : count;
        }

        return (this with
        {
            Counts = counts.ToImmutable(),
            Undated = Undated + other.Undated,
            Newest = Newest is null || other.Newest > Newest ? other.Newest : Newest,
        }).Kept();
    }

    // By report alone: what happened long ago may be reported today.
    private Timeline Kept() => By == TimelineBy.Reported && Span(Bucket) is { } span && Newest is { } newest
        ? this with { Counts = Counts.RemoveRange(Counts.Keys.TakeWhile(at => at < Floor(newest - span, Bucket))) }
        : this;

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static DateTimeOffset Floor(DateTimeOffset at, TimelineBucket bucket)
    {
        var size = bucket switch { TimelineBucket.Minute => TimeSpan.TicksPerMinute, TimelineBucket.Hour => TimeSpan.TicksPerHour, _ => TimeSpan.TicksPerDay };
        return new DateTimeOffset(at.UtcTicks - (at.UtcTicks % size), TimeSpan.Zero);
    }
}
