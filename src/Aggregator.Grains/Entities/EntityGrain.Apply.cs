using Aggregator.Contracts.Entities;
using Aggregator.Domain;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Entities;

// The one way in: a partition's delta, judged by its marks, and folded record by record.
internal abstract partial class EntityGrain<TAggregate>
{
    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(1);

    // What has changed of which the lines are not known yet, as a record that had come before keeps them from being found.
    private readonly HashSet<BucketKey> _unnotedBuckets = [];
    private readonly HashSet<LineKey> _unnotedLines = [];
    private long? _unnotedSince;

    /// <inheritdoc/>
    public async Task<ApplyReply> ApplyAsync(EntityDelta delta)
    {
        await _store.MeetAsync(delta.Era, _stop.Token);
        if (!delta.IsBacklog)
        {
            return await UnderGateAsync(() => ApplyUnderGateAsync(delta));
        }

        // Totals of very many claims may take longer to make than a call may wait.
        if (await _gate.EnterAsync(Options.BusyAfter, services.Time, _stop.Token))
        {
            return await InsideAsync(() => ApplyUnderGateAsync(delta), _stop.Token);
        }

        NoteBacklog(delta.Partition, isBehind: true);
        return new ApplyReply { Incarnation = delta.Incarnation, Mark = delta.From, DurableMark = 0, IsBusy = true };
    }

    private async Task<ApplyReply> ApplyUnderGateAsync(EntityDelta delta)
    {
        if (_store.IsLaterThan(delta.Era))
        {
            // Of a partition that has not noticed that the store restarted: what it sends may be lost.
            var stands = _marks[delta.Partition];
            return new ApplyReply { Incarnation = stands.Incarnation, Mark = stands.Sequence, DurableMark = 0 };
        }

        if (_marks[delta.Partition].Incarnation is > 0 and var known && delta.Incarnation > Math.Max(known, _incarnations.GetValueOrDefault(delta.Partition)))
        {
            // The store came back, maybe with a shorter log: what is in memory of its lost end is dropped, once. What the row has is in the log.
            await LoadAsync(_stop.Token);
            _incarnations[delta.Partition] = delta.Incarnation;
        }

        if (delta.To > delta.From)
        {
            NoteBacklog(delta.Partition, delta.IsBacklog);
            await EnsureEpochAsync();
        }

        var verdict = Judge(delta, rowVerified: false);
        if (verdict == DeltaVerdict.Verify)
        {
            if (!await _store.IsUnchangedAsync(_stop.Token))
            {
                await LoadAsync(_stop.Token);
            }

            verdict = Judge(delta, rowVerified: true);
        }

        if (verdict == DeltaVerdict.Apply && delta.To > delta.From)
        {
            try
            {
                await ApplyRecordsAsync(delta);
            }
            catch (Exception fault) when (PoisonOf(fault) is { } position && position.Partition == delta.Partition)
            {
                await LoadAsync(_stop.Token);
                var stands = _marks[delta.Partition];
                return new ApplyReply
                {
                    Incarnation = stands.Incarnation,
                    Mark = stands.Sequence,
                    DurableMark = 0,
                    Poisoned = PoisonedIn(position, fault.InnerException!),
                };
            }
        }

        if (delta.PersistSoon && _dirty && !Gathers)
        {
            _persistTimer.Schedule(TimeSpan.Zero);
        }

        // In a backlog there is always a next delta, and none is sent to ask for marks alone.
        if (delta.PersistSoon || delta.IsBacklog || delta.To == delta.From)
        {
            AskParent();
        }

        var mark = _marks[delta.Partition];
        return new ApplyReply { Incarnation = mark.Incarnation, Mark = mark.Sequence, DurableMark = _settlement.Durable[delta.Partition].Sequence };
    }

    private static LogPosition? PoisonOf(Exception fault) => fault switch
    {
        PoisonedException poisoned => poisoned.Position,
        FoldException failed => failed.Position,
        _ => null,
    };

    private DeltaVerdict Judge(EntityDelta delta, bool rowVerified) =>
        _marks.Judge(delta.Partition, delta.Incarnation, delta.Previous, delta.PreviousIsCheckpoint, delta.From, rowVerified);

