using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Protocol;
using Aggregator.Store;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Aggregator.Grains.Partition;

/// <summary>
/// The one writer of a log partition: dedupe ▸ encode ▸ append ▸ index ▸ ack, then fold and fan out. Its memory
/// is a cache of the log: whatever dies, the next activation reads on from the checkpoint.
/// </summary>
[Reentrant]
[KeepAlive]
internal sealed partial class PartitionGrain(
    ClaimLog log,
    ClaimIndex index,
    TimeProvider time,
    IOptions<PartitionOptions> options,
    IHostApplicationLifetime lifetime,
    IStoreAlarm alarm,
    Replays replays,
    ILogger<PartitionGrain> logger) : Grain, IPartitionGrain, IRemindable, IDisposable
{
    private const int ResendsPerEntry = 256;
    private const int EntitiesSettledAtOnce = 16;
    private const int QuarantinedAtOnce = 16;
    private const string KeepAwake = "keep-awake";
    private static readonly TimeSpan KeepAwakePeriod = TimeSpan.FromMinutes(5);

    private readonly PartitionOptions _options = options.Value;
    private readonly Ending _stop = new(time);
    private CancellationTokenSource _sending = new();
    private readonly Dictionary<string, long> _duplicates = new(StringComparer.Ordinal);
    private int _partition;
    private long _incarnation;
    private long _era;
    private long _savedCheckpoint;
    private AppendQueue _queue = null!;
    private RecentIndex _index = null!;
    private EntryCache _entries = null!;
    private readonly Quarantine _quarantine = new();
    private FanOut _fanOut = null!;
    private FanOutPump _pump = null!;
    private bool _writing;
    private bool _ticking;
    private bool _reminded;
    private bool _isLeaving;
    private long _indexed;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _partition = (int)this.GetPrimaryKeyLong();
        _sending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lifetime.ApplicationStopping);
        _queue = new AppendQueue(_options.MaximumQueuedClaims, _options.MaximumClaimsPerEntry, _options.MaximumEntryBytes);
        _entries = new EntryCache(log, _partition, _options.CachedRecords, LogUnreadable);
        await StoreFaultFilter.TranslateAsync(async () =>
        {
            try
            {
                await OpenAsync(cancellationToken);
            }
            catch (StoreException fault)
            {
                await RaiseAlarmAsync(fault);
                throw;
            }
        });

        _pump = new FanOutPump(
            _fanOut, _entries, GrainFor, _partition, _incarnation, _era, _options, mark => _ = FindTheEndAsync(mark), _quarantine, RaiseAlarmAsync, GiveRoom, logger, _sending.Token);
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(_options.Tick, _options.Tick) { Interleave = true, KeepAlive = true });
        if (_fanOut.IsBehind)
        {
            replays.Begin(this);
        }

        StartFollowing();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _stop.Begin();
        replays.End(this);
        _queue.Refuse(AppendRefusal.StoreUnavailable);
        try
        {
            await _index.FlushAsync(cancellationToken);
            await SaveCheckpointAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            // Both are taken from the log again by the next activation.
            LogTidyFailed(logger, _partition, fault);
        }
    }

    public void Dispose()
    {
        _sending.Dispose();
    }

    public Task PingAsync() => Task.CompletedTask;

    public Task<bool> IsCaughtUpAsync() => Task.FromResult(_isCaughtUp);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<AppendReply> AppendAsync(ClaimBatch batch)
    {
        Candidate[] candidates = [.. batch.Claims.Claims.Select(Candidate.Of), .. batch.Texts.Select(box => Candidate.Of(box.Text))];
        return candidates.Length == 0 ? Task.FromResult(new AppendReply()) : EnqueueAsync(candidates);
    }

    public async Task<KnownReport?> FindReportAsync(ReportTextBox report)
    {
        var candidate = Candidate.Of(report.Text);
        var held = await _index.FindAsync([candidate.Key], _stop.Token);
        if (!held.TryGetValue(candidate.Key, out var hit) || hit.Versions.All(version => version.ContentHash != report.Text.TextHash))
        {
            return null;
        }

        await log.Session.ConfirmAsync(_era, _stop.Token);
        var version = hit.Versions.First(version => version.ContentHash == report.Text.TextHash);
        var text = await _entries.GetTextAsync(version.Sequence, version.Ordinal, _stop.Token);
        return new KnownReport { Found = text.Claims.Count, Claims = new ClaimList(await ClaimsAsync(text.Claims)), Sequence = version.Sequence };
    }

    /// <summary>The standing claims of keys, in their order; those that stand no more are left out.</summary>
    private async Task<List<Claim>> ClaimsAsync(IReadOnlyList<ClaimKey> keys)
    {
        var held = await _index.FindAsync(keys.Select(ClaimIdentity.Hash), _stop.Token);
        var claims = new List<Claim>(keys.Count);
        foreach (var key in keys)
        {
            if (held.TryGetValue(ClaimIdentity.Hash(key), out var hit) && !hit.Standing.IsRetraction)
            {
                claims.Add(await _entries.GetClaimAsync(hit.Standing.Sequence, hit.Standing.Ordinal, _stop.Token));
            }
        }

        return claims;
    }

    public Task<AppendReply> RetractAsync(RetractionBox retraction) =>
        EnqueueAsync([Candidate.Of(new Retraction(new ClaimKey(retraction.Source, retraction.Id), retraction.SourceId))]);

    private Task<AppendReply> EnqueueAsync(Candidate[] candidates)
    {
        if (_stop.HasBegun || IsOutlived)
        {
            if (IsOutlived)
            {
                _ = TryAsync(() => LeaveOutlivedAsync(_stop.Token));
            }

            return Task.FromResult(new AppendReply { Refusal = AppendRefusal.StoreUnavailable });
        }

        var waiting = new Waiting(candidates);
        var behind = _fanOut.End - Math.Min(_fanOut.Head, _indexed);
        if (_fanOut.Unapplied > _options.MaximumUnapplied || behind > _options.MaximumBehind || !_queue.TryAdd(waiting))
        {
            return Task.FromResult(new AppendReply { Refusal = AppendRefusal.Busy });
        }

        StartWriting();
        return waiting.Reply;
    }

    public async Task<bool> AwaitAppliedAsync(long sequence, EntityKey[] entities)
    {
        using var limit = new CancellationTokenSource(_options.AppliedTimeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_sending.Token, limit.Token);
        try
        {
            // A duplicate may be of an entry of another writer that is not taken in yet.
            while (sequence > _fanOut.Head)
            {
                await Task.Delay(_options.Tick, time, timeout.Token);
            }

            await _pump.AppliedAsync(sequence, entities, timeout.Token);
            await Task.WhenAll(entities.Select(entity => GrainFor(entity).SettleAsync())).WaitAsync(timeout.Token);
            return true;
        }
        catch (Exception fault)
        {
            // Whatever it was, the claims are durable.
            LogNotApplied(logger, _partition, sequence, fault);
            return false;
        }
    }

    /// <summary>Finds where log, index and checkpoint end. The rest of the log is followed from there.</summary>
    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _era = await log.Session.OpenAsync(cancellationToken);
        var head = await log.OpenAsync(_partition, cancellationToken);
        _indexed = await index.IndexedToAsync(_partition, cancellationToken);
        (_incarnation, _era) = (head.Incarnation, head.Era);
        _index = new RecentIndex(index, _partition, _era, _options.CachedKeys);
        _index.Start(_indexed);
        _savedCheckpoint = head.Checkpoint;
        _fanOut = new FanOut(head.Checkpoint, head.LastSequence);
        _replayEnd = head.LastSequence;
        if (head.LastSequence - _indexed <= _options.EntriesIndexedAtOnce)
        {
            await IndexAsync(cancellationToken);
        }

        LogReplayed(logger, _partition, head.Checkpoint, head.LastSequence, _incarnation);
    }

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
            StartFollowing();
            StartWriting();
            if (_quarantine.Reported.Count > 0 && MayWrite)
            {
                await TryAsync(QuarantineAsync);
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
            await TryAsync(() => StayAwakeAsync(cancellationToken));
        }
        finally
        {
            _ticking = false;
        }
    }

    // One step that fails keeps no other from being taken; the next tick tries again.
    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception fault)
        {
            LogTidyFailed(logger, _partition, fault);
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

        // First: who leaves reads no more, and the next activation, maybe elsewhere, does not know what there was.
        _isLeaving = true;
        try
        {
            var last = await log.LastAsync(_partition, cancellationToken);
            if (last < _fanOut.End)
            {
                LogTailLost(logger, _partition, _incarnation, last + 1, _fanOut.End);
            }
        }
        catch
        {
            // The tick tries again.
            _isLeaving = false;
            throw;
        }

        DeactivateOnIdle();
    }

    /// <summary>Writes into the log which records no fold takes any more.</summary>
    private async Task QuarantineAsync()
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

        _writing = true;
        try
        {
            await LookAheadAsync();
            var records = new List<LogRecord>();
            foreach (var (position, reason) in _quarantine.Reported.Take(QuarantinedAtOnce).ToArray())
            {
                records.Add(new LogRecord.Quarantined(position, (await _entries.GetAsync(position.Sequence, _stop.Token)).Records[position.Ordinal].Record, reason));
                LogQuarantined(logger, position, reason);
            }

            if (records.Count > 0)
            {
                await AppendRecordsAsync([.. records], [], _fanOut.End + 1, time.GetUtcNow());
            }
        }
        finally
        {
            _writing = false;
            StartWriting();
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
        catch (InvalidOperationException)
        {
            // Fenced: another activation writes this partition.
            DeactivateOnIdle();
            throw;
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
        var last = await log.LastAsync(_partition, cancellationToken);
        if (last == _fanOut.End || !MayWrite)
        {
            return;
        }

        if (last < _fanOut.End)
        {
            await FindTheEndAsync(_fanOut.End);
            return;
        }

        _writing = true;
        try
        {
            await foreach (var entry in log.ReadAsync(_partition, _fanOut.End + 1, last, cancellationToken))
            {
                await TakeInAsync(entry.Bytes, entry.Sequence);
            }
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

    /// <summary>
    /// Stops the host if the log lacks what was acknowledged: trying again would hide that. Not if the store has restarted meanwhile: then it
    /// is this activation that is behind, and the next one judges what it finds.
    /// </summary>
    private async Task RaiseAlarmAsync(Exception fault)
    {
        try
        {
            if (fault is StoreTruncatedException or StoreDamagedException && await log.Session.PulseAsync(_stop.Token) == _era)
            {
                alarm.Lost(fault.Message);
            }
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

    private IEntityGrain GrainFor(EntityKey entity) => entity.Kind switch
    {
        EntityKind.Actor => GrainFactory.GetGrain<IActorGrain>(entity.Id),
        EntityKind.Region => GrainFactory.GetGrain<IRegionGrain>(entity.Id),
        EntityKind.Source => GrainFactory.GetGrain<ISourceGrain>(entity.Id),
        _ => throw new InvalidOperationException($"no grain for {entity}"),
    };
}
