using System.Reflection;
using Aggregator.Contracts.Entities;
using Aggregator.Grains.Hosting;

namespace Aggregator.Simulation.Cluster;

// Grains: who is activated where, who is called, and how it ends.
internal sealed partial class World
{
    private readonly Dictionary<GrainKey, List<Activation>> _directory = [];
    private readonly List<Activation> _activations = [];
    private readonly Dictionary<GrainKey, int> _made = [];
    private readonly Dictionary<(Type, GrainKey), object> _references = [];

    /// <summary>A reference to a grain: what is called on it is a message.</summary>
    public object Reference(Type grain, GrainKey key)
    {
        if (!_references.TryGetValue((grain, key), out var reference))
        {
            _references[(grain, key)] = reference = GrainReferenceProxy.Of(grain, this, key);
        }

        return reference;
    }

    /// <summary>A reference to an entity's grain, as all kinds of them are called.</summary>
    public IEntityGrain Entity(GrainKey key) => (IEntityGrain)Reference(key.Type switch { "region" => typeof(IRegionGrain), "actor" => typeof(IActorGrain), _ => typeof(ISourceGrain) }, key);

    /// <summary>Sends a message.</summary>
    public object Send(GrainKey to, MethodInfo method, object?[] arguments)
    {
        var request = Request.Of(Acting.Value, to, method, arguments);
        if (Acting.Value is not { IsDead: true })
        {
            Later(request);
        }

        return request.Answer.Task;
    }

    /// <summary>Who serves a message: most often the activation that the directory knows, sometimes one that it has forgotten.</summary>
    public Activation Find(GrainKey key)
    {
        if (!_directory.TryGetValue(key, out var known))
        {
            _directory[key] = known = [];
        }

        known.RemoveAll(static one => one.IsDead);
        var zombies = known.Count(one => one.IsZombie);
        if (zombies > 0 && Random.Next(10) < Perils.TenthsToForgotten)
        {
            return known.Where(one => one.IsZombie).ElementAt(Random.Next(zombies));
        }

        return known.Find(one => !one.IsZombie) ?? Activate(key, known);
    }

    /// <summary>How many activations of a grain there have been.</summary>
    public int Made(GrainKey key) => _made.GetValueOrDefault(key);

    /// <summary>The one activation that the directory knows of a grain; null if none, or if there is one that it has forgotten.</summary>
    public Activation? Sole(GrainKey key) => _directory.TryGetValue(key, out var known) && known.Where(one => !one.IsDead).ToArray() is [{ IsZombie: false } one] ? one : null;

    /// <summary>An activation leaves in good order: the directory forgets it, it tidies up and ends.</summary>
    public void Leave(Activation activation)
    {
        if (activation is { IsDead: false } && _directory[activation.Key].Remove(activation))
        {
            (activation.Grain as IDeparting)?.Depart();
            Later(new Leaving(activation));
        }
    }

    /// <summary>A process is killed: none of its activations goes on, and nothing more gets out of them.</summary>
    public void Kill(Func<Activation, bool> which)
    {
        foreach (var activation in _activations.Where(which).ToArray())
        {
            End(activation);
        }
    }

    /// <summary>An activation is no more.</summary>
    public void End(Activation activation)
    {
        activation.IsDead = true;
        _activations.Remove(activation);
        _timers.RemoveAll(timer => timer.Owner == activation);
        if (_directory.TryGetValue(activation.Key, out var known))
        {
            known.Remove(activation);
        }

        foreach (var request in activation.Serving.ToArray())
        {
            Later(new Failure(request, new SiloUnavailableException("killed")));
        }

        activation.Serving.Clear();
    }

    private Activation Activate(GrainKey key, List<Activation> known)
    {
        var silo = Random.Next(Silos);
        var activation = new Activation(this, key, silo == Stopped ? (silo + 1) % Silos : silo, _make);
        known.Add(activation);
        _activations.Add(activation);
        _made[key] = Made(key) + 1;
        Note($"activate {key} on {activation.Silo}");
        activation.Activated = activation.Turns.Start(async () =>
        {
            try
            {
                await activation.Grain.OnActivateAsync(CancellationToken.None);
                return true;
            }
            catch (Exception fault)
            {
                Note($"{key} is not activated: {fault.GetType().Name}");
                Tell?.Invoke(fault.ToString());
                End(activation);
                throw;
            }
        });
        _ = activation.Activated.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return activation;
    }
}