    private async Task ApplyRecordsAsync(EntityDelta delta)
    {
        var hasRecounted = false;
        try
        {
            // Where one is looked for on which totals fail, those first that take out what may be it; and once more in their places, for what comes before them.
            var book = Aggregate.Book;
            var records = _suspicious ? [.. delta.Records.Records.Where(static placed => placed.Record is LogRecord.Quarantined), .. delta.Records.Records] : delta.Records.Records;
            var isSound = !_suspicious;
            await LoadAsync(records.SelectMany(record => book.Needs(record.Record)));
            var resends = book.Counts.Resends;
            var changed = new HashSet<BucketKey>();
            foreach (var record in records)
            {
                if (!isSound && record.Record is not LogRecord.Quarantined)
                {
                    // What cannot be folded without them is not of these records.
                    await UnlessOfOthersAsync(delta, async () =>
                    {
                        await NoteAsync(changed, []);
                        await RefreshTotalsAsync();
                    });
                    isSound = true;
                }

                if (record.Record is not LogRecord.Added)
                {
                    // One record may put into a bucket what the next one needs out of it.
                    await LoadAsync(book.Needs(record.Record));
                }

                var buckets = Fold(record);
                changed.UnionWith(buckets);
                if (_suspicious && record.Record is not LogRecord.Quarantined)
                {
                    await UnlessOfOthersAsync(delta, () => FoldTotalsAsync(record, buckets));
                }
            }

            await UnlessOfOthersAsync(delta, () => NoteAsync(changed, []));
            hasRecounted = book.MustRecount && await RecountAsync(book, delta);
            if (records.Any(static placed => placed.Record is LogRecord.Quarantined))
            {
                Quarantined();
            }

            if (book.Counts.Resends != resends && Aggregate.TellsResends(_registry) != default)
            {
                _roller.Tell();
            }
        }
        catch (Exception fault)
        {
            // Half a delta is applied and the mark does not say so: memory is dropped.
            _mustReload = true;
            _suspicious |= fault is FoldFaultException;
            throw;
        }

        _marks[delta.Partition] = new Mark(delta.Incarnation, delta.To);
        if (delta.Records.Records is [.., var last])
        {
            _ahead[delta.Partition] = new Mark(delta.Incarnation, Math.Max(_ahead[delta.Partition].Sequence, last.Position.Sequence));
        }

        if (hasRecounted || delta.Records.Records.Count > 0)
        {
            Changed();
        }

        MarkDirty();
    }

    // Not before all is in that the row's claims may be ahead by: that comes again, and is counted as it does.
    private async Task<bool> RecountAsync(ClaimBook book, EntityDelta delta)
    {
        var marks = _marks.Copy();
        marks[delta.Partition] = new Mark(delta.Incarnation, delta.To);
        if (!marks.HaveReached(_ahead))
        {
            return false;
        }

        await services.Reads.WaitAsync(_stop.Token);
        try
        {
            foreach (var bucket in book.Recounting())
            {
                Shed(Aggregate);
                await LoadAsync([bucket]);
            }
        }
        finally
        {
            services.Reads.Release();
        }

        return true;
    }

    // Takes a step towards totals while something comes in: a delta, or what a part tells. A record that had come before keeps nothing out on which it fails: that it is taken out
    // comes the same way, and may itself be kept out by another one. Totals are not made until it is. At level 1 nothing is on its way that would take it out.
    private async Task UnlessOfOthersAsync(EntityDelta? delta, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (FoldException fault) when (services.Log.Allows(FeatureLevel.LaterCalls) && delta?.Records.Records.Any(placed => placed.Position == fault.Position && placed.Record is not LogRecord.Quarantined) != true)
        {
            TellOfPoison(fault);
            _roller.Tell();
        }
    }

    private IReadOnlyCollection<BucketKey> Fold(PlacedRecord record)
    {
        try
        {
            Failpoint.Reach(Failpoint.Fold, record.Record);
            return Aggregate.Book.Apply(record);
        }
        catch (Exception fault)
        {
            throw new PoisonedException(record.Position, fault);
        }
    }

    // Totals are made later, of many records at once. If that failed before, they are made after each, so as to see which one it is.
    private async Task FoldTotalsAsync(PlacedRecord record, IReadOnlyCollection<BucketKey> changed)
    {
        try
        {
            await NoteAsync(changed, []);
            await RefreshTotalsAsync();
        }
        catch (FoldFaultException fault)
        {
            throw new PoisonedException(record.Position, fault.InnerException!);
        }
    }

    /// <summary>Buckets and lines have changed: all totals that hang on them are to be made again.</summary>
    private async Task NoteAsync(IReadOnlyCollection<BucketKey> buckets, IEnumerable<LineKey> lines)
    {
        BucketsChanged(buckets);
        _unnotedBuckets.UnionWith(buckets);
        _unnotedLines.UnionWith(lines);
        if (_unnotedSince is { } since && services.Time.GetElapsedTime(since) < BetweenNotes)
        {
            // It has just failed, and looks for who is to blame each time; whoever makes totals tries all the same.
            return;
        }

        await NoteRestAsync();
    }

    private async Task NoteRestAsync()
    {
        if (_unnotedBuckets.Count + _unnotedLines.Count == 0)
        {
            return;
        }

        // Until it is over without a fault.
        _unnotedSince = services.Time.GetTimestamp();
        var (lines, told) = await ReadAsync(() => Folding(() => (
            _unnotedBuckets.SelectMany(bucket => Aggregate.LinesOf(bucket, _registry)).ToHashSet(),
            _unnotedBuckets.Where(bucket => Aggregate.Tells(bucket, _registry)).ToArray())));
        if (told.Length < _unnotedBuckets.Count)
        {
            _roller.ChangedUntold();
        }

        _roller.Changed(lines.Union(_unnotedLines), told);
        ForgetUnnoted();
    }

    private void ForgetUnnoted()
    {
        _unnotedBuckets.Clear();
        _unnotedLines.Clear();
        _unnotedSince = null;
    }
}
