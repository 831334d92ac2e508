using System.Collections.Immutable;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>What voices say as text, to compare whole results by: the stored form, which has everything in it.</summary>
internal static class Dump
{
    public static string Of(ImmutableSortedDictionary<Voice, VoiceTally> voices) => Convert.ToHexString(AggregateFormat.EncodeUpdate(new PartUpdate(
        new PartVersion(1, 1),
        null,
        new Dictionary<LineKey, ImmutableSortedDictionary<Voice, VoiceTally>> { [new LineKey(null, Item.Tank, Outcome.Destroyed, null)] = voices },
        new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>())));

    /// <summary>All that an entity tells its parent, as text.</summary>
    public static string Of(PartUpdate update) => Convert.ToHexString(AggregateFormat.EncodeUpdate(update));
}
