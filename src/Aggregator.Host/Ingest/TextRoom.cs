using Aggregator.Domain.Claims;

namespace Aggregator.Host.Ingest;

/// <summary>How many more texts the reports of one request may have (<see cref="Store.Index.ClaimIndex.MaximumVersions"/> each, R3).</summary>
internal sealed class TextRoom
{
    private readonly Dictionary<ClaimKey, HashSet<UInt128>> _taken = [];

    /// <summary>Takes a place for a text that has not come before.</summary>
    /// <param name="text">The text; the same one again in the request takes no second place.</param>
    /// <param name="left">How many its report may still have; null if it has had none.</param>
    /// <returns>False if there is none left.</returns>
    public bool TryTake(ReportText text, int? left)
    {
        var report = new ClaimKey(text.Source, text.Address);
        if (!_taken.TryGetValue(report, out var taken))
        {
            _taken[report] = taken = [];
        }

        return taken.Contains(text.TextHash) || (taken.Count < (left ?? Store.Index.ClaimIndex.MaximumVersions) && taken.Add(text.TextHash));
    }
}
