using Aggregator.Store.Index;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class ClaimIndexContract(Backend backend) : StoreContract(backend)
{
    private ClaimIndex _index = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _index = new ClaimIndex(Store);
    }

    [Fact]
    public async Task Find_NothingWritten_GivesNullsAndMarkZero()
    {
        Assert.Equal([null, null], await _index.FindAsync(0, [1, UInt128.MaxValue]));
        Assert.Empty(await _index.FindAsync(0, []));
        Assert.Equal(0, await _index.IndexedToAsync(0));
    }

    [Fact]
    public async Task Write_ManyRows_AreFoundInTheOrderAsked()
    {
        var rows = Enumerable.Range(1, 5_000).Select(static i => new IndexRow(Key(i), [Version(i, sequence: 7, ordinal: i)])).ToList();
        await _index.WriteAsync(0, rows, 7);
        var hits = await _index.FindAsync(0, [.. rows.Select(static row => row.Key), Key(0)]);
        Assert.Equal(rows.Select(static row => row.Versions[0]), hits[..^1].Select(static hit => hit!.Standing));
        Assert.Null(hits[^1]);
        Assert.Equal(7, await _index.IndexedToAsync(0));
        Assert.Null((await _index.FindAsync(1, [Key(1)]))[0]);
    }

    [Fact]
    public async Task Write_RowsAheadOfTheMark_AsAWriterLeavesThemThatEndedBeforeIt_AreWrittenAgain()
    {
        IndexVersion[] versions = [Version(2, sequence: 9), Version(1, sequence: 4)];
        await _index.WriteAsync(0, [new(Key(1), versions)], 9);

        // Who takes the entries in again finds the row as it was to become, and is not as far yet.
        await _index.WriteAsync(1, [new(Key(1), versions)], 4);

        Assert.Equal(versions, (await _index.FindAsync(1, [Key(1)]))[0]!.Versions);
        Assert.Equal(4, await _index.IndexedToAsync(1));
    }

    [Fact]
    public async Task Write_KeysThatDifferInTheLastBit_StayApart()
    {
        UInt128 key = new(0x00ff_0d0a_0000_0000, 0x0000_0000_ffff_ff00);
        await _index.WriteAsync(0, [new(key, [Version(1)]), new(key + 1, [Version(2)])], 1);
        var hits = await _index.FindAsync(0, [key + 1, key, key + 2]);
        Assert.Equal([Version(2), Version(1)], hits[..2].Select(static hit => hit!.Standing));
        Assert.Null(hits[2]);
    }

    [Fact]
    public async Task Write_ExtremeValues_ComeBackUnaltered()
    {
        IndexVersion version = new(UInt128.MaxValue, 1L << 52, int.MaxValue, long.MinValue, long.MaxValue, IsRetraction: true);
        await _index.WriteAsync(0, [new(Key(1), [version])], 1L << 52);
        Assert.Equal(version, (await _index.FindAsync(0, [Key(1)]))[0]!.Standing);
        Assert.Equal(1L << 52, await _index.IndexedToAsync(0));
    }

    [Fact]
    public async Task Write_CorrectedClaim_KeepsWhatWasReplaced()
    {
        IndexHit? held = null;
        for (var i = 1; i <= 20; i++)
        {
            var row = IndexRow.With(Key(1), held, Version(i, sequence: i, revision: i));
            await _index.WriteAsync(0, [row], i);
            held = (await _index.FindAsync(0, [Key(1)]))[0]!;
        }

        Assert.Equal(Enumerable.Range(1, 20).Reverse().Select(static i => (UInt128)i), held!.Versions.Select(static v => v.ContentHash));
        Assert.True(held.Holds(3));
        Assert.False(held.Holds(21));
    }

    [Fact]
    public async Task Write_Again_ChangesNothing()
    {
        var row = new IndexRow(Key(1), [Version(2, sequence: 2), Version(1, sequence: 1)]);
        await _index.WriteAsync(0, [row], 2);
        await _index.WriteAsync(0, [row], 2);
        Assert.Equal(row.Versions, (await _index.FindAsync(0, [Key(1)]))[0]!.Versions);
        Assert.Equal(2, await _index.IndexedToAsync(0));
    }

    [Theory]
    [InlineData(300, 0, 299, 0)]
    [InlineData(300, 7, 300, 6)]
    [InlineData(256, 0, 255, 9)]
    [InlineData(70_000, 1, 69_999, 300)]
    public async Task Write_OvertakenWriter_DoesNotUndoTheLaterRow(long sequence, int ordinal, long staleSequence, int staleOrdinal)
    {
        var row = new IndexRow(Key(1), [Version(2, sequence, ordinal), Version(1, 1)]);
        await _index.WriteAsync(0, [row], sequence);
        await _index.WriteAsync(0, [new(Key(1), [Version(1, staleSequence, staleOrdinal)])], staleSequence);
        Assert.Equal(row.Versions, (await _index.FindAsync(0, [Key(1)]))[0]!.Versions);
        Assert.Equal(sequence, await _index.IndexedToAsync(0));
    }

    [Fact]
    public async Task Write_LowRevisionArrivingLate_StandsBehindButCountsAsLatest()
    {
        var row = IndexRow.With(Key(1), null, Version(1, sequence: 1, revision: 5));
        await _index.WriteAsync(0, [row], 1);
        row = IndexRow.With(Key(1), (await _index.FindAsync(0, [Key(1)]))[0], Version(2, sequence: 2, revision: 4));
        await _index.WriteAsync(0, [row], 2);
        var hit = (await _index.FindAsync(0, [Key(1)]))[0]!;
        Assert.Equal((UInt128)1, hit.Standing.ContentHash);
        Assert.True(hit.Holds(2));
    }

    [Fact]
    public async Task Write_MostVersions_ComeBackUnaltered()
    {
        IndexVersion[] versions = [.. Enumerable.Range(0, ClaimIndex.MaximumVersions).Select(static i => Version(i, 1, i))];
        await _index.WriteAsync(0, [new(Key(1), versions)], 1);
        Assert.Equal(versions, (await _index.FindAsync(0, [Key(1)]))[0]!.Versions);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _index.WriteAsync(0, [new(Key(1), [.. versions, Version(1)])], 1));
    }

    [Fact]
    public async Task Write_OneKeyTwiceInABatch_LeavesTheLater()
    {
        IndexRow later = new(Key(1), [Version(2, 2), Version(1, 1)]);
        await _index.WriteAsync(0, [later, new(Key(1), [Version(1, 1)])], 2);
        Assert.Equal(later.Versions, (await _index.FindAsync(0, [Key(1)]))[0]!.Versions);
    }

    [Fact]
    public async Task Write_NoRows_RaisesTheMarkAlone()
    {
        await _index.WriteAsync(0, [], 9);
        await _index.WriteAsync(0, [], 4);
        Assert.Equal(9, await _index.IndexedToAsync(0));
    }

    private static UInt128 Key(int i) => System.IO.Hashing.XxHash128.HashToUInt128(BitConverter.GetBytes(i));

    private static IndexVersion Version(int content, long sequence = 1, int ordinal = 0, long revision = 0) =>
        new((UInt128)content, sequence, ordinal, revision, 637_370_208_000_000_000);
}

public sealed class ClaimIndexOnGarnet(GarnetBackend backend) : ClaimIndexContract(backend);

public sealed class ClaimIndexOnRedis(RedisBackend backend) : ClaimIndexContract(backend);

public sealed class ClaimIndexInSimulation(SimBackend backend) : ClaimIndexContract(backend);
