using System.ComponentModel;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;
using Microsoft.AspNetCore.Http.Features;

namespace Aggregator.Host.Ingest;

/// <summary>What became of a retraction. It is final either way: nothing under that id counts again (R4).</summary>
/// <param name="Retracted">1 if the retraction was taken now, else 0.</param>
/// <param name="Blocked">Of these, 1 if no claim had come under that id: none that comes will count.</param>
/// <param name="Duplicate">1 if it had been taken back before, else 0.</param>
/// <param name="Applied">With <c>wait=applied</c>: whether no view shows it any more; null otherwise.</param>
public sealed record RetractionAnswer(int Retracted, int Blocked, int Duplicate, bool? Applied);

/// <summary><c>DELETE /v1/claims/{source}/{id}</c>.</summary>
internal static class RetractEndpoint
{
    public const string Route = "/claims/{source}/{**id}";

    public static async Task<IResult> DeleteAsync(HttpContext context,
        [Description("The claim's source, as it was sent.")] string source,
        [Description("The claim's id. It may have slashes in it.")] string id,
        [Description("applied: answer when no view shows the claim.")] string? wait,
        Ingestor ingestor, CancellationToken cancellationToken)
    {
        if ((QueryParameters.Unknown(context.Request, "wait") ?? Wait.Refuse(wait)) is { } refused)
        {
            return refused.ToResult();
        }

        var claim = KeyOf(context, source, id);
        if (claim.Source.Length is 0 or > ClaimAdmission.MaxNameLength || NameFolding.ToSlug(claim.Source).Length == 0)
        {
            return Problem.Unprocessable(ClaimErrorCodes.Missing, "source", "source is the name of a source").ToResult();
        }

        if (claim.Id.Length is 0 or > ClaimAdmission.MaxNameLength)
        {
            return Problem.Unprocessable(ClaimErrorCodes.Missing, "id", $"id has 1 to {ClaimAdmission.MaxNameLength} characters").ToResult();
        }

        if (!ClaimAdmission.IsLine(claim.Source) || !ClaimAdmission.IsLine(claim.Id))
        {
            return Problem.Unprocessable(ClaimErrorCodes.Text, ClaimAdmission.IsLine(claim.Id) ? "source" : "id", "source and id have no control characters in them").ToResult();
        }

        var result = await ingestor.RetractAsync(claim, wait is not null, FeedSlot.Of(context), cancellationToken);
        return result.Refusal switch
        {
            AppendRefusal.None => Results.Ok(new RetractionAnswer(
                Count(result, AppendOutcome.Retracted) + Count(result, AppendOutcome.Blocked), Count(result, AppendOutcome.Blocked), Count(result, AppendOutcome.Duplicate), result.Applied)),
            AppendRefusal.Busy => Problem.Busy().ToResult(),
            _ => Problem.Unavailable().ToResult(),
        };
    }

    private static int Count(IngestResult result, AppendOutcome outcome) => result.Outcomes.Count(one => one == outcome);

    // Routing leaves an encoded slash as it is and decodes the rest, so what was sent is read from the request itself.
    private static ClaimKey KeyOf(HttpContext context, string source, string id)
    {
        const string Prefix = "/v1/claims/";
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?', 2)[0];
        var parts = path.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? path[Prefix.Length..].Split('/', 2) : [];
        return parts.Length == 2
            ? new ClaimKey(ClaimIdentity.SourceName(Uri.UnescapeDataString(parts[0])), Uri.UnescapeDataString(parts[1]))
            : new ClaimKey(ClaimIdentity.SourceName(source), id);
    }
}
