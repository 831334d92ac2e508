namespace Aggregator.Store;

/// <summary>What a look at a store found, beside what it was when it was opened.</summary>
public enum StoreSight
{
    /// <summary>It is the store that was opened.</summary>
    Same,

    /// <summary>Its identity is gone: it was emptied, or came back empty.</summary>
    Missing,

    /// <summary>Another store stands in its place.</summary>
    Other,

    /// <summary>The server has become a replica: what it holds follows another server.</summary>
    Replica,

    /// <summary>It has been raised to a level that this release does not know (<see cref="Aggregator.Domain.Log.FeatureLevel"/>).</summary>
    Newer,
}
