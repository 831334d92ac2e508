using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Store;

namespace Aggregator.Grains.Entities;

// The entity's claims, which are in memory while they are needed: read back for a fold, one by one for what looks at all of them.
internal abstract partial class EntityGrain<TAggregate>
{
    private const int PassesPerReading = 16;
    private const int ChunksAtOnce = 64;
    private const int MissesAtOnce = 64;
    private const int BucketsAskedAtOnce = 8;
    private const int TriesOutsideTheGate = 3;
    private const int ShareWhenMany = 20;
    private int _loadedSaid;

    // Records that their partitions are being told of, and those of which it was said that they are not.
    private readonly HashSet<LogPosition> _telling = [];
    private readonly HashSet<LogPosition> _untold = [];

    /// <inheritdoc/>
    public async Task<RecordList> GetToldAsync(string bucket)
    {
        var key = BucketKey.Parse(bucket);
        await LookWhetherOutrankedAsync();
        var (own, told) = await UnderGateAsync(async () =>
        {
            await LoadAsync([key]);
            var claims = (Aggregate.Book[key].ToArray(), Aggregate.Parts.ToldOf(key).ToArray());
            Shed(Aggregate);
            return claims;
        });
        var below = await Task.WhenAll(told.Select(one => GrainOf(one.Part).GetToldAsync(bucket)));
        return new RecordList([.. own.Select(one => new PlacedRecord(one.Position, new LogRecord.Added(one.Claim), one.KnownFrom)), .. below.SelectMany(list => list.Records)]);
    }

    /// <summary>
    /// Reads something of the aggregate, under the gate: what claims it turns out to need are brought into memory, what can be
    /// kept of them is folded and kept, and it is read again, until nothing is missing.
    /// </summary>
    protected async Task<T> ReadAsync<T>(Func<T> reading)
    {
        var aggregate = Aggregate;
        aggregate.TakeMisses();
        for (var pass = 0; pass < PassesPerReading; pass++)
        {
            var result = TryRead();
            var misses = aggregate.TakeMisses();
            if (misses.Count == 0)
            {
                Shed(aggregate);
                return result!;
            }

            foreach (var some in InPieces(misses))
            {
                await FillAsync(aggregate, some);
            }
        }

        throw new InvalidOperationException($"{Key}: claims were missing after {PassesPerReading} passes");

        T? TryRead()
        {
            try
            {
                return reading();
            }
            catch (Exception) when (aggregate.HasMisses)
            {
                // It stumbled over what is missing: what came of it is not used.
                return default;
            }
        }
    }

    private async Task FillAsync(TAggregate aggregate, Miss[] misses)
    {
        // Parts have claims of their own to read: nobody waits for them who keeps others from reading.
        await FetchAsync(aggregate, [.. misses.SelectMany(miss => miss.Told).Distinct()]);
        await services.Reads.WaitAsync(_stop.Token);
        try
        {
            await LoadAsync(misses.SelectMany(miss => miss.Away));
            foreach (var miss in misses)
            {
                Folding(() => Retry(miss));
            }

            ClaimsLoaded(misses.SelectMany(miss => miss.Away));

            // What was missed besides what was to be made, the next pass misses too.
            aggregate.TakeMisses();
            if (Array.TrueForAll(misses, miss => miss.Retry is not null))
            {
                Shed(aggregate);
            }
        }
        finally
        {
            services.Reads.Release();
        }
    }

    private static bool Retry(Miss miss)
    {
        miss.Retry?.Invoke();
        return true;
    }

    // As many misses at once as are read in one go, and no more claims than may stay in memory; one by itself may be of more.
    private IEnumerable<Miss[]> InPieces(IReadOnlyList<Miss> misses)
    {
        var (piece, claims) = (new List<Miss>(), 0);
        foreach (var miss in misses)
        {
            piece.Add(miss);
            claims += miss.Away.Sum(Aggregate.Book.CountOf);
            if (piece.Count == MissesAtOnce || claims >= Options.LoadedClaims)
            {
                yield return [.. piece];
                piece.Clear();
                claims = 0;
            }
        }

        if (piece.Count > 0)
        {
            yield return [.. piece];
        }
    }

