using Aggregator.Domain.Activity;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>Counts, activity and lateness by the words of R18.</summary>
internal static class Times
{
    public static string Counts(IEnumerable<Claim> claims)
    {
        var all = claims.ToList();
        return $"total {all.Count} asserts {all.Count(claim => claim.Stance == Stance.Asserts)} denies {all.Count(claim => claim.Stance == Stance.Denies)} confirms {all.Count(claim => claim.Stance == Stance.Confirms)} late {all.Count(IsLate)} "
            + $"days {string.Join(',', all.GroupBy(claim => claim.ReportedAt.UtcDateTime.Date).OrderBy(day => day.Key).Select(day => $"{day.Key:yyyy-MM-dd}={day.Count()}"))}";
    }

    public static string Timeline(IEnumerable<Claim> claims, TimelineBucket bucket, TimelineBy by)
    {
        var all = claims.ToList();
        var newest = all.Select(claim => (DateTimeOffset?)claim.ReportedAt).Max();
        var dated = all.Where(claim => by == TimelineBy.Reported || LastDay(claim) is not null).ToList();

        // Minutes are kept for two days before the newest report, hours for sixty, days for ever.
        var span = by == TimelineBy.Occurred || bucket == TimelineBucket.Day ? (TimeSpan?)null : TimeSpan.FromDays(bucket == TimelineBucket.Minute ? 2 : 60);
        var counts = dated.GroupBy(claim => Start(by == TimelineBy.Reported ? claim.ReportedAt.UtcDateTime : LastDay(claim)!.Value.ToDateTime(TimeOnly.MinValue)))
            .Where(one => span is null || one.Key >= Start(newest!.Value.UtcDateTime - span.Value))
            .OrderBy(one => one.Key)
            .Select(one => $"{one.Key:yyyy-MM-ddTHH:mm}={one.Count(claim => claim.Stance == Stance.Asserts)}/{one.Count(claim => claim.Stance == Stance.Denies)}/{one.Count(claim => claim.Stance == Stance.Confirms)}/{one.Count(IsLate)}");
        return $"{bucket} {by} {string.Join(' ', counts)} undated {all.Count - dated.Count} newest {newest?.UtcDateTime:O}";

        DateTime Start(DateTime time) => bucket switch
        {
            TimelineBucket.Day => time.Date,
            TimelineBucket.Hour => time.Date.AddHours(time.Hour),
            _ => time.Date.AddHours(time.Hour).AddMinutes(time.Minute),
        };
    }

    // More than 72 hours after the end of the last day it speaks of.
    private static bool IsLate(Claim claim) => LastDay(claim) is { } day && claim.ReportedAt.UtcDateTime > day.AddDays(1).ToDateTime(TimeOnly.MinValue).AddHours(72);

    private static DateOnly? LastDay(Claim claim) => claim.Occurred is { } days ? days.To : claim.Figure?.AsOf;
}
