using System.Globalization;
using System.Net.Sockets;
using Garnet;
using Garnet.common;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Aggregator.Store.Embedded;

/// <summary>Garnet in this process, on a Unix domain socket that only this user can reach.</summary>
public sealed partial class EmbeddedStore : IAsyncDisposable
{
    private static readonly TimeSpan WitnessPeriod = TimeSpan.FromSeconds(1);

    private readonly GarnetServer _server;
    private readonly FolderLock _lock;
    private readonly string _socketFolder;
    private readonly ILogger _logger;
    private readonly ReachedWitness _witness;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _witnessing;
    private int _disposed;

    private EmbeddedStore(
        GarnetServer server, FolderLock folderLock, string folder, string socketFolder,
        ConfigurationOptions configuration, ReachedWitness witness, ILogger logger)
    {
        _server = server;
        _lock = folderLock;
        Folder = folder;
        _socketFolder = socketFolder;
        Configuration = configuration;
        _witness = witness;
        _logger = logger;
        _witnessing = WitnessAsync();
    }

    /// <summary>The data folder, as a full path.</summary>
    public string Folder { get; }

    /// <summary>How to connect. A copy for each caller.</summary>
    public ConfigurationOptions Configuration { get => field.Clone(); }

    /// <summary>Garnet's version.</summary>
    public static string Version { get; } = typeof(GarnetServer).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>Starts on a folder with default options.</summary>
    public static Task<EmbeddedStore> StartAsync(string path, ILoggerFactory loggers, CancellationToken cancellationToken = default) =>
        StartAsync(new StoreOptions { Path = path }, loggers, cancellationToken);

    /// <summary>Locks the folder, recovers what it holds and listens.</summary>
    /// <exception cref="StoreLockedException">Another process holds the folder.</exception>
    /// <exception cref="StoreUnavailableException">The data could not be recovered.</exception>
    /// <exception cref="StoreTruncatedException">Less was recovered than there had been.</exception>
    public static async Task<EmbeddedStore> StartAsync(StoreOptions options, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        cancellationToken.ThrowIfCancellationRequested();
        var logger = loggers.CreateLogger<EmbeddedStore>();
        var folder = Path.GetFullPath(options.Path);
        var folderLock = FolderLock.Take(folder);
        string? socketFolder = null;
        GarnetServer? server = null;
        try
        {
            // Made by the system with access for this user alone, so no password is needed and no port can be taken.
            socketFolder = SocketFolder.Create(folder);
            var socketPath = Path.Combine(socketFolder, "s");
            server = await Task.Run(
                () =>
                {
                    var started = new GarnetServer(GarnetSettings.For(folder, socketPath, options, logger), loggers);
                    started.Start();
                    return started;
                },
                CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var witness = new ReachedWitness(folder);
            witness.Check(AofAddress(server, "TailAddress"));
            LogStarted(logger, Version, folder);
            var configuration = new ConfigurationOptions { EndPoints = { new UnixDomainSocketEndPoint(socketPath) } };
            return new EmbeddedStore(server, folderLock, folder, socketFolder, configuration, witness, logger);
        }
        catch (Exception fault)
        {
            server?.Dispose(false);
            if (socketFolder is not null)
            {
                SocketFolder.Delete(folder, socketFolder);
            }

            folderLock.Dispose();
            if (fault is OperationCanceledException or StoreTruncatedException)
            {
                throw;
            }

            throw new StoreUnavailableException($"The embedded store could not start on '{folder}': {fault.Message}", fault);
        }
    }

    /// <summary>Flushes the append-only file, stops and frees the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _witnessing.ConfigureAwait(false);
            await _server.Store.WaitForCommitAsync().ConfigureAwait(false);
            _witness.Note(AofAddress(_server, "CommittedUntilAddress"));
        }
        finally
        {
            await Task.Run(() => _server.Dispose(false)).ConfigureAwait(false);
            SocketFolder.Delete(Folder, _socketFolder);
            _lock.Dispose();
            _stop.Dispose();
            LogStopped(_logger, Folder);
        }
    }

    private async Task WitnessAsync()
    {
        using var timer = new PeriodicTimer(WitnessPeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                _witness.Note(AofAddress(_server, "CommittedUntilAddress"));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: the last note is made after the last commit.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            LogWitnessFailed(_logger, Folder, fault);
        }
    }

    private static long AofAddress(GarnetServer server, string name)
    {
        var item = Array.Find(server.Metrics.GetInfoMetrics(InfoMetricsType.PERSISTENCE), item => item.Name == name);
        return long.TryParse(item.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var address)
            ? address
            : throw new InvalidOperationException($"Garnet does not tell its {name}, but: {item.Value}");
    }

    [LoggerMessage(3, LogLevel.Warning, "The witness of the append-only file in {Folder} cannot be written; damage to that file may go unnoticed")]
    private static partial void LogWitnessFailed(ILogger logger, string folder, Exception fault);

    [LoggerMessage(1, LogLevel.Information, "Embedded Garnet {Version} on {Folder}")]
    private static partial void LogStarted(ILogger logger, string version, string folder);

    [LoggerMessage(2, LogLevel.Information, "Embedded Garnet on {Folder} stopped")]
    private static partial void LogStopped(ILogger logger, string folder);
}
