using Aggregator.Store.Connection;
using StackExchange.Redis;

namespace Aggregator.Store;

/// <summary>What log, index, rows and edits need of a store: its commands, its names and its limits.</summary>
public abstract class StoreDatabase
{
    /// <summary>A database under the options it is used with.</summary>
    protected StoreDatabase(IDatabase database, StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Database = database;
        Options = options;
        Keys = new StoreKeys(options.KeyPrefix);
    }

    /// <summary>The database every part of the store works on.</summary>
    public IDatabase Database { get; }

    /// <summary>The options it was opened with.</summary>
    public StoreOptions Options { get; }

    internal StoreKeys Keys { get; }
}
