namespace Aggregator.Store;

/// <summary>What a store fixed at its first start. Partition numbers and digests in it mean nothing under other values.</summary>
public sealed record StoreIdentity
{
    /// <summary>Names this store, for logs and for telling two stores apart.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>Number of log partitions.</summary>
    public required int Partitions { get; init; }

    /// <summary>Seed of the hash that assigns sources to partitions.</summary>
    public required long HashSeed { get; init; }

    /// <summary>Fold generation that views are read from; raised when the meaning of derived state changes.</summary>
    public required long Generation { get; init; }

    /// <summary>Version of the layout of keys and values.</summary>
    public required int Format { get; init; }

    /// <summary>True if this call made the store, false if it existed.</summary>
    public required bool IsNew { get; init; }

    /// <summary>The number of partitions asked for where it differs from what is fixed, else null.</summary>
    public int? PartitionsIgnored { get; init; }
}
