using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain;
using Aggregator.Domain.Log;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Protocol;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Partition;

/// <summary>
/// Drives a partition's <see cref="FanOut"/>: folds what waits into one delta per entity and sends it, a bounded number
/// at a time. Runs in the turns of its grain, so nothing here is locked.
/// </summary>
internal sealed partial class FanOutPump(
    FanOut fanOut,
    EntryCache entries,
    Func<EntityKey, IEntityGrain> grainFor,
    int partition,
    long incarnation,
    long era,
    PartitionOptions options,
    Action<long> ahead,
    Quarantine quarantine,
    Func<Exception, Task> raiseAlarm,
    Action applied,
    ILogger logger,
    CancellationToken stop)
{
    private readonly long _replayEnd = fanOut.End;
    private readonly HashSet<EntityKey> _active = [];
    private readonly HashSet<EntityKey> _resting = [];
    private readonly Queue<EntityKey> _toAsk = new();
    private bool _starting;
    private readonly List<(long Sequence, EntityKey[] Entities, TaskCompletionSource Done)> _waiters = [];

    // "ahead" hears of an entity that has more than the log: another writer has gone on, or the log has lost its end. "applied" hears
    // whenever an entity has come further.

    /// <summary>The fan-out has taken an entry, which entities may have from an activation before.</summary>
    public void Taken()
    {
        Start();
        Wake();
    }

    private void Start()
    {
        // A send may end at once and come back here; the loop below goes on by itself.
        if (_starting)
        {
            return;
        }

        _starting = true;
        try
        {
            if (_active.Count < options.MaximumDeltasInFlight)
            {
                StartAll([.. fanOut.Ready.Where(entity => !_resting.Contains(entity)).Take(options.MaximumDeltasInFlight)]);
            }

            while (_active.Count < options.MaximumDeltasInFlight && _toAsk.TryDequeue(out var entity))
            {
                StartAll([entity]);
            }
        }
        finally
        {
            _starting = false;
        }
    }

    /// <summary>
    /// What is done now and then: entities that did not answer or got no further are tried again, those that have not
    /// persisted are asked how far they are, and the checkpoint follows.
    /// </summary>
    public void Tick()
    {
        _resting.Clear();
        if (_toAsk.Count == 0)
        {
            foreach (var entity in fanOut.NotDurable(options.EntitiesAskedAtOnce))
            {
                _toAsk.Enqueue(entity);
            }
        }

        Start();
        fanOut.Advance();
    }

    /// <summary>Completes when the entities have everything up to a sequence.</summary>
    public async Task AppliedAsync(long sequence, EntityKey[] entities, CancellationToken cancellationToken)
    {
        if (entities.All(entity => fanOut.IsApplied(entity, sequence)))
        {
            return;
        }

        // Completed in a turn of the grain, and awaited in another: nothing leaves its thread.
        var done = new TaskCompletionSource();
        var waiter = (sequence, entities, done);
        _waiters.Add(waiter);
        try
        {
            await done.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _waiters.Remove(waiter);
        }
    }

    private void StartAll(IEnumerable<EntityKey> entities)
    {
        foreach (var entity in entities)
        {
            if (stop.IsCancellationRequested || _active.Count >= options.MaximumDeltasInFlight)
            {
                return;
            }

            if (_active.Add(entity))
            {
                _ = SendAllAsync(entity);
            }
        }
    }

    private async Task SendAllAsync(EntityKey entity)
    {
        try
        {
            while (!stop.IsCancellationRequested && fanOut.Begin(entity, options.MaximumEntriesPerDelta) is { } send)
            {
                if (!await SendOneAsync(send))
                {
                    _resting.Add(entity);
                    break;
                }

                if (fanOut.HasAll(entity))
                {
                    break;
                }
            }
        }
        finally
        {
            _active.Remove(entity);
        }

        Start();
    }

    private async Task<bool> SendOneAsync(Send send)
    {
        try
        {
            var reply = await grainFor(send.Entity).ApplyAsync(new EntityDelta
            {
                Partition = partition,
                Incarnation = incarnation,
                Era = era,
                Previous = send.Previous,
                PreviousIsCheckpoint = send.PreviousIsCheckpoint,
                From = send.From,
                To = send.To,
                Records = new RecordList(await RecordsAsync(send)),
                PersistSoon = fanOut.Head - fanOut.Checkpoint > options.PersistBacklog,
                IsBacklog = IsBacklog(send),
            });
            if (reply.IsBusy)
            {
                fanOut.PutOff(send);
                return false;
            }

            if (reply.Mark > fanOut.End)
            {
                fanOut.Failed(send);
                ahead(reply.Mark);
                return false;
            }

            if (reply.Poisoned is { } poisoned)
            {
                quarantine.Report(new LogPosition(partition, poisoned.Sequence, poisoned.Ordinal), poisoned.Reason);
            }

            var moved = fanOut.Answered(send, reply.Mark, reply.DurableMark);
            Failpoint.Reach(fanOut.Unapplied > 0 ? Failpoint.MidFanOut : Failpoint.AfterApply);
            Wake();
            applied();
            return moved || send.To == send.From;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception fault)
        {
            // Unknown outcome: the tick sends again, and the entity's mark tells what became of it.
            fanOut.Failed(send);
            LogSendFailed(logger, partition, send.Entity, send.From, send.To, fault);
            await raiseAlarm(fault);
            return false;
        }
    }

    // Of what was in the log before this activation a thousand records are many; of what has come since as many as keep it from being read on.
    private bool IsBacklog(Send send) => send.From < _replayEnd
        ? fanOut.Weight >= options.RecordsAhead / 8
        : fanOut.IsBehind && fanOut.Weight >= options.RecordsAhead / 2;

    private async Task<List<PlacedRecord>> RecordsAsync(Send send)
    {
        var records = new List<PlacedRecord>();
        foreach (var sequence in send.Sequences)
        {
            var entry = await entries.GetAsync(sequence, stop);
            records.AddRange(entry.For(send.Entity).Select(quarantine.InItsPlace));
        }

        return records;
    }

    private void Wake()
    {
        for (var at = _waiters.Count - 1; at >= 0; at--)
        {
            var (sequence, entities, done) = _waiters[at];
            if (Array.TrueForAll(entities, entity => fanOut.IsApplied(entity, sequence)))
            {
                done.TrySetResult();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Partition {Partition}: delta ({From}, {To}] to {Entity} was not answered; tried again")]
    private static partial void LogSendFailed(ILogger logger, int partition, EntityKey entity, long from, long to, Exception fault);
}
