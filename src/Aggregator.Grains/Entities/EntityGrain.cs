using Aggregator.Contracts.Entities;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Protocol;
using Aggregator.Store;
using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Entities;

/// <summary>
/// What the grains of actors, regions and sources share: apply once, persist on their own schedule, tell the parent.
/// Everything that reads or changes the aggregate runs under one gate; calls to the parent do not, so no two entities
/// ever wait for each other.
/// </summary>
/// <typeparam name="TAggregate">The aggregate that the grain keeps.</typeparam>
internal abstract partial class EntityGrain<TAggregate>(EntityServices services) : Grain, IEntityGrain
    where TAggregate : class, IAggregate
{
    private readonly Gate _gate = new();
    private readonly Ending _stop = new(services.Time);
    private readonly Dictionary<int, long> _incarnations = [];
    private EntityStore _store = null!;
    private SharedStep<long> _epochNow = null!;
    private ParentLink? _parent;
    private OneShotTimer _persistTimer = null!;
    private OneShotTimer _pushTimer = null!;

    // What follows is one state: read, changed and dropped together, under the gate.
    private Roller _roller = null!;
    private Settlement _settlement = null!;
    private Marks _marks = new();
    private DateTimeOffset? _appliedAt;
    private long _epoch;
    private bool _dirty;
    private bool _mustReload = true;
    private bool _leaving;
    private bool _hasLoaded;
    private bool _suspicious;

    /// <summary>The aggregate; read and changed under the gate.</summary>
    protected TAggregate Aggregate { get; private set; } = null!;

    /// <summary>What the grain is made of.</summary>
    protected EntityServices Services => services;

    /// <summary>Its rhythms.</summary>
    protected EntityOptions Options => services.Options.Value;

    /// <summary>The entity.</summary>
    protected EntityKey Key => new(Kind, this.GetPrimaryKeyString());

    /// <summary>Raised in the store with every activation that tells something; 0 before.</summary>
    protected long Epoch => _epoch;

    /// <summary>The era of the store that the row was read in.</summary>
    protected long Era => _store.Era;

    /// <summary>Whether what is told under an era is of an earlier one than that.</summary>
    protected bool IsLaterThan(long era) => _store.IsLaterThan(era);

    /// <summary>Whether the activation is ending, or the host: nothing is begun any more that another grain must answer.</summary>
    protected bool IsLeaving => _stop.HasBegun || services.Stopping.IsCancellationRequested;

    private ILogger Logger => services.Logger;

    /// <summary>Which kind of entity this is.</summary>
    protected abstract EntityKind Kind { get; }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _store = new EntityStore(services.Rows, Key);
        _epochNow = new SharedStep<long>(() => _store.EpochAsync(_stop.Token));
        _persistTimer = new OneShotTimer(this, PersistTimerAsync);
        _pushTimer = new OneShotTimer(this, PushTimerAsync);
        _lookTimer = new OneShotTimer(this, LookAsync);
        _backlogTimer = new OneShotTimer(this, BacklogTimerAsync);
        await StoreFaultFilter.TranslateAsync(() => LoadAsync(cancellationToken));
        services.Live.Add(Key, this, GrainOf(Key.Id));
        if (_registry.Structure != services.Registry.Current.Structure)
        {
            // An edit came while it was read, before anybody could have told it.
            _lookTimer.Schedule(TimeSpan.Zero);
        }

        this.RegisterGrainTimer(RefreshPartsAsync, new GrainTimerCreationOptions(Options.RefreshParts, Options.RefreshParts) { Interleave = true });
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        services.Live.Remove(Key, this);
        _leaving = true;
        try
        {
            await UnderGateAsync(() => PersistAsync(cancellationToken), cancellationToken);
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException or TimeoutException or OrleansException)
        {
            // Nothing is lost: the partitions see a lower durable mark and send again.
            LogLeftUnsaved(Logger, Key, fault);
        }
        finally
        {
            services.Loaded.Say(ref _loadedSaid, 0);
            _stop.Begin();
        }
    }

    /// <inheritdoc/>
    public async Task<ApplyReply> ApplyAsync(EntityDelta delta)
    {
        await _store.MeetAsync(delta.Era, _stop.Token);
        return await UnderGateAsync(() => ApplyUnderGateAsync(delta));
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
            catch (PoisonedException poison)
            {
                await LoadAsync(_stop.Token);
                var stands = _marks[delta.Partition];
                return new ApplyReply
                {
                    Incarnation = stands.Incarnation,
                    Mark = stands.Sequence,
                    DurableMark = 0,
                    Poisoned = new PoisonedRecord { Sequence = poison.Position.Sequence, Ordinal = poison.Position.Ordinal, Reason = $"{Key}: {poison.InnerException!.GetType().Name}: {poison.InnerException.Message}" },
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

    /// <summary>The grain of another entity of the same kind.</summary>
    protected abstract IEntityGrain GrainOf(string id);

    /// <summary>The grain of the entity's parent; null at the top.</summary>
    protected IEntityGrain? Parent() => services.Registry.Current.Parent(Kind, Key.Id) is { } parent ? GrainOf(parent) : null;

    /// <summary>The aggregate was read.</summary>
    /// <param name="hasTold">Whether all that is told besides the parent had been, when the row was written.</param>
    /// <param name="judged">The sources that may hold a tally of it (R17).</param>
    protected virtual void Loaded(bool hasTold, IReadOnlyCollection<string> judged)
    {
    }

    /// <summary>Standing claims of these buckets have changed; under the gate.</summary>
    protected virtual void BucketsChanged(IReadOnlyCollection<BucketKey> buckets)
    {
    }

    /// <summary>Whether all that is told besides the parent has been; under the gate.</summary>
    protected virtual bool HasTold => true;

    /// <summary>The sources that may hold a tally of the entity (R17); under the gate.</summary>
    protected virtual IReadOnlyCollection<string> Judged => [];

    /// <summary>Answers when all that is told besides the parent has been.</summary>
    protected virtual Task SettleBesidesAsync() => Task.CompletedTask;

    /// <summary>Finds out whether the store has restarted, where somebody knows of a later era.</summary>
    protected Task MeetAsync(long era) => _store.MeetAsync(era, _stop.Token);

    /// <summary>An empty aggregate.</summary>
    protected abstract TAggregate Create(string id);

    /// <summary>Runs a step alone, on an aggregate that is not behind its row.</summary>
    protected Task<T> UnderGateAsync<T>(Func<Task<T>> step) => UnderGateAsync(step, _stop.Token);

    private async Task<T> UnderGateAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        await _gate.EnterAsync(cancellationToken);
        try
        {
            if (_mustReload || _store.IsOutlived)
            {
                await LoadAsync(cancellationToken);
            }

            if (!_leaving)
            {
                Follow(services.Registry.Current);
            }

            return await step();
        }
        finally
        {
            _gate.Leave();
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Until all of it is read, what there is must not be used: a half-read state would rise above what it lacks.
        _mustReload = true;
        var (aggregate, registry) = (Create(Key.Id), services.Registry.Current);
        await _store.BeginAsync(cancellationToken);

        // Raised even for who only reads, as a view's version never falls; and before the row is read, or another activation could write
        // what this one would then tell the parent without.
        var (epoch, _) = await _store.RaiseEpochAsync(onlyIfThere: true, cancellationToken);
        var (head, exists, isCurrent, parts) = await _store.LoadAsync(aggregate, registry, cancellationToken);
        if (epoch == 0 && aggregate.Parts.Ids.Count > 0)
        {
            // What has something to show has an epoch, or its versions could fall.
            (epoch, var isUnchanged) = await _store.RaiseEpochAsync(onlyIfThere: false, cancellationToken);
            if (!isUnchanged)
            {
                // Another activation has made the row meanwhile.
                await LoadAsync(cancellationToken);
                return;
            }
        }

        Aggregate = aggregate;
        _marks = head.Marks;
        _appliedAt = head.AppliedAt;
        _epoch = epoch;
        _registry = registry;
        Link();
        _structures = new PartStructures(registry.Structure);
        Heard(_structures, parts);
        _structures.Looked();
        if (_structures.Awaited.Count > 0)
        {
            _lookTimer.Schedule(TimeSpan.Zero);
        }

        _settlement = new Settlement(_parent is not null);
        _settlement.Written(0, _marks.Copy());
        _roller = new Roller(aggregate);
        _roller.StartEpoch(epoch);
        _roller.MarkAll(registry);
        _wholeOf = 0;
        _dirty = false;
        if (aggregate.Parts.Ids.Count > 0 || (exists && (!isCurrent || registry.Children(Kind, Key.Id).Count > 0)))
        {
            // The parts' rows, or the registry, may be newer than this one, or it may have what a part told that has no row yet: a change that
            // is not in the row.
            _settlement.Changed();
            MarkDirty();
            foreach (var part in aggregate.Parts.Ids)
            {
                _settlement.Taken(part, aggregate.Parts.VersionOf(part));
            }
        }

        if (exists || aggregate.Parts.Ids.Count > 0)
        {
            ScheduleNews();
        }

        _mustReload = false;

        // What another activation told in between may be other than what this one would: all is told once more.
        Loaded(head.HasTold && !_hasLoaded, head.Judged);
        _hasLoaded = true;
    }

    private async Task EnsureEpochAsync()
    {
        if (_epoch > 0)
        {
            return;
        }

        var (epoch, isUnchanged) = await _store.RaiseEpochAsync(onlyIfThere: false, _stop.Token);
        if (!isUnchanged)
        {
            // Another activation has made the row meanwhile.
            await LoadAsync(_stop.Token);
            return;
        }

        _epoch = epoch;
        _roller.StartEpoch(epoch);
    }

    private DeltaVerdict Judge(EntityDelta delta, bool rowVerified) =>
        _marks.Judge(delta.Partition, delta.Incarnation, delta.Previous, delta.PreviousIsCheckpoint, delta.From, rowVerified);

    private async Task ApplyRecordsAsync(EntityDelta delta)
    {
        try
        {
            if (_suspicious)
            {
                // What cannot be folded without them is not of these records.
                await RefreshTotalsAsync();
            }

            var (book, records) = (Aggregate.Book, delta.Records.Records);
            await LoadAsync(records.SelectMany(record => book.Needs(record.Record)));
            var resends = book.Counts.Resends;
            var changed = new HashSet<BucketKey>();
            foreach (var record in records)
            {
                // One record may put into a bucket what the next one needs out of it.
                if (record.Record is not LogRecord.Added && book.Needs(record.Record).Any(book.IsAway))
                {
                    await LoadAsync(book.Needs(record.Record));
                }

                var buckets = Fold(record);
                changed.UnionWith(buckets);
                if (_suspicious)
                {
                    await FoldTotalsAsync(record, buckets);
                }
            }

            await NoteAsync(changed, []);
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
        if (delta.Records.Records.Count > 0)
        {
            Changed();
        }

        MarkDirty();
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
        var hanging = await ReadAsync(() => Folding(() => buckets.SelectMany(bucket => Aggregate.LinesOf(bucket, _registry)).ToHashSet()));
        _roller.Changed(hanging.Union(lines), buckets.Where(bucket => Aggregate.Tells(bucket, _registry)));
    }

    private async Task PartsChangedAsync(IReadOnlyCollection<(string Part, PartChange Change)> changes)
    {
        var changed = changes.Where(one => one.Change.Lines.Count > 0 || one.Change.Claims.Count > 0).ToArray();
        if (changed.Length > 0)
        {
            await NoteAsync([.. changed.SelectMany(one => one.Change.Claims).Distinct()], changed.SelectMany(one => one.Change.Lines));
            Changed();
            MarkDirty();
        }

        foreach (var (part, _) in changes)
        {
            _settlement.Taken(part, Aggregate.Parts.VersionOf(part));
        }

        // Even what changes nothing here is safe only once the parent knows of this entity.
        ScheduleNews();
    }

    private void Changed()
    {
        _settlement.Changed();
        _untilLook = _lookEvery = 1;
        _appliedAt = services.Time.GetUtcNow();
        ScheduleNews();
    }

    private void ScheduleNews()
    {
        if (_parent is not null && _roller.HasNews)
        {
            _pushTimer.Schedule(Gathering(Options.PushAfter));
        }
    }

    private void MarkDirty()
    {
        _dirty = true;
        _persistTimer.Schedule(Gathering(Options.PersistAfter) + (Options.PersistSpread * Random.Shared.NextDouble()));
    }

    private async Task PersistTimerAsync()
    {
        try
        {
            await UnderGateAsync(() => PersistAsync(_stop.Token));
            if (_dirty && !_mustReload)
            {
                MarkDirty();
            }
        }
        catch (OperationCanceledException) when (_stop.HasBegun)
        {
            // Leaving: what is not in the row the partitions send again.
        }
        catch (Exception fault)
        {
            LogPersistFailed(Logger, Key, fault);
            _persistTimer.Schedule(Options.PersistAfter + Options.PersistSpread);
        }
    }

    private async Task<bool> PersistAsync(CancellationToken cancellationToken)
    {
        if (!_dirty)
        {
            return true;
        }

        await EnsureEpochAsync();
        if (!_dirty)
        {
            return true;
        }

        // In a backlog the row's totals may stay behind its claims for a while; nothing is durable by that.
        var isWhole = !Gathers;
        if (isWhole)
        {
            await RefreshTotalsAsync();
        }

        // The fields of a row are as large as what is written: no more are made than are being sent.
        await services.Writes.WaitAsync(cancellationToken);
        try
        {
            // Unless all of it is known to be written, what is in memory is no longer known to follow from the row.
            _mustReload = true;
            var registry = _registry;
            var book = Aggregate.Book;
            var (marks, changes) = (_marks.Copy(), _settlement.Changes);
            var totals = isWhole ? _roller.Everything(registry) : null;
            var fields = EntityRowCodec.Encode(book, new EntityRowHead(marks, _appliedAt, HasTold, _structures.Complete) { Judged = Judged }, totals);
            if (totals is not null)
            {
                // The parent may come to hold the row's version instead of a push.
                _settlement.Told(changes, totals.Version);
            }

            if (await _store.WriteAsync(fields, registry, cancellationToken))
            {
                _mustReload = false;
                _dirty = !isWhole;
                _suspicious &= !isWhole;
                if (isWhole)
                {
                    _settlement.Written(changes, marks);
                    NoteWhole();
                }

                Shed(Aggregate);
                return true;
            }

            // Another activation has written: memory is dropped, and the partitions send again.
            LogConflict(Logger, Key);
            return false;
        }
        finally
        {
            services.Writes.Release();
        }
    }
}