    /// <summary>All claims of some buckets are in memory for a moment.</summary>
    protected virtual void ClaimsLoaded(IEnumerable<BucketKey> buckets)
    {
    }

    /// <summary>Brings the totals up to what the claims say now, under the gate.</summary>
    protected async Task RefreshTotalsAsync()
    {
        try
        {
            var began = services.Time.GetTimestamp();
            await NoteRestAsync();
            while (!await ReadAsync(() => Folding(() => _roller.Refresh(_registry, Math.Max(1, Options.LinesAtOnce)))))
            {
                // Others have their turns in between.
                await Task.Yield();
            }

            NoteTotals(services.Time.GetElapsedTime(began));
        }
        catch (FoldFaultException)
        {
            // Something since the last write of the row: the partitions send it again, and it is looked for.
            _mustReload = _suspicious = true;
            throw;
        }
    }

    // Only what the fold itself throws is its own: reading what it needs may fail for reasons that no record is to blame for.
    private T Folding<T>(Func<T> fold)
    {
        try
        {
            return fold();
        }
        catch (Exception fault) when (!Aggregate.HasMisses && fault is not FoldException)
        {
            throw new FoldFaultException(fault);
        }
    }

    // The record may be of another partition, or of long ago, and the entity may have been sent nothing: its partition writes that no fold takes it, and that comes
    // as all records do. It is told with each read that fails, until then.
    private void TellOfPoison(FoldException fault)
    {
        if (!services.Log.Allows(FeatureLevel.LaterCalls))
        {
            SayOnce(fault);
        }
        else if (_telling.Add(fault.Position))
        {
            _ = TellAsync(_store.Era);
        }

        async Task TellAsync(long era)
        {
            try
            {
                await GrainFactory.GetGrain<IPartitionGrain>(fault.Position.Partition).QuarantineAsync(PoisonedIn(fault.Position, fault.InnerException!), era);
            }
            catch (Exception unknown)
            {
                SayOnce(unknown);
            }
            finally
            {
                _telling.Remove(fault.Position);
            }
        }

        void SayOnce(Exception why)
        {
            if (_untold.Add(fault.Position))
            {
                LogNotQuarantined(Logger, Key, why);
            }
        }
    }

    private PoisonedRecord PoisonedIn(LogPosition position, Exception fault) =>
        new() { Sequence = position.Sequence, Ordinal = position.Ordinal, Reason = $"{Key}: {fault.GetType().Name}: {fault.Message}" };

    /// <summary>Brings buckets into memory.</summary>
    private Task LoadAsync(IEnumerable<BucketKey> buckets) => LoadAsync(buckets.SelectMany(Aggregate.Book.Away));

    /// <summary>Brings chunks into memory.</summary>
    private async Task LoadAsync(IEnumerable<ChunkKey> missing)
    {
        var book = Aggregate.Book;
        foreach (var chunks in missing.Distinct().Chunk(ChunksAtOnce))
        {
            if (!await _store.LoadChunksAsync(book, chunks, _stop.Token))
            {
                throw Overtaken();
            }
        }
    }

    private StoreUnavailableException Overtaken()
    {
        _mustReload = true;
        return new StoreUnavailableException($"{Key}: another activation has written the row over what is in memory; it is read again");
    }

