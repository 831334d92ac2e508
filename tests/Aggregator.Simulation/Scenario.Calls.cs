using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Simulation.Audit;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Store;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Simulation;

// What hosts and their callers ask of the grains and the store: pings, pulses, edits that are heard of, and whether claims show.
internal sealed partial class Scenario
{
    private static async Task<bool> PulseAsync(Silo silo)
    {
        try
        {
            await silo.Rows.Session.PulseAsync();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private async Task<bool> PingAsync(int partition)
    {
        try
        {
            await ((IPartitionGrain)_world.Reference(typeof(IPartitionGrain), KeyOf(partition))).PingAsync();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    // Faults end; what was forgotten goes for good, and every silo has heard of edits.
    private void Rest()
    {
        _world.Note("faults end");
        _world.Rest();
        foreach (var silo in _silos)
        {
            silo.Replays.End(this);
        }

        AllHearOfEdits();
    }

    private void AllHearOfEdits()
    {
        for (var silo = 0; silo < _silos.Length; silo++)
        {
            HearOfEdits(silo);
        }
    }

    // As the poller and the waker of a silo do.
    private void HearOfEdits(int silo)
    {
        var registry = _silos[silo].Registry;
        if (registry.Current.Version < _edits.Latest.Version)
        {
            registry.CatchUp();
            foreach (var activation in _world.Alive.Where(one => one.Silo == silo && one.Key.Type != "partition").ToArray())
            {
                _ = _world.Begin(() => AdoptAsync(activation.Key));
            }
        }
    }

    private async Task<bool> AdoptAsync(GrainKey entity)
    {
        try
        {
            return await _world.Entity(entity).AdoptAsync(_edits.Latest.Version, null);
        }
        catch (Exception)
        {
            // It adopts the registry with whatever it is asked next.
            return false;
        }
    }

    // What is asked after an edit: whether all totals rest on it.
    private async Task<bool> AllAdoptAsync(IEnumerable<EntityKey> entities)
    {
        foreach (var entity in entities)
        {
            while (!await AdoptAsync(KeyOf(entity)))
            {
                await _world.PauseAsync();
            }
        }

        return true;
    }

    private static GrainKey KeyOf(EntityKey entity) => new(Activation.TypeOf(entity.Kind), entity.Id);

    // What ?wait=applied asks, of everything at once. Partitions are asked one after another, and what the first has said may be over once an entity has read its row
    // again since, as it does where the log of another one is opened after the store has restarted: a figure may be lower then for a moment, and it is asked once more.
    private async Task<bool> AllShowAsync(LogReader log)
    {
        var touched = log.Records.ToLookup(placed => placed.Position.Partition, placed => placed.Record)
            .ToDictionary(records => records.Key, records => records.SelectMany(record => record.Touches).Distinct().ToArray());
        var rowsReadAt = touched.Keys.ToDictionary(partition => partition, _ => -1L);
        while (touched.Keys.Order().Where(partition => rowsReadAt[partition] < _rowsRead).Cast<int?>().FirstOrDefault() is { } partition)
        {
            var grain = (IPartitionGrain)_world.Reference(typeof(IPartitionGrain), KeyOf(partition));
            while (!await ShowsAsync(grain, log.Ends()[partition], touched[partition]))
            {
                await _world.PauseAsync();
            }

            rowsReadAt[partition] = _rowsRead;
        }

        return true;
    }

    // Who reads its row raises its epoch before.
    private void Ran(SimStore store, string script, RedisKey first)
    {
        _rowsRead += script == StoreScripts.RaiseEpoch ? 1 : 0;
        _growth.Ran(store, script, first);
    }

    private static async Task<bool> ShowsAsync(IPartitionGrain partition, long sequence, EntityKey[] entities)
    {
        try
        {
            return await partition.AwaitAppliedAsync(sequence, entities);
        }
        catch (Exception)
        {
            // It leaves, to read the log anew: the next activation is asked.
            return false;
        }
    }

    private IPartitionGrain PartitionOf(string source) =>
        (IPartitionGrain)_world.Reference(typeof(IPartitionGrain), KeyOf(ClaimIdentity.Partition(source, _partitions, HashSeed)));

    private static GrainKey KeyOf(int partition) => new("partition", partition.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
