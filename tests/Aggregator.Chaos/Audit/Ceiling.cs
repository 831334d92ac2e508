using System.Text.Json.Nodes;
using Aggregator.Chaos.Load;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// The most that a view may show at any time, whatever dies: every claim that anybody has begun to send, once, with the larger of its figures. What is taken back or
/// corrected later only makes a view show less.
/// </summary>
internal sealed class Ceiling
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Begun> _claims = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, string Figure), (long Best, long Claims)> _figures = [];
    private readonly Dictionary<string, long> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _survivors = new(StringComparer.Ordinal);

    /// <summary>Counts claims that are about to be sent; each counts once, however often.</summary>
    public void Add(IEnumerable<ClaimSpec> claims)
    {
        lock (_lock)
        {
            foreach (var claim in claims)
            {
                if (!_claims.TryGetValue(claim.Key, out var begun))
                {
                    _claims[claim.Key] = begun = new Begun(claim);
                    Cover(begun, claim.Region);
                    if (_survivors.GetValueOrDefault(claim.Region) is { } survivor)
                    {
                        Cover(begun, survivor);
                    }
                }

                Raise(begun, claim.Count);
            }
        }
    }

    /// <summary>Counts a claim that is about to be sent and names entities beside those of the load.</summary>
    public void Name(string path)
    {
        lock (_lock)
        {
            _named[path] = _named.GetValueOrDefault(path) + 1;
        }
    }

    /// <summary>A place is about to be merged: the survivor may show its claims too.</summary>
    public void Merge(string merged, string survivor)
    {
        lock (_lock)
        {
            _survivors[merged] = survivor;
            foreach (var begun in _claims.Values.Where(one => one.Claim.Region == merged))
            {
                Cover(begun, survivor);
            }
        }
    }

    /// <summary>What a view shows more than there can be: claims that name it, figures by item and voice, and how many claims stand behind those.</summary>
    public IEnumerable<string> Exceeded(string path, JsonObject view)
    {
        var (figures, appearances, total) = (Views.Destroyed(view), Views.Appearances(view), (long?)view["claims"]?["total"] ?? 0);
        lock (_lock)
        {
            var found = new List<string>();
            if (total > _named.GetValueOrDefault(path))
            {
                found.Add($"{total} claims, of {_named.GetValueOrDefault(path)} that were ever sent");
            }

            foreach (var (figure, shown) in figures)
            {
                if (_figures.GetValueOrDefault((path, figure)) is var most && shown > most.Best)
                {
                    found.Add($"{figure} is {shown}, and all that was ever sent makes {most.Best}");
                }
            }

            foreach (var (figure, shown) in appearances)
            {
                if (_figures.GetValueOrDefault((path, figure)) is var most && shown > most.Claims)
                {
                    found.Add($"{figure} rests on {shown} claims, of {most.Claims} that were ever sent");
                }
            }

            return found;
        }
    }

    // The places that contain it, the actors it is a loss of, and all that it names; what is covered already counts once.
    private void Cover(Begun begun, string region)
    {
        var claim = begun.Claim;
        foreach (var path in Theatre.Containing(region).Select(static place => $"/v1/regions/{place}").Concat(Theatre.Over(claim.Target).Select(static actor => $"/v1/actors/{actor}")).Where(begun.Shown.Add))
        {
            var at = (path, claim.Figure);
            var most = _figures.GetValueOrDefault(at);
            _figures[at] = (most.Best + begun.Count, most.Claims + 1);
        }

        foreach (var path in new[] { $"/v1/regions/{region}", $"/v1/actors/{claim.Target}", $"/v1/actors/{claim.Claimant}", $"/v1/sources/{claim.Source}" }.Where(begun.Named.Add))
        {
            _named[path] = _named.GetValueOrDefault(path) + 1;
        }
    }

    private void Raise(Begun begun, long count)
    {
        foreach (var at in count > begun.Count ? begun.Shown.Select(path => (path, begun.Claim.Figure)) : [])
        {
            var most = _figures[at];
            _figures[at] = (most.Best + count - begun.Count, most.Claims);
        }

        begun.Count = Math.Max(count, begun.Count);
    }

    private sealed class Begun(ClaimSpec claim)
    {
        public ClaimSpec Claim => claim;

        public long Count { get; set; } = claim.Count;

        public HashSet<string> Shown { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Named { get; } = new(StringComparer.Ordinal);
    }
}
