using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;

namespace Aggregator.Simulation.Feeding;

/// <summary>What was acknowledged, as a sender would keep it.</summary>
/// <param name="Key">The claim's key.</param>
/// <param name="Content">Digest of the version; null for a retraction.</param>
/// <param name="Outcome">What the answer said.</param>
/// <param name="SentAt">The step at which it had been sent.</param>
internal sealed record Acknowledged(ClaimKey Key, UInt128? Content, AppendOutcome Outcome, long SentAt)
{
    public override string ToString() => $"{(Content is null ? "the retraction of " : "")}{Key} {Content} was acknowledged ({Outcome})";
}
