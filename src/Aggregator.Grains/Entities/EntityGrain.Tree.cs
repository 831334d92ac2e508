using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Entities;

// The way up to the parent, and the look down at the parts' rows.
internal abstract partial class EntityGrain<TAggregate>
{
    private Task<(Roller Roller, Settlement Settlement, PartUpdate Update)> NextPushAsync() => UnderGateAsync(async () =>
    {
        await EnsureEpochAsync();
        var update = _roller.Next(services.Registry.Current);
        _settlement.Told(_settlement.Changes, update.Version);
        return (_roller, _settlement, update);
    });

    private async Task PushTimerAsync()
    {
        try
        {
            if (!services.Stopping.IsCancellationRequested)
            {
                await _parent!.PushAsync(() => _roller.HasNews);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Leaving: the parent hears of it when the partitions send again.
        }
        catch (Exception fault)
        {
            LogPushFailed(Logger, Key, fault);
        }

        if (_roller.HasNews && !_stop.IsCancellationRequested)
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
        if (Aggregate.Parts.Ids.Count == 0 && services.Registry.Current.Children(Kind, Key.Id).Count == 0)
        {
            return;
        }

        try
        {
            await UnderGateAsync(
                async () =>
                {
                    // The parts change as they are read: half of them read is a state that nobody would be told of.
                    _mustReload = true;
                    var changes = await _store.LoadPartsAsync(Aggregate, cancellationToken);
                    if (changes.Any(one => one.Change.Lines.Count > 0 || one.Change.Claims.Count > 0))
                    {
                        await EnsureEpochAsync();
                        PartsChanged(changes);
                    }

                    _mustReload = false;
                    return true;
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || _stop.IsCancellationRequested)
        {
            // The activation is leaving; the next one reads the parts' rows.
        }
        catch (Exception fault)
        {
            LogPersistFailed(Logger, Key, fault);
        }
    }
}
