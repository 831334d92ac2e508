using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Registry;

/// <summary>Reads the registry's edits before anything else starts, and then whatever other processes have edited.</summary>
internal sealed partial class RegistryPoller(LiveRegistry registry, TimeProvider time, ILogger<RegistryPoller> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => registry.SyncAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await registry.SyncAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRead(logger, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry's edits were not read; views stay under the version before, and it is tried again")]
    private static partial void LogNotRead(ILogger logger, Exception fault);
}

/// <summary>Tells the entities of this process of a registry under which their totals are others.</summary>
internal sealed partial class EntityWaker(LiveEntities entities, ILogger<EntityWaker> logger) : BackgroundService
{
    private const int AtOnce = 256;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var version in entities.Versions(stoppingToken).ConfigureAwait(false))
        {
            foreach (var some in entities.All.Chunk(AtOnce))
            {
                await Task.WhenAll(some.Select(one => WakeAsync(one.Entity, one.Grain, version))).ConfigureAwait(false);
            }
        }

        async Task WakeAsync(Domain.Log.EntityKey entity, Contracts.Entities.IEntityGrain grain, long version)
        {
            try
            {
                await grain.AdoptAsync(version, null).WaitAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // It adopts the registry with whatever it is asked next, and its parent asks it until it has.
                LogNotTold(logger, entity, version, fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Entity} was not told of registry version {Version}; it is asked again")]
    private static partial void LogNotTold(ILogger logger, Domain.Log.EntityKey entity, long version, Exception fault);
}
