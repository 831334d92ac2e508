using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>Who is asked.</summary>
internal static class StoreCalls
{
    /// <summary>
    /// The primary alone. By default the client reads from a replica while the primary is away, and that may lack what was written a moment ago: claims would
    /// pass for new, and rows and entries for lost. Of scripts it does not know which write, and a replica that does not know one would pass for a primary that has restarted.
    /// </summary>
    public const CommandFlags Primary = CommandFlags.DemandMaster;
}
