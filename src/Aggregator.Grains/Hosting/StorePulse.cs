using Aggregator.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Hosting;

/// <summary>
/// Finds out within a second or so that the store's server has restarted, also where nobody writes: what is in memory may be ahead of
/// it, and is read again (docs/protocol.md).
/// </summary>
internal sealed partial class StorePulse(StoreDatabase store, TimeProvider time, ILogger<StorePulse> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            var before = store.Session.Era;
            try
            {
                await store.Session.PulseAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogNoPulse(logger, fault);
                continue;
            }

            if (before > 0 && store.Session.Era is var era && era != before)
            {
                LogRestarted(logger, before, era);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not tell its era; asked again")]
    private static partial void LogNoPulse(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store has restarted (era {Before}, now {Era}): all that was read of it before is dropped and read again")]
    private static partial void LogRestarted(ILogger logger, long before, long era);
}
