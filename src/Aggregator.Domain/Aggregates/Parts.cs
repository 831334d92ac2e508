using System.Collections.Immutable;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>The version of what a part has pushed: grows with every push, and with every activation of the part.</summary>
/// <param name="Epoch">Raised in the store before an activation's first push.</param>
/// <param name="Number">Counts the pushes of an epoch from 1.</param>
public readonly record struct PartVersion(long Epoch, long Number) : IComparable<PartVersion>
{
    /// <summary>Nothing was pushed yet.</summary>
    public static readonly PartVersion None;

    /// <inheritdoc/>
    public int CompareTo(PartVersion other)
    {
        var byEpoch = Epoch.CompareTo(other.Epoch);
        return byEpoch != 0 ? byEpoch : Number.CompareTo(other.Number);
    }
}

/// <summary>What a part tells its parent: absolute totals, all of them or those that changed since a version.</summary>
/// <param name="Version">The version that this makes.</param>
/// <param name="Since">The version it changes; null if it tells everything.</param>
/// <param name="Totals">Totals by line; an empty one is gone.</param>
/// <param name="Said">What bodies of the same voice have said, by bucket; an empty one is gone.</param>
public sealed record PartUpdate(
    PartVersion Version,
    PartVersion? Since,
    IReadOnlyDictionary<LineKey, Voices> Totals,
    IReadOnlyDictionary<BucketKey, IReadOnlyCollection<Appearance>> Said);

/// <summary>What the parts of an entity have pushed. Newer versions win, a gap asks for everything.</summary>
public sealed class Parts
{
    private readonly SortedDictionary<string, Part> _parts = new(StringComparer.Ordinal);

    /// <summary>Ids of the parts that have told something.</summary>
    public IReadOnlyCollection<string> Ids => _parts.Keys;

    /// <summary>Ids of the parts that have figures or words of their own.</summary>
    public IEnumerable<string> Telling => _parts.Where(pair => pair.Value.Totals.Count > 0 || pair.Value.Said.Count > 0).Select(pair => pair.Key);

    /// <summary>Every line that a part has a total for.</summary>
    public IEnumerable<LineKey> Lines => _parts.Values.SelectMany(part => part.Totals.Keys).Distinct();

    /// <summary>Every bucket of which a part has claims.</summary>
    public IEnumerable<BucketKey> SaidBuckets => _parts.Values.SelectMany(part => part.Said.Keys).Distinct();

    /// <summary>The version held of a part.</summary>
    public PartVersion VersionOf(string part) => _parts.TryGetValue(part, out var held) ? held.Version : PartVersion.None;

    /// <summary>The parts' totals on a line.</summary>
    public IReadOnlyCollection<Voices> Totals(LineKey line) =>
        [.. _parts.Values.Select(part => part.Totals.GetValueOrDefault(line)).OfType<Voices>()];

    /// <summary>The parts' claims of a bucket.</summary>
    public IEnumerable<Appearance> Said(BucketKey bucket) =>
        _parts.Values.SelectMany(part => part.Said.TryGetValue(bucket, out var said) ? said : []);

    /// <summary>Takes in what a part tells.</summary>
    /// <returns>The lines and buckets that may have changed; null if a version in between is missing: ask for everything.</returns>
    public PartChange? Apply(string id, PartUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        var held = VersionOf(id);
        if (update.Version.CompareTo(held) <= 0)
        {
            return PartChange.None;
        }

        if (update.Since is { } since && since != held)
        {
            return null;
        }

        if (!_parts.TryGetValue(id, out var part))
        {
            _parts[id] = part = new Part();
        }

        var change = new PartChange(
            update.Since is null ? [.. part.Totals.Keys.Union(update.Totals.Keys)] : [.. update.Totals.Keys],
            update.Since is null ? [.. part.Said.Keys.Union(update.Said.Keys)] : [.. update.Said.Keys]);
        part.Take(update);
        return change;
    }

    private sealed class Part
    {
        public PartVersion Version { get; private set; }

        public Dictionary<LineKey, Voices> Totals { get; } = [];

        public Dictionary<BucketKey, IReadOnlyCollection<Appearance>> Said { get; } = [];

        public void Take(PartUpdate update)
        {
            if (update.Since is null)
            {
                Totals.Clear();
                Said.Clear();
            }

            foreach (var (line, voices) in update.Totals)
            {
                Put(Totals, line, voices, voices.IsEmpty);
            }

            foreach (var (bucket, said) in update.Said)
            {
                Put(Said, bucket, said, said.Count == 0);
            }

            Version = update.Version;
        }

        private static void Put<TKey, TValue>(Dictionary<TKey, TValue> into, TKey key, TValue value, bool gone) where TKey : notnull
        {
            if (gone)
            {
                into.Remove(key);
            }
            else
            {
                into[key] = value;
            }
        }
    }
}

/// <summary>What a part's update may have changed.</summary>
public sealed record PartChange(IReadOnlyCollection<LineKey> Lines, IReadOnlyCollection<BucketKey> Said)
{
    /// <summary>Nothing.</summary>
    public static readonly PartChange None = new([], []);
}
