namespace Aggregator.Store.Archive;

/// <summary>An archive cannot be written, read or restored as it is; the message says why in one line.</summary>
public sealed class ArchiveException(string message, Exception? inner = null) : StoreException(message, inner);
