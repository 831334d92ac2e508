using System.ComponentModel;
using Aggregator.Contracts.Partitions;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;

namespace Aggregator.Host.Ingest;

/// <summary><c>POST /v1/claims</c>.</summary>
internal static class ClaimsEndpoint
{
    public static async Task<IResult> PostAsync(HttpRequest request,
        [Description("applied: answer when every view shows the claims.")] string? wait,
        Ingestor ingestor, CancellationToken cancellationToken)
    {
        if ((QueryParameters.Unknown(request, "wait") ?? Wait.Refuse(wait)) is { } refused)
        {
            return refused.ToResult();
        }

        var (items, single, refusal) = Body.Split(Body.MediaType(request)!, Body.Of(request));
        if (refusal is not null)
        {
            return refusal.ToResult();
        }

        var (claims, errors) = ingestor.AdmitAll(items);
        if (single && errors is [var only])
        {
            return Problem.Unprocessable(only.Code, only.Field ?? "", only.Message).ToResult();
        }

        var result = await ingestor.AppendAsync(new Feeding([.. claims.Select(one => one.Claim)]), wait is not null, FeedSlot.Of(request.HttpContext), cancellationToken);
        return result.Refusal switch
        {
            AppendRefusal.None => Results.Ok(FeedAnswer.From(result, claims, errors)),
            AppendRefusal.Busy => Problem.Busy().ToResult(),
            _ => Problem.Unavailable().ToResult(),
        };
    }
}

/// <summary>The <c>wait</c> parameter of feeding requests.</summary>
internal static class Wait
{
    public static Problem? Refuse(string? wait) =>
        wait is null or "applied" ? null : Problem.Query("query.wait", "wait", "wait is applied, or left out");
}
