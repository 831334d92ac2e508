using System.Collections.Immutable;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.TrackRecord;

namespace Aggregator.Domain.Aggregates;

/// <summary>What one source has published: counts by stance and day, resends and corrections, and its track record.</summary>
public sealed class SourceAggregate(string id) : IAggregate
{
    /// <inheritdoc/>
    public ClaimBook Book { get; } = new(new EntityKey(EntityKind.Source, id));

    /// <inheritdoc/>
    public Parts Parts { get; } = new();

    /// <summary>What the regions it has claims in made of them (R17).</summary>
    public JudgementsTaken Judgements { get; } = new();

    /// <summary>The reliability it has earned (R17).</summary>
    public Reliability Reliability => new(Judgements.Sum.Confirmed, Judgements.Sum.Contradicted, Book.Counts.Corrections, Book.Counts.Retractions);

    /// <inheritdoc/>
    public IReadOnlyCollection<LineKey> LinesOf(BucketKey bucket, RegistrySnapshot registry) => [];

    /// <inheritdoc/>
    public IEnumerable<LineKey> AllLines(RegistrySnapshot registry) => [];

    /// <inheritdoc/>
    public ImmutableSortedDictionary<Voice, VoiceTally> Total(LineKey line, RegistrySnapshot registry) => Rollup.Nobody;

    /// <summary>The regions that have something to say of its claims, as a registry reads them.</summary>
    public IEnumerable<string> Regions(RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return Book.Counts.Regions.Keys
            .Concat(Parts.Buckets.SelectMany(Parts.Claims).Select(one => one.Claim.Region?.Id ?? RegistrySnapshot.World))
            .Select(region => registry.Survivor(EntityKind.Region, region))
            .Distinct(StringComparer.Ordinal);
    }
}
