using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>Reads what a server promises from INFO and CONFIG; a server that denies CONFIG leaves those unknown.</summary>
internal static class PromiseReader
{
    /// <summary>The promise of the embedded store: its settings are ours (<see cref="Embedded.GarnetSettings"/>).</summary>
    public static StorePromise Embedded(string version) => new()
    {
        Kind = StoreKind.EmbeddedGarnet,
        Version = version,
        AppendOnly = true,
        FsyncPolicy = "commit-wait",
        MaxMemoryPolicy = "noeviction",
        MaxMemoryBytes = 0,
        Role = "master",
        Dangers = [],
        Warnings = [],
    };

    /// <summary>
    /// Asks the server; throws <see cref="StoreUnsuitableException"/> for a replica, and, unless unsafe ones are taken, for one that keeps
    /// no append-only file or may evict keys.
    /// </summary>
    public static async Task<StorePromise> ReadAsync(IConnectionMultiplexer multiplexer, bool takeUnsafe, CancellationToken cancellationToken)
    {
        var server = Primary(multiplexer);
        var info = await InfoAsync(server, cancellationToken).ConfigureAwait(false);
        var appendOnly = await ConfigAsync(server, "appendonly", cancellationToken).ConfigureAwait(false);
        var fsync = await ConfigAsync(server, "appendfsync", cancellationToken).ConfigureAwait(false);
        var policy = await ConfigAsync(server, "maxmemory-policy", cancellationToken).ConfigureAwait(false);
        var memory = await ConfigAsync(server, "maxmemory", cancellationToken).ConfigureAwait(false);
        var promise = Judge(info, appendOnly, fsync, policy, memory);
        if (promise.Role is "slave" or "replica")
        {
            throw new StoreUnsuitableException($"The server at {Name(server.EndPoint)} is a replica; Store:Redis must name the primary.");
        }

        if (promise.Dangers.Count > 0 && !takeUnsafe)
        {
            throw new StoreUnsuitableException(
                $"The server at {Name(server.EndPoint)} does not keep what it acknowledges. {string.Join(' ', promise.Dangers)} " +
                "Mend that, or set Store:Unsafe=true to go on with a store that may lose claims.");
        }

        return promise;
    }

    /// <summary>Draws the conclusions from what the server said.</summary>
    internal static StorePromise Judge(
        IReadOnlyDictionary<string, string> info, string? appendOnly, string? fsync, string? policy, string? memory)
    {
        var kind = info.ContainsKey("garnet_version") ? StoreKind.Garnet
            : info.ContainsKey("valkey_version") ? StoreKind.Valkey : StoreKind.Redis;
        var version = kind switch
        {
            StoreKind.Garnet => info["garnet_version"],
            StoreKind.Valkey => info["valkey_version"],
            _ => info.GetValueOrDefault("redis_version", "unknown"),
        };
        bool? hasAof = appendOnly switch { "yes" => true, "no" => false, _ => info.GetValueOrDefault("aof_enabled") switch { "1" => true, "0" => false, _ => null } };
        // INFO tells these two even where CONFIG is denied. A Garnet moves to disk what memory cannot hold and has no such policy.
        policy ??= info.GetValueOrDefault("maxmemory_policy") ?? (kind == StoreKind.Garnet ? "noeviction" : null);
        memory ??= info.GetValueOrDefault("maxmemory");
        long? bytes = long.TryParse(memory, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        var warnings = new List<string>();
        var dangers = new List<string>();
        if (kind == StoreKind.Redis && int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < 7)
        {
            warnings.Add($"Redis {version} is older than 7 and not tested.");
        }

        if (hasAof != true)
        {
            dangers.Add(hasAof is null
                ? "It does not say whether it keeps an append-only file; without one acknowledged claims are lost with its process."
                : "It keeps no append-only file (appendonly no): acknowledged claims are lost with its process.");
        }
        else if (fsync is not "always")
        {
            warnings.Add($"appendfsync is {fsync ?? "unknown"}: a power loss may take the last acknowledged claims; 'always' keeps them.");
        }

        if (policy is not "noeviction")
        {
            dangers.Add($"Its maxmemory-policy is {policy ?? "unknown"}, not noeviction: claims are dropped once a memory limit is reached.");
        }

        return new()
        {
            Kind = kind,
            Version = version,
            AppendOnly = hasAof,
            FsyncPolicy = fsync,
            MaxMemoryPolicy = policy,
            MaxMemoryBytes = bytes,
            Role = info.GetValueOrDefault("role"),
            Dangers = dangers,
            Warnings = warnings,
        };
    }

    /// <summary>The server that writes go to: a primary, or where all servers are connected and none is one, any of them.</summary>
    /// <exception cref="StoreUnavailableException">The primary is not connected: a replica beside it is not asked in its stead.</exception>
    public static IServer Primary(IConnectionMultiplexer multiplexer)
    {
        var servers = multiplexer.GetServers();
        return Array.Find(servers, static server => server is { IsConnected: true, IsReplica: false })
            ?? (Array.TrueForAll(servers, static server => server.IsConnected) ? servers.FirstOrDefault() : null)
            ?? throw new StoreUnavailableException("The store's primary is not connected.");
    }

    private static async Task<Dictionary<string, string>> InfoAsync(IServer server, CancellationToken cancellationToken)
    {
        var reply = await StoreFaults.Repeatable(server.ExecuteAsync("INFO"), "tell about itself", cancellationToken).ConfigureAwait(false);
        var info = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in ((string?)reply ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            {
                info[line[..colon]] = line[(colon + 1)..];
            }
        }

        return info;
    }

    private static async Task<string?> ConfigAsync(IServer server, string name, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await server.ExecuteAsync("CONFIG", "GET", name).WaitAsync(cancellationToken).ConfigureAwait(false);
            return (string[]?)reply is [_, var value] ? value : null;
        }
        catch (RedisServerException)
        {
            // Managed servers deny CONFIG; the promise says "unknown" then.
            return null;
        }
        catch (Exception fault) when (StoreFaults.IsUnknown(fault))
        {
            throw new StoreUnavailableException($"The store did not answer when asked for {name}: {fault.Message}", fault);
        }
    }

    private static string Name(EndPoint endpoint) => endpoint.ToString() ?? "unknown";
}
