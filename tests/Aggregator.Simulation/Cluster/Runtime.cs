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
public class GrainFactoryProxy : DispatchProxy
{
    private World _world = null!;

    internal static IGrainFactory Over(World world)
    {
        var factory = Create<IGrainFactory, GrainFactoryProxy>();
        ((GrainFactoryProxy)(object)factory)._world = world;
        return factory;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var grain = targetMethod!.GetGenericArguments()[0];
        return _world.Reference(grain, new GrainKey(TypeOf(grain), Convert.ToString(args![0], CultureInfo.InvariantCulture)!));
    }

    private static string TypeOf(Type grain) =>
        grain == typeof(IRegionGrain) ? "region"
        : grain == typeof(IActorGrain) ? "actor"
        : grain == typeof(ISourceGrain) ? "source"
        : grain == typeof(IPartitionGrain) ? "partition"
        : throw new NotSupportedException(grain.Name);
}

/// <summary>What a grain asks its container and its runtime for.</summary>
internal sealed class SimServices(World world) : IServiceProvider, IGrainRuntime, ITimerRegistry
{
    public string SiloIdentity => "simulated";

    public SiloAddress SiloAddress => SiloAddress.Zero;

    public IGrainFactory GrainFactory { get; } = GrainFactoryProxy.Over(world);

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public TimeProvider TimeProvider => world.Time;

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) ? this
        : serviceType == typeof(IReminderRegistry) ? DispatchProxy.Create<IReminderRegistry, RemindersProxy>()
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

    /// <summary>Whether it ends a wait: while nothing goes wrong no wait comes to its end.</summary>
    public bool IsLimit { get; init; }

    public void Fire()
    {
        world.Note($"timer of {owner?.Key}");
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
    private static readonly DateTimeOffset Start = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start.AddMilliseconds(20 * world.Steps);

    public override long GetTimestamp() => TimeSpan.TicksPerMillisecond * 20 * world.Steps;

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
