namespace Aggregator.Store.Index;

/// <summary>One content that a claim's key has had, and where it stands in the log.</summary>
/// <param name="ContentHash">Digest of the claim as sent; 0 for a retraction of an id not seen.</param>
/// <param name="Sequence">The log entry.</param>
/// <param name="Ordinal">The claim's place in that entry.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="ReportedAtTicks">Its reportedAt, UTC ticks.</param>
/// <param name="IsRetraction">True for a retraction: final for its key, so it stands before every content.</param>
public readonly record struct IndexVersion(
    UInt128 ContentHash, long Sequence, int Ordinal, long Revision, long ReportedAtTicks, bool IsRetraction = false);

/// <summary>What the index holds for a key, the standing version first, then those it replaced.</summary>
/// <param name="Versions">Never empty.</param>
public sealed record IndexHit(IReadOnlyList<IndexVersion> Versions)
{
    /// <summary>The version that stands.</summary>
    public IndexVersion Standing => Versions[0];

    /// <summary>True if this content stands or once stood: sent again it is a duplicate (R3).</summary>
    public bool Holds(UInt128 contentHash)
    {
        foreach (var version in Versions)
        {
            if (version.ContentHash == contentHash && !version.IsRetraction)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>All that is to be stored for a key. It replaces what is stored unless that rests on a later log position.</summary>
/// <param name="Key">Digest of (source, id).</param>
/// <param name="Versions">Every version up to now, 1 to <see cref="ClaimIndex.MaximumVersions"/>; see <see cref="IndexRow.With"/>.</param>
public sealed record IndexRow(UInt128 Key, IReadOnlyList<IndexVersion> Versions)
{
    /// <summary>
    /// The row with one more version in its place: the highest (revision, reportedAt, position) first (R3); a retraction alone.
    /// A version at a position already held changes nothing, so an entry may be indexed twice.
    /// </summary>
    public static IndexRow With(UInt128 key, IndexHit? held, IndexVersion version)
    {
        // Nothing that came before a retraction or comes after it matters any more (R4): it stands alone, and always finds room.
        if (held is { Standing.IsRetraction: true })
        {
            return new(key, held.Versions);
        }

        if (held is null || version.IsRetraction)
        {
            return new(key, [version]);
        }

        var versions = new List<IndexVersion>(held.Versions.Count + 1);
        foreach (var other in held.Versions)
        {
            if (other.Sequence == version.Sequence && other.Ordinal == version.Ordinal)
            {
                return new(key, held.Versions);
            }

            versions.Add(other);
        }

        versions.Add(version);
        versions.Sort(static (a, b) => -(a.Revision, a.ReportedAtTicks, a.Sequence, a.Ordinal)
            .CompareTo((b.Revision, b.ReportedAtTicks, b.Sequence, b.Ordinal)));
        return new(key, versions);
    }
}
