using System.ComponentModel;
using System.Text.Unicode;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Extraction;
using Aggregator.Grains.Registry;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;

namespace Aggregator.Host.Ingest;

/// <summary><c>POST /v1/reports</c>.</summary>
internal static class ReportsEndpoint
{
    public static async Task<IResult> PostAsync(
        HttpRequest request,
        [Description("Who published it, for the text form.")] string? source,
        [Description("true: extract and store nothing.")] string? dryRun,
        [Description("applied: answer when every view shows the claims.")] string? wait,
        ReportClaims reports, Ingestor ingestor, IRegistry registry, CancellationToken cancellationToken)
    {
        if ((QueryParameters.Unknown(request, "source", "dryRun", "wait") ?? Wait.Refuse(wait) ?? Body.RefuseHead(request, Body.Json, Body.Ndjson, Body.Text)) is { } refused)
        {
            return refused.ToResult();
        }

        if (dryRun is not (null or "" or "true" or "false"))
        {
            return Problem.Query("query.dry-run", "dryRun", "dryRun is true or false").ToResult();
        }

        var (read, single, refusal) = Read(Body.MediaType(request)!, await Body.ReadAsync(request, cancellationToken), source);
        if (refusal is not null)
        {
            return refusal.ToResult();
        }

        var isDryRun = dryRun is "" or "true";
        var claims = new List<(int Index, Claim Claim)>();
        var answers = new List<ClaimAnswer>();
        var errors = new List<FeedError>();
        foreach (var (index, report, error) in read)
        {
            if (report is null || (reports.Check(report) is { } found && Add(FeedError.From(index, report.Url, found))))
            {
                if (error is not null)
                {
                    errors.Add(error);
                }

                continue;
            }

            var (extracted, unfit) = reports.Extract(report);
            errors.AddRange(unfit.Select(one => FeedError.From(index, report.Url, one)));
            claims.AddRange(extracted.Select(claim => (index, claim)));
            answers.AddRange(extracted.Select(claim => ClaimAnswer.From(claim, index, registry.Current)));
        }

        if (single && claims.Count == 0 && errors is [var only])
        {
            return Problem.Unprocessable(only.Code, only.Field ?? "", only.Message).ToResult();
        }

        var result = isDryRun
            ? new IngestResult(AppendRefusal.None, [], null)
            : await ingestor.AppendAsync([.. claims.Select(one => one.Claim)], wait is not null, cancellationToken);
        return result.Refusal switch
        {
            AppendRefusal.None => Results.Ok(Answer(FeedAnswer.From(result, claims, errors))),
            AppendRefusal.Busy => Problem.Busy().ToResult(),
            _ => Problem.Unavailable().ToResult(),
        };

        bool Add(FeedError fault)
        {
            errors.Add(fault);
            return true;
        }

        ReportAnswer Answer(FeedAnswer tallies) => new(
            tallies.Accepted, tallies.Duplicate, tallies.Corrected, tallies.Rejected, tallies.Errors, tallies.Applied, isDryRun, answers);
    }

    private static (IReadOnlyList<(int Index, Report? Report, FeedError? Error)> Reports, bool Single, Problem? Refusal) Read(
        string mediaType, byte[] body, string? source)
    {
        if (mediaType == Body.Text)
        {
            if (body.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                return ([], true, Problem.Empty());
            }

            if (!Utf8.IsValid(body))
            {
                return ([], true, Problem.NotUtf8());
            }

            var (report, url, error) = ReportReader.ReadText(body, source);
            return ([(0, report, error is null ? null : FeedError.From(0, url, error))], true, null);
        }

        var (items, single, refusal) = Body.Split(mediaType, body);
        return ([.. items.Select(item =>
        {
            if (item.Fault is { } fault)
            {
                return (item.Index, (Report?)null, (FeedError?)FeedError.From(item.Index, fault));
            }

            var (report, url, error) = ReportReader.Read(item.Element);
            return (item.Index, report, error is null ? null : FeedError.From(item.Index, url, error));
        })], single, refusal);
    }
}
