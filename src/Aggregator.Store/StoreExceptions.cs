namespace Aggregator.Store;

/// <summary>A fault of the store. The subclasses say what is known about the call that met it.</summary>
public abstract class StoreException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store did not answer a read, or a write that may safely be sent again.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>A write whose outcome is unknown: it may have happened, or still happen. The caller reloads before it goes on.</summary>
public sealed class StoreUnknownException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The server said no (out of memory or disk, read-only, not permitted): known not to be written.</summary>
public sealed class StoreRefusedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The store has restarted since what the caller has in memory was read: known not to be written, and all of it to be read again.</summary>
public sealed class StoreRestartedException(string message) : StoreException(message);

/// <summary>The log is shorter than something that rests on it; carrying on would hide lost claims.</summary>
public sealed class StoreTruncatedException(string message) : StoreException(message);

/// <summary>What is stored is not what was written: the disk or something else altered it, or took some of it.</summary>
public sealed class StoreDamagedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>There is no store where one must be (<see cref="StoreOptions.MustExist"/>).</summary>
public sealed class StoreMissingException(string message) : StoreException(message);

/// <summary>The server's settings cannot keep what this system promises: it keeps no append-only file, evicts keys, or is a replica.</summary>
public sealed class StoreUnsuitableException(string message) : StoreException(message);

/// <summary>The folder of the embedded store is in use by another process.</summary>
public sealed class StoreLockedException(string folder, string holder, Exception? inner = null)
    : StoreException($"The store folder '{folder}' is in use by {holder}. Stop that process, or choose another Store:Path.", inner)
{
    /// <summary>The folder, as a full path.</summary>
    public string Folder { get; } = folder;

    /// <summary>Who holds it, as far as it said.</summary>
    public string Holder { get; } = holder;
}
