using System.ComponentModel;
using Aggregator.Contracts.Entities;
using Aggregator.Domain.Activity;
using Aggregator.Domain.Claims;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Query;

/// <summary>The claims of one bucket.</summary>
/// <param name="At">Start of the bucket, UTC.</param>
/// <param name="Claims">All.</param>
/// <param name="Asserts">That assert.</param>
/// <param name="Denies">That deny.</param>
/// <param name="Confirms">That confirm.</param>
/// <param name="Late">Of all of them, those reported more than 72 hours after the end of the last day they speak of.</param>
public sealed record TimelineItem(DateTimeOffset At, long Claims, long Asserts, long Denies, long Confirms, long Late);

/// <summary>When an entity's claims were reported, or when what they tell of happened.</summary>
/// <param name="Bucket">minute, hour or day.</param>
/// <param name="By">reported or occurred.</param>
/// <param name="Newest">The newest reportedAt, UTC, from which the span of minutes (2 days) and hours (60 days) is measured; null without claims.</param>
/// <param name="Undated">By occurrence: claims that name no day, which no bucket has.</param>
/// <param name="Buckets">Those that have claims, oldest first.</param>
public sealed record TimelineAnswer(string Bucket, string By, DateTimeOffset? Newest, long Undated, IReadOnlyList<TimelineItem> Buckets);

/// <summary><c>GET /v1/{actors|regions|sources}/{id}/timeline</c> (R18).</summary>
internal static class TimelineEndpoint
{
    /// <summary>What may be asked.</summary>
    internal sealed class Query
    {
        [Description("minute, hour or day; day if left out. minute is kept for 2 days before the newest report, hour for 60.")] public string? Bucket { get; init; }
        [Description("reported (the default) or occurred, which is known by the day alone.")] public string? By { get; init; }
        [Description("Buckets that start at this moment (RFC 3339) or day (its start, UTC) or later.")] public string? From { get; init; }
        [Description("Buckets that start at this moment or day (its end, UTC) or earlier.")] public string? To { get; init; }
    }

    /// <summary>The answer; null if nobody knows the entity.</summary>
    public static async Task<IResult?> GetAsync(HttpRequest request, IEntityGrain entity, string id, Query asked)
    {
        if (QueryParameters.Unknown(request, "bucket", "by", "from", "to") is { } unknown)
        {
            return unknown.ToResult();
        }

        var (bucket, by) = (TimelineBucket.Day, TimelineBy.Reported);
        if (asked.Bucket is not null && !Slug.TryParse(asked.Bucket, out bucket))
        {
            return Problem.Query("query.bucket", "bucket", "bucket is minute, hour or day").ToResult();
        }

        if (asked.By is not null && !Slug.TryParse(asked.By, out by))
        {
            return Problem.Query("query.by", "by", "by is reported or occurred").ToResult();
        }

        if (by == TimelineBy.Occurred && bucket != TimelineBucket.Day)
        {
            return Problem.Query("query.bucket", "bucket", "by=occurred takes bucket=day: claims name days, not hours").ToResult();
        }

        if (!QueryParameters.TryMoment(asked.From, out var from, startOfDay: true) || !QueryParameters.TryMoment(asked.To, out var to))
        {
            return Problem.Query("query.time", "from", "from and to are a day (2022-12-31) or a time with its offset (2022-12-31T18:00:00Z)").ToResult();
        }

        var told = await entity.GetTimelineAsync(new TimelineQuery { Bucket = (byte)bucket, By = (byte)by, Root = id });
        return !told.IsKnown ? null : Results.Ok(new TimelineAnswer(
            Slug.Of(bucket),
            Slug.Of(by),
            told.Newest,
            told.Undated,
            [.. told.Buckets
                .Where(one => (from is null || one.At >= from) && (to is null || one.At <= to))
                .Select(one => new TimelineItem(one.At, one.Asserts + one.Denies + one.Confirms, one.Asserts, one.Denies, one.Confirms, one.Late))]));
    }
}
