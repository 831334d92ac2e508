using System.Runtime.CompilerServices;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;

namespace Aggregator.Simulation.Feeding;

/// <summary>What was sent, and what was acknowledged, as all senders together would keep it.</summary>
internal sealed class Journal
{
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly HashSet<Claim> _sent = new(ReferenceEqualityComparer.Instance);
    private readonly ConditionalWeakTable<object, StrongBox<long>> _answeredAt = [];

    /// <summary>What was acknowledged, in the order in which it was heard.</summary>
    public IReadOnlyList<Acknowledged> Acknowledged => _acknowledged;

    /// <summary>Versions that may have come to a partition.</summary>
    public IReadOnlyCollection<Claim> Sent => _sent;

    /// <summary>Claims are sent.</summary>
    public void Sending(IEnumerable<Claim> claims) => _sent.UnionWith(claims);

    /// <summary>A partition has made an answer, which is on its way.</summary>
    public void Answered(object answer, long step) => _answeredAt.Add(answer, new StrongBox<long>(step));

    /// <summary>A sender has heard an answer.</summary>
    /// <param name="key">The claim's key, or the report's.</param>
    /// <param name="content">Digest of the version; null for a retraction.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="at">Where in it.</param>
    public void Heard(ClaimKey key, UInt128? content, AppendReply reply, int at) => Heard(key, content, reply.Outcomes[at], reply);

    /// <summary>A sender has heard that a report's text came before, with all of its claims.</summary>
    /// <param name="key">The report's.</param>
    /// <param name="content">Digest of the text.</param>
    /// <param name="known">The answer.</param>
    public void Heard(ClaimKey key, UInt128 content, KnownReport known) => Heard(key, content, AppendOutcome.Duplicate, known);

    private void Heard(ClaimKey key, UInt128? content, AppendOutcome outcome, object answer) =>
        _acknowledged.Add(new Acknowledged(key, content, outcome, _answeredAt.TryGetValue(answer, out var step) ? step.Value : throw new InvalidOperationException("an answer that no partition made")));
}

/// <summary>What was acknowledged.</summary>
/// <param name="Key">The claim's key, or the report's.</param>
/// <param name="Content">Digest of the version; null for a retraction.</param>
/// <param name="Outcome">What the answer said.</param>
/// <param name="AnsweredAt">The step at which the partition had made the answer.</param>
internal sealed record Acknowledged(ClaimKey Key, UInt128? Content, AppendOutcome Outcome, long AnsweredAt)
{
    public override string ToString() => $"{(Content is null ? "the retraction of " : "")}{Key} {Content} was acknowledged ({Outcome})";
}
