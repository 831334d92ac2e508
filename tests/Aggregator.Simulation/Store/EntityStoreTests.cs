using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Entities;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;
using Aggregator.Store;
using Aggregator.Store.Rows;
using StackExchange.Redis;

namespace Aggregator.Simulation.Store;

/// <summary>What an activation that another one has overtaken takes the store for: it lags behind it, and the store lacks nothing.</summary>
public sealed class EntityStoreTests
{
    private const string Row = "s:row:region:town";
    private static readonly EntityKey Entity = new(EntityKind.Region, "town");

    private readonly Server _server = new();
    private readonly EntityRows _rows;
    private readonly EntityStore _store;
    private readonly RegionAggregate _region = new(Entity.Id);

    public EntityStoreTests()
    {
        _rows = new EntityRows(new Connection(CommandsProxy.Over<CommandsProxy>(_server)));
        _store = new EntityStore(_rows, Entity);
    }

    [Fact]
    public async Task LoadChunks_OfARowThatIsAsItWasRead_BringsThemIntoMemory()
    {
        var chunks = await ReadAsync();

        Assert.True(await _store.LoadChunksAsync(_region.Book, chunks, TestContext.Current.CancellationToken));
        Assert.All(_region.Book.AllBuckets, bucket => Assert.Single(_region.Book[bucket]));
    }

    [Fact]
    public async Task LoadChunks_ThatAnotherActivationHasTakenOut_SaysThatTheRowIsToBeReadAgain()
    {
        var chunks = await ReadAsync();
        var version = await _rows.VersionAsync("region", Entity.Id, TestContext.Current.CancellationToken);
        RowField[] gone = [.. chunks.Select(chunk => new RowField(EntityRowCodec.ChunkName(chunk), null))];
        Assert.IsType<WriteRowResult.Written>(await _rows.WriteAsync("region", Entity.Id, version, [], chunks: gone, cancellationToken: TestContext.Current.CancellationToken));

        Assert.False(await _store.LoadChunksAsync(_region.Book, chunks, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LoadChunks_ThatAreGoneFromTheRowAsItWasRead_SaysThatTheStoreIsDamaged()
    {
        var chunks = await ReadAsync();
        foreach (var chunk in chunks)
        {
            _server.Store.Remove($"s:chunk:region:{EntityRowCodec.ChunkName(chunk)}:{Entity.Id}");
        }

        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.LoadChunksAsync(_region.Book, chunks, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LoadChunks_OfARowThatIsGone_SaysThatTheStoreIsDamaged()
    {
        var chunks = await ReadAsync();
        _server.Store.Remove(Row);
        foreach (var chunk in chunks)
        {
            _server.Store.Remove($"s:chunk:region:{EntityRowCodec.ChunkName(chunk)}:{Entity.Id}");
        }

        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.LoadChunksAsync(_region.Book, chunks, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LookAtChunks_OfWhichOneCannotBeRead_SaysThatTheStoreIsDamaged()
    {
        var chunks = await ReadAsync();
        _server.Store.Set($"s:chunk:region:{EntityRowCodec.ChunkName(chunks[0])}:{Entity.Id}", new byte[] { AggregateFormat.Version, 9 });

        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.LookAtChunksAsync(chunks, static (_, _, _) => { }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RaiseEpoch_OfARowFromBeforeWhatWasRead_SaysThatTheStoreIsDamaged()
    {
        await _store.BeginAsync(TestContext.Current.CancellationToken);
        await ReadAsync();
        await _store.RaiseEpochAsync(onlyIfThere: true, TestContext.Current.CancellationToken);
        _server.Store.Remove(Row);

        // Somebody who knows of nothing makes it anew.
        await _rows.RaiseEpochAsync("region", Entity.Id, cancellationToken: TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.RaiseEpochAsync(onlyIfThere: true, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public async Task LoadParts_OneWithoutARow_IsToTellIfAPartOfItMayHaveSomethingToTell(bool hasTotals, bool isCurrent, bool tells)
    {
        var (village, region) = (new EntityStore(_rows, new EntityKey(EntityKind.Region, "village")), new RegionAggregate("village"));
        await village.LoadAsync(region, Edits.Base, TestContext.Current.CancellationToken);
        await village.BeginAsync(TestContext.Current.CancellationToken);
        await village.RaiseEpochAsync(onlyIfThere: false, TestContext.Current.CancellationToken);
        if (hasTotals)
        {
            var claim = Enumerable.Range(0, Claims.Keys).Select(static key => Claims.Of(key, 0)).First(static claim => claim is { Region.Id: "village", Figure: not null });
            region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(claim), claim.ReportedAt));
        }

        var roller = new Roller(region);
        roller.MarkAll(Edits.Base);
        var head = EntityRowHead.Empty with { Structure = isCurrent ? Edits.Base.Structure : null };
        Assert.True(await village.WriteAsync(EntityRowCodec.Encode(region.Book, head, roller.Everything(Edits.Base)), Edits.Base, TestContext.Current.CancellationToken));

        var land = new EntityStore(_rows, new EntityKey(EntityKind.Region, "land"));
        var parts = await land.LoadPartsAsync(new RegionAggregate("land"), Edits.Base, all: true, TestContext.Current.CancellationToken);
        Assert.Equal(tells ? [new LoadedPart("town", null)] : [], parts);
    }

    // Somebody has written a claim; who reads the row has not read that.
    private async Task<IReadOnlyList<ChunkKey>> ReadAsync()
    {
        var (first, region) = (new EntityStore(_rows, Entity), new RegionAggregate(Entity.Id));
        await first.LoadAsync(region, Edits.Base, TestContext.Current.CancellationToken);
        var claim = Enumerable.Range(0, Claims.Keys).Select(static key => Claims.Of(key, 0)).First(static claim => claim.Region!.Id == Entity.Id);
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(claim), claim.ReportedAt));
        await first.BeginAsync(TestContext.Current.CancellationToken);
        await first.RaiseEpochAsync(onlyIfThere: false, TestContext.Current.CancellationToken);
        Assert.True(await first.WriteAsync(EntityRowCodec.Encode(region.Book, EntityRowHead.Empty, null), Edits.Base, TestContext.Current.CancellationToken));

        await _store.LoadAsync(_region, Edits.Base, TestContext.Current.CancellationToken);
        ChunkKey[] chunks = [.. _region.Book.AllBuckets.SelectMany(_region.Book.Away)];
        Assert.NotEmpty(chunks);
        return chunks;
    }

    private sealed class Connection(IDatabase database) : StoreDatabase(database, new StoreOptions { KeyPrefix = "s" });

    /// <summary>A store that answers at once.</summary>
    private sealed class Server : IStoreCalls
    {
        public SimStore Store { get; } = new();

        public Task<T> Call<T>(CallKind kind, string what, Func<SimStore, T> command) => Task.FromResult(command(Store));
    }
}
