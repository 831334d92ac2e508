using System.Globalization;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Query;

/// <summary>Checks of query parameters.</summary>
internal static class QueryParameters
{
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm'Z'"];

    /// <summary>Reads how many are asked for.</summary>
    /// <returns>False if it is not between 1 and the maximum.</returns>
    public static bool TryLimit(string? text, int otherwise, int maximum, out int limit)
    {
        limit = otherwise;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit >= 1 && limit <= maximum);
    }

    /// <summary>Reads a moment: a day stands for its end, or for its start. Null if nothing is given.</summary>
    /// <returns>False if it is neither a day nor a time with an offset.</returns>
    public static bool TryMoment(string? text, out DateTimeOffset? moment, bool startOfDay = false)
    {
        moment = null;
        if (text is null)
        {
            return true;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            moment = new DateTimeOffset(day.ToDateTime(startOfDay ? TimeOnly.MinValue : TimeOnly.MaxValue), TimeSpan.Zero);
            return true;
        }

        // Without its offset a time is not one moment. In a query a plus sign may have become a blank.
        if (DateTimeOffset.TryParseExact(text.Replace(' ', '+'), Times, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time))
        {
            moment = time;
        }

        return moment is not null;
    }

    /// <summary>A parameter that is not known is refused: an answer to another question than was asked would mislead.</summary>
    public static Problem? Unknown(HttpRequest request, params string[] known) =>
        request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? Problem.Query("query.unknown-parameter", unknown, known.Length == 0 ? "this takes no parameters" : $"this takes: {string.Join(' ', known)}")
            : null;
}
