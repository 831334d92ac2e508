using Aggregator.Store.Rows;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class EntityRowsContract(Backend backend) : StoreContract(backend)
{
    private EntityRows _rows = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _rows = new EntityRows(Store);
    }

    [Fact]
    public async Task Load_NoRow_GivesNull()
    {
        Assert.Null(await _rows.LoadAsync("actor", "nobody"));
        Assert.Equal(0, await _rows.VersionAsync("actor", "nobody"));
    }

    [Fact]
    public async Task Write_NewRow_HasVersionOne()
    {
        Assert.Equal(new WriteRowResult.Written(1), await _rows.WriteAsync("actor", "armenia", 0, [Field("state", 1), Field("totals", 2)]));
        var row = (await _rows.LoadAsync("actor", "armenia"))!;
        Assert.Equal((1, 0), (row.Version, row.Epoch));
        Assert.Equal(["state", "totals"], row.Fields.Keys.Order());
        Assert.Equal(Entry(1), row.Fields["state"]);
        Assert.Equal(Entry(2), row.Fields["totals"]);
        Assert.Equal(1, await _rows.VersionAsync("actor", "armenia"));
        Assert.Null(await _rows.LoadAsync("region", "armenia"));
    }

    [Fact]
    public async Task Write_ExpectedVersion_ChangesOnlyTheNamedFields()
    {
        await _rows.WriteAsync("actor", "a", 0, [Field("kept", 1), Field("changed", 2), Field("deleted", 3)]);
        Assert.Equal(new WriteRowResult.Written(2), await _rows.WriteAsync("actor", "a", 1, [Field("changed", 9), new("deleted", null), Field("added", 4)]));
        var row = (await _rows.LoadAsync("actor", "a"))!;
        Assert.Equal(["added", "changed", "kept"], row.Fields.Keys.Order());
        Assert.Equal(Entry(9), row.Fields["changed"]);
        Assert.Equal(2, row.Version);
    }

    [Fact]
    public async Task Write_Chunks_StandBesideTheRowAndAreReadOneByOne()
    {
        await _rows.WriteAsync("actor", "a", 0, [Field("f", 1)], "parent", [Field("b-1", 2), Field("b-2", 3)]);
        Assert.Equal(["f"], (await _rows.LoadAsync("actor", "a"))!.Fields.Keys);
        Assert.Equal(["a"], await _rows.ChildrenAsync("actor", "parent").ToListAsync());
        Assert.Equal([Entry(3), null, Entry(2)], await _rows.LoadChunksAsync("actor", "a", ["b-2", "b-3", "b-1"]));
        Assert.Equal([null], await _rows.LoadChunksAsync("region", "a", ["b-1"]));

        Assert.Equal(new WriteRowResult.Written(2), await _rows.WriteAsync("actor", "a", 1, [new("f", null), Field("g", 4)], chunks: [new("b-1", null), Field("b-2", 5), Field("b-3", 6)]));
        Assert.Equal(["g"], (await _rows.LoadAsync("actor", "a"))!.Fields.Keys);
        Assert.Equal([null, Entry(5), Entry(6)], await _rows.LoadChunksAsync("actor", "a", ["b-1", "b-2", "b-3"]));
    }

    [Fact]
    public async Task Write_OtherVersion_WritesNoChunk()
    {
        await _rows.WriteAsync("actor", "a", 0, [], chunks: [Field("b-1", 1)]);
        Assert.Equal(new WriteRowResult.Conflict(1), await _rows.WriteAsync("actor", "a", 0, [], chunks: [Field("b-1", 2), Field("b-2", 3)]));
        Assert.Equal([Entry(1), null], await _rows.LoadChunksAsync("actor", "a", ["b-1", "b-2"]));
    }

    [Fact]
    public async Task Write_AnEmptyOrMisnamedChunk_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _rows.WriteAsync("actor", "a", 0, [], chunks: [new("b-1", Array.Empty<byte>())]));
        await Assert.ThrowsAsync<ArgumentException>(() => _rows.WriteAsync("actor", "a", 0, [], chunks: [Field("b:1", 1)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Write_OtherVersion_ConflictsAndWritesNothing(long expected)
    {
        await _rows.WriteAsync("actor", "a", 0, [Field("f", 1)]);
        await _rows.WriteAsync("actor", "a", 1, [Field("f", 2)]);
        Assert.Equal(new WriteRowResult.Conflict(2), await _rows.WriteAsync("actor", "a", expected, [Field("f", 3), Field("g", 3)], "parent"));
        var row = (await _rows.LoadAsync("actor", "a"))!;
        Assert.Equal(Entry(2), Assert.Single(row.Fields).Value);
        Assert.Empty(await _rows.ChildrenAsync("actor", "parent").ToListAsync());
    }

    [Fact]
    public async Task Write_MissingRowButVersionExpected_Conflicts() =>
        Assert.Equal(new WriteRowResult.Conflict(0), await _rows.WriteAsync("actor", "a", 5, [Field("f", 1)]));

    [Fact]
    public async Task LoadFieldsMany_SomeMissing_GivesNullsInTheirPlaces()
    {
        await _rows.WriteAsync("actor", "both", 0, [Field("a", 1), Field("b", 2)]);
        await _rows.WriteAsync("actor", "one", 0, [Field("b", 3)]);
        string[] ids = [.. Enumerable.Range(0, 600).Select(at => $"none-{at}"), "both", "one"];

        var read = await _rows.LoadFieldsManyAsync("actor", ids, ["b", "a"]);

        Assert.Equal(602, read.Length);
        Assert.All(read[..600], Assert.Null);
        Assert.Equal([Entry(2), Entry(1)], read[600]);
        Assert.Equal([Entry(3), null], read[601]);

        await _rows.RaiseEpochAsync("actor", "none-1");
        Assert.Equal([null, null], Assert.Single(await _rows.LoadFieldsManyAsync("actor", ["none-1"], ["b", "a"])));
    }

    [Fact]
    public async Task Write_NoFields_RaisesTheVersion()
    {
        Assert.Equal(new WriteRowResult.Written(1), await _rows.WriteAsync("actor", "a", 0, []));
        Assert.Empty((await _rows.LoadAsync("actor", "a"))!.Fields);
    }

    [Fact]
    public async Task Write_EveryByteValueAndNothing_ComeBackUnaltered()
    {
        byte[] all = [.. Enumerable.Range(0, 512).Select(static i => (byte)i)];
        await _rows.WriteAsync("actor", "ελλάς", 0, [new("bytes", all), new("empty", Array.Empty<byte>())]);
        var row = (await _rows.LoadAsync("actor", "ελλάς"))!;
        Assert.Equal(all, row.Fields["bytes"]);
        Assert.Empty(row.Fields["empty"]);
        Assert.Equal(["ελλάς"], await _rows.KnownAsync("actor").ToListAsync());
    }

    [Fact]
    public async Task Write_MostFields_AreAllWrittenAndAllDeleted()
    {
        RowField[] fields = [.. Enumerable.Range(0, EntityRows.MaximumFieldsPerWrite).Select(static i => Field("f" + i, i))];
        await _rows.WriteAsync("actor", "a", 0, fields);
        var row = (await _rows.LoadAsync("actor", "a"))!;
        Assert.Equal(fields.Length, row.Fields.Count);
        Assert.All(fields, field => Assert.Equal(field.Value!, row.Fields[field.Name]));
        await _rows.WriteAsync("actor", "a", 1, [.. fields.Select(static (field, at) => field with { Value = null, GoesLast = at % 2 == 0 })]);
        Assert.Empty((await _rows.LoadAsync("actor", "a"))!.Fields);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _rows.WriteAsync("actor", "a", 2, [.. fields, Field("x", 1)]));
    }

    [Fact]
    public async Task Write_LargeField_ComesBackUnaltered()
    {
        var large = Entry(1, 3 << 20);
        await _rows.WriteAsync("actor", "a", 0, [new("f", large)]);
        Assert.Equal(large, (await _rows.LoadAsync("actor", "a"))!.Fields["f"]);
    }

    [Fact]
    public async Task Write_ManyWritersAtOnce_EachVersionHasOneWinner()
    {
        var other = await OpenAgainAsync();
        EntityRows[] rows = [_rows, new(other)];
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            var (version, wins) = (0L, 0);
            while (wins < 10)
            {
                switch (await rows[writer % 2].WriteAsync("actor", "a", version, [Field("f", writer)], "p"))
                {
                    case WriteRowResult.Written result:
                        wins++;
                        version = result.Version;
                        break;
                    case WriteRowResult.Conflict conflict:
                        version = conflict.ActualVersion;
                        break;
                }
            }

            return wins;
        }));
        Assert.Equal(written.Sum(), await _rows.VersionAsync("actor", "a"));
    }

    [Fact]
    public async Task Write_AnswerLost_IsUnknownAndTheReloadTells()
    {
        var marker = Entry(77);
        var (store, _) = await OpenCuttingAsync(marker, cuts: 1);
        await Assert.ThrowsAsync<StoreUnknownException>(() => new EntityRows(store).WriteAsync("actor", "a", 0, [new("f", marker)]));
        Assert.Equal(1, (await _rows.LoadAsync("actor", "a"))!.Version);
    }

    [Fact]
    public async Task RaiseEpoch_Always_LeavesVersionAndFields()
    {
        Assert.Equal((1, 0), await _rows.RaiseEpochAsync("actor", "a"));
        var row = (await _rows.LoadAsync("actor", "a"))!;
        Assert.Equal((0, 1, 0), (row.Version, row.Epoch, row.Fields.Count));
        Assert.Equal(new WriteRowResult.Written(1), await _rows.WriteAsync("actor", "a", 0, [Field("f", 1)]));
        Assert.Equal((2, 1), await _rows.RaiseEpochAsync("actor", "a"));
        Assert.Equal(new WriteRowResult.Written(2), await _rows.WriteAsync("actor", "a", 1, [Field("f", 2)]));
        row = (await _rows.LoadAsync("actor", "a"))!;
        Assert.Equal((2, 2, 1), (row.Version, row.Epoch, row.Fields.Count));
    }

    [Fact]
    public async Task RaiseEpoch_OnlyIfThere_MakesNoRow()
    {
        Assert.Equal((0, 0), await _rows.RaiseEpochAsync("actor", "a", onlyIfThere: true));
        Assert.Null(await _rows.LoadAsync("actor", "a"));
        await _rows.WriteAsync("actor", "a", 0, [Field("f", 1)]);
        Assert.Equal((1, 1), await _rows.RaiseEpochAsync("actor", "a", onlyIfThere: true));
    }

    [Fact]
    public async Task RaiseEpoch_OfAKnownEntityWhoseRowIsGone_ThrowsDamaged()
    {
        await _rows.WriteAsync("actor", "a", 0, [Field("f", 1)]);
        await Store.Database.KeyDeleteAsync(Store.Keys.Row("actor", "a"));

        await Assert.ThrowsAsync<StoreDamagedException>(() => _rows.RaiseEpochAsync("actor", "a", onlyIfThere: true));
    }

    [Theory]
    [InlineData(1L, false)]
    [InlineData(2L, true)]
    [InlineData(3L, false)]
    [InlineData(null, true)]
    public async Task Write_UnderAnEpoch_OnlyIfItIsTheLast(long? epoch, bool isWritten)
    {
        await _rows.RaiseEpochAsync("actor", "a");
        await _rows.RaiseEpochAsync("actor", "a");
        WriteRowResult expected = isWritten ? new WriteRowResult.Written(1) : new WriteRowResult.Conflict(0);
        Assert.Equal(expected, await _rows.WriteAsync("actor", "a", 0, [Field("f", 1)], chunks: [Field("b-1", 2)], epoch: epoch));
        Assert.Equal(isWritten ? 1 : 0, await _rows.VersionAsync("actor", "a"));
    }

    [Fact]
    public async Task LoadFieldMany_SomeMissing_GivesNullInTheirPlace()
    {
        await _rows.WriteAsync("region", "fizuli", 0, [Field("totals", 1)]);
        await _rows.WriteAsync("region", "karabakh", 0, [Field("other", 2)]);
        Assert.Equal([Entry(1), null, null, Entry(1)], await _rows.LoadFieldManyAsync("region", ["fizuli", "karabakh", "nowhere", "fizuli"], "totals"));
    }

    [Fact]
    public async Task Children_AddedTwice_AreListedOnce()
    {
        await _rows.WriteAsync("region", "fizuli", 0, [], "karabakh");
        await _rows.WriteAsync("region", "fizuli", 1, [], "karabakh");
        await _rows.WriteAsync("region", "shusha", 0, [], "karabakh");
        Assert.Equal(["fizuli", "shusha"], (await _rows.ChildrenAsync("region", "karabakh").ToListAsync()).Order());
        Assert.Empty(await _rows.ChildrenAsync("actor", "karabakh").ToListAsync());
    }

    [Fact]
    public async Task Known_ManyIds_AreListedOncePerKind()
    {
        string[] ids = [.. Enumerable.Range(0, 3_000).Select(static i => "place-" + i)];
        foreach (var some in ids.Chunk(64)) // a caller bounds what it has under way; a write has a time-out
        {
            await Task.WhenAll(some.Select(id => _rows.WriteAsync("region", id, 0, [], "world")));
        }

        await _rows.WriteAsync("actor", "armenia", 0, []);
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await _rows.KnownAsync("region").ToListAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(ids.Length, (await _rows.ChildrenAsync("region", "world").ToListAsync()).Distinct().Count());
        Assert.Equal(["armenia"], await _rows.KnownAsync("actor").ToListAsync());
    }

    [Theory]
    [InlineData("a:b", "id", "f")]
    [InlineData("", "id", "f")]
    [InlineData("kind", "", "f")]
    [InlineData("kind", "id", "$v")]
    [InlineData("kind", "id", "")]
    public async Task Write_NamesThatCouldClash_Throw(string kind, string id, string field) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _rows.WriteAsync(kind, id, 0, [Field(field, 1)]));

    private static RowField Field(string name, int seed) => new(name, Entry(seed));
}

public sealed class EntityRowsOnGarnet(GarnetBackend backend) : EntityRowsContract(backend);

public sealed class EntityRowsOnRedis(RedisBackend backend) : EntityRowsContract(backend);

public sealed class EntityRowsInSimulation(SimBackend backend) : EntityRowsContract(backend);
