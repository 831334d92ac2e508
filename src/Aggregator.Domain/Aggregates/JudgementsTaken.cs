using Aggregator.Domain.TrackRecord;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// The tallies that regions have given a source (R17): absolute, so that the newest of each region stands and nothing counts
/// twice. Never stored: the regions have them.
/// </summary>
public sealed class JudgementsTaken
{
    private readonly Dictionary<string, (PartVersion Version, Judgements Tally)> _byRegion = new(StringComparer.Ordinal);

    /// <summary>Whether every region that the source has claims in was asked since the source was read; until then some may be missing.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Grows with every tally that changed something.</summary>
    public long Changes { get; private set; }

    /// <summary>All regions' together.</summary>
    public Judgements Sum { get; private set; }

    /// <summary>Takes a region's tally; an older one than is held changes nothing.</summary>
    public void Take(string region, PartVersion version, Judgements tally)
    {
        var held = _byRegion.GetValueOrDefault(region);
        if (version.CompareTo(held.Version) < 0)
        {
            return;
        }

        _byRegion[region] = (version, tally);
        Sum = Sum.Less(held.Tally).Plus(tally);
        Changes += held.Tally == tally ? 0 : 1;
    }
}
