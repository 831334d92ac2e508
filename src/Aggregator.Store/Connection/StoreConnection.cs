using System.Globalization;
using System.Security.Cryptography;
using Aggregator.Store.Connection;
using Aggregator.Store.Embedded;
using Aggregator.Store.Scripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Aggregator.Store;

/// <summary>The one way to the store: the embedded Garnet or any Redis, through one multiplexer.</summary>
public sealed partial class StoreConnection : StoreDatabase, IAsyncDisposable
{
    internal const int Format = 1;

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
    /// Fixes partitions, hash seed and generation at a store's first start, and gives what is fixed. Another
    /// <see cref="StoreOptions.Partitions"/> than the fixed one is ignored with a warning.
    /// </summary>
    /// <exception cref="StoreUnsuitableException">The store was written by a newer version.</exception>
    /// <exception cref="StoreMissingException">There is no store and <see cref="StoreOptions.MustExist"/> is set; none was made.</exception>
    /// <exception cref="StoreTruncatedException">There is a log without the identity that it was written under, or a restore that has not ended; none was made.</exception>
    public async Task<StoreIdentity> OpenAsync(CancellationToken cancellationToken = default)
    {
        var call = Database.ScriptEvaluateAsync(
            StoreScripts.OpenIdentity,
            [Keys.Identity, Keys.Incarnation(0), Keys.Restore],
            [Format, Guid.NewGuid().ToString("N"), Options.Partitions, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)), 1, Options.MustExist ? 1 : 0]);
        var fields = (RedisResult[])(await StoreFaults.Repeatable(call, "open", cancellationToken).ConfigureAwait(false))!;
        switch ((int)fields[0])
        {
            case -1:
                throw new StoreMissingException(
                    $"There is no store under {Keys.Identity} and Store:MustExist is set. If it was lost, restore it; if there never was one, make it with --create-store.");
            case -2:
                throw new StoreTruncatedException($"There is a claim log but no {Keys.Identity}: parts of the store are missing. Restore it.");
            case -3:
                throw new StoreTruncatedException("The restore of an archive into this store has not ended. Run it again.");
        }

        var partitions = (int)fields[3];
        var identity = new StoreIdentity
        {
            IsNew = (int)fields[0] == 1,
            Format = (int)fields[1],
            StoreId = Guid.ParseExact((string)fields[2]!, "N"),
            Partitions = partitions,
            HashSeed = long.Parse((string)fields[4]!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            Generation = (long)fields[5],
            PartitionsIgnored = partitions == Options.Partitions ? null : Options.Partitions,
        };
        if (identity.Format > Format)
        {
            throw new StoreUnsuitableException($"The store has format {identity.Format}; this version reads up to {Format}. Run a newer version.");
        }

        if (identity.PartitionsIgnored is { } ignored)
        {
            LogPartitionsFixed(_logger, ignored, partitions);
        }

        return identity;
    }

    /// <summary>Whether the store is still the one that was opened.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer in time.</exception>
    public async Task<StoreSight> LookAsync(StoreIdentity identity, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(identity);
        try
        {
            var replica = _embedded is null ? RoleReader.IsReplicaAsync(_multiplexer) : Task.FromResult(false);
            var held = Database.HashGetAsync(Keys.Identity, "store");
            await Task.WhenAll(replica, held).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            var id = await held.ConfigureAwait(false);
            return await replica.ConfigureAwait(false) ? StoreSight.Replica
                : id.IsNull ? StoreSight.Missing
                : id == identity.StoreId.ToString("N") ? StoreSight.Same
                : StoreSight.Other;
        }
        catch (Exception fault) when (StoreFaults.IsUnknown(fault) || fault is RedisServerException or ObjectDisposedException)
        {
            throw new StoreUnavailableException($"The store did not show its identity: {fault.Message}", fault);
        }
    }

    /// <summary>Raises the fold generation by one if it is the expected one; gives what stands after.</summary>
    public async Task<long> RaiseGenerationAsync(long expected, CancellationToken cancellationToken = default)
    {
        var call = Database.ScriptEvaluateAsync(StoreScripts.RaiseGeneration, [Keys.Identity], [expected, expected + 1]);
        return (long)await StoreFaults.Repeatable(call, "raise the generation", cancellationToken).ConfigureAwait(false);
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

    [LoggerMessage(3, LogLevel.Warning, "Partitions = {Asked} is ignored: this store was made with {Fixed}, and that cannot change")]
    private static partial void LogPartitionsFixed(ILogger logger, int asked, int @fixed);
}
