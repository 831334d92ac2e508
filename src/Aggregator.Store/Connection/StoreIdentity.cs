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

    /// <summary>What may be written (<see cref="Aggregator.Domain.Log.FeatureLevel"/>), when it was read: raised by an operator's decision.</summary>
    public required int Level { get; init; }

    /// <summary>True if this call made the store, false if it existed.</summary>
    public required bool IsNew { get; init; }

    /// <summary>The number of partitions asked for where it differs from what is fixed, else null.</summary>
    public int? PartitionsIgnored { get; init; }
}
