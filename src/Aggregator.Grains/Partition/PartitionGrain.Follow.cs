using Aggregator.Domain.Log;

namespace Aggregator.Grains.Partition;

// How the log gets from the store into index and fan-out: what was there before this activation, and what comes while that is being read.
// Of a backlog no more is in memory than is being applied.
internal sealed partial class PartitionGrain
{
    private const int BacklogsPerRecordsAhead = 8;

    private HashSet<EntityKey> _replayed = [];
    private long _replayEnd;
    private TaskCompletionSource? _room;
    private bool _following;
    private bool _hasLookedAhead;
    private bool _isCaughtUp;
    private bool _isShowing;

    private void StartFollowing()
    {
        if (!_following && !_departure.HasBegun && !IsOutlived)
        {
            GiveRoom();
            _ = FollowAsync();
        }
        else if (_following)
        {
            GiveRoom();
        }
    }

    private async Task FollowAsync()
    {
        _following = true;
        try
        {
            if (_indexed < _fanOut.End)
            {
                using var indexing = CancellationTokenSource.CreateLinkedTokenSource(_sending.Token, _departure.Token);
                await IndexAsync(() => _index.FlushAsync(indexing.Token), indexing.Token);
                StartWriting();
            }

            while (_fanOut.IsBehind && !_stop.HasBegun && !IsOutlived)
            {
                await FanOutBacklogAsync();
            }

            ShowReplayed();
        }
        catch (OperationCanceledException) when (_departure.HasBegun)
        {
            // The next activation begins again.
        }
        catch (Exception fault)
        {
            // The tick begins again where it broke off.
            LogTidyFailed(logger, _partition, fault);
            await RaiseAlarmAsync(fault);
        }
        finally
        {
            _following = false;

            // If it is known by now where all of the log is: who waits to be written does so no longer, leave the activation or not.
            StartWriting();
        }
    }

    /// <summary>Takes what the index lacks into it. Until it has all of the log nothing is written.</summary>
    /// <param name="flushAsync">Writes it, whenever it has become much.</param>
    /// <param name="cancellationToken">Leaves it at that.</param>
    private async Task IndexAsync(Func<Task> flushAsync, CancellationToken cancellationToken)
    {
        var end = _fanOut.End;
        await foreach (var entry in log.ReadAsync(_partition, _indexed + 1, end, cancellationToken))
        {
            var content = _entries.Decode(entry.Bytes, entry.Sequence);
            _quarantine.Take(content.Records);
            Index(content.Records, await _index.FindAsync(Keys(content.Records), cancellationToken), entry.Sequence);
            if (_index.Unwritten >= _options.RowsUnwritten)
            {
                await flushAsync();
            }
        }
    }

    private async Task FanOutBacklogAsync()
    {
        await foreach (var entry in log.ReadAsync(_partition, _fanOut.Head + 1, _fanOut.End, _sending.Token))
        {
            while (_fanOut.Weight >= _options.RecordsAhead)
            {
                if (_fanOut.Head < _replayEnd)
                {
                    replays.Wait(this);
                }

                // Completed in a turn of the grain, and awaited in another: nothing leaves its thread.
                _room = new TaskCompletionSource();
                await _room.Task.WaitAsync(_sending.Token);
            }

            if (_stop.HasBegun || IsOutlived)
            {
                return;
            }

            Take(entry.Sequence, _entries.Decode(entry.Bytes, entry.Sequence));
        }
    }

    private void GiveRoom()
    {
        if (_room is { } room && _fanOut.Weight < _options.RecordsAhead)
        {
            _room = null;
            room.TrySetResult();
        }
    }

    /// <summary>The log has an entry that the index knows: it is fanned out now, or once those before it have been.</summary>
    private void Appended(long sequence, LogEntryContent content)
    {
        // What it quarantines may be among those before it.
        _quarantine.Take(content.Records);
        foreach (var quarantined in content.Records.Select(static placed => placed.Record).OfType<LogRecord.Quarantined>())
        {
            LogQuarantined(logger, quarantined.Position, quarantined.Reason);
        }

        _indexed = Math.Max(_indexed, sequence);
        _fanOut.Appended(sequence);
        if (_fanOut.Head == sequence - 1)
        {
            Take(sequence, content);
        }
        else
        {
            StartFollowing();
        }
    }

    private void Take(long sequence, LogEntryContent content)
    {
        _quarantine.Take(content.Records);
        var entry = _entries.Add(sequence, content);
        _fanOut.Take(sequence, entry.Entities, entry.Records.Count);
        if (sequence <= _replayEnd)
        {
            _replayed.UnionWith(entry.Entities);
            ShowReplayed();
        }

        _pump.Taken();
    }

    /// <summary>A record may be in quarantine by an entry that is still to be taken.</summary>
    private async Task LookAheadAsync()
    {
        if (_hasLookedAhead || !_fanOut.IsBehind)
        {
            return;
        }

        await foreach (var entry in log.ReadAsync(_partition, _fanOut.Head + 1, _fanOut.End, _sending.Token))
        {
            _quarantine.Take(_entries.Decode(entry.Bytes, entry.Sequence).Records);
        }

        _hasLookedAhead = true;
    }

    private void ShowReplayed()
    {
        if (_fanOut.Head >= _replayEnd && !_isShowing)
        {
            _isShowing = true;
            _ = ShowReplayedAsync(_replayEnd, [.. _replayed]);
            _replayed = [];
        }
    }

    // What the log had before this activation is shown once the entities it touched have it, and all above them.
    private async Task ShowReplayedAsync(long head, EntityKey[] entities)
    {
        try
        {
            // What its entities still lack is little, or of some that do not get on: nobody else waits for those.
            while (_fanOut.WeightUpTo(head) >= _options.RecordsAhead / BacklogsPerRecordsAhead)
            {
                await Task.Delay(_options.Tick, time, _sending.Token);
            }

            replays.End(this);
            while (replays.AreRunning)
            {
                await Task.Delay(_options.Tick, time, _sending.Token);
            }

            foreach (var some in entities.Chunk(EntitiesSettledAtOnce))
            {
                while (!await AwaitAppliedAsync(head, some))
                {
                    await Task.Delay(_options.Tick, time, _sending.Token);
                }
            }

            _isCaughtUp = true;
        }
        catch (OperationCanceledException) when (_sending.IsCancellationRequested)
        {
            // The partition leaves; the next activation shows it.
        }
    }
}
