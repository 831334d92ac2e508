using Aggregator.Domain.TrackRecord;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// The tallies that regions have given a source (R17): absolute, so that the newest of each region stands and nothing counts
/// twice. Never stored: the regions have them.
/// </summary>
public sealed class JudgementsTaken
{
    private readonly Dictionary<string, (PartVersion Version, Judgements Tally)> _byRegion = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);

    /// <summary>Another number after all was forgotten.</summary>
    public int Generation { get; private set; }

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

    /// <summary>
    /// Whether a region was asked since all was forgotten, and has answered: what changes it tells by itself. That it has told something is not enough: what it told
    /// an earlier activation may be newer.
    /// </summary>
    public bool HasAnswered(string region) => _answered.Contains(region);

    /// <summary>A region was asked, and its answer is taken.</summary>
    public void Answered(string region) => _answered.Add(region);

    /// <summary>Another region may have a tally now that one of these had: all are to be asked again.</summary>
    public void Forget()
    {
        _byRegion.Clear();
        _answered.Clear();
        Sum = Judgements.None;
        Generation++;
        Changes++;
    }
}
