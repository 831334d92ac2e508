using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Grains.Entities;

// What the entity rolls up by: a version of the registry, and the parent and parts that it says there are.
internal abstract partial class EntityGrain<TAggregate>
{
    // Parts that did not answer when they were last asked.
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private OneShotTimer _lookTimer = null!;
    private RegistrySnapshot _registry = null!;
    private PartStructures _structures = null!;

    /// <summary>The registry that the step under the gate runs by.</summary>
    protected RegistrySnapshot Registry => _registry;

    /// <inheritdoc/>
    public async Task<bool> AdoptAsync(long registry, string? part)
    {
        await services.Registry.CatchUpAsync(registry, _stop.Token);
        return await UnderGateAsync(() => Task.FromResult(
            _registry.Version >= registry && (part is null ? _structures.Complete is not null : _structures.HasTold(part))));
    }

    /// <inheritdoc/>
    public async Task TellAgainAsync(long registry)
    {
        await services.Registry.CatchUpAsync(registry, _stop.Token);
        await UnderGateAsync(() =>
        {
            _roller.NotAcknowledged();
            if (_parent is not null)
            {
                // Somebody waits for it.
                _isPushDue = true;
                _pushTimer.Schedule(TimeSpan.Zero);
            }

            return Task.FromResult(true);
        });
    }

    /// <summary>
    /// Takes up the registry as it stands, at the begin of every step. If its structure is another, all totals are made again,
    /// those who are no parts any more are dropped, and the parent is told everything: another one, if it is another.
    /// </summary>
    private void Follow(RegistrySnapshot registry)
    {
        var before = _registry;
        _registry = registry;
        if (before.Structure == registry.Structure)
        {
            return;
        }

        // What is broken off here is a state that nobody would take up again.
        _mustReload = true;
        foreach (var part in Aggregate.Parts.Ids.Where(IsGone).ToArray())
        {
            // What the parent folds of it is told of anew, though what is left may be as it was: it may have been asked for meanwhile, under the structure before.
            _roller.Changed([], Aggregate.Parts.Drop(part).Claims);
            _settlement.Dropped(part);
        }

        _structures.DropWhere(IsGone);
        _structures.Adopt(registry.Structure);
        if (Link())
        {
            _settlement.Relink(_parent is not null);
        }

        RegistryChanged();
        Aggregate.TakeMisses();
        _roller.MarkAll(registry, before);
        if (Aggregate.Parts.Ids.Count > 0 || registry.Children(Kind, Key.Id).Count > 0)
        {
            // Parts that are active tell by themselves meanwhile.
            _lookTimer.Schedule(Options.AskParts);
        }
        else
        {
            _structures.Looked();
        }

        // What no claim has touched stays without a row.
        if (_epoch > 0 || Aggregate.Parts.Ids.Count > 0)
        {
            Changed();
            MarkDirty();
        }

        _mustReload = false;

        bool IsGone(string part) => registry.Parent(Kind, part) != Key.Id;
    }

    /// <summary>The structure of the registry is another: whatever hangs on it is to be made again.</summary>
    protected virtual void RegistryChanged()
    {
    }

    /// <summary>Links up with the parent that the registry names.</summary>
    /// <returns>Whether it is another than before.</returns>
    private bool Link()
    {
        var parent = _registry.Parent(Kind, Key.Id);
        if (parent == _parent?.ParentId)
        {
            return false;
        }

        _parent = parent is null ? null : new ParentLink(Key.Id, parent, GrainOf(parent), NextPushAsync, () => services.Log.Allows(FeatureLevel.LaterCalls));
        return true;
    }

    /// <summary>Finds the parts that the structure brought here, and has those tell that have not; again, until all have.</summary>
    private async Task LookAsync()
    {
        try
        {
            var (awaited, registry) = await UnderGateAsync(async () =>
            {
                if (!_structures.HasLooked)
                {
                    await ReadPartsAsync(all: true, _stop.Token);
                }

                return (_structures.Awaited.ToArray(), _registry.Version);
            });
            // One that is at other work keeps nobody from being asked. If very many do not answer, the others come first the next time.
            var (before, fault) = (_silent.ToHashSet(StringComparer.Ordinal), (Exception?)null);
            _silent.Clear();
            await Turns.ForEachAsync(
                awaited.OrderBy(before.Contains).TakeWhile(_ => _silent.Count < PartsAskedAtOnce && !services.Stopping.IsCancellationRequested), PartsAskedAtOnce, async part => fault = await TryAskAsync(part, registry) ?? fault);
            if (fault is not null)
            {
                LogPartsNotAsked(Logger, Key, fault);
            }
        }
        catch (OperationCanceledException) when (_stop.HasBegun)
        {
            // The activation is leaving; the next one looks.
        }
        catch (Exception fault)
        {
            LogPartsNotAsked(Logger, Key, fault);
        }

        if (_structures.Complete is null && !IsLeaving)
        {
            _lookTimer.Schedule(Options.AskPartsAgain);
        }
    }

    private async Task<Exception?> TryAskAsync(string part, long registry)
    {
        try
        {
            await GrainOf(part).TellAgainAsync(registry);
            return null;
        }
        catch (Exception fault) when (!_stop.HasBegun)
        {
            _silent.Add(part);
            return fault;
        }
    }

    /// <summary>Reads the parts' rows, under the gate.</summary>
    private async Task ReadPartsAsync(bool all, CancellationToken cancellationToken)
    {
        // The parts change as they are read: half of them read is a state that nobody would be told of.
        _mustReload = true;
        var before = _structures.Complete;
        var parts = await _store.LoadPartsAsync(Aggregate, _registry, all, cancellationToken);
        Heard(_structures, parts);
        if (all)
        {
            _structures.Looked();
        }

        (string, PartChange)[] told = [.. parts.Where(one => IsNews(one.Change)).Select(one => (one.Id, one.Change!))];
        if (told.Length > 0)
        {
            var read = Aggregate;
            await EnsureEpochAsync();
            if (!ReferenceEquals(read, Aggregate))
            {
                // All was read anew.
                return;
            }

            await PartsChangedAsync(told);
        }

        AskAwaited();
        TellCompletion(before);
        _mustReload = false;
    }

    // A row that is no newer than what the part has told says nothing of what that rests on.
    private void Heard(PartStructures structures, IReadOnlyList<LoadedPart> parts)
    {
        foreach (var (part, change) in parts)
        {
            if (change is null)
            {
                structures.Found(part);
            }
            else if (IsNews(change))
            {
                structures.Told(part, _registry.Structure);
            }
        }
    }

    private static bool IsNews(PartChange? change) => change is not null && !ReferenceEquals(change, PartChange.None);

    private void AskAwaited()
    {
        if (_structures.Awaited.Count > 0)
        {
            _lookTimer.Schedule(Options.AskParts);
        }
    }

    /// <summary>What all totals rest on has changed: row and parent are to hear of it, though no total may be another.</summary>
    private void TellCompletion(ulong? before)
    {
        if (_structures.Complete != before && _epoch > 0)
        {
            _roller.Tell();
            MarkDirty();
            ScheduleNews();
        }
    }
}
