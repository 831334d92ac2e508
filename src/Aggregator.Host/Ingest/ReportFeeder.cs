using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Extraction;

namespace Aggregator.Host.Ingest;

/// <summary>What became of some reports.</summary>
/// <param name="Result">What became of their claims.</param>
/// <param name="New">The claims of texts that were new, each with its report's place.</param>
/// <param name="Stored">The standing claims of texts that came before, each with its report's place.</param>
/// <param name="Repeated">How many claims were found in the texts that came before.</param>
/// <param name="Errors">What was refused.</param>
internal sealed record FedReports(
    IngestResult Result,
    IReadOnlyList<(int Index, Claim Claim)> New,
    IReadOnlyList<(int Index, Claim Claim)> Stored,
    int Repeated,
    IReadOnlyList<FeedError> Errors)
{
    /// <summary>The tallies.</summary>
    public FeedAnswer Answer => FeedAnswer.From(Result, New, Errors) is var answer && Repeated > 0 ? answer with { Duplicate = answer.Duplicate + Repeated } : answer;
}

/// <summary>
/// Feeds reports. One whose text came before answers its stored claims, whatever its words would say to today's extraction; one
/// with another text takes the place of the earlier one (R3).
/// </summary>
internal sealed class ReportFeeder(ReportClaims reports, Ingestor ingestor)
{
    /// <param name="some">Reports, each with its place in the request.</param>
    /// <param name="store">False: extract and store nothing.</param>
    /// <param name="waitApplied">Whether to wait for the views.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<FedReports> FeedAsync(IReadOnlyList<(int Index, Report Report)> some, bool store, bool waitApplied, CancellationToken cancellationToken)
    {
        var errors = new List<FeedError>();
        var extracted = new List<(int Index, Report Report, ExtractedReport Found)>(some.Count);
        foreach (var (index, report) in some)
        {
            if (reports.Check(report) is { } fault)
            {
                errors.Add(FeedError.From(index, report.Url, fault));
            }
            else
            {
                extracted.Add((index, report, reports.Extract(report)));
            }
        }

        var before = store ? await Task.WhenAll(extracted.Select(one => ingestor.FindReportAsync(one.Found.Text))) : new KnownReport?[extracted.Count];
        var (fresh, stored) = (new List<(int Index, Claim Claim)>(), new List<(int Index, Claim Claim)>());
        var (texts, known) = (new List<ReportText>(), new List<(ReportText Text, KnownReport Report)>());
        foreach (var ((index, report, found), seen) in extracted.Zip(before))
        {
            if (seen is not null)
            {
                known.Add((found.Text, seen));
                stored.AddRange(seen.Claims.Claims.Select(claim => (index, claim)));
                continue;
            }

            errors.AddRange(found.Refused.Select(one => FeedError.From(index, report.Url, one)));
            fresh.AddRange(found.Claims.Select(claim => (index, claim)));
            texts.Add(found.Text);
        }

        var result = store
            ? await ingestor.AppendAsync(new Feeding([.. fresh.Select(one => one.Claim)]) { Texts = texts, Known = known }, waitApplied, cancellationToken)
            : new IngestResult(AppendRefusal.None, [], null);
        return new FedReports(result, fresh, stored, known.Sum(one => one.Report.Found), errors);
    }
}
