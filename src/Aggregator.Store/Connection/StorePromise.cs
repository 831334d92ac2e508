namespace Aggregator.Store;

/// <summary>The software behind the RESP protocol.</summary>
public enum StoreKind
{
    /// <summary>Garnet in this process.</summary>
    EmbeddedGarnet,

    /// <summary>A Garnet server.</summary>
    Garnet,

    /// <summary>A Redis server.</summary>
    Redis,

    /// <summary>A Valkey server.</summary>
    Valkey,
}

/// <summary>What the store promises about acknowledged writes, read at start. Null: the server would not tell.</summary>
public sealed record StorePromise
{
    /// <summary>The software.</summary>
    public required StoreKind Kind { get; init; }

    /// <summary>Its version, as it says.</summary>
    public required string Version { get; init; }

    /// <summary>True if writes go to an append-only file.</summary>
    public bool? AppendOnly { get; init; }

    /// <summary>When that file is flushed: <c>always</c>, <c>everysec</c>, <c>no</c>; the embedded store says <c>commit-wait</c>.</summary>
    public string? FsyncPolicy { get; init; }

    /// <summary>What happens when memory is full; only <c>noeviction</c> keeps the log.</summary>
    public string? MaxMemoryPolicy { get; init; }

    /// <summary>Memory limit in bytes, 0 for none.</summary>
    public long? MaxMemoryBytes { get; init; }

    /// <summary><c>master</c> or <c>slave</c>, as the server says.</summary>
    public string? Role { get; init; }

    /// <summary>Why the server cannot be trusted with claims at all, in plain words; such a server is only taken with <see cref="StoreOptions.Unsafe"/>.</summary>
    public required IReadOnlyList<string> Dangers { get; init; }

    /// <summary>What else could lose acknowledged claims, in plain words; empty if nothing known.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>True if an acknowledged write survives the death of the store's process.</summary>
    public bool SurvivesProcessDeath => AppendOnly == true;

    /// <summary>True if an acknowledged write was handed to the device before its acknowledgement.</summary>
    public bool SurvivesPowerLoss => AppendOnly == true && FsyncPolicy is "always" or "commit-wait";

    /// <summary>One line for the log.</summary>
    public override string ToString() =>
        $"{Kind} {Version}, append-only {AppendOnly?.ToString() ?? "unknown"}, fsync {FsyncPolicy ?? "unknown"}, " +
        $"eviction {MaxMemoryPolicy ?? "unknown"}, role {Role ?? "unknown"}: acknowledged claims " +
        (SurvivesPowerLoss ? "survive power loss as far as device and filesystem allow"
            : SurvivesProcessDeath ? "survive the death of the process unless the disk falls behind, not a power loss" : "may be lost with the process");
}
