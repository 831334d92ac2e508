using System.Globalization;
using System.Text;
using System.Text.Json;
using Aggregator.Domain.Claims;
using Aggregator.Extraction;

namespace Aggregator.Host.Ingest;

/// <summary>Reads reports: as JSON, or in the text form whose first line is <c> date YYYY-MM-DD</c>.</summary>
internal static class ReportReader
{
    private static readonly string[] HeadFields = ["date", "source", "url", "title", "language"];

    /// <summary>A report as JSON, or what is wrong with it.</summary>
    public static (Report? Report, string? Url, ClaimError? Error) Read(JsonElement element)
    {
        var fields = new JsonFields("report");
        string? source = null, url = null, title = null, text = null, language = null;
        DateTimeOffset? publishedAt = null;
        fields.Object("", element, (name, value) =>
        {
            switch (name)
            {
                case "source":
                    source = fields.Name(name, value)?.Text;
                    break;
                case "url":
                    url = fields.Text(name, value);
                    break;
                case "title":
                    title = fields.Text(name, value);
                    break;
                case "publishedAt":
                    publishedAt = fields.Time(name, value);
                    break;
                case "text":
                    text = fields.Text(name, value);
                    break;
                case "language":
                    language = fields.Text(name, value);
                    break;
                default:
                    fields.Unknown(name);
                    break;
            }
        });
        return fields.Error is { } error ? (null, url, error) : Make(source, url, title, publishedAt, text, language);
    }

    /// <summary>
    /// The text form: lines that start with a blank and a field's name (<c> date</c>, then any of <c> source</c>,
    /// <c> url</c>, <c> title</c>, <c> language</c>), one blank line, the text. Offsets count from the text's start.
    /// </summary>
    public static (Report? Report, string? Url, ClaimError? Error) ReadText(byte[] body, string? source)
    {
        var content = Encoding.UTF8.GetString(Body.WithoutByteOrderMark(body).Span);
        var head = new Dictionary<string, string>(StringComparer.Ordinal);
        var rest = content.AsSpan();
        while (ReadHeadLine(rest, out var line) is { } field)
        {
            var blank = field.IndexOf(' ', StringComparison.Ordinal);
            head[blank < 0 ? field : field[..blank]] = blank < 0 ? "" : field[(blank + 1)..].Trim();
            rest = rest[line..];
        }

        // One blank line between head and text belongs to neither.
        var end = rest.IndexOf('\n');
        rest = rest[..Math.Max(end, 0)].IsWhiteSpace() ? rest[(end + 1)..] : rest;
        if (!head.TryGetValue("date", out var date))
        {
            return (null, null, new ClaimError("report.date", "date", "the first line is ' date YYYY-MM-DD'"));
        }

        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return (null, null, new ClaimError("report.date", "date", "date is YYYY-MM-DD"));
        }

        return Make(
            source ?? head.GetValueOrDefault("source"),
            head.GetValueOrDefault("url"),
            head.GetValueOrDefault("title"),
            new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero),
            rest.ToString(),
            head.GetValueOrDefault("language"));
    }

    private static (Report?, string?, ClaimError?) Make(
        string? source, string? url, string? title, DateTimeOffset? publishedAt, string? text, string? language)
    {
        if (string.IsNullOrWhiteSpace(source))
        {
            return (null, url, new ClaimError("report.missing", "source", "source is required"));
        }

        if (publishedAt is not { } published)
        {
            return (null, url, new ClaimError("report.missing", "publishedAt", "publishedAt is required"));
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, url, new ClaimError("report.empty", "text", "text is required and not blank"));
        }

        if (text.Length > IngestLimits.ReportCharacters)
        {
            return (null, url, new ClaimError("report.too-long", "text", $"text is longer than {IngestLimits.ReportCharacters} characters"));
        }

        return (new Report { Source = source, Url = url, Title = title, PublishedAt = published, Text = text, Language = language }, url, null);
    }

    // A line of the head: a blank, then one of its fields. Any other line, indented or not, is text.
    private static string? ReadHeadLine(ReadOnlySpan<char> rest, out int length)
    {
        var end = rest.IndexOf('\n');
        length = end < 0 ? rest.Length : end + 1;
        var line = end < 0 ? rest : rest[..end];
        var field = line.StartsWith(' ') ? line.Trim() : default;
        foreach (var name in HeadFields)
        {
            if (field.StartsWith(name, StringComparison.Ordinal) && (field.Length == name.Length || field[name.Length] == ' '))
            {
                return field.ToString();
            }
        }

        return null;
    }
}
