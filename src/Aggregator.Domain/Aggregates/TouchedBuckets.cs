namespace Aggregator.Domain.Aggregates;

/// <summary>The buckets that have changed since somebody looked last.</summary>
internal sealed class TouchedBuckets
{
    private HashSet<BucketKey> _buckets = [];

    public void Add(BucketKey bucket) => _buckets.Add(bucket);

    /// <summary>Gives them, and begins anew.</summary>
    public IReadOnlyCollection<BucketKey> Take()
    {
        if (_buckets.Count == 0)
        {
            return [];
        }

        var taken = _buckets;
        _buckets = [];
        return taken;
    }
}
