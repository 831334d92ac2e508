using Aggregator.Domain.Log;
using Aggregator.Simulation.Audit;
using Aggregator.Simulation.Feeding;

namespace Aggregator.Simulation;

// What must hold once all has come to rest.
internal sealed partial class Scenario
{
    private const int MoreOfOneIn = 3;

    // Who looks may be the first to fold a claim that cannot be: it is quarantined then, and all is looked at once more.
    private void AuditUntilNothingFails()
    {
        while (true)
        {
            var log = new LogReader(_world, _partitions);
            try
            {
                Audit(log);
                return;
            }
            catch (ViolationException) when (new LogReader(_world, _partitions).Quarantined > log.Quarantined)
            {
                _world.Note("a record was quarantined while views were read");
                Until(AllCheckpointed, "checkpoints do not come to the end once a record is quarantined");
            }
        }
    }

    private void Audit(LogReader log)
    {
        if (_alarm is not null)
        {
            throw new ViolationException($"alarm: {_alarm}");
        }

        if (_world.Store.EraOfTwoRuns is > 0 and var era)
        {
            throw new ViolationException($"I: era {era} was given of two runs of the store");
        }

        log.Audit(_failing, _delivered);
        var missing = log.Missing(_journal.Acknowledged).FirstOrDefault(one => !IsExcused(one));
        if (missing is not null)
        {
            throw new ViolationException($"A: {missing} and is not in the log");
        }

        var refold = new Refold(log.Records, _edits.Latest);
        var entities = refold.Entities.ToArray();
        _world.Random.Shuffle(entities);
        if (_world.Random.Next(2) == 0)
        {
            // From the top: what lies below is awake only if somebody there was asked.
            Array.Sort(entities, (one, other) => Depth(one).CompareTo(Depth(other)));
        }

        var shown = _world.Begin(() => ShowRightAsync(entities, refold));
        Until(() => shown.IsCompleted, "views are not answered");
        Done(shown);
        _world.Note("all views are read");

        int Depth(EntityKey entity) => _edits.Latest.Ancestors(entity.Kind, entity.Id).Count();
    }

    // Views are right at once. Those of rows that may rest on a registry before the last edit come right once they say that they show it, whoever else is
    // asked or not: whom they inherit answers from may not have heard from its parts yet, and a part that is woken only now tells less until its own have told.
    // Where nobody has asked whether all shows, they come right by themselves.
    private async Task<bool> ShowRightAsync(EntityKey[] entities, Refold refold)
    {
        var resends = !refold.HasQuarantined;
        foreach (var entity in entities)
        {
            var asksMore = _world.Random.Next(MoreOfOneIn) == 0;
            byte[] should = [.. Shown.Of(entity, refold, _edits.Latest, resends), .. asksMore ? [.. Shown.Of(refold.TimelineOf(entity, entity.Id)), .. Shown.Of(refold.ClaimsOf(entity))] : Array.Empty<byte>()];
            var isEdited = _shape.EndsInDeath && _edits.Latest.Version > 1;
            if (isEdited)
            {
                await AllAdoptAsync([entity]);
            }

            for (var left = isEdited || (!_shape.EndsInDeath && _shape.Last == Last.Silence) ? LooksUntilRight : 0; ; left--)
            {
                byte[] shows =
                [
                    .. Shown.Of(await _views.ReadAsync(entity), resends),
                    .. asksMore ? [.. Shown.Of(await _views.ReadTimelineAsync(entity)), .. Shown.Of((await _views.ReadClaimsAsync(entity)).Claims.Claims)] : Array.Empty<byte>(),
                ];
                if (shows.AsSpan().SequenceEqual(should))
                {
                    await (asksMore && _failing.Count == 0 ? PastIsRightAsync(entity, refold) : Task.CompletedTask);
                    break;
                }

                if (left == 0)
                {
                    throw new ViolationException($"E: {entity} shows{Shown.Differing(shows, should)}\n  and should{Shown.Differing(should, shows)}");
                }

                await Task.Delay(BetweenLooks, _world.Time);
            }
        }

        return true;
    }

    // Not where a fold fails: it may fail on what was never folded, or only now.
    private async Task PastIsRightAsync(EntityKey entity, Refold refold)
    {
        var moment = _world.Random.Next(2) == 0 ? Views.Late : Views.Early.AddHours(_world.Random.Next(Views.Hours));
        var should = Shown.OfMoment(entity, refold.AsOf(moment), _edits.Latest);
        var shows = Shown.OfMoment(await _views.ReadPastAsync(entity, moment));
        if (!shows.AsSpan().SequenceEqual(should))
        {
            throw new ViolationException($"E: {entity} as of {moment:u} shows{Shown.Differing(shows, should)}\n  and should{Shown.Differing(should, shows)}");
        }
    }

    // What a restarted store has lost is lost, if it had been answered before; it is said, and sending it again is the sender's matter. What was a
    // duplicate of a retraction is lost with that.
    private bool IsExcused(Acknowledged one) =>
        _lost.Exists(restart => one.AnsweredAt <= restart.Step && (restart.Lost.Contains((one.Key, one.Content)) || restart.Lost.Contains((one.Key, null))));
}
