using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Simulation.Cluster;

namespace Aggregator.Simulation.Audit;

/// <summary>Reads views while all goes on, and sees that versions never fall (D).</summary>
/// <param name="world">The world.</param>
/// <param name="eraOf">The era of the store that a silo knows of: a version may fall with what a restart has lost, once that is noticed.</param>
internal sealed class Views(World world, Func<int, long> eraOf)
{
    private const int MostTries = 20;

    private static readonly EntityKey[] Watched =
    [
        new(EntityKind.Region, "world"), new(EntityKind.Region, "land"), new(EntityKind.Region, "town"), new(EntityKind.Actor, "blue"), new(EntityKind.Source, "wire"),
    ];

    private readonly Dictionary<EntityKey, (long Version, long Era)> _versions = [];

    /// <summary>Reads some views, one after another.</summary>
    public async Task<bool> WatchAsync(int times)
    {
        for (var time = 0; time < times && !world.IsAtRest; time++)
        {
            for (var pauses = world.Random.Next(12); pauses > 0 && !world.IsAtRest; pauses--)
            {
                await world.PauseAsync();
            }

            try
            {
                await ReadOnceAsync(Watched[world.Random.Next(Watched.Length)]);
            }
            catch (Exception fault) when (fault is not ViolationException)
            {
                // Not answered: nothing was shown.
            }
        }

        return true;
    }

    /// <summary>Reads a view, again where nobody answers: a silo may only now find out that the store has restarted.</summary>
    public async Task<EntityView?> ReadAsync(EntityKey entity)
    {
        for (var left = MostTries; ; left--)
        {
            try
            {
                return await ReadOnceAsync(entity);
            }
            catch (Exception fault) when (fault is not ViolationException && left > 0)
            {
                await world.PauseAsync();
            }
        }
    }

    // Only what one known activation serves is held against what was shown before: one that was forgotten may be behind.
    private async Task<EntityView?> ReadOnceAsync(EntityKey entity)
    {
        var key = new GrainKey(Activation.TypeOf(entity.Kind), entity.Id);
        var before = world.Sole(key);
        var era = before is null ? 0 : eraOf(before.Silo);
        EntityView? view = entity.Kind switch
        {
            EntityKind.Region => await ((IRegionGrain)world.Reference(typeof(IRegionGrain), key)).GetViewAsync(null),
            EntityKind.Actor => await ((IActorGrain)world.Reference(typeof(IActorGrain), key)).GetViewAsync(null),
            _ => await ((ISourceGrain)world.Reference(typeof(ISourceGrain), key)).GetViewAsync(null),
        };
        if (view is not null && before is not null && ReferenceEquals(before, world.Sole(key)) && era == eraOf(before.Silo))
        {
            if (_versions.TryGetValue(entity, out var shown) && view.Version < shown.Version && era == shown.Era)
            {
                throw new ViolationException($"D: {entity} shows version {view.Version:x} after {shown.Version:x}");
            }

            _versions[entity] = (view.Version, era);
        }

        return view;
    }
}
