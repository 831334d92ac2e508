using System.ComponentModel;
using System.Text.Unicode;
using Aggregator.Contracts.Partitions;
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
        ReportFeeder feeder, IRegistry registry, CancellationToken cancellationToken)
    {
        if ((QueryParameters.Unknown(request, "source", "dryRun", "wait") ?? Wait.Refuse(wait)) is { } refused)
        {
            return refused.ToResult();
        }

        if (dryRun is not (null or "" or "true" or "false"))
        {
            return Problem.Query("query.dry-run", "dryRun", "dryRun is true or false").ToResult();
        }

        var (read, single, refusal) = Read(Body.MediaType(request)!, Body.Of(request), source);
        if (refusal is not null)
        {
            return refusal.ToResult();
        }

        var isDryRun = dryRun is "" or "true";
        var fed = await feeder.FeedAsync(
            [.. read.Where(one => one.Report is not null).Select(one => (one.Index, one.Report!))], !isDryRun, wait is not null, FeedSlot.Of(request.HttpContext), cancellationToken);
        fed = fed with { Errors = [.. read.Select(one => one.Error).OfType<FeedError>(), .. fed.Errors] };
        if (single && fed is { Result.Refusal: AppendRefusal.None, Texts: 0, Errors: [var only] })
        {
            return Problem.Unprocessable(only.Code, only.Field ?? "", only.Message).ToResult();
        }

        return fed.Result.Refusal switch
        {
            AppendRefusal.None => Results.Ok(Answer(fed.Answer)),
            AppendRefusal.Busy => Problem.Busy().ToResult(),
            AppendRefusal.TooLarge => Problem.Unprocessable("report.too-large", "text", "what is found in it is more than one log entry holds; send it in parts").ToResult(),
            _ => Problem.Unavailable().ToResult(),
        };

        ReportAnswer Answer(FeedAnswer tallies) => new(
            tallies.Accepted,
            tallies.Duplicate,
            tallies.Corrected,
            tallies.Rejected,
            tallies.Errors,
            tallies.Applied,
            isDryRun,
            [.. fed.New.Concat(fed.Stored).OrderBy(one => one.Index).Select(one => new FoundClaimAnswer(one.Claim, one.Index, registry.Current))]);
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
