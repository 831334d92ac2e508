using System.Globalization;
using System.Security.Cryptography;
using Aggregator.Domain.Log;
using Aggregator.Store.Connection;
using Aggregator.Store.Embedded;
using Aggregator.Store.Generations;
using Aggregator.Store.Scripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Aggregator.Store;

/// <summary>The one way to the store: the embedded Garnet or any Redis, through one multiplexer.</summary>
public sealed partial class StoreConnection : StoreDatabase, IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly EmbeddedStore? _embedded;

    private StoreConnection(
        StoreOptions options, ILogger logger, ConnectionMultiplexer multiplexer, EmbeddedStore? embedded, ConfigurationOptions configuration, StorePromise promise)
        : base(multiplexer.GetDatabase(), options)
    {
        _logger = logger;
        _multiplexer = multiplexer;
        _embedded = embedded;
        Configuration = configuration;
        Promise = promise;
    }

    /// <summary>The multiplexer, for who needs subscriptions or server commands.</summary>
    public IConnectionMultiplexer Multiplexer => _multiplexer;

    /// <summary>How to connect, for Orleans' own providers. A copy for each caller: they alter it.</summary>
    public ConfigurationOptions Configuration { get => field.Clone(); }

    /// <summary>What the server promised when the connection was opened.</summary>
    public StorePromise Promise { get; }

    /// <summary>Whether the embedded store is known to serve nobody; false of a Redis.</summary>
    public bool IsDown => _embedded is { IsDown: true };

    /// <summary>What the embedded store was found to have lost; null of a Redis, and while nothing is known to be.</summary>
    public string? Lost => _embedded?.Lost;

    /// <summary>Starts the embedded store if no Redis is set, connects and reads the promise.</summary>
    /// <exception cref="StoreUnavailableException">No server answered in time.</exception>
    /// <exception cref="StoreUnsuitableException">The server is a replica, keeps no append-only file, or may evict keys.</exception>
    /// <exception cref="StoreLockedException">Another process holds the embedded store's folder.</exception>
    public static async Task<StoreConnection> ConnectAsync(
        StoreOptions options, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        loggers ??= NullLoggerFactory.Instance;
        var logger = loggers.CreateLogger<StoreConnection>();
        EmbeddedStore? embedded = null;
        ConnectionMultiplexer? multiplexer = null;
        try
        {
            if (string.IsNullOrWhiteSpace(options.Redis))
            {
                if (options.MustExist && !Directory.Exists(options.Path))
                {
                    throw new StoreMissingException($"There is no folder '{options.Path}', and no store is to be made here (Store:MustExist). If it was lost, restore it; if there never was one, make it with --create-store.");
                }

                embedded = await EmbeddedStore.StartAsync(options, loggers, cancellationToken).ConfigureAwait(false);
            }

            var configuration = Configure(options, embedded);
            multiplexer = await OpenAsync(configuration, loggers, cancellationToken).ConfigureAwait(false);
            var promise = embedded is null
                ? await PromiseReader.ReadAsync(multiplexer, options.Unsafe, cancellationToken).ConfigureAwait(false)
                : PromiseReader.Embedded(EmbeddedStore.Version);
            LogPromise(logger, promise);
            foreach (var danger in promise.Dangers)
            {
                LogDanger(logger, danger);
            }

            foreach (var warning in promise.Warnings)
            {
                LogWarning(logger, warning);
            }

            return new StoreConnection(options, logger, multiplexer, embedded, configuration, promise);
        }
        catch
        {
            if (multiplexer is not null)
            {
                await multiplexer.DisposeAsync().ConfigureAwait(false);
            }

            if (embedded is not null)
            {
                await embedded.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>
    /// Fixes partitions and hash seed at a store's first start, and gives what is fixed. A store that is made has the newest level. Another
    /// <see cref="StoreOptions.Partitions"/> than the fixed one is ignored with a warning.
    /// </summary>
    /// <exception cref="StoreUnsuitableException">The store's level is above what this release knows.</exception>
    /// <exception cref="StoreMissingException">There is no store and <see cref="StoreOptions.MustExist"/> is set; none was made.</exception>
    /// <exception cref="StoreTruncatedException">There is a log without the identity that it was written under, or a restore that has not ended; none was made.</exception>
    public async Task<StoreIdentity> OpenAsync(CancellationToken cancellationToken = default)
    {
        var call = Database.ScriptEvaluateAsync(
            StoreScripts.OpenIdentity,
            [Keys.Identity, Keys.Incarnation(0), Keys.Restore],
            [FeatureLevel.Newest, Guid.NewGuid().ToString("N"), Options.Partitions, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)), Options.MustExist ? 1 : 0],
            StoreCalls.Primary);
        var fields = (RedisResult[])(await StoreFaults.Repeatable(call, "open", cancellationToken).ConfigureAwait(false))!;
        switch ((int)fields[0])
        {
            case -1:
                throw new StoreMissingException(
                    $"There is no store {(_embedded is { } embedded ? $"in '{embedded.Folder}'" : $"under {Keys.Identity}")}, and none is to be made here (Store:MustExist, or a command that needs one). If it was lost, restore it; if there never was one, make it with --create-store.");
            case -2:
                throw new StoreTruncatedException($"There is a claim log but no {Keys.Identity}: parts of the store are missing. Restore it.");
            case -3:
                throw new StoreTruncatedException("The restore of an archive into this store has not ended. Run it again.");
        }

        var partitions = (int)fields[3];
        var identity = new StoreIdentity
        {
            IsNew = (int)fields[0] == 1,
            Level = (int)fields[1],
            StoreId = Guid.ParseExact((string)fields[2]!, "N"),
            Partitions = partitions,
            HashSeed = long.Parse((string)fields[4]!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            PartitionsIgnored = partitions == Options.Partitions ? null : Options.Partitions,
        };
        if (identity.Level > FeatureLevel.Newest)
        {
            throw new StoreUnsuitableException($"store.level: the store is at level {identity.Level}, and this release knows up to {FeatureLevel.Newest}. Run a newer one.");
        }

        if (identity.IsNew)
        {
            LogMade(_logger, identity.StoreId);
        }

        Level = identity.Level;
        if (identity.Level < FeatureLevel.Newest)
        {
            LogLevelBelow(_logger, identity.Level, FeatureLevel.Newest);
        }

        if (identity.PartitionsIgnored is { } ignored)
        {
            LogPartitionsFixed(_logger, ignored, partitions);
        }

        return identity;
    }

    /// <summary>Whether the store is still the one that was opened, and which level it is at.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer in time.</exception>
    public async Task<StoreSight> LookAsync(StoreIdentity identity, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        try
        {
            var replica = _embedded is null ? RoleReader.IsReplicaAsync(_multiplexer) : Task.FromResult(false);
            var held = Database.HashGetAsync(Keys.Identity, ["store", "format"], StoreCalls.Primary);
            await Task.WhenAll(replica, held).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            var fields = await held.ConfigureAwait(false);
            var (id, level) = (fields[0], fields[1]);
            if (id == identity.StoreId.ToString("N") && level.TryParse(out int known))
            {
                Level = known;
            }

            return await replica.ConfigureAwait(false) ? StoreSight.Replica
                : id.IsNull ? StoreSight.Missing
                : id != identity.StoreId.ToString("N") ? StoreSight.Other
                : Level > FeatureLevel.Newest ? StoreSight.Newer
                : StoreSight.Same;
        }
        catch (Exception fault) when (StoreFaults.IsUnknown(fault) || fault is RedisServerException or ObjectDisposedException)
        {
            throw new StoreUnavailableException($"The store did not show its identity: {fault.Message}", fault);
        }
    }

    /// <summary>
    /// Raises the level to the newest that this release knows; never lowers it. To be called when no host is left that does not know it.
    /// </summary>
    /// <returns>The level before and after.</returns>
    /// <exception cref="StoreMissingException">There is no store.</exception>
    public async Task<(int Before, int After)> RaiseLevelAsync(CancellationToken cancellationToken = default)
    {
        var call = Database.ScriptEvaluateAsync(StoreScripts.RaiseLevel, [Keys.Identity], [FeatureLevel.Newest], StoreCalls.Primary);
        var fields = (RedisResult[])(await StoreFaults.Repeatable(call, "raise the level", cancellationToken).ConfigureAwait(false))!;
        var (before, after) = ((int)fields[0], (int)fields[1]);
        if (before == 0)
        {
            throw new StoreMissingException($"There is no store under {Keys.Identity}.");
        }

        Level = after;
        return (before, after);
    }

    /// <summary>Notes that this process works on the generation of its options, and looks which others there are.</summary>
    /// <param name="cluster">Names the cluster that the generation's hosts form.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnsuitableException">The generation is being dropped.</exception>
    public async Task JoinGenerationAsync(string cluster, CancellationToken cancellationToken = default)
    {
        var call = Database.ScriptEvaluateAsync(StoreScripts.JoinGeneration, [Keys.Generations], [Options.Generation, cluster], StoreCalls.Primary);
        if ((int)await StoreFaults.Repeatable(call, "note a generation", cancellationToken).ConfigureAwait(false) == 0)
        {
            throw new StoreUnsuitableException($"Fold generation {Options.Generation} is being dropped. Run --drop-generation {Options.Generation} to its end first.");
        }

        OtherGenerations = [.. (await new FoldGenerations(this).ListAsync(cancellationToken).ConfigureAwait(false)).Where(name => name != Options.Generation)];
        LogGeneration(_logger, Options.Generation, cluster, OtherGenerations.Count == 0 ? "no other" : string.Join(", ", OtherGenerations));
    }

    /// <summary>Closes the connection; the embedded store flushes and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _multiplexer.DisposeAsync().ConfigureAwait(false);
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ConfigurationOptions Configure(StoreOptions options, EmbeddedStore? embedded)
    {
        var configuration = embedded?.Configuration ?? ConfigurationOptions.Parse(options.Redis!);
        configuration.ClientName ??= "aggregator";
        configuration.AbortOnConnectFail = true;
        configuration.ConnectTimeout = options.ConnectTimeoutMilliseconds;
        configuration.AsyncTimeout = options.CallTimeoutMilliseconds;
        configuration.SyncTimeout = options.CallTimeoutMilliseconds;
        return configuration;
    }

    private static async Task<ConnectionMultiplexer> OpenAsync(
        ConfigurationOptions configuration, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var own = configuration.Clone();
        own.LoggerFactory = loggers;
        // The client counts INFO and CONFIG GET, which the promise is read with, as administration.
        own.AllowAdmin = true;
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(own).ConfigureAwait(false);
        }
        catch (RedisConnectionException fault)
        {
            throw new StoreUnavailableException($"Cannot connect to the store at {string.Join(", ", configuration.EndPoints)}: {fault.Message}", fault);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Store: {Promise}")]
    private static partial void LogPromise(ILogger logger, StorePromise promise);

    [LoggerMessage(2, LogLevel.Warning, "Store: {Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(4, LogLevel.Error, "UNSAFE STORE (Store:Unsafe is set): {Danger}")]
    private static partial void LogDanger(ILogger logger, string danger);

    [LoggerMessage(5, LogLevel.Warning, "The store is at level {Level} of {Newest}: what came later is not written. Raise it with --raise-level once no older host is left (docs/upgrades.md)")]
    private static partial void LogLevelBelow(ILogger logger, int level, int newest);

    [LoggerMessage(6, LogLevel.Information, "Fold generation {Generation}, cluster {Cluster}; besides it the store may hold {Others}")]
    private static partial void LogGeneration(ILogger logger, string generation, string cluster, string others);

    [LoggerMessage(7, LogLevel.Warning, "There was no store here: a new one, {StoreId:N}, is made, and it is empty. If there should be one, stop and restore it; Store:MustExist refuses to make one")]
    private static partial void LogMade(ILogger logger, Guid storeId);

    [LoggerMessage(3, LogLevel.Warning, "Partitions = {Asked} is ignored: this store was made with {Fixed}, and that cannot change")]
    private static partial void LogPartitionsFixed(ILogger logger, int asked, int @fixed);
}
