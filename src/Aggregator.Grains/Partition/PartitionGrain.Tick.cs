using Aggregator.Domain;
using Aggregator.Domain.Log;
using Aggregator.Grains.Hosting;
using Aggregator.Store;
using Aggregator.Store.Log;

namespace Aggregator.Grains.Partition;

// What it does by itself, on every tick: takes in what others wrote, writes resends and quarantines, saves the checkpoint, stays awake, and leaves when its memory is outlived.
internal sealed partial class PartitionGrain
{
    private async Task TickAsync(CancellationToken cancellationToken)
    {
        if (_ticking)
        {
            return;
        }

        _ticking = true;
        try
        {
            if (IsOutlived)
            {
                await TryAsync(() => LeaveOutlivedAsync(cancellationToken));
                return;
            }

            _pump.Tick();
            SayWhoHoldsUp();
            StartFollowing();
            StartWriting();
            if (_quarantine.Reported.Count > 0 && MayWrite)
            {
                await TryAsync(QuarantineReportedAsync);
            }

            if (_duplicates.Count > 0 && MayWrite)
            {
                await TryAsync(AppendDuplicatesAsync);
            }

            if (MayWrite)
            {
                await TryAsync(() => CatchUpAsync(cancellationToken));
            }

            await TryAsync(() => _index.FlushAsync(cancellationToken));
            await TryAsync(() => SaveCheckpointAsync(cancellationToken));
            await TryAsync(() => StayAwakeAsync(cancellationToken).WaitAsync(_departure.Token));
        }
        finally
        {
            _ticking = false;
        }
    }

    // One step that fails keeps no other from being taken; the next tick tries again.
    private async Task<bool> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (OperationCanceledException) when (_departure.HasBegun)
        {
            // The next activation takes it.
        }
        catch (Exception fault)
        {
            LogTidyFailed(logger, _partition, fault);
            await RaiseAlarmAsync(fault);
        }

