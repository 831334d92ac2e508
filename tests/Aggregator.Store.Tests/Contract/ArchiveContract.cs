using Aggregator.Store.Archive;
using Aggregator.Store.Connection;
using Aggregator.Store.Log;
using Aggregator.Store.Registry;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class ArchiveContract(ServerBackend backend) : ServerContract(backend)
{
    private readonly TempFolder _temp = new();
    private readonly List<string> _said = [];
    private ArchiveFolder _folder = null!;
    private StoreIdentity _identity = null!;
    private ClaimLog _log = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _folder = new ArchiveFolder(Path.Combine(_temp.Path, "archive"));
        _identity = await Store.OpenAsync();
        _log = new ClaimLog(Store);
        using var turn = _folder.Lock();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _temp.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Archive_ThenRestore_HasTheSameEntriesAndEditsUnderTheSameIncarnation()
    {
        await AppendAsync(0, 1, 40);
        await AppendAsync(7, 1, 3);
        var raised = await _log.RaiseIncarnationAsync(7, (await _log.OpenAsync(7)).Incarnation);
        var head = await EditAsync(5);
        await _log.SaveCheckpointAsync(0, Store.Session.Era, 40);
        await ArchiveAsync(maximumFileBytes: 2_000);

        await using var target = await Backend.ConnectAsync();
        var id = await RestoreAsync(target);

        var restored = await target.OpenAsync();
        Assert.Equal((id, _identity.Partitions, _identity.HashSeed, false), (restored.StoreId, restored.Partitions, restored.HashSeed, restored.IsNew));
        Assert.NotEqual(_identity.StoreId, id);
        var log = new ClaimLog(target);
        Assert.Equal((0L, 40L), (await log.OpenAsync(0) is var zero ? zero.Checkpoint : -1, zero.LastSequence));
        Assert.Equal((Math.Max(raised, target.Session.Era), 3L), (await log.OpenAsync(7) is var seven ? seven.Incarnation : -1, seven.LastSequence));
        Assert.Equal(Enumerable.Range(1, 40).Select(at => Entry(at)), await log.ReadAsync(0, 1, 40).Select(entry => entry.Bytes).ToListAsync());
        Assert.Equal(head, await new RegistryEdits(target).HeadAsync());
        Assert.Equal(Enumerable.Range(1, 5).Select(at => Entry(at)), await new RegistryEdits(target).ReadAsync(1, 5).ToListAsync());
    }

    [Fact]
    public async Task Archive_Again_AddsOnlyWhatHasComeSince()
    {
        await AppendAsync(0, 1, 10);
        await ArchiveAsync();
        await ArchiveAsync();
        Assert.Equal(["p00-0000000001-0000000010.agglog"], Names());

        await AppendAsync(0, 11, 15);
        await EditAsync(2);
        await ArchiveAsync();

        Assert.Equal(["p00-0000000001-0000000010.agglog", "p00-0000000011-0000000015.agglog", "registry-0000000001-0000000002.agglog"], Names());
        Assert.True((await _folder.VerifyAsync()).IsWhole);
    }

    [Fact]
    public async Task Archive_WhileClaimsComeIn_IsWholeAndGoesOn()
    {
        var head = await _log.OpenAsync(0);
        var writing = Task.Run(async () =>
        {
            for (var at = 1; at <= 300; at++)
            {
                await _log.AppendAsync(0, head.Incarnation, at, Entry(at));
            }
        });
        do
        {
            await ArchiveAsync();
        }
        while (!writing.IsCompleted);

        await writing;
        await ArchiveAsync();

        var seen = new List<byte[]>();
        var report = await _folder.VerifyAsync((_, entry) => seen.Add(entry.Bytes.ToArray()));
        Assert.True(report.IsWhole);
        Assert.Equal(Enumerable.Range(1, 300).Select(at => Entry(at)), seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(500)]
    public async Task Archive_AfterAFileThatIsBrokenOff_WritesItAgain(int kept)
    {
        await AppendAsync(0, 1, 10);
        await ArchiveAsync();
        var file = Path.Combine(_folder.FullPath, Names()[0]);
        await using (var cut = File.OpenWrite(file))
        {
            cut.SetLength(kept);
        }

        Assert.False((await _folder.VerifyAsync()).IsWhole);
        await AppendAsync(0, 11, 12);
        await ArchiveAsync();

        Assert.Equal(["p00-0000000001-0000000012.agglog"], Names());
        Assert.True((await _folder.VerifyAsync()).IsWhole);
        Assert.Contains(_said, line => line.EndsWith("is broken off. It is written again.", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_folder.FullPath, "*" + ArchiveFile.UnfinishedExtension));
    }

    [Fact]
    public async Task Verify_AnyDamagedByte_IsFoundAndNotRestored()
    {
        await AppendAsync(0, 1, 3);
        await ArchiveAsync();
        var file = Path.Combine(_folder.FullPath, Names()[0]);
        var whole = await File.ReadAllBytesAsync(file);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(file, damaged);
            Assert.False((await _folder.VerifyAsync()).IsWhole, $"byte {at} of {whole.Length}");
        }

        await using var target = await Backend.ConnectAsync();
        await Assert.ThrowsAsync<ArchiveException>(() => RestoreAsync(target));
        Assert.True((await target.OpenAsync()).IsNew);
    }

    [Fact]
    public async Task Verify_AFileMissing_NamesTheGap()
    {
        await AppendAsync(0, 1, 30);
        await ArchiveAsync(maximumFileBytes: 2_000);
        Assert.True(Names().Length > 2);
        File.Delete(Path.Combine(_folder.FullPath, Names()[1]));

        var report = await _folder.VerifyAsync();

        Assert.False(report.IsWhole);
        var (from, to) = Assert.Single(Assert.Single(report.Spans).Gaps);
        Assert.True(from > 1 && to < 30 && from <= to);
    }

    [Fact]
    public async Task Archive_OfAnotherStoreOrHistory_IsRefused()
    {
        await AppendAsync(0, 1, 5);
        await ArchiveAsync();
        await using (var other = await Backend.ConnectAsync())
        {
            var origin = ArchiveOrigin.Of(await other.OpenAsync());
            await Assert.ThrowsAsync<ArchiveException>(() => new LogArchiver(other, origin, _folder, _said.Add).ArchiveAsync(0));
        }

        await Store.Database.StringSetAsync(Store.Keys.Slot(0, 5), EntrySeal.Close(Entry(99)));
        var refused = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveAsync());
        Assert.Contains("written on", refused.Message, StringComparison.Ordinal);

        await Store.Database.StringSetAsync(Store.Keys.Last(0), 4);
        refused = await Assert.ThrowsAsync<ArchiveException>(() => ArchiveAsync());
        Assert.Contains("has lost its end", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["p00-0000000001-0000000005.agglog"], Names());
    }

    [Fact]
    public async Task Restore_IntoAStore_IsRefused()
    {
        await AppendAsync(0, 1, 5);
        await ArchiveAsync();

        await Assert.ThrowsAsync<ArchiveException>(() => RestoreAsync(Store));
        await using var withoutLog = await Backend.ConnectAsync();
        await withoutLog.OpenAsync();
        await Assert.ThrowsAsync<ArchiveException>(() => RestoreAsync(withoutLog));
        await using var withoutIdentity = await Backend.ConnectAsync();
        await new ClaimLog(withoutIdentity).OpenAsync(3);
        await Assert.ThrowsAsync<ArchiveException>(() => RestoreAsync(withoutIdentity));
    }

    [Fact]
    public async Task Restore_BrokenOff_KeepsHostsOutAndGoesOn()
    {
        await AppendAsync(0, 1, 20);
        await AppendAsync(1, 1, 20);
        var head = await EditAsync(30);
        await ArchiveAsync(maximumFileBytes: 2_000);
        await using var target = await Backend.ConnectAsync();

        // Two files go away once all have been checked, so it comes as far as these.
        var report = await _folder.VerifyAsync();
        string[] away = [Names().First(name => name.StartsWith("p00", StringComparison.Ordinal) && !name.StartsWith("p00-0000000001", StringComparison.Ordinal)), Names()[^1]];
        foreach (var name in away)
        {
            File.Move(Path.Combine(_folder.FullPath, name), Path.Combine(_temp.Path, name));
            await Assert.ThrowsAsync<FileNotFoundException>(() => new LogRestorer(target, report).RestoreAsync());
            var refused = await Assert.ThrowsAsync<StoreTruncatedException>(() => target.OpenAsync());
            Assert.Contains("has not ended", refused.Message, StringComparison.Ordinal);
            if (name == away[0])
            {
                Assert.InRange((await new ClaimLog(target).OpenAsync(0)).LastSequence, 1, 19);
                File.Move(Path.Combine(_temp.Path, name), Path.Combine(_folder.FullPath, name));
            }
        }

        Assert.InRange((await new RegistryEdits(target).HeadAsync()).Version, 1, 29);
        File.Move(Path.Combine(_temp.Path, away[1]), Path.Combine(_folder.FullPath, away[1]));
        await RestoreAsync(target);

        Assert.False((await target.OpenAsync()).IsNew);
        Assert.Equal(Enumerable.Range(1, 20).Select(at => Entry(at)), await new ClaimLog(target).ReadAsync(0, 1, 20).Select(entry => entry.Bytes).ToListAsync());
        Assert.Equal(20, (await new ClaimLog(target).OpenAsync(1)).LastSequence);
        Assert.Equal(head, await new RegistryEdits(target).HeadAsync());
    }

    [Fact]
    public async Task Restore_OfAnotherArchiveInBetween_IsRefused()
    {
        await AppendAsync(0, 1, 5);
        await ArchiveAsync();
        await using var target = await Backend.ConnectAsync();
        await target.Database.StringSetAsync(target.Keys.Restore, "another");

        var refused = await Assert.ThrowsAsync<ArchiveException>(() => RestoreAsync(target));

        Assert.Contains("another", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_LaterIncarnation_LeavesTheEraBehindNone()
    {
        await AppendAsync(0, 1, 5);
        var first = (await _log.OpenAsync(0)).Incarnation;
        await _log.RaiseIncarnationAsync(0, first);
        await _log.RaiseIncarnationAsync(0, first + 1);
        await ArchiveAsync();
        await using var target = await Backend.ConnectAsync();
        await RestoreAsync(target);

        await using var host = await StoreConnection.ConnectAsync(target.Options);
        var era = await host.Session.OpenAsync();
        Assert.True(era >= first + 2, $"{era} {first}");
        Assert.Equal(era, (await new ClaimLog(host).OpenAsync(0)).Incarnation);
        Assert.Equal(era, (await new ClaimLog(host).OpenAsync(1)).Incarnation);
    }

    private async Task AppendAsync(int partition, long from, long to)
    {
        var head = await _log.OpenAsync(partition);
        for (var at = from; at <= to; at++)
        {
            Assert.IsType<AppendResult.Appended>(await _log.AppendAsync(partition, head.Incarnation, at, Entry((int)at)));
        }
    }

    private async Task<RegistryHead> EditAsync(int edits)
    {
        var head = RegistryHead.None;
        for (var at = 1; at <= edits; at++)
        {
            head = (await new RegistryEdits(Store).AppendAsync(head, Entry(at)))!.Value;
        }

        return head;
    }

    private async Task ArchiveAsync(long maximumFileBytes = 1 << 20)
    {
        var archiver = new LogArchiver(Store, ArchiveOrigin.Of(_identity), _folder, _said.Add, maximumFileBytes);
        for (var partition = 0; partition < _identity.Partitions; partition++)
        {
            await archiver.ArchiveAsync(partition);
        }

        await archiver.ArchiveEditsAsync();
    }

    private async Task<Guid> RestoreAsync(StoreConnection target) => await new LogRestorer(target, await _folder.VerifyAsync()).RestoreAsync();

    private string[] Names() => [.. _folder.Files().OrderBy(file => file.Partition < 0).Select(file => file.Name)];
}

public sealed class ArchiveOnGarnet(GarnetBackend backend) : ArchiveContract(backend);

public sealed class ArchiveOnRedis(RedisBackend backend) : ArchiveContract(backend);
