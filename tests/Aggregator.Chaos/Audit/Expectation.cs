using Aggregator.Chaos.Load;

namespace Aggregator.Chaos.Audit;

/// <summary>The figures and counts that a set of claims makes, computed apart from the product.</summary>
internal sealed class Expectation
{
    private readonly Dictionary<string, Dictionary<string, long>> _figures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, long>> _appearances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _survivors = new(StringComparer.Ordinal);

    /// <param name="claims">Those that stand.</param>
    /// <param name="mergedInto">Places that were merged, with their survivors.</param>
    public Expectation(IEnumerable<ClaimSpec> claims, IReadOnlyDictionary<string, string> mergedInto)
    {
        foreach (var (merged, survivor) in mergedInto)
        {
            _survivors[$"/v1/regions/{merged}"] = $"/v1/regions/{survivor}";
        }

        foreach (var claim in claims)
        {
            var region = mergedInto.GetValueOrDefault(claim.Region, claim.Region);
            foreach (var place in Theatre.Containing(region))
            {
                Add($"/v1/regions/{place}", claim);
            }

            foreach (var actor in Theatre.Over(claim.Target))
            {
                Add($"/v1/actors/{actor}", claim);
            }

            foreach (var named in new[] { $"/v1/regions/{region}", $"/v1/actors/{claim.Target}", $"/v1/actors/{claim.Claimant}", $"/v1/sources/{claim.Source}" })
            {
                _counts[named] = _counts.GetValueOrDefault(named) + 1;
            }
        }
    }

    /// <summary>What a view should show of what was destroyed, by item and voice.</summary>
    public IReadOnlyDictionary<string, long> Figures(string path) => _figures.GetValueOrDefault(_survivors.GetValueOrDefault(path, path)) ?? [];

    /// <summary>How many claims should stand behind those figures.</summary>
    public IReadOnlyDictionary<string, long> Appearances(string path) => _appearances.GetValueOrDefault(_survivors.GetValueOrDefault(path, path)) ?? [];

    /// <summary>How many claims should name an entity.</summary>
    public long Count(string path) => _counts.GetValueOrDefault(_survivors.GetValueOrDefault(path, path));

    private void Add(string path, ClaimSpec claim)
    {
        Add(_figures, claim.Count);
        Add(_appearances, 1);

        void Add(Dictionary<string, Dictionary<string, long>> sums, long count)
        {
            if (!sums.TryGetValue(path, out var figures))
            {
                sums[path] = figures = new Dictionary<string, long>(StringComparer.Ordinal);
            }

            figures[claim.Figure] = figures.GetValueOrDefault(claim.Figure) + count;
        }
    }
}
