using System.Collections.Concurrent;

namespace Aggregator.Host.Hosting;

/// <summary>How long the steps of a stop may take; together they stay below <see cref="Total"/>.</summary>
/// <param name="Total">The whole stop (<c>ShutdownTimeoutSeconds</c>).</param>
/// <param name="Linger">How long it goes on answering, not ready, so that who sends traffic here sees that it stops.</param>
internal sealed record ShutdownTimes(TimeSpan Total, TimeSpan Linger)
{
    /// <summary>How long requests under way may take to finish.</summary>
    public TimeSpan Drain => Total / 3;

    /// <summary>How long a grain may take to write what it holds.</summary>
    public TimeSpan Deactivation => Total / 2;
}

/// <summary>
/// The first step of a stop, while everything else still runs: not ready, feeding refused; then everything refused until what
/// is under way has finished, or is cut off.
/// </summary>
internal sealed partial class Draining(
    ShutdownTimes times, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Draining> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<UnderWay, bool> _underWay = new(ReferenceEqualityComparer.Instance);
    private readonly ILogger _logger = logger;
    private volatile bool _closed;

    /// <summary>Whether the host has been told to stop.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Counts a request in, and out when disposed of.</summary>
    public IDisposable Enter(HttpContext context)
    {
        var entered = new UnderWay(this, context);
        _underWay[entered] = true;
        return entered;
    }

    /// <summary>Whether a request is not begun any more; ask after <see cref="Enter"/>.</summary>
    public bool Refuses(HttpRequest request) => _closed || (IsStopping && IsWrite(request));

    /// <summary>Whether a request feeds or edits, and does not only ask.</summary>
    public static bool IsWrite(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogStopping(_logger, _underWay.Count);
        try
        {
            await Task.Delay(times.Linger, time, cancellationToken);
            await FinishAsync(times.Drain, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The time for the whole stop is over.
        }

        CutOff();
    }

    /// <summary>Refuses everything at once and waits a moment for what is under way.</summary>
    public async Task CloseAsync()
    {
        await FinishAsync(Moment, CancellationToken.None);
        CutOff();
    }

    private async Task FinishAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _closed = true;
        var began = time.GetTimestamp();
        while (!_underWay.IsEmpty && time.GetElapsedTime(began) < limit)
        {
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private void CutOff()
    {
        foreach (var (request, _) in _underWay)
        {
            request.CutOff();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: not ready, no more feeding, {Requests} requests under way")]
    private static partial void LogStopping(ILogger logger, int requests);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping: {Method} {Path} did not finish in time and is cut off")]
    private static partial void LogCutOff(ILogger logger, string method, string path);

    // A context is the server's again, for another request, as soon as its own has left.
    private sealed class UnderWay(Draining draining, HttpContext context) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _hasLeft;

        public void CutOff()
        {
            lock (_lock)
            {
                if (!_hasLeft)
                {
                    LogCutOff(draining._logger, context.Request.Method, context.Request.Path);
                    context.Abort();
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _hasLeft = true;
            }

            draining._underWay.TryRemove(this, out _);
        }
    }
}
