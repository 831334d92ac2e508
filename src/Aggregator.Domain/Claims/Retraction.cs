namespace Aggregator.Domain.Claims;

/// <summary>Takes a claim back for good (R4): whatever comes under its key, before or after, no longer counts.</summary>
/// <param name="Key">The claim's identity.</param>
/// <param name="Source">Registry id of the source.</param>
public sealed record Retraction(ClaimKey Key, string Source);
