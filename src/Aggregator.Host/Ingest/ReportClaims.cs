using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Extraction;
using Aggregator.Grains.Registry;

namespace Aggregator.Host.Ingest;

/// <summary>What was found in a report.</summary>
/// <param name="Claims">Its claims, in text order.</param>
/// <param name="Refused">What admission refuses of what its words say (a year far off, say): that costs the report only those claims.</param>
/// <param name="Text">What the log knows it by.</param>
internal sealed record ExtractedReport(IReadOnlyList<Claim> Claims, IReadOnlyList<ClaimError> Refused, ReportText Text);

/// <summary>Turns a report into claims of its source. The same report gives the same claims, so it can be sent again.</summary>
internal sealed class ReportClaims(IClaimExtractor extractor, IRegistry registry, Ingestor ingestor)
{
    /// <summary>What a report that <see cref="Check"/> found nothing wrong with says.</summary>
    public ExtractedReport Extract(Report report)
    {
        var (textHash, fingerprint) = (TextHash(report.Text), TextSketch.Of(report.Text).ToString());
        var digest = textHash.ToString("x32", CultureInfo.InvariantCulture);
        var prefix = $"{NameFolding.ToSlug(report.Source)}-{report.PublishedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}-{digest[..8]}-";
        var source = ClaimIdentity.SourceName(report.Source);
        var claims = new List<Claim>();
        var refused = new List<ClaimError>();
        foreach (var draft in extractor.Extract(report, registry.Current))
        {
            var (claim, error) = ingestor.Admit(draft with
            {
                Id = prefix + draft.Id,
                Source = report.Source,
                ReportedAt = report.PublishedAt,
                Report = new ReportRef { Url = report.Url, Title = report.Title, Fingerprint = fingerprint },
                RelatesTo = draft.RelatesTo is { } other ? $"{source}/{prefix}{other}" : null,
                RefersTo = [.. draft.RefersTo.Select(answered => $"{source}/{prefix}{answered}")],
            });
            if (claim is not null)
            {
                claims.Add(claim);
            }
            else
            {
                refused.Add(error! with { Message = $"{error.Message}: “{draft.Quote}”" });
            }
        }

        return new ExtractedReport(claims, refused, new ReportText
        {
            Source = source,
            SourceId = registry.Current.Resolve(EntityKind.Source, report.Source)!.Id,
            Address = report.Url ?? digest,
            TextHash = textHash,
            PublishedAt = report.PublishedAt.ToUniversalTime(),
            Claims = [.. claims.Select(claim => claim.Key).Distinct()],
        });
    }

    /// <summary>What is wrong with a report as a whole; null if it can be extracted.</summary>
    public ClaimError? Check(Report report)
    {
        if (!ClaimExtractor.IsSupported(report.Language))
        {
            return new ClaimError("report.language", "language", $"language is one of: {string.Join(' ', ClaimExtractor.Languages)}");
        }

        var (_, error) = ingestor.Admit(new ClaimDraft
        {
            Source = report.Source,
            ReportedAt = report.PublishedAt,
            Report = new ReportRef { Url = report.Url, Title = report.Title },
            Event = Slug.Of(EventType.Other),
        });
        return error is null ? null : error with { Code = error.Code.Replace("claim.", "report.", StringComparison.Ordinal), Field = error.Field.Replace("reportedAt", "publishedAt", StringComparison.Ordinal).Replace("report.", "", StringComparison.Ordinal) };
    }

    // White space tells nothing: a copy with other line breaks is the same text.
    private static UInt128 TextHash(string text)
    {
        var hash = new XxHash128();
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            hash.Append(Encoding.UTF8.GetBytes(word));
            hash.Append(" "u8);
        }

        return hash.GetCurrentHashAsUInt128();
    }
}
