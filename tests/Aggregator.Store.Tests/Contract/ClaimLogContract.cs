using Aggregator.Store.Log;
using Aggregator.Store.Tests.Backends;
using StackExchange.Redis;

namespace Aggregator.Store.Tests.Contract;

public abstract class ClaimLogContract(Backend backend) : StoreContract(backend)
{
    private ClaimLog _log = null!;

    // The incarnation of every partition that is opened for the first time, too.
    private long _era;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _log = new ClaimLog(Store);
        _era = await Store.Session.OpenAsync();
    }

    [Fact]
    public async Task Open_FirstUse_StartsTheIncarnationOfTheEra()
    {
        Assert.Equal(Head(0, 0), await _log.OpenAsync(3));
        Assert.Equal(Head(0, 0), await _log.OpenAsync(3));
    }

    [Fact]
    public async Task Open_AfterAppends_GivesTheEnd()
    {
        await FillAsync(0, 5);
        Assert.Equal(Head(5, 0), await _log.OpenAsync(0));
        Assert.Equal(Head(0, 0), await _log.OpenAsync(1));
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(200, 0)]
    [InlineData(66, 2)]
    public async Task Open_PointerLags_FindsTheTrueEndAndMovesIt(int entries, int headAt)
    {
        await FillAsync(0, entries);
        await Store.Database.StringSetAsync(Store.Keys.Last(0), headAt);
        Assert.Equal(entries, (await _log.OpenAsync(0)).LastSequence);
        Assert.Equal(entries, await _log.LastAsync(0));
    }

    [Fact]
    public async Task Open_PointerBeyondTheEnd_ThrowsTruncated()
    {
        await FillAsync(0, 3);
        await Store.Database.StringSetAsync(Store.Keys.Last(0), 4);
        await Assert.ThrowsAsync<StoreTruncatedException>(() => _log.OpenAsync(0));
    }

    [Fact]
    public async Task Open_CheckpointBeyondTheEnd_ThrowsTruncated()
    {
        await FillAsync(0, 3);
        await _log.SaveCheckpointAsync(0, _era, 3);
        await Store.Database.KeyDeleteAsync(Store.Keys.Slot(0, 3));
        await Store.Database.StringSetAsync(Store.Keys.Last(0), 2);
        var fault = await Assert.ThrowsAsync<StoreTruncatedException>(() => _log.OpenAsync(0));
        Assert.Contains("ends at 2, before its checkpoint 3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_IncarnationLost_ThrowsTruncated()
    {
        await FillAsync(0, 1);
        await Store.Database.KeyDeleteAsync(Store.Keys.Incarnation(0));
        await Assert.ThrowsAsync<StoreTruncatedException>(() => _log.OpenAsync(0));
    }

    [Fact]
    public async Task Append_NextSlot_IsAppended()
    {
        await _log.OpenAsync(0);
        Assert.Equal(new AppendResult.Appended(Late: false), await _log.AppendAsync(0, _era, 1, Entry(1)));
        Assert.Equal(Entry(1), await _log.ReadOneAsync(0, 1));
        Assert.Null(await _log.ReadOneAsync(0, 2));
    }

    [Fact]
    public async Task Append_SameBytesAgain_IsALateSuccess()
    {
        await FillAsync(0, 2);
        Assert.Equal(new AppendResult.Appended(Late: true), await _log.AppendAsync(0, _era, 2, Entry(2)));
        Assert.Equal(new AppendResult.Appended(Late: true), await _log.AppendAsync(0, _era, 1, Entry(1)));
        Assert.Equal(2, (await _log.OpenAsync(0)).LastSequence);
    }

    [Fact]
    public async Task Append_SlotFilledByAnother_GivesTheWinner()
    {
        await FillAsync(0, 2);
        var taken = Assert.IsType<AppendResult.Taken>(await _log.AppendAsync(0, _era, 2, Entry(99)));
        Assert.Equal(Entry(2), taken.Winner);
        Assert.Equal(Entry(2), await _log.ReadOneAsync(0, 2));
    }

    [Fact]
    public async Task Append_SlotBeforeIsEmpty_IsAGap()
    {
        await _log.OpenAsync(0);
        Assert.IsType<AppendResult.Gap>(await _log.AppendAsync(0, _era, 2, Entry(2)));
        Assert.Equal(Head(0, 0), await _log.OpenAsync(0));
    }

    [Fact]
    public async Task Append_OtherIncarnation_IsFenced()
    {
        await FillAsync(0, 1);
        Assert.Equal(_era + 1, await _log.RaiseIncarnationAsync(0, _era));
        Assert.Equal(new AppendResult.Fenced(_era + 1), await _log.AppendAsync(0, _era, 2, Entry(2)));
        Assert.Equal(new AppendResult.Appended(Late: false), await _log.AppendAsync(0, _era + 1, 2, Entry(2)));
        Assert.Equal(Head(2, 0) with { Incarnation = _era + 1 }, await _log.OpenAsync(0));
    }

    [Fact]
    public async Task Append_NotOpened_IsFencedByZero() =>
        Assert.Equal(new AppendResult.Fenced(0), await _log.AppendAsync(0, _era, 1, Entry(1)));

    [Fact]
    public async Task RaiseIncarnation_TwoAtOnce_RaiseOnce()
    {
        await _log.OpenAsync(0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _log.RaiseIncarnationAsync(0, _era)));
        Assert.Equal(_era + 1, (await _log.OpenAsync(0)).Incarnation);
    }

    [Fact]
    public async Task Append_ManyWritersRace_EverySlotHasOneWinner()
    {
        await _log.OpenAsync(0);
        var other = await OpenAgainAsync();
        ClaimLog[] logs = [_log, new(other)];
        const int Slots = 50;
        var wins = await Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            var won = 0;
            for (var sequence = 1; sequence <= Slots; sequence++)
            {
                var mine = Entry((1_000 * writer) + sequence);
                var result = await logs[writer % 2].AppendAsync(0, _era, sequence, mine);
                won += result is AppendResult.Appended { Late: false } ? 1 : 0;
                Assert.True(result is AppendResult.Appended or AppendResult.Taken);
            }

            return won;
        }));
        Assert.Equal(Slots, wins.Sum());
        Assert.Equal(Slots, (await _log.OpenAsync(0)).LastSequence);
    }

    [Fact]
    public async Task Append_EveryByteValue_ComesBackUnaltered()
    {
        await _log.OpenAsync(0);
        byte[] all = [.. Enumerable.Range(0, 1_024).Select(static i => (byte)i), 0x00, 0xff, 0x0d, 0x0a, 0x00];
        await _log.AppendAsync(0, _era, 1, all);
        Assert.Equal(all, await _log.ReadOneAsync(0, 1));
        Assert.Equal(new AppendResult.Appended(Late: true), await _log.AppendAsync(0, _era, 1, all));
        byte[] differsAtTheEnd = [.. all[..^1], 1];
        Assert.Equal(all, Assert.IsType<AppendResult.Taken>(await _log.AppendAsync(0, _era, 1, differsAtTheEnd)).Winner);
    }

    [Fact]
    public async Task Append_LargestEntry_ComesBackUnaltered()
    {
        await _log.OpenAsync(0);
        var large = Entry(1, Store.Options.MaximumEntryBytes);
        Assert.IsType<AppendResult.Appended>(await _log.AppendAsync(0, _era, 1, large));
        Assert.Equal(large, await _log.ReadOneAsync(0, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _log.AppendAsync(0, _era, 2, new byte[large.Length + 1]));
    }

    [Fact]
    public async Task Append_ShorterThanANonce_Throws() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _log.AppendAsync(0, _era, 1, new byte[ClaimLog.NonceBytes - 1]));

    [Fact]
    public async Task Append_AnswersLost_SendsAgainUntilKnown()
    {
        await FillAsync(0, 1);
        var entry = Entry(2);
        var (store, cutting) = await OpenCuttingAsync(entry[..16], cuts: 2);
        Assert.Equal(new AppendResult.Appended(Late: true), await new ClaimLog(store).AppendAsync(0, _era, 2, entry));
        Assert.True(cutting.CutsLeft <= 0);
        Assert.Equal(2, (await _log.OpenAsync(0)).LastSequence);
    }

    [Fact]
    public async Task Append_CancelledWhileUnknown_ThrowsCancelled()
    {
        await FillAsync(0, 1);
        var entry = Entry(2);
        var (store, _) = await OpenCuttingAsync(entry[..16], cuts: int.MaxValue);
        using var cancel = new CancellationTokenSource();
        var append = new ClaimLog(store).AppendAsync(0, _era, 2, entry, cancellationToken: cancel.Token);
        while (await _log.ReadOneAsync(0, 2) is null)
        {
            await Task.Yield();
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
    }

    [Fact]
    public async Task Read_Range_GivesTheEntriesInOrder()
    {
        await FillAsync(0, 700);
        var read = await _log.ReadAsync(0, 5, 690).ToListAsync();
        Assert.Equal(Enumerable.Range(5, 686).Select(static i => (long)i), read.Select(static e => e.Sequence));
        Assert.All(read, static e => Assert.Equal(Entry((int)e.Sequence), e.Bytes));
        Assert.Empty(await _log.ReadAsync(0, 8, 7).ToListAsync());
    }

    [Fact]
    public async Task Read_EntryMissing_ThrowsTruncated()
    {
        await FillAsync(0, 30);
        await Store.Database.KeyDeleteAsync(Store.Keys.Slot(0, 20));
        var read = new List<long>();
        var fault = await Assert.ThrowsAsync<StoreTruncatedException>(async () =>
        {
            await foreach (var entry in _log.ReadAsync(0, 1, 30))
            {
                read.Add(entry.Sequence);
            }
        });
        Assert.Equal(19, read.Count);
        Assert.Contains("no entry 20", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EntryAltered_ThrowsDamaged()
    {
        await FillAsync(0, 3);
        await Store.Database.StringSetRangeAsync(Store.Keys.Slot(0, 2), 100, "?");
        await Assert.ThrowsAsync<StoreDamagedException>(() => _log.ReadOneAsync(0, 2));
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _log.ReadAsync(0, 1, 3).ToListAsync());
        await Assert.ThrowsAsync<StoreDamagedException>(() => _log.AppendAsync(0, _era, 2, Entry(9)));
    }

    [Fact]
    public async Task Checkpoint_Lower_LeavesTheHigher()
    {
        await FillAsync(0, 4);
        Assert.Equal(new CheckpointResult.Saved(3), await _log.SaveCheckpointAsync(0, _era, 3));
        Assert.Equal(new CheckpointResult.Saved(3), await _log.SaveCheckpointAsync(0, _era, 2));
        Assert.Equal(new CheckpointResult.Saved(3), await _log.SaveCheckpointAsync(0, _era, 0));
        Assert.Equal(Head(4, 3), await _log.OpenAsync(0));
    }

    [Fact]
    public async Task Checkpoint_OtherIncarnation_IsFenced()
    {
        await FillAsync(0, 2);
        Assert.Equal(new CheckpointResult.Fenced(_era), await _log.SaveCheckpointAsync(0, _era + 1, 1));
        Assert.Equal(0, (await _log.OpenAsync(0)).Checkpoint);
    }

    [Fact]
    public async Task Checkpoint_BeyondTheEnd_Throws()
    {
        await FillAsync(0, 2);
        await Assert.ThrowsAsync<StoreTruncatedException>(() => _log.SaveCheckpointAsync(0, _era, 3));
        Assert.Equal(0, (await _log.OpenAsync(0)).Checkpoint);
    }

    [Fact]
    public async Task Keys_AfterAppends_HaveNoTimeToLive()
    {
        await FillAsync(0, 1);
        foreach (RedisKey key in new[] { Store.Keys.Slot(0, 1), Store.Keys.Last(0), Store.Keys.Incarnation(0) })
        {
            Assert.Null(await Store.Database.KeyTimeToLiveAsync(key));
        }
    }

    private LogHead Head(long last, long checkpoint) => new(_era, last, checkpoint) { Era = _era };

    private async Task FillAsync(int partition, int entries)
    {
        await _log.OpenAsync(partition);
        for (var sequence = 1; sequence <= entries; sequence++)
        {
            Assert.Equal(new AppendResult.Appended(Late: false), await _log.AppendAsync(partition, _era, sequence, Entry(sequence)));
        }
    }
}

public sealed class ClaimLogOnGarnet(GarnetBackend backend) : ClaimLogContract(backend);

public sealed class ClaimLogOnRedis(RedisBackend backend) : ClaimLogContract(backend);

public sealed class ClaimLogInSimulation(SimBackend backend) : ClaimLogContract(backend);
