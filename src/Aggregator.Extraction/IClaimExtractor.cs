using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Extraction;

/// <summary>Turns the text of a report into claims.</summary>
public interface IClaimExtractor
{
    /// <summary>
    /// The claims that the report's text makes, in the order in which they stand in it. Total: any text gives an
    /// answer, in time linear in its length. Names are resolved through <paramref name="registry"/>; drafts carry
    /// id (unique within the report), quote and span, and leave source and reportedAt to the report's.
    /// </summary>
    IReadOnlyList<ClaimDraft> Extract(Report report, RegistrySnapshot registry);
}
