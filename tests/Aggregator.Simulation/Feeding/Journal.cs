using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;

namespace Aggregator.Simulation.Feeding;

/// <summary>What was acknowledged, as a sender would keep it.</summary>
/// <param name="Key">The claim's key.</param>
/// <param name="Content">Digest of the version; null for a retraction.</param>
/// <param name="Outcome">What the answer said.</param>
internal sealed record Acknowledged(ClaimKey Key, UInt128? Content, AppendOutcome Outcome);
