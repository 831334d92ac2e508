using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>How the store is read.</summary>
internal static class StoreReads
{
    /// <summary>
    /// From the primary alone. By default the client reads from a replica while the primary is away, and that may lack what was written a moment ago: claims would
    /// pass for new, and rows and entries for lost.
    /// </summary>
    public const CommandFlags Primary = CommandFlags.DemandMaster;
}
