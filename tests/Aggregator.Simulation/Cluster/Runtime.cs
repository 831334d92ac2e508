using System.Globalization;
using System.Reflection;
using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Orleans.Core;
using Orleans.Runtime;
using Orleans.Timers;

namespace Aggregator.Simulation.Cluster;

/// <summary>A reference to a grain: every call is a message through the world.</summary>
public class GrainReferenceProxy : DispatchProxy
{
    private World _world = null!;
    private GrainKey _key;

    internal static object Of(Type grain, World world, GrainKey key)
    {
        var reference = Create(grain, typeof(GrainReferenceProxy));
        ((GrainReferenceProxy)reference)._world = world;
        ((GrainReferenceProxy)reference)._key = key;
        return reference;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _world.Send(_key, targetMethod!, args!);
}

/// <summary>Gives references.</summary>
internal sealed class SimGrainFactory(World world) : IGrainFactory
{
    public TGrain GetGrain<TGrain>(string primaryKey, string? grainClassNamePrefix = null) where TGrain : IGrainWithStringKey => Of<TGrain>(primaryKey);

    public TGrain GetGrain<TGrain>(long primaryKey, string? grainClassNamePrefix = null) where TGrain : IGrainWithIntegerKey => Of<TGrain>(primaryKey.ToString(CultureInfo.InvariantCulture));

    public TGrain GetGrain<TGrain>(Guid primaryKey, string? grainClassNamePrefix = null) where TGrain : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrain GetGrain<TGrain>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null) where TGrain : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrain GetGrain<TGrain>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null) where TGrain : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserver CreateObjectReference<TGrainObserver>(IGrainObserver obj) where TGrainObserver : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserver>(IGrainObserver obj) where TGrainObserver : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    private TGrain Of<TGrain>(string id) => (TGrain)world.Reference(typeof(TGrain), new GrainKey(Types<TGrain>.Name, id));

    private static class Types<TGrain>
    {
        public static readonly string Name =
            typeof(TGrain) == typeof(IRegionGrain) ? "region"
            : typeof(TGrain) == typeof(IActorGrain) ? "actor"
            : typeof(TGrain) == typeof(ISourceGrain) ? "source"
            : typeof(TGrain) == typeof(IPartitionGrain) ? "partition"
            : throw new NotSupportedException(typeof(TGrain).Name);
    }
}

/// <summary>What a grain asks its container and its runtime for.</summary>
internal sealed class SimServices(World world) : IServiceProvider, IGrainRuntime, ITimerRegistry
{
    private static readonly IReminderRegistry Reminders = DispatchProxy.Create<IReminderRegistry, RemindersProxy>();

    public string SiloIdentity => "simulated";

    public SiloAddress SiloAddress => SiloAddress.Zero;

    public IGrainFactory GrainFactory { get; } = new SimGrainFactory(world);

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public TimeProvider TimeProvider => world.Time;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) ? this
        : serviceType == typeof(IReminderRegistry) ? Reminders
        : null;

    public void DeactivateOnIdle(IGrainContext grainContext) => world.Leave((Activation)grainContext);

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan)
    {
    }

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        world.Timer((Activation)grainContext, () => callback(state, CancellationToken.None), options.DueTime, options.Period);
}

/// <summary>Reminders only wake what sleeps; here nothing does.</summary>
public class RemindersProxy : DispatchProxy
{
    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Task.FromResult<IGrainReminder>(null!);
}

/// <summary>A timer of a grain, or of a wait.</summary>
internal sealed class SimTimer(World world, Activation? owner, Func<Task> callback, TimeSpan due, TimeSpan period) : IGrainTimer, ITimer
{
    public Activation? Owner => owner;

    public TimeSpan Due { get; private set; } = due;

    public bool IsRunning { get; private set; }

    /// <summary>Whether it fires once.</summary>
    public bool IsOnce => period == Timeout.InfiniteTimeSpan;

    /// <summary>Whether it ends a wait: while nothing goes wrong no wait comes to its end.</summary>
    public bool IsLimit { get; init; }

    public void Fire()
    {
        world.Note($"timer of {owner?.Key} on {owner?.Silo}");
        if (period == Timeout.InfiniteTimeSpan)
        {
            world.Remove(this);
        }

        if (owner is null || IsLimit)
        {
            callback();
            return;
        }

        IsRunning = true;
        _ = owner.Turns.Start(async () =>
        {
            try
            {
                await callback();
            }
            catch (Exception fault)
            {
                world.Note($"timer of {owner?.Key} failed: {fault.GetType().Name}");
            }
            finally
            {
                IsRunning = false;
            }

            return true;
        });
    }

    public void Change(TimeSpan dueTime, TimeSpan period) => Due = dueTime;

    bool ITimer.Change(TimeSpan dueTime, TimeSpan period)
    {
        Due = dueTime;
        return true;
    }

    public void Dispose() => world.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The clock of a world: each step is some milliseconds, and a wait ends when chance will have it.</summary>
internal sealed class SimTime(World world) : TimeProvider
{
    /// <summary>What a step takes.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private static readonly DateTimeOffset Start = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + (Step * world.Steps);

    public override long GetTimestamp() => Step.Ticks * world.Steps;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Func<Task> fire = () =>
        {
            callback(state);
            return Task.CompletedTask;
        };
        return world.Timer(World.Acting.Value, fire, dueTime, period, isLimit: true);
    }
}
