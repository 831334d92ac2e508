using Aggregator.Domain.Registry;
using Aggregator.Domain.TrackRecord;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// What a region, which owns the statements on it, gives each source towards its track record (R17): a tally over the region's
/// own cells, kept up cell by cell.
/// </summary>
public sealed class JudgementBook
{
    private static readonly IReadOnlyDictionary<string, Judgements> Nothing = new Dictionary<string, Judgements>();

    private readonly string _region;
    private readonly Folds _folds;
    private readonly Dictionary<BucketKey, IReadOnlyDictionary<string, Judgements>> _byCell = [];
    private readonly Dictionary<string, Judgements> _bySource = new(StringComparer.Ordinal);
    private readonly HashSet<BucketKey> _stale = [];
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private RegistrySnapshot? _registry;

    internal JudgementBook(string region, Folds folds) => (_region, _folds) = (region, folds);

    /// <summary>Whether a cell has changed and was not judged since.</summary>
    public bool IsStale => _stale.Count > 0;

    /// <summary>A cell may have changed.</summary>
    public void Changed(BucketKey cell) => _stale.Add(cell);

    /// <summary>The tally of one source.</summary>
    public Judgements this[string source] => _bySource.GetValueOrDefault(source);

    /// <summary>The sources that have a tally.</summary>
    public IReadOnlyCollection<string> Sources => _bySource.Keys;

    /// <summary>The sources whose tally has changed since the last call.</summary>
    public IReadOnlyCollection<string> TakeChanged()
    {
        var changed = _changed.ToArray();
        _changed.Clear();
        return changed;
    }

    /// <summary>Brings the tallies up to what the cells say now.</summary>
    public void Refresh(RegistrySnapshot registry)
    {
        ReadUnder(registry);
        foreach (var kept in _stale.ToList())
        {
            TryJudge(kept, registry);
        }
    }

    /// <summary>
    /// Brings the tallies up to what some cells say, so that <see cref="Refresh(RegistrySnapshot)"/> need not look at them again: for who has their claims in memory.
    /// Those that have not changed, or cannot be judged, stay as they are.
    /// </summary>
    public void Refresh(IEnumerable<BucketKey> cells, RegistrySnapshot registry)
    {
        ReadUnder(registry);
        foreach (var kept in cells.Where(_stale.Contains).ToList())
        {
            TryJudge(kept, registry);
        }
    }

    // Under another registry any claim may have another voice and stand in another cell.
    private void ReadUnder(RegistrySnapshot registry)
    {
        if (_registry?.Structure != registry.Structure)
        {
            foreach (var judged in _byCell.Values)
            {
                Replace(judged, Nothing);
            }

            _byCell.Clear();
            _stale.Clear();
            if (!registry.IsMerged(EntityKind.Region, _region))
            {
                _stale.UnionWith(_folds.All(registry));
            }
        }

        _registry = registry;
    }

    // What cannot be judged now stays stale. The cells of a region that was merged into another are that one's.
    private void TryJudge(BucketKey kept, RegistrySnapshot registry)
    {
        var cell = kept.Under(registry);
        if (cell.Kind != BucketKind.Cell || registry.IsMerged(EntityKind.Region, _region))
        {
            _stale.Remove(kept);
        }
        else if (_folds.TryLoaded([cell], registry, () => TryJudge(kept, registry)))
        {
            Judge(cell, registry);
            _stale.Remove(kept);
        }
    }

    private void Judge(BucketKey cell, RegistrySnapshot registry)
    {
        var judged = FoldException.Guard(_folds.Claims(cell, registry), claims => TrackRecord.Judge.Of(claims, registry));
        Replace(_byCell.GetValueOrDefault(cell) ?? Nothing, judged);
        _byCell.Remove(cell);
        if (judged.Count > 0)
        {
            _byCell[cell] = judged;
        }
    }

    private void Replace(IReadOnlyDictionary<string, Judgements> before, IReadOnlyDictionary<string, Judgements> now)
    {
        foreach (var source in before.Keys.Union(now.Keys).Where(source => before.GetValueOrDefault(source) != now.GetValueOrDefault(source)))
        {
            _changed.Add(source);
            var tally = this[source].Less(before.GetValueOrDefault(source)).Plus(now.GetValueOrDefault(source));
            if (tally == Judgements.None)
            {
                _bySource.Remove(source);
            }
            else
            {
                _bySource[source] = tally;
            }
        }
    }
}
