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
/// <param name="Claims">
/// What the parent folds itself, by bucket: what bodies of its voice have said, and all claims of an entity merged into it. An
/// empty bucket is gone.
/// </param>
public sealed record PartUpdate(
    PartVersion Version,
    PartVersion? Since,
    IReadOnlyDictionary<LineKey, Voices> Totals,
    IReadOnlyDictionary<BucketKey, IReadOnlyCollection<Appearance>> Claims);

/// <summary>What the parts of an entity have pushed. Newer versions win, a gap asks for everything.</summary>
public sealed class Parts
{
    private readonly SortedDictionary<string, Part> _parts = new(StringComparer.Ordinal);

    /// <summary>Ids of the parts that have told something.</summary>
    public IReadOnlyCollection<string> Ids => _parts.Keys;

    /// <summary>Ids of the parts that have figures or words of their own.</summary>
    public IEnumerable<string> Telling => _parts.Where(pair => pair.Value.Totals.Count > 0 || pair.Value.Claims.Count > 0).Select(pair => pair.Key);

    /// <summary>Every line that a part has a total for.</summary>
    public IEnumerable<LineKey> Lines => _parts.Values.SelectMany(part => part.Totals.Keys).Distinct();

    /// <summary>Every bucket of which a part has claims.</summary>
    public IEnumerable<BucketKey> Buckets => _parts.Values.SelectMany(part => part.Claims.Keys).Distinct();

    /// <summary>Grows with every change of any bucket.</summary>
    public long Stamp { get; private set; }

    /// <summary>The version held of a part.</summary>
    public PartVersion VersionOf(string part) => _parts.TryGetValue(part, out var held) ? held.Version : PartVersion.None;

    /// <summary>The parts' totals on a line.</summary>
    public IReadOnlyCollection<Voices> Totals(LineKey line) =>
        [.. _parts.Values.Select(part => part.Totals.GetValueOrDefault(line)).OfType<Voices>()];

    /// <summary>The parts' claims of a bucket.</summary>
    public IEnumerable<Appearance> Claims(BucketKey bucket) =>
        _parts.Values.SelectMany(part => part.Claims.TryGetValue(bucket, out var claims) ? claims : []);

    /// <summary>Forgets a part that is one no more.</summary>
    /// <returns>The lines and buckets that may have changed.</returns>
    public PartChange Drop(string id)
    {
        if (!_parts.Remove(id, out var part))
        {
            return PartChange.None;
        }

        Stamp += part.Claims.Count > 0 ? 1 : 0;
        return new PartChange([.. part.Totals.Keys], [.. part.Claims.Keys]);
    }

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
            update.Since is null ? [.. part.Claims.Keys.Union(update.Claims.Keys)] : [.. update.Claims.Keys]);
        part.Take(update);
        Stamp += change.Claims.Count > 0 ? 1 : 0;
        return change;
    }

    private sealed class Part
    {
        public PartVersion Version { get; private set; }

        public Dictionary<LineKey, Voices> Totals { get; } = [];

        public Dictionary<BucketKey, IReadOnlyCollection<Appearance>> Claims { get; } = [];

        public void Take(PartUpdate update)
        {
            if (update.Since is null)
            {
                Totals.Clear();
                Claims.Clear();
            }

            foreach (var (line, voices) in update.Totals)
            {
                Put(Totals, line, voices, voices.IsEmpty);
            }

            foreach (var (bucket, claims) in update.Claims)
            {
                Put(Claims, bucket, claims, claims.Count == 0);
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
public sealed record PartChange(IReadOnlyCollection<LineKey> Lines, IReadOnlyCollection<BucketKey> Claims)
{
    /// <summary>Nothing.</summary>
    public static readonly PartChange None = new([], []);
}
