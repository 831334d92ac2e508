using Aggregator.Domain.Log;
using Aggregator.Store.Connection;
using StackExchange.Redis;

namespace Aggregator.Store;

/// <summary>What log, index, rows and edits need of a store: its commands, its names and its limits.</summary>
public abstract class StoreDatabase
{
    private int _level = FeatureLevel.Newest;

    /// <summary>A database under the options it is used with.</summary>
    protected StoreDatabase(IDatabase database, StoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Database = database;
        Options = options;
        Keys = new StoreKeys(options.KeyPrefix, options.Generation);
        Session = new StoreSession(database, Keys);
    }

    /// <summary>The database every part of the store works on.</summary>
    public IDatabase Database { get; }

    /// <summary>The options it was opened with.</summary>
    public StoreOptions Options { get; }

    /// <summary>The run of the server that this process works on.</summary>
    public StoreSession Session { get; }

    /// <summary>What may be written (<see cref="FeatureLevel"/>), as it was last seen in the store.</summary>
    public int Level { get => Volatile.Read(ref _level); protected set => Volatile.Write(ref _level, value); }

    /// <summary>The other fold generations that there were when this process began to work on its own.</summary>
    public IReadOnlyList<string> OtherGenerations { get; protected set; } = [];

    internal StoreKeys Keys { get; }
}
