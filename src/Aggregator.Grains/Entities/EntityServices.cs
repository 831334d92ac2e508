using Aggregator.Grains.Hosting;
using Aggregator.Grains.Partition;
using Aggregator.Grains.Registry;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aggregator.Grains.Entities;

/// <summary>What every entity grain of a process is made of.</summary>
internal sealed class EntityServices(
    EntityRows rows, ClaimLog log, IRegistry registry, LiveEntities live, TimeProvider time, IOptions<EntityOptions> options, IHostApplicationLifetime lifetime, IStoreAlarm alarm, MembershipChanges membershipChanges, Replays replays, ILogger<EntityServices> logger) : IDisposable
{
    public EntityRows Rows => rows;

    public ClaimLog Log => log;

    public IRegistry Registry => registry;

    public LiveEntities Live => live;

    public TimeProvider Time => time;

    public IOptions<EntityOptions> Options => options;

    public ILogger Logger => logger;

    /// <summary>Whether there may be activations beside one another.</summary>
    public MembershipChanges MembershipChanges => membershipChanges;

    /// <summary>Whether partitions of this process fold what they had before.</summary>
    public Replays Replays => replays;

    /// <summary>Raised where the store lacks what a row rests on.</summary>
    public IStoreAlarm Alarm => alarm;

    /// <summary>Row writes under way in this process: bounded, or a burst of entities would time the store out.</summary>
    public SemaphoreSlim Writes { get; } = new(options.Value.MaximumWritesInFlight);

    /// <summary>Folds under way in this process that read stored claims.</summary>
    public SemaphoreSlim Reads { get; } = new(options.Value.MaximumReadsInFlight);

    /// <summary>Entities of this process that make all their totals while a backlog is being folded.</summary>
    public SemaphoreSlim Totals { get; } = new(options.Value.MaximumTotalsInFlight);

    /// <summary>Claims in memory in this process.</summary>
    public LoadedClaims Loaded { get; } = new(options.Value.LoadedClaimsInAll);

    /// <summary>Cancelled when the host begins to stop: from then on nothing is begun that another grain must answer.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public void Dispose()
    {
        Writes.Dispose();
        Reads.Dispose();
        Totals.Dispose();
    }
}
