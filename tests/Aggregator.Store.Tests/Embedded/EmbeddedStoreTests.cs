using System.Globalization;
using Aggregator.Store.Embedded;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Aggregator.Store.Tests.Backends;
using Aggregator.Store.Tests.Crash;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aggregator.Store.Tests.Embedded;

public sealed class EmbeddedStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Connect_NoRedis_PromisesWhatItIsSetTo()
    {
        await using var store = await ConnectAsync();
        Assert.Equal(StoreKind.EmbeddedGarnet, store.Promise.Kind);
        Assert.True(store.Promise.SurvivesPowerLoss);
        Assert.Empty(store.Promise.Warnings);
    }

    [Fact]
    public async Task Restart_AfterAnOrderlyStop_HasEverything()
    {
        StoreIdentity identity;
        await using (var store = await ConnectAsync())
        {
            identity = await store.OpenAsync();
            var log = new ClaimLog(store);
            var opened = await log.OpenAsync(0);
            for (var sequence = 1; sequence <= 100; sequence++)
            {
                await log.AppendAsync(0, opened.Incarnation, sequence, AppendingChild.Entry(sequence));
            }

            await log.SaveCheckpointAsync(0, opened.Incarnation, 40);
            await new ClaimIndex(store).WriteAsync(0, [new(5, [new(6, 100, 3, 0, 1)])], 100);
            await new EntityRows(store).WriteAsync("actor", "armenia", 0, [new("f", new byte[] { 0, 255 })], "world");
        }

        for (var restart = 0; restart < 2; restart++)
        {
            await using var store = await ConnectAsync();
            Assert.Equal(identity with { IsNew = false }, await store.OpenAsync());
            var log = new ClaimLog(store);
            var head = await log.OpenAsync(0);
            Assert.Equal(new LogHead(head.Era, 100, 40) { Era = head.Era }, head);
            Assert.Equal(restart + 2, head.Era >> 20);
            Assert.All(await log.ReadAsync(0, 1, 100).ToListAsync(), static e => Assert.Equal(AppendingChild.Entry(e.Sequence), e.Bytes));
            Assert.Equal(new IndexVersion(6, 100, 3, 0, 1), (await new ClaimIndex(store).FindAsync(0, [5]))[0]!.Standing);
            var rows = new EntityRows(store);
            Assert.Equal([0, 255], (await rows.LoadAsync("actor", "armenia"))!.Fields["f"]);
            Assert.Equal(["armenia"], await rows.ChildrenAsync("actor", "world").ToListAsync());
            Assert.Equal(["armenia"], await rows.KnownAsync("actor").ToListAsync());
        }
    }

    [Fact]
    public async Task Kill_WhileAppending_KeepsEveryAcknowledgedEntry()
    {
        long acknowledged = 0;
        for (var round = 1; round <= 3; round++)
        {
            using var child = AppendingChild.Start(_folder.Path);
            while (acknowledged < 150 * round)
            {
                var line = await child.StandardOutput.ReadLineAsync();
                Assert.NotNull(line);
                acknowledged = long.Parse(line, CultureInfo.InvariantCulture);
            }

            child.Kill();
            var rest = await child.StandardOutput.ReadToEndAsync();
            await child.WaitForExitAsync();
            var whole = rest.LastIndexOf('\n') is var end and > 0 ? rest[..end].Split('\n')[^1] : null;
            acknowledged = whole is null ? acknowledged : long.Parse(whole, CultureInfo.InvariantCulture);

            await using var store = await ConnectAsync();
            var log = new ClaimLog(store);
            var head = await log.OpenAsync(0);
            Assert.InRange(head.LastSequence, acknowledged, acknowledged + 1);
            var entries = await log.ReadAsync(0, 1, head.LastSequence).ToListAsync();
            Assert.All(entries, static e => Assert.Equal(AppendingChild.Entry(e.Sequence), e.Bytes));

            // A row is whole, whichever write was the last.
            var row = (await new EntityRows(store).LoadAsync("actor", "armenia"))!;
            Assert.InRange(row.Version, acknowledged, head.LastSequence);
            Assert.Equal(row.Version, BitConverter.ToInt64(row.Fields["sequence"]));
            Assert.Equal(AppendingChild.Entry(row.Version), row.Fields["more"]);
            if (row.Version < head.LastSequence)
            {
                await new EntityRows(store).WriteAsync(
                    "actor", "armenia", row.Version, [new("sequence", BitConverter.GetBytes(row.Version + 1)), new("more", AppendingChild.Entry(row.Version + 1))]);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Folder_ThatIsRemovedOrReplaced_IsALoss(bool isReplaced)
    {
        var path = Path.Combine(_folder.Path, "data");
        await using (var store = await StoreConnection.ConnectAsync(new StoreOptions { Path = path }))
        {
            await store.OpenAsync();
            Assert.Null(store.Lost);
            Directory.Move(path, Path.Combine(_folder.Path, "away"));
            if (isReplaced)
            {
                Directory.CreateDirectory(path);
                await File.WriteAllTextAsync(Path.Combine(path, "store.holder"), "another", TestContext.Current.CancellationToken);
                await File.WriteAllTextAsync(Path.Combine(path, "store.socket"), "another", TestContext.Current.CancellationToken);
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await UntilAsync(() => Task.FromResult(store.Lost is not null && store.IsDown), limit.Token);
            Assert.Contains(path, store.Lost, StringComparison.Ordinal);
        }

        // It is another's.
        string?[] left = Directory.Exists(path) ? [.. Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal)] : [];
        string?[] anothers = isReplaced ? ["store.holder", "store.socket"] : [];
        Assert.Equal(anothers, left);
    }

    [Fact]
    public async Task Folder_ThatIsNotThere_IsNotMadeWhereAStoreMustExist()
    {
        var path = Path.Combine(_folder.Path, "none");

        var missing = await Assert.ThrowsAsync<StoreMissingException>(() => StoreConnection.ConnectAsync(new StoreOptions { Path = path, MustExist = true }));

        Assert.Contains(path, missing.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task Disk_ThatWasFull_TakesWritesAgain_AndHasWhatWasAcknowledged()
    {
        SmallDisk disk;
        try
        {
            disk = await SmallDisk.MountAsync(_folder.Path, 64);
        }
        catch (NotSupportedException fault)
        {
            Assert.Skip(fault.Message);
            return;
        }

        await using (disk)
        {
            await using var store = await ConnectAsync();
            var log = new ClaimLog(store);
            var opened = await log.OpenAsync(0);
            await log.AppendAsync(0, opened.Incarnation, 1, AppendingChild.Entry(1));
            disk.Fill();

            // An append of unknown outcome is tried until it is known.
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            using var appending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            var acknowledged = 1L;
            var appends = AppendAllAsync();
            await UntilAsync(() => Task.FromResult(store.IsDown), limit.Token);
            await appending.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => appends);

            disk.Free();
            await UntilAsync(
                async () =>
                {
                    try
                    {
                        return (await log.OpenAsync(0)).LastSequence >= acknowledged;
                    }
                    catch (StoreException)
                    {
                        return false;
                    }
                },
                limit.Token);
            var again = await log.OpenAsync(0);
            Assert.InRange(again.LastSequence, acknowledged, acknowledged + 1);
            var entries = await log.ReadAsync(0, 1, again.LastSequence).ToListAsync();
            Assert.All(entries, static entry => Assert.Equal(AppendingChild.Entry(entry.Sequence), entry.Bytes));
            Assert.IsType<AppendResult.Appended>(await log.AppendAsync(0, again.Incarnation, again.LastSequence + 1, AppendingChild.Entry(again.LastSequence + 1)));

            async Task AppendAllAsync()
            {
                while (true)
                {
                    await log.AppendAsync(0, opened.Incarnation, acknowledged + 1, AppendingChild.Entry(acknowledged + 1), cancellationToken: appending.Token);
                    acknowledged++;
                }
            }
        }
    }

    [Fact]
    public async Task Start_FolderInUse_NamesFolderAndHolder()
    {
        await using (await EmbeddedStore.StartAsync(_folder.Path, NullLoggerFactory.Instance))
        {
            var fault = await Assert.ThrowsAsync<StoreLockedException>(() => EmbeddedStore.StartAsync(_folder.Path, NullLoggerFactory.Instance));
            Assert.Equal(_folder.Path, fault.Folder);
            Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}"), fault.Message, StringComparison.Ordinal);
        }

        await (await EmbeddedStore.StartAsync(_folder.Path, NullLoggerFactory.Instance)).DisposeAsync();
    }

    [Fact]
    public async Task Start_FolderInUseByAnotherProcess_NamesThatProcess()
    {
        using var child = AppendingChild.Start(_folder.Path);
        await child.StandardOutput.ReadLineAsync();
        var fault = await Assert.ThrowsAsync<StoreLockedException>(() => ConnectAsync());
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"process {child.Id}"), fault.Holder, StringComparison.Ordinal);
        child.Kill();
        await child.WaitForExitAsync();
        await (await ConnectAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Start_AppendOnlyFileDamaged_RefusesToStart()
    {
        await using (var store = await ConnectAsync())
        {
            var log = new ClaimLog(store);
            var opened = await log.OpenAsync(0);
            for (var sequence = 1; sequence <= 100; sequence++)
            {
                await log.AppendAsync(0, opened.Incarnation, sequence, AppendingChild.Entry(sequence));
            }
        }

        var file = Path.Combine(_folder.Path, "AOF", "aof.log.0");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes.AsSpan(bytes.Length / 3, 8_192).Fill(0x5a);
        await File.WriteAllBytesAsync(file, bytes);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var fault = await Assert.ThrowsAsync<StoreTruncatedException>(() => ConnectAsync());
            Assert.Contains(_folder.Path, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Dispose_Twice_IsHarmless()
    {
        var store = await EmbeddedStore.StartAsync(_folder.Path, NullLoggerFactory.Instance);
        await store.DisposeAsync();
        await store.DisposeAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(limit);
        }
    }

    private Task<StoreConnection> ConnectAsync() => StoreConnection.ConnectAsync(new() { Path = _folder.Path });
}
