using System.Text;
using Aggregator.Store.Registry;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class RegistryEditsContract(ServerBackend backend) : ServerContract(backend)
{
    private RegistryEdits _edits = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _edits = new RegistryEdits(Store);
    }

    [Fact]
    public async Task Head_OfANewStore_IsNone()
    {
        Assert.Equal(RegistryHead.None, await _edits.HeadAsync());
        Assert.True(await _edits.HoldsAsync(RegistryHead.None));
        Assert.Empty(await _edits.ReadAsync(1, 0).ToListAsync());
    }

    [Fact]
    public async Task Append_OneAfterAnother_ReadsBackInOrder()
    {
        var head = RegistryHead.None;
        for (var at = 1; at <= 1_100; at++)
        {
            head = (await _edits.AppendAsync(head, Entry(at)))!.Value;
            Assert.Equal(at, head.Version);
        }

        await using var other = await ConnectAgainAsync();
        var read = new RegistryEdits(other);
        Assert.Equal(head, await read.HeadAsync());
        Assert.True(await read.HoldsAsync(head));
        Assert.Equal(Enumerable.Range(1, 1_100).Select(at => Entry(at)), await read.ReadAsync(1, head.Version).ToListAsync());
        Assert.Equal([Entry(1_099), Entry(1_100)], await read.ReadAsync(1_099, 1_100).ToListAsync());
    }

    [Fact]
    public async Task Append_AfterAnotherHead_WritesNothing()
    {
        var first = (await _edits.AppendAsync(RegistryHead.None, Entry(1)))!.Value;

        Assert.Null(await _edits.AppendAsync(RegistryHead.None, Entry(2)));
        Assert.Null(await _edits.AppendAsync(new RegistryHead(1, "0123456789abcdef"), Entry(2)));
        Assert.Null(await _edits.AppendAsync(new RegistryHead(7, first.Tag), Entry(2)));

        Assert.Equal(first, await _edits.HeadAsync());
        Assert.Equal([Entry(1)], await _edits.ReadAsync(1, 1).ToListAsync());
    }

    [Fact]
    public async Task Append_ByManyAtOnce_OneWinsEachPlace()
    {
        await using var other = await ConnectAgainAsync();
        RegistryEdits[] writers = [_edits, new RegistryEdits(other)];
        var head = RegistryHead.None;
        for (var round = 0; round < 10; round++)
        {
            var written = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => writers[at % 2].AppendAsync(head, Entry((100 * round) + at))));
            head = Assert.Single(written, one => one is not null)!.Value;
        }

        Assert.Equal((10, head), (head.Version, await _edits.HeadAsync()));
    }

    [Fact]
    public async Task Append_TheSameBytesAgain_IsALateSuccess_AlsoWhenOthersCameAfter()
    {
        var head = (await _edits.AppendAsync(RegistryHead.None, Entry(1)))!.Value;
        Assert.Equal(head, await _edits.AppendAsync(RegistryHead.None, Entry(1)));

        var second = (await _edits.AppendAsync(head, Entry(2)))!.Value;
        Assert.Equal(head, await _edits.AppendAsync(RegistryHead.None, Entry(1)));
        Assert.Equal(second, await _edits.HeadAsync());
    }

    [Fact]
    public async Task Append_AnswerLost_IsWrittenOnceAndKnown()
    {
        var marker = Encoding.ASCII.GetBytes("an edit whose answer is lost");
        var (store, _) = await OpenCuttingAsync(marker, cuts: 1);

        var head = await new RegistryEdits(store).AppendAsync(RegistryHead.None, marker);

        Assert.Equal(1, head?.Version);

        Assert.Equal([marker], await _edits.ReadAsync(1, 1).ToListAsync());
        Assert.Equal(1, (await _edits.HeadAsync()).Version);
    }

    [Fact]
    public async Task Holds_AnotherHistory_IsFalse()
    {
        var head = (await _edits.AppendAsync(RegistryHead.None, Entry(1)))!.Value;
        await Store.Database.KeyDeleteAsync([Store.Keys.RegistryHead, Store.Keys.RegistryEdit(1)]);
        Assert.False(await _edits.HoldsAsync(head));

        await _edits.AppendAsync(RegistryHead.None, Entry(2));
        Assert.False(await _edits.HoldsAsync(head));
    }

    [Fact]
    public async Task Read_AMissingOrDamagedEdit_Throws()
    {
        var head = (await _edits.AppendAsync(RegistryHead.None, Entry(1)))!.Value;
        await _edits.AppendAsync(head, Entry(2));
        await Store.Database.StringSetRangeAsync(Store.Keys.RegistryEdit(2), 3, "x");
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _edits.ReadAsync(1, 2).ToListAsync());

        await Store.Database.KeyDeleteAsync(Store.Keys.RegistryEdit(1));
        await Assert.ThrowsAsync<StoreTruncatedException>(async () => await _edits.ReadAsync(1, 2).ToListAsync());
    }
}

public sealed class RegistryEditsOnGarnet(GarnetBackend backend) : RegistryEditsContract(backend);

public sealed class RegistryEditsOnRedis(RedisBackend backend) : RegistryEditsContract(backend);