    // Down the tree, where nobody waits for this entity.
    private async Task FetchAsync(TAggregate aggregate, IReadOnlyCollection<ToldBucket> told)
    {
        foreach (var some in told.Chunk(PartsAskedAtOnce))
        {
            using var limit = new CancellationTokenSource(Options.FetchTimeout, services.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
            try
            {
                await Task.WhenAll(some.GroupBy(one => one.Part).Select(part => FetchFromAsync(part, either.Token)));
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !_stop.HasBegun)
            {
                throw new TimeoutException($"{Key}: its parts have not given all of their claims within {Options.FetchTimeout}; they are asked for the rest");
            }
        }

        // Each answer is kept as it comes, so that whoever asks again asks for less; and one part is asked few things at once, as what nobody waits for any more
        // stands in the way of what is asked then.
        async Task FetchFromAsync(IEnumerable<ToldBucket> part, CancellationToken cancellationToken)
        {
            foreach (var some in part.Chunk(BucketsAskedAtOnce))
            {
                await Task.WhenAll(some.Select(one => FetchOneAsync(one, cancellationToken)));
            }
        }

        async Task FetchOneAsync(ToldBucket one, CancellationToken cancellationToken)
        {
            var list = await GrainOf(one.Part).GetToldAsync(one.Bucket.ToString()).WaitAsync(cancellationToken);
            aggregate.Parts.Fetched(one, [.. list.Records.Select(AppearanceOf)]);
        }
    }

    // Of those that are stored.
    private int LoadedClaimsToKeep => services.Loaded.AreMany ? Options.LoadedClaims / ShareWhenMany : Options.LoadedClaims;

    // What merged entities gave is read with every count; what bodies said only for its fold, which is kept.
    private void Shed(TAggregate aggregate)
    {
        aggregate.Parts.ForgetFetched(part => _registry.IsMerged(Kind, part));
        aggregate.Book.Shed(LoadedClaimsToKeep);
        services.Loaded.Say(ref _loadedSaid, aggregate.Book.LoadedClaims);
    }

    /// <summary>
    /// Looks at all of the entity's own claims, some at a time and without the gate; again from the start if a claim was moved
    /// meanwhile, and at last under the gate.
    /// </summary>
    /// <param name="start">What to begin with, every time.</param>
    /// <param name="look">Takes in some claims of a bucket: those that stand, and those that stand no more.</param>
    /// <param name="afterLoaded">Hears that what was in memory has been looked at: the rest comes bucket by bucket.</param>
    protected async Task<T> OverOwnClaimsAsync<T>(
        Func<T> start, Action<T, BucketKey, IReadOnlyCollection<Appearance>, IReadOnlyCollection<Former>> look, Action<T>? afterLoaded = null)
    {
        for (var tries = 0; tries < TriesOutsideTheGate; tries++)
        {
            var result = start();
            var (aggregate, moves, away) = await UnderGateAsync(() => Task.FromResult(LookAtLoaded(result)));
            if (await TryLookAtAwayAsync(result, away) && await UnderGateAsync(() => Task.FromResult(ReferenceEquals(aggregate, Aggregate) && aggregate.Book.Moves == moves)))
            {
                return result;
            }
        }

        return await UnderGateAsync(async () =>
        {
            var result = start();
            var away = LookAtLoaded(result).Away;
            if (!await LookAtAwayAsync(result, away))
            {
                // Nothing is written meanwhile by this activation.
                await _store.CheckOvertakenAsync(_stop.Token);
                throw Overtaken();
            }

            return result;
        });

        (TAggregate Aggregate, long Moves, List<ChunkKey> Away) LookAtLoaded(T result)
        {
            var book = Aggregate.Book;
            foreach (var chunk in book.Loaded)
            {
                look(result, chunk.Bucket, chunk.Standing, chunk.Formers);
            }

            afterLoaded?.Invoke(result);
            return (Aggregate, book.Moves, [.. book.AllBuckets.SelectMany(book.Away)]);
        }

        // What is not as it should be may be between two writes: at last it is looked at where there are none.
        async Task<bool> TryLookAtAwayAsync(T result, List<ChunkKey> away)
        {
            try
            {
                return await LookAtAwayAsync(result, away);
            }
            catch (StoreDamagedException)
            {
                return false;
            }
        }

        // False if one is not there any more: it was written elsewhere in the row meanwhile.
        async Task<bool> LookAtAwayAsync(T result, List<ChunkKey> away)
        {
            foreach (var some in away.Chunk(ChunksAtOnce))
            {
                if (!await _store.LookAtChunksAsync(some, (chunk, standing, formers) => look(result, chunk.Bucket, standing, formers), _stop.Token))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static Appearance AppearanceOf(PlacedRecord told) => new(((LogRecord.Added)told.Record).Claim, told.Position) { KnownFrom = told.ReceivedAt };
}
