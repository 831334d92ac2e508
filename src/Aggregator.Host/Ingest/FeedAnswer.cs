using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Ingest;

/// <summary>One item that was not taken.</summary>
/// <param name="Index">0-based place in the request.</param>
/// <param name="Id">The claim's id or the report's URL, if it could be read.</param>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Field">The field at fault.</param>
/// <param name="Message">For people.</param>
/// <param name="Line">1-based line of the body, for NDJSON that cannot be read.</param>
/// <param name="Column">1-based byte column in the line.</param>
public sealed record FeedError(int Index, string? Id, string Code, string? Field, string Message, long? Line = null, long? Column = null)
{
    internal static FeedError From(int index, string? id, ClaimError error) =>
        new(index, id, error.Code, error.Field.Length == 0 ? null : error.Field, error.Message);

    internal static FeedError From(int index, Problem fault) => new(index, null, fault.Code, null, fault.Detail, fault.Line, fault.Column);
}

/// <summary>What became of a feeding request. Tallies are disjoint.</summary>
/// <param name="Accepted">New and durable.</param>
/// <param name="Duplicate">In the log already with the same content.</param>
/// <param name="Corrected">Other versions of claims in the log, durable.</param>
/// <param name="Rejected">Not taken; see <paramref name="Errors"/>.</param>
/// <param name="Errors">Why, in the order sent.</param>
/// <param name="Applied">With <c>wait=applied</c>: whether every view shows them; null otherwise.</param>
public record FeedAnswer(int Accepted, int Duplicate, int Corrected, int Rejected, IReadOnlyList<FeedError> Errors, bool? Applied)
{
    /// <param name="result">What became of the admitted claims.</param>
    /// <param name="admitted">The claims, each with its place in the request.</param>
    /// <param name="errors">What was not admitted.</param>
    internal static FeedAnswer From(IngestResult result, IReadOnlyList<(int Index, Claim Claim)> admitted, IReadOnlyList<FeedError> errors)
    {
        FeedError[] all =
        [
            .. errors.Concat(result.Outcomes.Zip(admitted)
                .Where(pair => pair.First == AppendOutcome.TooManyVersions)
                .Select(pair => FeedError.From(pair.Second.Index, pair.Second.Claim.Key.Id, new ClaimError(ClaimErrorCodes.TooManyVersions, "id", "the claim has had as many versions as one may have"))))
                .OrderBy(error => error.Index),
        ];
        return new FeedAnswer(Count(AppendOutcome.Accepted), Count(AppendOutcome.Duplicate), Count(AppendOutcome.Corrected), all.Length, all, result.Applied);

        int Count(AppendOutcome counted) => result.Outcomes.Count(outcome => outcome == counted);
    }
}
