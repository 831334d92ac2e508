using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Log;
using Aggregator.Simulation.Audit;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;

namespace Aggregator.Simulation;

// What must hold once all has come to rest.
internal sealed partial class Scenario
{
    private const int MoreOfOneIn = 3;
    private const string OfViews = "E: ";

    // Who looks may be the first to fold a claim that cannot be: it is quarantined then, and all is looked at once more. What else does not hold had to all the same.
    private void AuditUntilNothingFails()
    {
        while (!AuditOnce())
        {
            Until(AllCheckpointed, "checkpoints do not come to the end once the log has grown");
        }
    }

    // False if views show other than the log, and it has grown while they were read: what a sender has given up on may still come.
    private bool AuditOnce()
    {
        var log = new LogReader(_world, _partitions);
        try
        {
            Audit(log);
            return true;
        }
        catch (ViolationException found) when (IsOfViews(found) && new LogReader(_world, _partitions).Records.Count > log.Records.Count)
        {
            _world.Note("the log has grown while views were read");
            return false;
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

        log.Audit(_failing, _delivered, _journal.Sent);
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

        // Whom only what is lost has named shows nothing of it.
        var others = Edits.Entities.Except(refold.Entities).Where(one => !_edits.Latest.IsMerged(one.Kind, one.Id)).ToArray();
        var shown = _world.Begin(() => ShowRightAsync(entities, others, refold));
        Until(() => shown.IsCompleted, "views are not answered");
        Done(shown);
        _world.Note("all views are read");

        int Depth(EntityKey entity) => _edits.Latest.Ancestors(entity.Kind, entity.Id).Count();
    }

    // Views are right at once. Those of rows that may rest on a registry before the last edit come right once they say that they show it, whoever else is
    // asked or not: whom they inherit answers from may not have heard from its parts yet, and a part that is woken only now tells less until its own have told.
    // Where nobody has asked whether all shows, they come right by themselves.
    private async Task<bool> ShowRightAsync(EntityKey[] entities, EntityKey[] others, Refold refold)
    {
        var resends = !refold.HasQuarantined;
        var isEdited = _shape.EndsInDeath && _edits.Latest.Version > 1;
        var looks = isEdited || (!_shape.EndsInDeath && _shape.Last == Last.Silence) ? LooksUntilRight : 0;
        foreach (var entity in entities.Concat(others))
        {
            if (isEdited)
            {
                await AllAdoptAsync([entity]);
            }

            var should = Shown.Of(entity, refold, _edits.Latest, resends);
            await ComesRightAsync(
                entity.ToString(),
                should,
                async () =>
                {
                    var view = await _views.ReadAsync(entity);
                    return view is null && others.Contains(entity) ? should : Shown.Of(view, resends);
                },
                looks);
        }

        // By now all are awake, or have been.
        foreach (var entity in entities.Where(_ => _world.Random.Next(MoreOfOneIn) == 0).ToArray())
        {
            await ComesRightAsync($"the timeline of {entity}", Shown.Of(refold.TimelineOf(entity, entity.Id)), async () => Shown.Of(await _views.ReadTimelineAsync(entity)), looks);
            await ComesRightAsync($"the list of {entity}", Shown.Of(refold.ClaimsOf(entity)), async () => Shown.Of((await _views.ReadClaimsAsync(entity)).Claims.Claims), looks);
            if (_failing.Count == 0)
            {
                // Else a fold may fail on what was never folded, or only now.
                var moment = Moment();
                await ComesRightAsync(
                    $"{entity} as of {moment:O}", Shown.OfMoment(entity, refold.AsOf(moment), _edits.Latest), async () => Shown.OfMoment(await _views.ReadPastAsync(entity, moment)), looks);
            }
        }

        return true;

        // Among what claims say of when they were reported, among when they came, or after all.
        DateTimeOffset Moment() => _world.Random.Next(3) switch
        {
            0 => Views.Early.AddHours(_world.Random.Next(Views.Hours)),
            1 => _world.Time.GetUtcNow() - (SimTime.Step * _world.Random.Next((int)_world.Steps)),
            _ => Views.Late,
        };
    }

    private async Task ComesRightAsync(string what, byte[] should, Func<Task<byte[]>> show, int looks)
    {
        for (var left = looks; ; left--)
        {
            var shows = await show();
            if (shows.AsSpan().SequenceEqual(should))
            {
                return;
            }

            if (left == 0)
            {
                throw new ViolationException($"{OfViews}{what} shows{Shown.Differing(shows, should)}\n  and should{Shown.Differing(should, shows)}");
            }

            await Task.Delay(BetweenLooks, _world.Time);
        }
    }

    private static bool IsOfViews(ViolationException found) => found.Message.StartsWith(OfViews, StringComparison.Ordinal);

    // What a restarted store has lost is lost, if it had been answered before; it is said, and sending it again is the sender's matter. What was a
    // duplicate of a retraction is lost with that.
    private bool IsExcused(Acknowledged one) => _lost.Exists(restart =>
        one.AnsweredAt <= restart.Step && (restart.Lost.Contains((one.Key, one.Content)) || (one.Outcome == AppendOutcome.Duplicate && restart.Lost.Contains((one.Key, null)))));
}
