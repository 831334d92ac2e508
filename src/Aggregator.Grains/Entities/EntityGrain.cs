using System.Globalization;
using Aggregator.Contracts;
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
internal abstract partial class EntityGrain<TAggregate>(EntityServices services) : Grain, IEntityGrain, IDeparting
    where TAggregate : class, IAggregate
{
    private static readonly TimeSpan LongestTurn = TimeSpan.Parse(CallLimits.Step, CultureInfo.InvariantCulture) - TimeSpan.FromSeconds(1);

    private readonly Gate _gate = new();
    private readonly Ending _departure = new(services.Time);
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

    // Of each partition the last entry in memory that is not in the row, or that a write which broke off may have left claims of in it.
    private Marks _ahead = new();
    private DateTimeOffset? _appliedAt;
    private HashSet<string> _judgedInRow = [];
    private bool _hasToldInRow;
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

    /// <summary>Whether the activation is to leave, or the host: no step is scheduled any more that another grain must answer.</summary>
    protected bool IsLeaving => _departure.HasBegun || services.Stopping.IsCancellationRequested;

    private ILogger Logger => services.Logger;

    /// <summary>Which kind of entity this is.</summary>
    protected abstract EntityKind Kind { get; }

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _store = new EntityStore(services.Rows, Key);
        _epochNow = new SharedStep<long>(() => EpochAsync(_stop.Token));
        _persistTimer = new OneShotTimer(this, PersistTimerAsync);
        _pushTimer = new OneShotTimer(this, PushTimerAsync);
        _lookTimer = new OneShotTimer(this, LookAsync);
        _backlogTimer = new OneShotTimer(this, BacklogTimerAsync);
        await StoreFaultFilter.TranslateAsync(async () =>
        {
            try
            {
                await LoadAsync(cancellationToken);
            }
            catch (StoreException fault) when (fault.IsLoss())
            {
                await RaiseAlarmAsync(fault);
                throw;
            }
        });
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
        _departure.Begin();
        _leaving = true;
        try
        {
            await UnderGateAsync(() => PersistAsync(mayWait: false, cancellationToken), cancellationToken);
        }
        catch (Exception fault) when (fault is StoreException or FoldException or FoldFaultException or OperationCanceledException or TimeoutException or OrleansException)
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
    public void Depart() => _departure.Begin();

    /// <summary>
    /// Waits, in a call or a timer's step, for what waits for the entity's parent or for others beside it. Those may wait for this entity's answers, as a fold does
    /// that needs its claims: it would not leave before it has theirs, and they would not have its before it has left.
    /// </summary>
    /// <exception cref="OperationCanceledException">The activation is to leave.</exception>
    protected Task UnlessDepartingAsync(Task step) => step.WaitAsync(_departure.Token);

    /// <inheritdoc cref="UnlessDepartingAsync(Task)"/>
    protected Task<T> UnlessDepartingAsync<T>(Task<T> step) => step.WaitAsync(_departure.Token);

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

    /// <summary>A record is taken out, or will not come: an activation before may have told of it what its row does not say. Under the gate.</summary>
    protected virtual void Quarantined()
    {
    }

    /// <summary>Whether all that is told besides the parent has been; under the gate.</summary>
    protected virtual bool HasTold => true;

    /// <summary>The sources that may hold a tally of the entity (R17); under the gate.</summary>
    protected virtual IReadOnlyCollection<string> Judged => [];

    /// <summary>
    /// Sees to it that the row names those who are about to hold a tally of the entity, under the gate: the next activation tells them what has become of it, whatever it
    /// finds in the claims.
    /// </summary>
    /// <returns>Whether it does; not if another activation has written the row, and it is to be read anew.</returns>
    protected async Task<bool> NameAsync(IEnumerable<string> judged)
    {
        var names = judged.ToList();
        if (_judgedInRow.IsSupersetOf(names))
        {
            return true;
        }

        MarkDirty();
        return await PersistAsync(mayWait: false, _stop.Token) && _judgedInRow.IsSupersetOf(names);
    }

    /// <summary>Something was told besides the parent: if all has been by now the row is to say so, or the next activation tells it again. Under the gate.</summary>
    /// <returns>Whether all has been.</returns>
    protected bool NoteTold()
    {
        if (HasTold && !_hasToldInRow)
        {
            MarkDirty();
        }

        return HasTold;
    }

    /// <summary>Answers when all that is told besides the parent has been.</summary>
    protected virtual Task SettleBesidesAsync() => Task.CompletedTask;

    /// <summary>Finds out whether the store has restarted, where somebody knows of a later era.</summary>
    protected Task MeetAsync(long era) => _store.MeetAsync(era, _stop.Token);

    /// <summary>An empty aggregate.</summary>
    protected abstract TAggregate Create(string id);

    /// <summary>
    /// Runs a step alone, on an aggregate that is not behind its row, for a caller who waits for it no longer than <see cref="CallLimits.Step"/>: one whose turn has not
    /// come by then is not run at all, or what nobody waits for any more would hold up what is asked next.
    /// </summary>
    /// <exception cref="TimeoutException">Its turn did not come in time.</exception>
    protected async Task<T> UnderGateAsync<T>(Func<Task<T>> step)
    {
        if (!await _gate.EnterAsync(LongestTurn, services.Time, _stop.Token))
        {
            throw new TimeoutException($"{Key} was at other work");
        }

        return await InsideAsync(step, _stop.Token);
    }

    // Writing the row, and leaving, have their turn however long that takes.
    private async Task<T> UnderGateAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        await _gate.EnterAsync(cancellationToken);
        return await InsideAsync(step, cancellationToken);
    }

    // The gate has been entered, and is left.
    private async Task<T> InsideAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
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
        catch (StoreException fault) when (fault.IsLoss())
        {
            await RaiseAlarmAsync(fault);
            throw;
        }
        catch (FoldException fault)
        {
            TellOfPoison(fault);
            throw;
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <summary>Stops the host if the store lacks what was written: who tries again would hide that.</summary>
    private async Task RaiseAlarmAsync(StoreException fault)
    {
        try
        {
            await services.Alarm.JudgeAsync(fault, services.Rows.Session, _store.Era, _stop.Token);
        }
        catch (Exception unknown) when (unknown is StoreException or OperationCanceledException)
        {
            // Nobody knows which run of the store this was; who tries again finds out.
            LogNotJudged(Logger, Key, fault.Message, unknown);
        }
    }

    private async Task PartsChangedAsync(IReadOnlyCollection<(string Part, PartChange Change)> changes)
    {
        var changed = changes.Where(one => one.Change.Lines.Count > 0 || one.Change.Claims.Count > 0).ToArray();
        if (changed.Length > 0)
        {
            await UnlessOfOthersAsync(delta: null, () => NoteAsync([.. changed.SelectMany(one => one.Change.Claims).Distinct()], changed.SelectMany(one => one.Change.Lines)));
        }

        if (changed.Length > 0 || changes.Any(static one => one.Change.IsNew))
        {
            // Also if no total is another: whoever reads anew finds by this row that there are claims below it.
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
}
