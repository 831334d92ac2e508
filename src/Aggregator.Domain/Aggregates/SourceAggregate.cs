using System.Collections.Immutable;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.TrackRecord;

namespace Aggregator.Domain.Aggregates;

/// <summary>What one source has published: counts by stance and day, resends and corrections, and its track record.</summary>
public sealed class SourceAggregate : IAggregate
{
    private readonly Folds _folds;

    /// <summary>An aggregate without claims.</summary>
    public SourceAggregate(string id)
    {
        Book = new ClaimBook(new EntityKey(EntityKind.Source, id));
        _folds = new Folds(Book, Parts);
    }

    /// <inheritdoc/>
    public ClaimBook Book { get; }

    /// <inheritdoc/>
    public Parts Parts { get; } = new();

    /// <summary>What the regions it has claims in made of them (R17).</summary>
    public JudgementsTaken Judgements { get; } = new();

    /// <summary>The reliability it has earned (R17), with what sources merged into it did.</summary>
    public Reliability Reliability
    {
        get
        {
            var (_, corrections, retractions, _) = Book.Counts.Resends.Plus(Parts.Resends);
            return new(Judgements.Sum.Confirmed, Judgements.Sum.Contradicted, corrections, retractions);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<LineKey> LinesOf(BucketKey bucket, RegistrySnapshot registry) => [];

    /// <inheritdoc/>
    public IEnumerable<LineKey> AllLines(RegistrySnapshot registry) => [];

    /// <inheritdoc/>
    public IReadOnlyList<Miss> TakeMisses() => _folds.TakeMisses();

    /// <inheritdoc/>
    public bool HasMisses => _folds.HasMisses;

    /// <inheritdoc/>
    public bool HasClaimsOf(IEnumerable<string> parts) => _folds.HasClaimsOf(parts);

    /// <inheritdoc/>
    public ImmutableSortedDictionary<Voice, VoiceTally> Total(LineKey line, RegistrySnapshot registry) => Rollup.Nobody;

    /// <summary>The regions that have something to say of its claims, as a registry reads them.</summary>
    public IEnumerable<string> Regions(RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return this.Counts(registry).Regions.Keys
            .Select(region => registry.Survivor(EntityKind.Region, region))
            .Distinct(StringComparer.Ordinal);
    }
}
