using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
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
    ILogger<PartitionGrain> logger) : Grain, IPartitionGrain, IRemindable, IDeparting, IDisposable
{
    private const int ResendsPerEntry = 256;
    private const int EntitiesSettledAtOnce = 16;
    private const int QuarantinedAtOnce = 16;
    private const string KeepAwake = "keep-awake";
    private static readonly TimeSpan KeepAwakePeriod = TimeSpan.FromMinutes(5);

    private readonly PartitionOptions _options = options.Value;
    private readonly Ending _departure = new(time);
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
    private long? _quarantineFailedAt;
    private bool _ticking;
    private bool _reminded;
    private bool _isLeaving;
    private bool _hasToldOfLoss;
    private long _indexed;
    private (long Checkpoint, long Since)? _stood;

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
            _fanOut, _entries, GrainFactory.GrainOf, _partition, _incarnation, _era, _options, mark => _ = FindTheEndAsync(mark), _quarantine, RaiseAlarmAsync, GiveRoom, logger, _sending.Token);
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(_options.Tick, _options.Tick) { Interleave = true, KeepAlive = true });
        if (_fanOut.IsBehind)
        {
            replays.Begin(this);
        }

        StartFollowing();
        _ = RefuseOnceLeavingAsync();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _departure.Begin();
        _stop.Begin();
        replays.End(this);
        _queue.Refuse(AppendRefusal.StoreUnavailable);
        try
        {
            if (!IsOutlived)
            {
                await _index.FlushAsync(cancellationToken);
                await SaveCheckpointAsync(cancellationToken);
            }
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            // Index and checkpoint are taken from the log again by the next activation.
            LogTidyFailed(logger, _partition, fault);
        }

        if (IsOutlived)
        {
            // It leaves for another reason, or another step was first to notice.
            await TryAsync(() => TellOfLossAsync(cancellationToken));
        }
    }

    /// <inheritdoc/>
    public void Depart() => _departure.Begin();

    public void Dispose()
    {
        _sending.Dispose();
    }

    /// <inheritdoc/>
    public Task QuarantineAsync(PoisonedRecord record, long era)
    {
        // Who is of another run of the store than this may mean a record that the store has lost; it fails again, if it does, and tells again.
        if (era == _era && record.Sequence <= _fanOut.End)
        {
            _quarantine.Report(new LogPosition(_partition, record.Sequence, record.Ordinal), record.Reason);
        }

        return Task.CompletedTask;
    }

    public Task PingAsync() => Task.CompletedTask;

    public Task<bool> IsCaughtUpAsync() => Task.FromResult(_isCaughtUp);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<AppendReply> AppendAsync(ClaimBatch batch)
    {
        var candidates = Candidate.AllOf(batch.Claims.Claims, [.. batch.Texts.Select(static box => box.Text)]);
        return candidates.Length == 0 ? Task.FromResult(new AppendReply()) : EnqueueAsync(candidates, batch.IsAwaited);
    }

    public async Task<KnownReport?> FindReportAsync(ReportTextBox report)
    {
        var candidate = Candidate.Of(report.Text);
        var held = await _index.FindAsync([candidate.Key], _stop.Token);
        if (!held.TryGetValue(candidate.Key, out var hit))
        {
            return null;
        }

        try
        {
            if (hit.Versions.All(version => version.ContentHash != report.Text.TextHash))
            {
                // What comes is held against it: where it cannot be read, no claim comes in that no text could take away.
                await _entries.GetTextAsync(hit.Standing.Sequence, hit.Standing.Ordinal, _stop.Token);

                // A host of level 1 takes any answer for a text that came.
                return !log.Allows(FeatureLevel.LaterCalls) ? null : new KnownReport { Found = 0, Claims = new ClaimList([]), Sequence = 0, TextsLeft = Math.Max(0, ClaimIndex.MaximumVersions - hit.Versions.Count) };
            }

            await log.Session.ConfirmAsync(_era, _stop.Token);
            var version = hit.Versions.First(version => version.ContentHash == report.Text.TextHash);
            if (version.Sequence > _indexed)
            {
                // Of another writer, whose entry is still to be taken in: it is a duplicate once it is.
                return null;
            }

            var text = await _entries.GetTextAsync(version.Sequence, version.Ordinal, _stop.Token);
            var (claims, last, lacks) = await ClaimsAsync(text.Claims);
            if (lacks && version == hit.Standing)
            {
                // A build before this one could write the text though claims of it were refused: they are to come.
                return null;
            }

            // What is answered may have come after the text, as a correction does.
            var touched = await TouchedByOriginalsAsync([(0, new LogPosition(_partition, version.Sequence, version.Ordinal)), .. last.Select(static position => (0, position))]);
            return new KnownReport
            {
                Found = text.Claims.Count, Claims = new ClaimList(claims), Sequence = last.Select(static position => position.Sequence).Append(version.Sequence).Max(), AlsoTouched = [.. touched[0].Distinct()],
            };
        }
        catch (StoreException fault)
        {
            await RaiseAlarmAsync(fault);
            throw;
        }
    }

    /// <summary>The standing claims of keys, in their order; those that stand no more, or cannot be read, are left out; where each key's last word is; and whether one has never come.</summary>
    private async Task<(List<Claim> Standing, List<LogPosition> Last, bool Lacks)> ClaimsAsync(IReadOnlyList<ClaimKey> keys)
    {
        var held = await _index.FindAsync(keys.Select(ClaimIdentity.Hash), _stop.Token);
        var (claims, last, lacks) = (new List<Claim>(keys.Count), new List<LogPosition>(keys.Count), false);
        foreach (var key in keys)
        {
            if (!held.TryGetValue(ClaimIdentity.Hash(key), out var hit))
            {
                lacks = true;
                continue;
            }

            last.Add(new LogPosition(_partition, hit.Standing.Sequence, hit.Standing.Ordinal));
            if (!hit.Standing.IsRetraction && (await _entries.GetAsync(hit.Standing.Sequence, _stop.Token)).Records is var records && hit.Standing.Ordinal < records.Count)
            {
                claims.Add(EntryCache.ClaimOf(records[hit.Standing.Ordinal]));
            }
        }

        return (claims, last, lacks);
    }

    public Task<AppendReply> RetractAsync(RetractionBox retraction) =>
        EnqueueAsync([Candidate.Of(new Retraction(new ClaimKey(retraction.Source, retraction.Id), retraction.SourceId))], retraction.IsAwaited);

    private Task<AppendReply> EnqueueAsync(Candidate[] candidates, bool isAwaited)
    {
        if (_stop.HasBegun || IsOutlived || MustRefuse)
        {
            if (IsOutlived)
            {
                _ = TryAsync(() => LeaveOutlivedAsync(_stop.Token));
            }

            return Task.FromResult(new AppendReply { Refusal = AppendRefusal.StoreUnavailable });
        }

        var waiting = new Waiting(candidates, isAwaited);
        var behind = _fanOut.End - Math.Min(_fanOut.Head, _indexed);
        if (_fanOut.Unapplied > _options.MaximumUnapplied || _fanOut.Tracked > _options.MaximumTracked || behind > _options.MaximumBehind || !_queue.TryAdd(waiting))
        {
            return Task.FromResult(new AppendReply { Refusal = AppendRefusal.Busy });
        }

        StartWriting();
        return waiting.Reply;
    }

    // Who waits for the index to know all of the log would wait for ever: the next activation makes it so, and that waits for the calls of this one to end.
    private async Task RefuseOnceLeavingAsync()
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, _departure.Token);
        }
        catch (OperationCanceledException) when (_departure.HasBegun)
        {
            if (MustRefuse)
            {
                _queue.Refuse(AppendRefusal.StoreUnavailable);
            }
        }
    }

    private bool MustRefuse => _departure.HasBegun && _indexed < _fanOut.End;

    public async Task<bool> AwaitAppliedAsync(long sequence, EntityKey[] entities)
    {
        using var limit = new CancellationTokenSource(_options.AppliedTimeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_sending.Token, _departure.Token, limit.Token);
        try
        {
            // A duplicate may be of an entry of another writer that is not taken in yet.
            while (sequence > _fanOut.Head)
            {
                await Task.Delay(_options.Tick, time, timeout.Token);
            }

            await _pump.AppliedAsync(sequence, entities, timeout.Token);
            while (!Array.TrueForAll(await Task.WhenAll(entities.Select(entity => SettleAsync(entity, sequence))).WaitAsync(timeout.Token), static settled => settled))
            {
                // An entity has dropped what it had not written yet: the next delta, or the question for its marks, tells that it lacks it.
                await Task.Delay(_options.Tick, time, timeout.Token);
                await _pump.AppliedAsync(sequence, entities, timeout.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (_departure.HasBegun)
        {
            // The next activation is asked.
            return false;
        }
        catch (Exception fault)
        {
            // Whatever it was, the claims are durable.
            LogNotApplied(logger, _partition, sequence, fault);
            return false;
        }
    }

    private async Task<bool> SettleAsync(EntityKey entity, long sequence)
    {
        var grain = GrainFactory.GrainOf(entity);
        if (log.Allows(FeatureLevel.LaterCalls))
        {
            return await grain.SettleToAsync(_partition, _fanOut.LastOf(entity, sequence), _era);
        }

        await grain.SettleAsync();
        return true;
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
            // It is kept in memory if it cannot be written now.
            var isWritten = true;
            await IndexAsync(async () => isWritten = isWritten && await TryAsync(() => _index.FlushAsync(cancellationToken)), cancellationToken);
        }

        LogReplayed(logger, _partition, head.Checkpoint, head.LastSequence, _incarnation);
    }
}
