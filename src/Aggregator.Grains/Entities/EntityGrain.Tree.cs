using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Entities;

// The way up to the parent, and the look down at the parts' rows.
internal abstract partial class EntityGrain<TAggregate>
{
    /// <inheritdoc/>
    public async Task<bool> TakePartAsync(string part, PartUpdateBox update, long registry, ulong? structure)
    {
        await services.Registry.CatchUpAsync(registry, _stop.Token);
        return await UnderGateAsync(async () =>
        {
            // A part that an edit took away from here hears of it within a second, and tells its new parent then.
            if (_registry.Parent(Kind, part) != Key.Id)
            {
                return false;
            }

            await EnsureEpochAsync();
            if (Aggregate.Parts.Apply(part, update.Update) is not { } change)
            {
                return false;
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
        return Task.FromResult(new PartStanding { HeldEpoch = held.Epoch, HeldNumber = held.Number, SafeEpoch = safe.Epoch, SafeNumber = safe.Number });
    });

    /// <inheritdoc/>
    public Task SettleAsync() => Task.WhenAll(SettleAboveAsync(), SettleBesidesAsync());

    private async Task SettleAboveAsync()
    {
        // An edit may give the entity another parent meanwhile, which is then told as well.
        ParentLink? told;
        do
        {
            told = _parent;
            await (told?.SettleAsync(() => _roller.HasNews, () => _roller) ?? Task.CompletedTask);
        }
        while (!ReferenceEquals(told, _parent));
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
        return new Push(_roller, update, _registry.Version, _structures.Complete);
    });

    private async Task PushTimerAsync()
    {
        try
        {
            if (_parent is { } parent && !services.Stopping.IsCancellationRequested)
            {
                await parent.PushAsync(() => _roller.HasNews);
            }
        }
        catch (OperationCanceledException) when (_stop.HasBegun)
        {
            // Leaving: the parent hears of it when the partitions send again.
        }
        catch (Exception fault)
        {
            LogPushFailed(Logger, Key, fault);
        }

        if (_parent is not null && _roller.HasNews && !_stop.HasBegun)
        {
            _pushTimer.Schedule(Options.PushRetry);
        }
    }

    /// <summary>Finds out what is safe above, if something waits for it; whoever asked hears of it the next time.</summary>
    private void AskParent()
    {
        ScheduleNews();
        if (_settlement.AwaitsParent && !services.Stopping.IsCancellationRequested)
        {
            _ = AskAsync(_parent!, _roller, _settlement);
        }

        async Task AskAsync(ParentLink parent, Roller roller, Settlement settlement)
        {
            try
            {
                await parent.AskAsync(roller, settlement);
            }
            catch (Exception fault)
            {
                LogPushFailed(Logger, Key, fault);
            }
        }
    }

    private async Task RefreshPartsAsync(CancellationToken cancellationToken)
    {
        if (Aggregate.Parts.Ids.Count == 0 && _registry.Children(Kind, Key.Id).Count == 0)
        {
            return;
        }

        try
        {
            await UnderGateAsync(
                async () =>
                {
                    await ReadPartsAsync(all: false, cancellationToken);
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
