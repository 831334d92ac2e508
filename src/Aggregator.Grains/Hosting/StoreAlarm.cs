using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Hosting;

/// <summary>The alarm of a process: says what is lost, and stops the application.</summary>
public sealed partial class StoreAlarm(IHostApplicationLifetime lifetime, ILogger<StoreAlarm> logger) : IStoreAlarm
{
    /// <summary>What the process ends with.</summary>
    public const int ExitCode = 3;

    private string? _what;

    /// <summary>What is lost; null while nothing is known to be.</summary>
    public string? What => Volatile.Read(ref _what);

    /// <inheritdoc/>
    public void Lost(string what)
    {
        if (Interlocked.CompareExchange(ref _what, what, null) is not null)
        {
            return;
        }

        LogLost(logger, what);

        // Elsewhere: whoever noticed may be a grain, and those who are told of the end may wait for it.
        ThreadPool.UnsafeQueueUserWorkItem(static stopped => stopped.StopApplication(), lifetime, preferLocal: false);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store has lost what was acknowledged, and this host stops: {What}")]
    private static partial void LogLost(ILogger logger, string what);
}