        return false;
    }

    // Nothing is lost while the checkpoint stands; but the log is kept in memory from there on, until no more is taken in.
    private void SayWhoHoldsUp()
    {
        var checkpoint = _fanOut.Checkpoint;
        if (_stood is not { } stood || checkpoint != stood.Checkpoint || checkpoint == _fanOut.Head || _fanOut.IsBehind)
        {
            _stood = (checkpoint, time.GetTimestamp());
        }
        else if (time.GetElapsedTime(stood.Since) >= _options.CheckpointStands && _fanOut.Holder is { } holder)
        {
            LogHeldUp(logger, _partition, checkpoint, _options.CheckpointStands, holder);
            _stood = (checkpoint, time.GetTimestamp());
        }
    }

    // What is in memory is of a run of the store's server that is over.
    private bool IsOutlived => log.Session.Era != _era;

    /// <summary>The store has restarted: the next activation reads the log as the store has it now.</summary>
    private async Task LeaveOutlivedAsync(CancellationToken cancellationToken)
    {
        if (_isLeaving)
        {
            return;
        }

        _isLeaving = true;
        try
        {
            await TellOfLossAsync(cancellationToken);
        }
        catch
        {
            // The tick tries again.
            _isLeaving = false;
            throw;
        }

        DeactivateOnIdle();
    }

    // Before it is gone: the next activation, maybe elsewhere, does not know what there was.
    private async Task TellOfLossAsync(CancellationToken cancellationToken)
    {
        var last = await log.LastAsync(_partition, cancellationToken);
        if (last < _fanOut.End && !_hasToldOfLoss)
        {
            _hasToldOfLoss = true;
            LogTailLost(logger, _partition, _incarnation, last + 1, _fanOut.End);
        }
    }

    // In a quiet partition; in one that always has something to write it is done in between.
    private async Task QuarantineReportedAsync()
    {
        _writing = true;
        try
        {
            await AppendQuarantinedAsync();
        }
        finally
        {
            _writing = false;
            StartWriting();
        }
    }

    /// <summary>Writes into the log which records no fold takes any more.</summary>
    private async Task AppendQuarantinedAsync()
    {
        if (!log.Allows(FeatureLevel.Quarantine))
        {
            // A host that does not know such a record could not read the log any more: the entities wait, as they do there.
            foreach (var (position, reason) in _quarantine.TakeUnsaid())
            {
                LogNotQuarantined(logger, position, reason);
            }

            return;
        }

        await LookAheadAsync();
        var records = new List<LogRecord>();
        foreach (var (position, reason) in _quarantine.Reported.Take(QuarantinedAtOnce).ToArray())
        {
            var entry = await _entries.GetAsync(position.Sequence, _stop.Token);
            if (position.Ordinal < entry.Records.Count && entry.Records[position.Ordinal] is { Record: not LogRecord.Quarantined } poison)
            {
                records.Add(new LogRecord.Quarantined(position, poison.Record, poison.ReceivedAt, reason));
            }
            else
            {
                _quarantine.GiveUp(position);
                LogNotFound(logger, position, reason);
            }
        }

        if (records.Count > 0)
        {
            await AppendRecordsAsync([.. records], [], _fanOut.End + 1, time.GetUtcNow());
        }
    }

    /// <summary>Counts of resends ride with the next entry; in a quiet partition they get one of their own.</summary>
    private async Task AppendDuplicatesAsync()
    {
        _writing = true;
        try
        {
            await AppendEntryAsync([], [], _fanOut.End + 1, time.GetUtcNow());
        }
        finally
        {
            _writing = false;
            StartWriting();
        }
    }

    /// <summary>
    /// Takes in what is in the log without this activation: a write that was carried out after its writer had gone, or an entry of one that
    /// goes on beside this one. Else views would lack it until the next claim comes.
    /// </summary>
    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        // What is appended while the store is asked is not in its answer.
        var before = _fanOut.End;
        var last = await log.LastAsync(_partition, cancellationToken);
        if (last < before)
        {
            await FindTheEndAsync(before);
            return;
        }

        if (last <= _fanOut.End || !MayWrite)
        {
            return;
        }

        _writing = true;
        try
        {
            await TakeInAsync(last, cancellationToken);
        }
        finally
        {
            _writing = false;
            StartWriting();
        }
    }

    // One writes at a time, and nobody before the index knows all of the log; by another writer it may know more.
    private bool MayWrite => !_writing && _indexed >= _fanOut.End;

    private void StartWriting()
    {
        if (_queue.Count > 0 && MayWrite && !_stop.HasBegun)
        {
            _ = WriteAllAsync();
        }
    }

    /// <summary>
    /// Somebody knows of more than this activation: another writer has gone on, or the store came back with a shorter log.
    /// Then the incarnation is raised, so that entities that are ahead of the log drop what it lost. Either way the next
    /// activation reads the log anew.
    /// </summary>
    private async Task FindTheEndAsync(long known)
    {
        try
        {
            var head = await log.OpenAsync(_partition, _stop.Token);
            if (head.LastSequence < known)
            {
                LogShorter(logger, _partition, head.LastSequence, known);
            }

            if (head.LastSequence < known && head.Incarnation == _incarnation)
            {
                await log.RaiseIncarnationAsync(_partition, _incarnation, _stop.Token);
            }
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            LogTidyFailed(logger, _partition, fault);
            await RaiseAlarmAsync(fault);
        }

        DeactivateOnIdle();
    }

    /// <summary>Stops the host if the log lacks what was acknowledged.</summary>
    private async Task RaiseAlarmAsync(Exception fault)
    {
        try
        {
            await alarm.JudgeAsync(fault, log.Session, _era, _stop.Token);
        }
        catch (Exception unknown) when (unknown is StoreException or OperationCanceledException)
        {
            // Nobody knows which run of the store this was; who tries again finds out.
            LogTidyFailed(logger, _partition, unknown);
        }
    }

    private LogRecord.Duplicates[] TakeDuplicates()
    {
        LogRecord.Duplicates[] taken = [.. _duplicates.Take(ResendsPerEntry).Select(pair => new LogRecord.Duplicates(pair.Key, pair.Value))];
        foreach (var (source, _) in taken)
        {
            _duplicates.Remove(source);
        }

        return taken;
    }

    private void CountDuplicates(IEnumerable<LogRecord.Duplicates> taken)
    {
        foreach (var (source, count) in taken)
        {
            _duplicates[source] = _duplicates.GetValueOrDefault(source) + count;
        }
    }

    private async Task SaveCheckpointAsync(CancellationToken cancellationToken)
    {
        if (_fanOut.Checkpoint > _savedCheckpoint)
        {
            var checkpoint = _fanOut.Checkpoint;
            if (await log.SaveCheckpointAsync(_partition, _incarnation, checkpoint, _era, cancellationToken) is CheckpointResult.Fenced)
            {
                DeactivateOnIdle();
                return;
            }

            Failpoint.Reach(Failpoint.AfterCheckpoint);
            _savedCheckpoint = checkpoint;
        }
    }

    /// <summary>The pings of the silos keep it awake; the reminder does where all who would ping are gone for a while.</summary>
    private async Task StayAwakeAsync(CancellationToken cancellationToken)
    {
        if (!_reminded)
        {
            await this.RegisterOrUpdateReminder(KeepAwake, KeepAwakePeriod, KeepAwakePeriod, cancellationToken);
            _reminded = true;
        }
    }
}
