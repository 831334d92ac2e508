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

    /// <summary>
    /// What could not be read since the last call because claims are out of memory: whatever was made meanwhile is incomplete,
    /// and to be made again when they are there.
    /// </summary>
    IReadOnlyList<Miss> TakeMisses();

    /// <summary>Whether there is something that <see cref="TakeMisses"/> would give.</summary>
    bool HasMisses { get; }

    /// <summary>Whether all claims that some parts tell of are in memory; if not, it is a miss.</summary>
    bool HasClaimsOf(IEnumerable<string> parts);

    /// <summary>One total, own claims and parts together: what the parent is given. Empty if nobody says anything.</summary>
    ImmutableSortedDictionary<Voice, VoiceTally> Total(LineKey line, RegistrySnapshot registry);
}
