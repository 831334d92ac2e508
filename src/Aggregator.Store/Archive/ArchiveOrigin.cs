namespace Aggregator.Store.Archive;

/// <summary>The store that an archive is of: what every one of its files says, and what its positions mean nothing without.</summary>
/// <param name="StoreId">Names the store.</param>
/// <param name="Partitions">Number of log partitions.</param>
/// <param name="HashSeed">Seed of the hash that assigns sources to partitions.</param>
public sealed record ArchiveOrigin(Guid StoreId, int Partitions, long HashSeed)
{
    /// <summary>The origin of a store's archive.</summary>
    public static ArchiveOrigin Of(StoreIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new(identity.StoreId, identity.Partitions, identity.HashSeed);
    }
}
