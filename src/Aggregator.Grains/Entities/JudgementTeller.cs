using Aggregator.Contracts.Entities;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;

namespace Aggregator.Grains.Entities;

/// <summary>
/// What a region tells sources of their claims (R17), and which of them have yet to hear: the newest tally of each is told
/// until the source has it. Pure but for the aggregate it reads.
/// </summary>
/// <param name="region">The region.</param>
/// <param name="hasTold">Whether all that there was when it was read has been told; with the first change all is told again.</param>
/// <param name="judged">The sources that had been told of a tally by then: one that has none any more is to hear of it.</param>
internal sealed class JudgementTeller(RegionAggregate region, bool hasTold, IReadOnlyCollection<string> judged)
{
    private readonly HashSet<string> _untold = new(StringComparer.Ordinal);
    private IReadOnlyCollection<string> _judged = judged;
    private bool _stale = !hasTold;
    private long _number;

    /// <summary>Whether a source may have yet to hear something.</summary>
    public bool HasNews => _stale || _untold.Count > 0;

    /// <summary>The sources that may hold a tally.</summary>
    public IEnumerable<string> Judged => region.Judgements.Sources.Union(_untold).Union(_judged);

    /// <summary>A cell may have changed.</summary>
    public void Changed(BucketKey cell)
    {
        region.Judgements.Changed(cell);
        _stale = true;
    }

    /// <summary>Under another registry any claim may have another voice.</summary>
    public void RegistryChanged() => _stale = true;

    /// <summary>Those that had been told when it was read may have been told more since, by who was before: they are told again.</summary>
    public void TellAgain() => _stale = true;

    /// <summary>Judges what has changed.</summary>
    /// <returns>Whether all is judged; not while claims are out of memory.</returns>
    public bool Refresh(RegistrySnapshot registry)
    {
        region.Judgements.Refresh(registry);
        _untold.UnionWith(region.Judgements.TakeChanged());
        _stale = region.Judgements.IsStale;
        if (!_stale)
        {
            _untold.UnionWith(_judged);
            _judged = [];
        }

        return !_stale;
    }

    /// <summary>Judges those among some cells that have changed, for who has their claims in memory; <see cref="Refresh(RegistrySnapshot)"/> need not read them then.</summary>
    public void Refresh(IEnumerable<BucketKey> cells, RegistrySnapshot registry)
    {
        if (_stale)
        {
            region.Judgements.Refresh(cells, registry);
            _untold.UnionWith(region.Judgements.TakeChanged());
        }
    }

    /// <summary>What to tell next, by source.</summary>
    /// <param name="epoch">The region's epoch.</param>
    public IReadOnlyList<(string Source, SourceTally Tally)> Next(long epoch)
    {
        _number++;
        return [.. _untold.Select(source => (source, TallyOf(source, epoch)))];
    }

    /// <summary>The tally of one source as it stands.</summary>
    public SourceTally Now(string source, long epoch)
    {
        _number++;
        return TallyOf(source, epoch);
    }

    /// <summary>The source has this tally; if that is no longer what stands it is told again.</summary>
    public void Acknowledged(string source, SourceTally tally)
    {
        var now = region.Judgements[source];
        if (now.Confirmed == tally.Confirmed && now.Contradicted == tally.Contradicted)
        {
            _untold.Remove(source);
        }
    }

    private SourceTally TallyOf(string source, long epoch)
    {
        var (confirmed, contradicted) = region.Judgements[source];
        return new SourceTally { Epoch = epoch, Number = _number, Confirmed = confirmed, Contradicted = contradicted };
    }
}
