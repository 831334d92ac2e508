using System.Globalization;
using System.Net.Sockets;
using Garnet;
using Garnet.common;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Tsavorite.core;

namespace Aggregator.Store.Embedded;

/// <summary>
/// Garnet in this process, on a Unix domain socket that only this user can reach. A Garnet that could not write its append-only file once, as on a full disk, commits
/// nothing any more: it is started again once the folder can be written to, which those who use it see as a restart of their store.
/// </summary>
public sealed partial class EmbeddedStore : IAsyncDisposable
{
    private const int ProbeBytes = 1024 * 1024;
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(1);

    private readonly Func<GarnetServer> _start;
    private readonly FolderLock _lock;
    private readonly string _socketFolder;
    private readonly ILogger _logger;
    private readonly ReachedWitness _witness;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private GarnetServer? _server;
    private string? _notStarted;
    private string? _lost;
    private bool _witnessFails;
    private int _disposed;

    private EmbeddedStore(
        GarnetServer server, Func<GarnetServer> start, FolderLock folderLock, string folder, string socketFolder,
        ConfigurationOptions configuration, ReachedWitness witness, ILogger logger)
    {
        (_server, _start) = (server, start);
        _lock = folderLock;
        Folder = folder;
        _socketFolder = socketFolder;
        Configuration = configuration;
        _witness = witness;
        _logger = logger;
        _watching = WatchAsync();
    }

    /// <summary>The data folder, as a full path.</summary>
    public string Folder { get; }

    /// <summary>Whether it serves nobody: its folder could not be written to, and it has not been started again yet.</summary>
    public bool IsDown => Volatile.Read(ref _server) is null;

    /// <summary>What was found to be missing, when it was to be started again or of its folder; null while nothing is. It stays down then.</summary>
    public string? Lost => Volatile.Read(ref _lost);

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
            server = await Task.Run(Start, CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var witness = new ReachedWitness(folder);
            witness.Check(AofAddress(server, "TailAddress"));
            LogStarted(logger, Version, folder);
            var configuration = new ConfigurationOptions { EndPoints = { new UnixDomainSocketEndPoint(socketPath) } };
            return new EmbeddedStore(server, Start, folderLock, folder, socketFolder, configuration, witness, logger);

            GarnetServer Start()
            {
                // One before may have left it.
                File.Delete(socketPath);
                var started = new GarnetServer(GarnetSettings.For(folder, socketPath, options, logger), loggers);
                try
                {
                    started.Start();
                    return started;
                }
                catch
                {
                    started.Dispose(false);
                    throw;
                }
            }
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
            await _watching.ConfigureAwait(false);
            if (_server is { } server && await CommitsAsync(server, CancellationToken.None).ConfigureAwait(false))
            {
                Note(server);
            }
        }
        finally
        {
            await Task.Run(() => _server?.Dispose(false)).ConfigureAwait(false);
            SocketFolder.Delete(Folder, _socketFolder);
            _lock.Dispose();
            _stop.Dispose();
            LogStopped(_logger, Folder);
        }
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(WatchPeriod);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await WatchOnceAsync().ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    LogNotWatched(_logger, Folder, fault);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: the last note is made after the last commit.
        }
    }

    private async Task WatchOnceAsync()
    {
        if (_lost is not null)
        {
            return;
        }

        if (!_lock.IsInPlace)
        {
            Volatile.Write(ref _lost, $"The folder '{Folder}' of the embedded store was removed, moved or replaced: what was acknowledged is no longer there. Put it back, or restore the store.");
            await StopServerAsync().ConfigureAwait(false);
        }
        else if (_server is not { } server)
        {
            await TryStartAgainAsync().ConfigureAwait(false);
        }
        else if (await CommitsAsync(server, _stop.Token).ConfigureAwait(false))
        {
            Note(server);
        }
        else
        {
            LogCannotWrite(_logger, Folder);
            await StopServerAsync().ConfigureAwait(false);
        }
    }

    private async Task StopServerAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await Task.Run(() => server.Dispose(false)).ConfigureAwait(false);
        }
    }

    private static async Task<bool> CommitsAsync(GarnetServer server, CancellationToken cancellationToken)
    {
        try
        {
            await server.Store.WaitForCommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (CommitFailureException)
        {
            return false;
        }
    }

    private async Task TryStartAgainAsync()
    {
        try
        {
            await ProbeAsync().ConfigureAwait(false);
            var started = await Task.Run(_start).ConfigureAwait(false);
            try
            {
                _witness.Check(AofAddress(started, "TailAddress"));
            }
            catch
            {
                await Task.Run(() => started.Dispose(false)).ConfigureAwait(false);
                throw;
            }

            (_server, _notStarted) = (started, null);
            LogStarted(_logger, Version, Folder);
        }
        catch (StoreTruncatedException fault)
        {
            Volatile.Write(ref _lost, fault.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (fault.Message != _notStarted)
            {
                _notStarted = fault.Message;
                LogNotStarted(_logger, Folder, fault.Message);
            }
        }
    }

    // Whether there is room again for what comes first.
    private async Task ProbeAsync()
    {
        var path = Path.Combine(Folder, "store.probe");
        try
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.WriteThrough | FileOptions.Asynchronous);
            await file.WriteAsync(new byte[ProbeBytes], _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Note(GarnetServer server)
    {
        try
        {
            _witness.Note(AofAddress(server, "CommittedUntilAddress"));
            _witnessFails = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_witnessFails)
            {
                _witnessFails = true;
                LogWitnessFailed(_logger, Folder, fault);
            }
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

    [LoggerMessage(4, LogLevel.Critical, "Embedded Garnet cannot write its append-only file in {Folder}: nothing is taken in until it can; what was acknowledged is in the file. It is started again")]
    private static partial void LogCannotWrite(ILogger logger, string folder);

    [LoggerMessage(5, LogLevel.Error, "Embedded Garnet is not started again on {Folder} yet: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string folder, string reason);

    [LoggerMessage(6, LogLevel.Error, "Embedded Garnet on {Folder} was not looked after; tried again")]
    private static partial void LogNotWatched(ILogger logger, string folder, Exception fault);

    [LoggerMessage(1, LogLevel.Information, "Embedded Garnet {Version} on {Folder}")]
    private static partial void LogStarted(ILogger logger, string version, string folder);

    [LoggerMessage(2, LogLevel.Information, "Embedded Garnet on {Folder} stopped")]
    private static partial void LogStopped(ILogger logger, string folder);
}
