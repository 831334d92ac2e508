using Aggregator.Contracts.Entities;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Simulation.Audit;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;
using StackExchange.Redis;

namespace Aggregator.Simulation;

// (G) Once all is over the store loses something, and whoever needs it says so: nobody goes on without it as if all were there.
internal sealed partial class Scenario
{
    private const int MostAsked = 100;

    private void Lose()
    {
        switch (_shape.Damage)
        {
            case Damage.None:
                break;
            case Damage.End or Damage.LastEntry or Damage.EntryWithin:
                LoseEntry();
                break;
            case Damage.RowAwake:
                LoseRow();
                break;
            case Damage.Words:
                LoseWords();
                break;
            default:
                LoseOfARow();
                break;
        }
    }

    // Nobody starts on a log that lacks what was acknowledged as if it were whole.
    private void LoseEntry()
    {
        var (keys, ends) = (_world.Databases[0].Keys, new LogReader(_world, _partitions).Ends());
        var partition = ends[^1] > ends[0] ? _partitions - 1 : 0;
        var lost = _shape.Damage == Damage.EntryWithin ? 1 + _world.Random.Next((int)Math.Max(1, ends[partition] - 1)) : ends[partition];
        if (ends[partition] < (_shape.Damage == Damage.EntryWithin ? 2 : 1))
        {
            return;
        }

        // A checkpoint that is saved over the loss would pass it.
        KillAll();
        _world.Store.Remove(keys.Slot(partition, lost));
        switch (_shape.Damage)
        {
            case Damage.End:
                _world.Store.Set(keys.Last(partition), lost - 1);
                _world.Store.Set(keys.Checkpoint(partition), lost);
                break;
            case Damage.LastEntry or Damage.EntryWithin:
                // A server that was killed within an append may have left it behind.
                _world.Store.Set(keys.Last(partition), ends[partition]);
                _world.Store.Set(keys.Checkpoint(partition), lost - 1);
                break;
        }

        _world.Note($"entry {lost} of partition {partition} is lost");
        _ = _world.Begin(() => PingAsync(partition));
        Until(() => _alarm is not null, $"G: partition {partition} lacks entry {lost} of {ends[partition]}, and nobody says so");
    }

    // Whoever has it in memory would write another one with the next change.
    private void LoseRow()
    {
        EntityKey[] awake = [.. WithRows().Where(entity => _world.Sole(KeyOf(entity)) is not null)];
        if (awake.Length == 0)
        {
            return;
        }

        var entity = awake[_world.Random.Next(awake.Length)];
        _world.Store.Ran = null;
        _world.Store.Remove(RowOf(entity));
        _world.Note($"the row of {entity} is lost");
        if (LogRecord.TouchedBy(Claims.Fresh).Contains(entity) && _world.Random.Next(2) == 0)
        {
            // It finds out when it writes what changes.
            _ = _world.Begin(() => NewSender().SendLastAsync([Claims.Fresh]));
        }
        else
        {
            _ = _world.Begin(() => AskUntilToldAsync(_world.Entity(KeyOf(entity)).SettleAsync));
        }

        Until(() => _alarm is not null, $"G: {entity} has lost its row, and does not say so");
    }

    // Whoever reads the rest of it would show less.
    private void LoseOfARow()
    {
        var (entities, isRow) = (WithRows(), _shape.Damage == Damage.Row);
        var parts = entities.SelectMany(entity => isRow ? [RowOf(entity)] : ChunksOf(entity), (entity, key) => (Entity: entity, Key: key)).ToArray();
        if (parts.Length == 0)
        {
            return;
        }

        var (of, lost) = parts[_world.Random.Next(parts.Length)];
        var asked = of;
        if (isRow && _edits.Latest.Parent(of.Kind, of.Id) is { } parent && _world.Random.Next(2) == 0
            && _world.Store.Members(_world.Databases[0].Keys.Children(Activation.TypeOf(of.Kind), parent)).Contains((RedisValue)of.Id))
        {
            // It adds up what its parts' rows say.
            asked = of with { Id = parent };
        }

        KillAll();
        _world.Store.Remove(lost);
        _world.Note($"{lost} is lost");
        _ = _world.Begin(() => AskUntilToldAsync(() => _views.ReadOnceAsync(asked, isRow ? null : Views.Late)));
        Until(() => _alarm is not null, $"G: {of} has lost {lost}, and {asked} does not say so");
    }

    // Whoever shows what a number rests on would show less.
    private void LoseWords()
    {
        // Whoever opens the partition would miss the last one.
        var log = new LogReader(_world, _partitions);
        var (refold, ends) = (new Refold(log.Records, _edits.Latest), log.Ends());
        var places = WithRows().Intersect(refold.Entities).SelectMany(entity => Positions(refold.Of(entity).Book), (entity, position) => (Entity: entity, Position: position)).Where(one => one.Position.Sequence < ends[one.Position.Partition]).ToArray();
        if (places.Length == 0)
        {
            return;
        }

        var (of, lost) = places[_world.Random.Next(places.Length)];
        KillAll();
        _world.Store.Remove(_world.Databases[0].Keys.Slot(lost.Partition, lost.Sequence));
        _world.Note($"entry {lost.Sequence} of partition {lost.Partition} is lost");
        _ = _world.Begin(() => AskUntilToldAsync(() => _world.Entity(KeyOf(of)).GetClaimsAsync(new ClaimsQuery { Limit = MostAsked })));
        Until(() => _alarm is not null, $"G: {of} has lost the words of {lost}, and nobody says so");
    }

    private static IEnumerable<LogPosition> Positions(ClaimBook book) => book.AllBuckets.SelectMany(bucket => book[bucket]).Select(static one => one.Position).Distinct();

    // Again where nobody answers: a silo may only now find out that the store has restarted.
    private async Task<bool> AskUntilToldAsync(Func<Task> ask)
    {
        while (_alarm is null)
        {
            try
            {
                await ask();
            }
            catch (Exception fault) when (fault is not ViolationException)
            {
                // Not answered, or it is told by now.
            }

            await _world.PauseAsync();
        }

        return true;
    }

    // What the dead had sent is not to come between.
    private void KillAll()
    {
        _world.Kill(static _ => true);
        _world.CutCalls();
        _world.Store.Ran = null;
    }

    private EntityKey[] WithRows() => [.. new Refold(new LogReader(_world, _partitions).Records, _edits.Latest).All
        .Where(entity => _world.Store.Exists(RowOf(entity))).OrderBy(static entity => entity.Kind).ThenBy(static entity => entity.Id, StringComparer.Ordinal)];

    private RedisKey RowOf(EntityKey entity) => _world.Databases[0].Keys.Row(Activation.TypeOf(entity.Kind), entity.Id);

    private IEnumerable<RedisKey> ChunksOf(EntityKey entity)
    {
        var parts = ((string)_world.Databases[0].Keys.Chunk(Activation.TypeOf(entity.Kind), entity.Id, "|")!).Split('|');
        return _world.Store.Strings.Where(key => key.StartsWith(parts[0], StringComparison.Ordinal) && key.EndsWith(parts[1], StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(static key => (RedisKey)key);
    }
}
