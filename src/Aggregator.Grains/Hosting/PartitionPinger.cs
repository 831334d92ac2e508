using Aggregator.Contracts.Partitions;
using Aggregator.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Hosting;

/// <summary>Every silo pings every partition, so that none sleeps on what it has not fanned out, wherever it lived before.</summary>
internal sealed partial class PartitionPinger(
    IGrainFactory grains, StoreIdentity identity, TimeProvider time, ILogger<PartitionPinger> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, identity.Partitions).Select(partition => PingAsync(partition, stoppingToken)));

    // Each by itself: one that does not answer keeps no other asleep.
    private async Task PingAsync(int partition, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await grains.GetGrain<IPartitionGrain>(partition).PingAsync().ConfigureAwait(false);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogPingFailed(logger, partition, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition} did not answer its ping; pinged again")]
    private static partial void LogPingFailed(ILogger logger, int partition, Exception fault);
}
