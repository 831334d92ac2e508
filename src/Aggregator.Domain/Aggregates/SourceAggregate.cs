using System.Collections.Immutable;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>What one source has published: counts by stance and day, resends and corrections.</summary>
public sealed class SourceAggregate(string id) : IAggregate
{
    /// <inheritdoc/>
    public ClaimBook Book { get; } = new(new EntityKey(EntityKind.Source, id));

    /// <inheritdoc/>
    public Parts Parts { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<LineKey> LinesOf(BucketKey bucket, RegistrySnapshot registry) => [];

    /// <inheritdoc/>
    public IEnumerable<LineKey> AllLines(RegistrySnapshot registry) => [];

    /// <inheritdoc/>
    public ImmutableSortedDictionary<Voice, VoiceTally> Total(LineKey line, RegistrySnapshot registry) => Rollup.Nobody;
}
