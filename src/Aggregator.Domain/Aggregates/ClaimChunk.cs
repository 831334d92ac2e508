using System.IO.Hashing;
using System.Runtime.InteropServices;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// Some claims of a bucket, as many as are stored and read together. Its claims may be out of memory; how many there are is
/// always known.
/// </summary>
internal sealed class ClaimChunk(int id)
{
    private Dictionary<ClaimKey, Appearance>? _standing = [];
    private List<Former>? _formers = [];
    private (int Standing, int Formers) _away;

    // Some bits of the hash of each key that it has, once it was in memory: of a hundred chunks hardly one is read in vain.
    private ushort[]? _keys;
    private bool _isDirty;

    /// <summary>Names it within its bucket; later chunks have greater ids.</summary>
    public int Id => id;

    /// <summary>Whether its claims are in memory.</summary>
    public bool IsLoaded => _standing is not null;

    /// <summary>Whether it has changed since it was last stored.</summary>
    public bool IsDirty
    {
        get => _isDirty;
        set => (_isDirty, _keys) = (value, value ? null : _keys);
    }

    /// <summary>Claims that stand.</summary>
    public int StandingCount => _standing?.Count ?? _away.Standing;

    /// <summary>Versions that stand no more.</summary>
    public int FormerCount => _formers?.Count ?? _away.Formers;

    /// <summary>All of them.</summary>
    public int Count => StandingCount + FormerCount;

    /// <summary>The claims that stand, by key; the chunk is in memory.</summary>
    public Dictionary<ClaimKey, Appearance> Standing => _standing ?? throw NotLoaded();

    /// <summary>The versions that stand no more, in no order; the chunk is in memory.</summary>
    public List<Former> Formers => _formers ?? throw NotLoaded();

    /// <summary>A stored chunk whose claims are not in memory.</summary>
    public static ClaimChunk Away(int id, int standing, int formers)
    {
        var chunk = new ClaimChunk(id) { _away = (standing, formers) };
        (chunk._standing, chunk._formers) = (null, null);
        return chunk;
    }

    /// <summary>Whether it may have a version of a claim, standing or not; it is not in memory. Of one that never was nobody knows.</summary>
    public bool MayHold(ClaimKey claim) => _keys is null || _keys.Contains(Bits(claim));

    /// <summary>Takes its claims in.</summary>
    public void Load(IEnumerable<Appearance> standing, IEnumerable<Former> formers)
    {
        _standing = standing.ToDictionary(one => one.Claim.Key);
        _formers = [.. formers];
    }

    /// <summary>Lets go of its claims, which are stored.</summary>
    public void Shed()
    {
        if (IsDirty)
        {
            throw new InvalidOperationException($"chunk {id} is not stored");
        }

        _away = (StandingCount, FormerCount);
        _keys ??= [.. _standing!.Keys.Concat(_formers!.Select(former => former.Appearance.Claim.Key)).Select(Bits)];
        (_standing, _formers) = (null, null);
    }

    // The same in every process, so that what is read back does not hang on which one it is.
    private static ushort Bits(ClaimKey claim) => (ushort)XxHash3.HashToUInt64(
        MemoryMarshal.AsBytes(claim.Id.AsSpan()), (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(claim.Source.AsSpan())));

    private InvalidOperationException NotLoaded() => new($"chunk {id} is not in memory");
}
