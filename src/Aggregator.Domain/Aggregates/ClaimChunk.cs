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

    /// <summary>Names it within its bucket; later chunks have greater ids.</summary>
    public int Id => id;

    /// <summary>Whether its claims are in memory.</summary>
    public bool IsLoaded => _standing is not null;

    /// <summary>Whether it has changed since it was last stored.</summary>
    public bool IsDirty { get; set; }

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
        (_standing, _formers) = (null, null);
    }

    private InvalidOperationException NotLoaded() => new($"chunk {id} is not in memory");
}
