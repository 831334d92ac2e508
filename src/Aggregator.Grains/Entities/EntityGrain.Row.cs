using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Entities;

// The entity's row: memory follows from it, and it is written on a schedule of its own.
internal abstract partial class EntityGrain<TAggregate>
{
    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Until all of it is read, what there is must not be used: a half-read state would rise above what it lacks.
        _mustReload = true;
        var (aggregate, registry) = (Create(Key.Id), services.Registry.Current);
        var (before, era) = (Aggregate, _store.Era);
        await _store.BeginAsync(cancellationToken);
        if (before is not null && _store.Era == era)
        {
            // In the same run of the store a version that a part told of is of the same claims; very many may have taken long to come.
            aggregate.Parts.TakeFetched(before.Parts);
        }

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
        ForgetUnnoted();
        (_marks, _ahead) = (head.Marks, head.Ahead);
        _appliedAt = head.AppliedAt;
        (_judgedInRow, _hasToldInRow) = ([.. head.Judged], head.HasTold);
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

        // What another activation told in between may be other than what this one would, and so may what was told under another structure: all is told once more.
        Loaded(head.HasTold && isCurrent && !_hasLoaded, head.Judged);
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

    private void MarkDirty()
    {
        _dirty = true;
        _persistTimer.Schedule(Gathering(Options.PersistAfter) + (Options.PersistSpread * Random.Shared.NextDouble()));
    }

    private async Task PersistTimerAsync()
    {
        try
        {
            await UnderGateAsync(() => PersistAsync(mayWait: true, _stop.Token), _stop.Token);
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

    private async Task<bool> PersistAsync(bool mayWait, CancellationToken cancellationToken)
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

        // In a backlog the row's totals may stay behind its claims for a while; nothing is durable by that, so it is written only for the memory that its claims take,
        // and now and then: what it lacks is sent again whenever memory is dropped.
        var isWhole = await TryMakeTotalsAsync();
        if (!isWhole && mayWait && Aggregate.Book.LoadedClaims < LoadedClaimsToKeep && !HasPassed(_writtenAt, Options.LongestBacklog))
        {
            return true;
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
            var (judged, hasTold) = (Judged, HasTold);
            var fields = EntityRowCodec.Encode(book, new EntityRowHead(marks, _appliedAt, hasTold, _structures.Complete) { Judged = judged, Ahead = _ahead }, totals);
            if (totals is not null)
            {
                // The parent may come to hold the row's version instead of a push.
                _settlement.Told(changes, totals.Version);
            }

            if (await _store.WriteAsync(fields, registry, cancellationToken))
            {
                _mustReload = false;
                (_judgedInRow, _hasToldInRow) = ([.. judged], hasTold);
                _ahead = marks.HaveReached(_ahead) ? new Marks() : _ahead;
                _dirty = !isWhole;
                _writtenAt = services.Time.GetTimestamp();
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
