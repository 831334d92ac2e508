using Aggregator.Domain.Registry;
using Orleans.Runtime;

namespace Aggregator.Simulation.Cluster;

/// <summary>The address of a grain: a partition's number or an entity.</summary>
internal readonly record struct GrainKey(string Type, string Id)
{
    public override string ToString() => $"{Type}/{Id}";
}

/// <summary>One activation of a grain on a silo, as Orleans would hold it: the grain itself is the product's.</summary>
internal sealed class Activation : IGrainContext
{
    private readonly World _world;
    private readonly Grain _grain;

    public Activation(World world, GrainKey key, int silo, Func<Activation, Grain> make)
    {
        _world = world;
        Key = key;
        Silo = silo;
        Turns = new Turns(world, this);
        GrainId = key.Type == "partition"
            ? Orleans.Runtime.GrainId.Create(GrainType.Create(key.Type), GrainIdKeyExtensions.CreateIntegerKey(long.Parse(key.Id, System.Globalization.CultureInfo.InvariantCulture)))
            : Orleans.Runtime.GrainId.Create(key.Type, key.Id);
        RuntimeContexts.Set(this);
        _grain = make(this);
        RuntimeContexts.Set(null);
    }

    public GrainKey Key { get; }

    public int Silo { get; }

    public Turns Turns { get; }

    public Grain Grain => _grain;

    /// <summary>Whether its process was killed: nothing of it goes on, and nothing of it gets out.</summary>
    public bool IsDead { get; set; }

    /// <summary>Whether the directory has forgotten it: it goes on, and who knew it may still call it.</summary>
    public bool IsZombie { get; set; }

    /// <summary>Done once it is activated; failed if it could not be.</summary>
    public Task<bool>? Activated { get; set; }

    /// <summary>Messages that it has not answered.</summary>
    public HashSet<Request> Serving { get; } = [];

    public GrainId GrainId { get; }

    public object GrainInstance => _grain;

    public IServiceProvider ActivationServices => _world.Services;

    public GrainReference GrainReference => throw new NotSupportedException();

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => _world.Leave(this);

    public object? GetComponent(Type componentType) => throw new NotSupportedException();

    public TComponent? GetComponent<TComponent>() where TComponent : class => throw new NotSupportedException();

    public object? GetTarget() => _grain;

    public TTarget? GetTarget<TTarget>() where TTarget : class => _grain as TTarget;

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void SetComponent<TComponent>(TComponent? value) where TComponent : class => throw new NotSupportedException();

    /// <summary>The type of grain that keeps a kind of entity.</summary>
    public static string TypeOf(EntityKind kind) => kind switch { EntityKind.Region => "region", EntityKind.Actor => "actor", _ => "source" };
}
