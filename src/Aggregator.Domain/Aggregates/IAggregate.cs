using System.Collections.Immutable;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>What the aggregates of actors, regions and sources have in common for those who apply, store and roll them up.</summary>
public interface IAggregate
{
    /// <summary>The entity's own claims.</summary>
    ClaimBook Book { get; }

    /// <summary>What its parts have pushed.</summary>
    Parts Parts { get; }

    /// <summary>The totals that hang on a bucket, its own or one that a part gave to fold.</summary>
    IReadOnlyCollection<LineKey> LinesOf(BucketKey bucket, RegistrySnapshot registry);

    /// <summary>Every total there is.</summary>
    IEnumerable<LineKey> AllLines(RegistrySnapshot registry);

    /// <summary>One total, own claims and parts together: what the parent is given. Empty if nobody says anything.</summary>
    ImmutableSortedDictionary<Voice, VoiceTally> Total(LineKey line, RegistrySnapshot registry);
}
