using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Extraction;

namespace Aggregator.Host.Ingest;

/// <summary>What became of some reports.</summary>
/// <param name="Result">What became of their claims.</param>
/// <param name="New">The claims of texts that were new, each with its report's place.</param>
/// <param name="Stored">The standing claims of texts that came before, each with its report's place.</param>
/// <param name="Repeated">How many claims were found in the texts that came before.</param>
/// <param name="Texts">How many texts were sent on, or known; the others were refused with all that is in them.</param>
/// <param name="Errors">What was refused.</param>
internal sealed record FedReports(
    IngestResult Result,
    IReadOnlyList<(int Index, Claim Claim)> New,
    IReadOnlyList<(int Index, Claim Claim)> Stored,
    int Repeated,
    int Texts,
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
    private const int ReportsAskedAtOnce = 64;
    private static readonly ClaimError TooManyTexts = new(ClaimErrorCodes.TooManyTexts, "text", "the report has had as many texts as one may have; send it under another url");

    /// <param name="some">Reports, each with its place in the request.</param>
    /// <param name="store">False: extract and store nothing.</param>
    /// <param name="waitApplied">Whether to wait for the views.</param>
    /// <param name="slot">The place of the request; null if it has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<FedReports> FeedAsync(IReadOnlyList<(int Index, Report Report)> some, bool store, bool waitApplied, FeedSlot? slot, CancellationToken cancellationToken)
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

        var before = new KnownReport?[extracted.Count];
        if (store)
        {
            await Parallel.ForAsync(
                0, extracted.Count, new ParallelOptions { MaxDegreeOfParallelism = ReportsAskedAtOnce, CancellationToken = cancellationToken },
                async (at, _) => before[at] = await ingestor.FindReportAsync(extracted[at].Found.Text));
        }

        var (fresh, stored) = (new List<(int Index, Claim Claim)>(), new List<(int Index, Claim Claim)>());
        var (texts, known) = (new List<(ReportText Text, int Index, string? Url)>(), new List<(ReportText Text, KnownReport Report)>());
        var room = new TextRoom();
        foreach (var ((index, report, found), seen) in extracted.Zip(before))
        {
            if (seen is { TextsLeft: null })
            {
                known.Add((found.Text, seen));
                stored.AddRange(seen.Claims.Claims.Select(claim => (index, claim)));
                continue;
            }

            // Before its claims are: they are not to stay without it.
            if (!room.TryTake(found.Text, seen?.TextsLeft))
            {
                errors.Add(FeedError.From(index, report.Url, TooManyTexts));
                continue;
            }

            errors.AddRange(found.Refused.Select(one => FeedError.From(index, report.Url, one)));
            fresh.AddRange(found.Claims.Select(claim => (index, claim)));
            texts.Add((found.Text, index, report.Url));
        }

        var result = store
            ? await ingestor.AppendAsync(new Feeding([.. fresh.Select(one => one.Claim)]) { Texts = [.. texts.Select(one => one.Text)], Known = known }, waitApplied, slot, cancellationToken)
            : new IngestResult(AppendRefusal.None, [], null);
        var repeated = known.Sum(one => one.Report.Found);
        if (store && result.Refusal == AppendRefusal.None)
        {
            var overtaken = await FindOvertakenAsync(texts.Zip(result.TextOutcomes).Where(pair => pair.Second == AppendOutcome.Duplicate).Select(pair => (pair.First.Text, pair.First.Index)));
            var kept = fresh.Zip(result.Outcomes).Where(pair => !overtaken.ContainsKey(pair.First.Index)).ToList();
            (fresh, result) = ([.. kept.Select(one => one.First)], result with { Outcomes = [.. kept.Select(one => one.Second)] });
            stored.AddRange(overtaken.SelectMany(one => one.Value.Claims.Claims.Select(claim => (one.Key, claim))));
            repeated += overtaken.Values.Sum(report => report.Found);
            if (overtaken.Count > 0 && result.Applied == true)
            {
                // It has been waited for what was found in them now, and not for what is stored.
                var others = texts.Where(one => overtaken.ContainsKey(one.Index)).Select(one => (one.Text, overtaken[one.Index]));
                result = result with { Applied = (await ingestor.AppendAsync(new Feeding([]) { Known = [.. others] }, waitApplied: true, slot: null, cancellationToken)).Applied };
            }
        }

        // Others may have sent the last ones that there was room for in between.
        errors.AddRange(texts.Zip(result.TextOutcomes).Where(pair => pair.Second == AppendOutcome.TooManyVersions).Select(pair => FeedError.From(pair.First.Index, pair.First.Url, TooManyTexts)));
        return new FedReports(result, fresh, stored, repeated, known.Count + texts.Count, errors);
    }

    /// <summary>What stands of texts that were new when they were asked about and had come when they were sent: it is answered as for any that came before.</summary>
    private async Task<Dictionary<int, KnownReport>> FindOvertakenAsync(IEnumerable<(ReportText Text, int Index)> texts)
    {
        var found = new Dictionary<int, KnownReport>();
        foreach (var (text, index) in texts)
        {
            if (await ingestor.FindReportAsync(text) is { TextsLeft: null } report)
            {
                found[index] = report;
            }
        }

        return found;
    }
}
