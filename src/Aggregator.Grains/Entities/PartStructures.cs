namespace Aggregator.Grains.Entities;

/// <summary>
/// Which parts have told under the structure of the registry that an entity rolls up by. Only when all have do its totals
/// rest on that structure, and only then does its row say so: who reads a row that does not has it made again. Pure.
/// </summary>
internal sealed class PartStructures(ulong structure)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _awaited = new(StringComparer.Ordinal);
    private ulong _structure = structure;

    /// <summary>Whether the parts' rows have been looked at under this structure: before, nobody knows who is a part.</summary>
    public bool HasLooked { get; private set; }

    /// <summary>Parts that have not told under this structure.</summary>
    public IReadOnlyCollection<string> Awaited => _awaited;

    /// <summary>The structure that all totals rest on; null while some do not.</summary>
    public ulong? Complete => HasLooked && _awaited.Count == 0 ? _structure : null;

    /// <summary>Whether what a part tells under this structure is here, or it has nothing to tell.</summary>
    public bool HasTold(string part) => HasLooked && !_awaited.Contains(part);

    /// <summary>Another structure: all parts are to tell again.</summary>
    public void Adopt(ulong structure)
    {
        _structure = structure;
        _awaited.UnionWith(_known);
        HasLooked = false;
    }

    /// <summary>All rows of parts have been found.</summary>
    public void Looked() => HasLooked = true;

    /// <summary>A part has told; on which structure its totals rest, if on one.</summary>
    public void Told(string part, ulong? structure)
    {
        _known.Add(part);
        if (structure == _structure)
        {
            _awaited.Remove(part);
        }
        else
        {
            _awaited.Add(part);
        }
    }

    /// <summary>There is a part whose row rests on another structure. What it has told counts for more than its row.</summary>
    public void Found(string part)
    {
        if (_known.Add(part))
        {
            _awaited.Add(part);
        }
    }

    /// <summary>Forgets the parts that are none any more.</summary>
    public void DropWhere(Predicate<string> isGone)
    {
        _known.RemoveWhere(isGone);
        _awaited.RemoveWhere(isGone);
    }
}
