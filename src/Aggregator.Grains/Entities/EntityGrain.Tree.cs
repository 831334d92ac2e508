using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Log;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Protocol;
using Aggregator.Store;

namespace Aggregator.Grains.Entities;

// The way up to the parent, and the look down at the parts' rows.
internal abstract partial class EntityGrain<TAggregate>
{
    // Of the periods of the parts' refresh: how seldom an entity that does not change looks whether it was overtaken.
    private const int LongestUntilLook = 120;
    private const int TriesOfSettling = 3;
    private int _untilLook = 1;
    private int _lookEvery = 1;
    private bool _wereRecent;

    /// <inheritdoc/>
    public async Task OutrankedAsync(long epoch)
    {
        if (epoch <= _epoch && !_mustReload && !_store.IsOutlived)
        {
            return;
        }

        await UnderGateAsync(async () =>
        {
            if (epoch > _epoch)
            {
                // Reads the row, and schedules what is to be told.
                await LoadAsync(_stop.Token);
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public async Task<bool> TakePartAsync(string part, PartUpdateBox update, long registry, ulong? structure, long era)
    {
        await _store.MeetAsync(era, _stop.Token);
        await services.Registry.CatchUpAsync(registry, _stop.Token);
        return await UnderGateAsync(async () =>
        {
            // A part that an edit took away from here hears of it within a second, and tells its new parent then.
            // One that has not noticed that the store restarted tells what may be lost; it tells again.
            if (_registry.Parent(Kind, part) != Key.Id || _store.IsLaterThan(era))
            {
                return false;
            }

            await EnsureEpochAsync();
            if (_registry.Parent(Kind, part) != Key.Id)
            {
                // Another activation had made the row, and it was read under a newer registry.
                return false;
            }

            var held = Aggregate.Parts.VersionOf(part).Epoch;
            if (update.Update.Version.Epoch < held)
            {
                // Told by an activation that another one has overtaken: it finds out when it asks what is held.
                return false;
            }

            if (Aggregate.Parts.Apply(part, update.Update) is not { } change)
            {
                return false;
            }

            if (held > 0 && update.Update.Version.Epoch > held)
            {
                _ = TellOutrankedAsync(part, update.Update.Version.Epoch);
            }

            // The part has been heard: until all that follows from it is noted, memory is half a change.
            _mustReload = true;
            var complete = _structures.Complete;
            if (Aggregate.Parts.VersionOf(part) == update.Update.Version)
            {
                _structures.Told(part, structure);
            }

            await PartsChangedAsync([(part, change)]);
            TellCompletion(complete);
            if (_structures.Awaited.Count > 0)
            {
                _lookTimer.Schedule(Options.AskPartsAgain);
            }

            _mustReload = false;
            return true;
        });
    }

    /// <inheritdoc/>
    public Task<PartStanding> GetPartAsync(string part) => UnderGateAsync(() =>
    {
        AskParent();
        var (held, safe) = (Aggregate.Parts.VersionOf(part), _settlement.SafePart(part));
        return Task.FromResult(new PartStanding { HeldEpoch = held.Epoch, HeldNumber = held.Number, SafeEpoch = safe.Epoch, SafeNumber = safe.Number, Era = _store.Era });
    });

    /// <inheritdoc/>
    public async Task SettleAsync()
    {
        for (var tries = 0; tries < TriesOfSettling; tries++)
        {
            if (await UnlessDepartingAsync(SettleAllAsync(static () => true)))
            {
                return;
            }
        }

        throw new TimeoutException($"{Key}, or who is above it, read its row again each time, or does not take what it is told");
    }

    /// <inheritdoc/>
    public Task<bool> SettlePartAsync(string part, long epoch, long number, long era) =>
        MeetAndSettleAsync(era, () => epoch == 0 || (Aggregate.Parts.VersionOf(part) is var held && held.Epoch == epoch && held.Number >= number));

    /// <inheritdoc/>
    public Task<bool> SettleToAsync(int partition, long mark, long era) => MeetAndSettleAsync(era, () => _marks[partition].Sequence >= mark);

    private async Task<bool> MeetAndSettleAsync(long era, Func<bool> hasAll)
    {
        return await UnlessDepartingAsync(MetAsync());

        async Task<bool> MetAsync()
        {
            await _store.MeetAsync(era, _stop.Token);
            return await SettleAllAsync(() => hasAll() && !_store.IsLaterThan(era));
        }
    }

    // False if what is needed is not there, or was dropped on the way: what was told then may have been without it.
    private async Task<bool> SettleAllAsync(Func<bool> hasAll)
    {
        // What the caller knows to be applied may be in the row by another activation, which is gone.
        await LookWhetherOutrankedAsync();
        var settled = await UnderGateAsync(async () =>
        {
            // Below the top they are made as it is told. Who cannot make them does not show it.
            if (_parent is null && !Gathers)
            {
                await RefreshTotalsAsync();
            }

            return hasAll() ? Aggregate : null;
        });
        if (settled is null)
        {
            return false;
        }

        var above = SettleAboveAsync();
        await Task.WhenAll(above, SettleBesidesAsync());
        var (told, isSettled) = await above;

        // An edit may have taken a part away meanwhile, or given the entity another parent.
        return isSettled && await UnderGateAsync(() => Task.FromResult(ReferenceEquals(settled, Aggregate) && hasAll() && ReferenceEquals(told, _parent)));
    }

    private async Task<(ParentLink? Told, bool IsSettled)> SettleAboveAsync()
    {
        // An edit may give the entity another parent meanwhile, which is then told as well.
        ParentLink? told;
        bool isSettled;
        do
        {
            told = _parent;
            isSettled = told is null || await told.SettleAsync(HasNews, () => (_roller, _store.Era), OutrankedAsync);
        }
        while (!ReferenceEquals(told, _parent));
        return (told, isSettled);

        // What no claim has touched has nothing to tell, and stays without a row.
        bool HasNews() => _roller.HasNews && (_epoch > 0 || Aggregate.Parts.Ids.Count > 0);
    }

    /// <summary>
    /// Looks whether another activation goes on beside this one, and reads the row again if so: for who keeps what it is answered, or takes something to be here from now on.
    /// </summary>
    protected async Task LookWhetherOutrankedAsync() => await OutrankedAsync(await _epochNow.RunAsync());

    private async Task<long> EpochAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _store.EpochAsync(cancellationToken);
        }
        catch (StoreException fault) when (fault.IsLoss())
        {
            await RaiseAlarmAsync(fault);
            if (!_store.IsOutlived)
            {
                throw;
            }

            // The store has restarted, and lost it: all is read again under the gate.
            return 0;
        }
    }

    private async Task LookNowAndThenAsync(CancellationToken cancellationToken)
    {
        // Also where there was no row: another activation may have made it since, of claims that nobody sends again. After silos have come or gone that is likely,
        // and views look by themselves as long: it is looked meanwhile, and once more when that is over.
        var areRecent = services.MembershipChanges.AreRecent;
        if (areRecent || _wereRecent)
        {
            _untilLook = _lookEvery = 1;
        }

        _wereRecent = areRecent;
        if (--_untilLook > 0)
        {
            return;
        }

        _untilLook = _lookEvery = Math.Min(2 * _lookEvery, LongestUntilLook);
        try
        {
            await OutrankedAsync(await EpochAsync(cancellationToken));
        }
        catch (Exception fault)
        {
            LogPersistFailed(Logger, Key, fault);
        }
    }

    private Task<Push?> NextPushAsync(ParentLink link) => UnderGateAsync(async () =>
    {
        await EnsureEpochAsync();
        if (!ReferenceEquals(link, _parent))
        {
            return null;
        }

        await RefreshTotalsAsync();
        var update = _roller.Next(_registry);
        _settlement.Told(_settlement.Changes, update.Version);
        return new Push(_roller, update, _registry.Version, _structures.Complete, _store.Era);
    });

    private async Task PushTimerAsync()
    {
        try
        {
            if (_parent is { } parent && !IsLeaving && (!InBacklog || !_dirty || _isPushDue))
            {
                _isPushDue = false;
                await UnlessDepartingAsync(parent.PushAsync(() => _roller.HasNews));
            }
        }
        catch (OperationCanceledException) when (IsLeaving)
        {
            // The parent hears of it when the partitions send again.
        }
        catch (Exception fault)
        {
            LogPushFailed(Logger, Key, fault);
        }

        if (_parent is not null && _roller.HasNews && !IsLeaving)
        {
            _pushTimer.Schedule(Gathering(Options.PushRetry));
        }
    }

    /// <summary>Finds out what is safe above, if something waits for it; whoever asked hears of it the next time.</summary>
    private void AskParent()
    {
        ScheduleNews();
        if (_settlement.AwaitsParent && !services.Stopping.IsCancellationRequested)
        {
            _ = AskAsync(_parent!, _roller, _settlement, _store.Era);
        }

        async Task AskAsync(ParentLink parent, Roller roller, Settlement settlement, long era)
        {
            try
            {
                await parent.AskAsync(roller, settlement, era, OutrankedAsync);
            }
            catch (Exception fault)
            {
                LogPushFailed(Logger, Key, fault);
            }
        }
    }

    // One of an earlier epoch may go on beside the one that has told, and be the one that stays.
    private async Task TellOutrankedAsync(string part, long epoch)
    {
        if (!services.Log.Allows(FeatureLevel.LaterCalls))
        {
            // It looks by itself now and then.
            return;
        }

        try
        {
            await GrainOf(part).OutrankedAsync(epoch);
        }
        catch (Exception fault)
        {
            // It looks by itself now and then.
            LogPartsNotAsked(Logger, Key, fault);
        }
    }

    private async Task RefreshPartsAsync(CancellationToken cancellationToken)
    {
        await LookNowAndThenAsync(cancellationToken);
        var hasParts = Aggregate.Parts.Ids.Count > 0 || _registry.Children(Kind, Key.Id).Count > 0;
        if (!hasParts && !(services.Loaded.AreMany && _loadedSaid > 0))
        {
            return;
        }

        try
        {
            await UnderGateAsync(
                async () =>
                {
                    if (hasParts)
                    {
                        await ReadPartsAsync(all: false, cancellationToken);
                    }

                    Shed(Aggregate);
                    return true;
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || _stop.HasBegun)
        {
            // The activation is leaving; the next one reads the parts' rows.
        }
        catch (Exception fault)
        {
            LogPersistFailed(Logger, Key, fault);
        }
    }
}
