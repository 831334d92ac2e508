using Aggregator.Domain.Aggregates;
using StackExchange.Redis;

namespace Aggregator.Store;

/// <summary>Where the store is and how long calls to it may take. Validated by <see cref="Validate"/> at start.</summary>
public sealed class StoreOptions
{
    /// <summary>
    /// Folder of the embedded store, made where missing and locked while in use. Default <c>data</c>. Ignored if <see cref="Redis"/> is set.
    /// Put it on a local disk: a network share is slow to sync and locks badly.
    /// </summary>
    public string Path { get; set; } = "data";

    /// <summary>
    /// StackExchange.Redis connection string of a Redis 7+ or Valkey primary. Null or empty (default): the embedded store.
    /// A cluster of silos needs it; a single process is simpler and quicker without.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>
    /// First part of every key, default <c>agg</c>. Lets several installations share one Redis; changing it later
    /// makes the host start on an empty store. Letters, digits, <c>-</c> and <c>_</c>.
    /// </summary>
    public string KeyPrefix { get; set; } = "agg";

    /// <summary>
    /// Number of log partitions, 1 to 1,024, default 32. Fixed in the store at its first start; later values are ignored with a
    /// warning. More partitions append in parallel, fewer fold bigger batches: about 8 per core of the largest cluster expected.
    /// </summary>
    public int Partitions { get; set; } = 32;

    /// <summary>
    /// Milliseconds to wait for a connection, default 5,000. Longer rides out a slow start, shorter tells sooner.
    /// </summary>
    public int ConnectTimeoutMilliseconds { get; set; } = 5_000;

    /// <summary>
    /// Milliseconds to wait for an answer, default 5,000. After it a write's outcome is unknown and the caller has to find out;
    /// too short makes slow disks look like failures.
    /// </summary>
    public int CallTimeoutMilliseconds { get; set; } = 5_000;

    /// <summary>
    /// Milliseconds before an append of unknown outcome is sent again, default 25; doubles up to <see cref="RetryMaximumMilliseconds"/>.
    /// </summary>
    public int RetryInitialMilliseconds { get; set; } = 25;

    /// <summary>Longest pause in milliseconds between two attempts of one append, default 1,000. Longer spares a struggling store.</summary>
    public int RetryMaximumMilliseconds { get; set; } = 1_000;

    /// <summary>
    /// Largest log entry in bytes, default 4 MiB, at most 8 MiB. Bounds memory on both sides; a batch that does not fit is split by the caller.
    /// </summary>
    public int MaximumEntryBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Memory in MiB for the data of the embedded store, default 256, at least 64; the rest is read from disk. Ignored with <see cref="Redis"/>.
    /// More memory serves more reads without the disk.
    /// </summary>
    public int EmbeddedMemoryMebibytes { get; set; } = 256;

    /// <summary>
    /// Size in MiB (a power of two) of the embedded store's append-only file that triggers a checkpoint, default 256, at least 64. Larger:
    /// fewer checkpoints; smaller: quicker restarts, as what lies behind the checkpoint is replayed.
    /// </summary>
    public int EmbeddedAofMebibytes { get; set; } = 256;

    /// <summary>
    /// Go on, with a warning, on a server that is known or suspected not to keep what it acknowledged: without an append-only file,
    /// or with another <c>maxmemory-policy</c> than <c>noeviction</c>. Default false: such a server is refused. For trials alone.
    /// </summary>
    public bool Unsafe { get; set; }

    /// <summary>
    /// Refuse a store that has no identity yet, default false. Set once an installation has its store, it tells a store that was lost
    /// from one that is new.
    /// </summary>
    public bool MustExist { get; set; }

    /// <summary>
    /// The fold generation (docs/upgrades.md) that rows and checkpoints are of: all that is derived from the log is kept apart by it. Default
    /// the release's own.
    /// </summary>
    public string Generation { get; set; } = FoldGeneration.Current;

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting that cannot work.</summary>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Path) || !string.IsNullOrWhiteSpace(Redis), "Store:Path must name a folder, or Store:Redis a server");
        Require(string.IsNullOrWhiteSpace(Redis) || IsConnectionString(Redis), "Store:Redis must be a connection string, as localhost:6379 is; something in it is not known");
        Require(KeyPrefix is { Length: > 0 and <= 64 } && KeyPrefix.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'),
            "Store:KeyPrefix must be 1 to 64 letters, digits, '-' or '_'");
        Require(FoldGeneration.IsName(Generation), "A fold generation must be 1 to 64 small letters, digits or '-'");
        Require(Partitions is >= 1 and <= 1_024, "Partitions must be 1 to 1,024");
        Require(ConnectTimeoutMilliseconds is >= 100 and <= 600_000, "Store:ConnectTimeoutMilliseconds must be 100 to 600,000");
        Require(CallTimeoutMilliseconds is >= 100 and <= 600_000, "Store:CallTimeoutMilliseconds must be 100 to 600,000");
        Require(RetryInitialMilliseconds is >= 1 and <= 60_000, "Store:RetryInitialMilliseconds must be 1 to 60,000");
        Require(RetryMaximumMilliseconds >= RetryInitialMilliseconds && RetryMaximumMilliseconds <= 60_000,
            "Store:RetryMaximumMilliseconds must be from RetryInitialMilliseconds to 60,000");
        Require(MaximumEntryBytes is >= 1_024 and <= 8 * 1024 * 1024, "Store:MaximumEntryBytes must be 1 KiB to 8 MiB");
        Require(EmbeddedMemoryMebibytes is >= 64 and <= 1_048_576, "Store:EmbeddedMemoryMebibytes must be 64 to 1,048,576");
        Require(EmbeddedAofMebibytes is >= 64 and <= 65_536 && int.IsPow2(EmbeddedAofMebibytes),
            "Store:EmbeddedAofMebibytes must be a power of two from 64 to 65,536");
    }

    // What it says is not repeated: there may be a password in it.
    private static bool IsConnectionString(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            return false;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise + ".");
        }
    }
}
