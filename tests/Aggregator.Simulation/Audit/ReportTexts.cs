using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;

namespace Aggregator.Simulation.Audit;

/// <summary>The texts of a report up to some record of the log, and which claims go with each (R3), by the rule alone.</summary>
/// <param name="report">The report.</param>
internal sealed class ReportTexts(ClaimKey report)
{
    private readonly List<ReportText> _texts = [];
    private HashSet<ClaimKey> _going = [];

    /// <summary>Takes in the next text: claims that are in the one that does not stand alone go right behind it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it stands in the log.</param>
    /// <param name="isStanding">Whether a version of a claim counts.</param>
    public void Take(ReportText text, LogPosition at, Func<ClaimKey, bool> isStanding)
    {
        if (_texts.Exists(one => one.TextHash == text.TextHash))
        {
            throw new ViolationException($"B: {report} has {text.TextHash} twice, at {at}");
        }

        var before = Standing;
        _texts.Add(text);
        var fallen = before is null ? null : ReferenceEquals(Standing, text) ? before : text;
        _going = fallen is null ? [] : [.. fallen.Claims.Except(Standing!.Claims).Where(isStanding)];
    }

    /// <summary>Whether a claim that goes is one that has to.</summary>
    public bool Takes(LogRecord.Superseded gone) => gone.KnownFrom == Standing?.PublishedAt && _going.Remove(gone.Removed.Key);

    /// <summary>No more claims go with the text.</summary>
    public void End(LogPosition? at)
    {
        if (_going.Count > 0)
        {
            throw new ViolationException($"F: {string.Join(", ", _going)} should have gone with a text of {report}, before {at}");
        }
    }

    // Of equals the later one: the order is kept.
    private ReportText? Standing => _texts.OrderBy(static one => one.PublishedAt).LastOrDefault();
}
