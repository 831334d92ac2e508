namespace Aggregator.Store.Rows;

/// <summary>An entity's row as stored.</summary>
/// <param name="Version">Raised by one with every write; 0 if only the epoch was ever raised.</param>
/// <param name="Epoch">Raised apart from the version, 0 at first.</param>
/// <param name="Fields">Its fields.</param>
public sealed record EntityRow(long Version, long Epoch, IReadOnlyDictionary<string, byte[]> Fields);

/// <summary>One field to write.</summary>
/// <param name="Name">1 to 128 characters; a name that starts with <c>$</c> is the store's own.</param>
/// <param name="Value">Its bytes; null deletes the field.</param>
/// <param name="GoesLast">
/// Whether it is deleted after the other fields are set; else before. On a store that breaks off between, one that goes first may be missing from
/// the row as it was before, and one that goes last be left in the row as it is then.
/// </param>
public readonly record struct RowField(string Name, byte[]? Value, bool GoesLast = false);

/// <summary>The known outcome of writing a row.</summary>
public abstract record WriteRowResult
{
    private WriteRowResult()
    {
    }

    /// <summary>All of it was written.</summary>
    /// <param name="Version">The row's version now.</param>
    public sealed record Written(long Version) : WriteRowResult;

    /// <summary>The row has another version than expected; nothing was written. Reload.</summary>
    /// <param name="ActualVersion">The version stored, 0 for none.</param>
    public sealed record Conflict(long ActualVersion) : WriteRowResult;
}
