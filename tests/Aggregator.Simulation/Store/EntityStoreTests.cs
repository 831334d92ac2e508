using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Entities;
using Aggregator.Grains.Protocol;
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

    private static readonly Claim Claim = Enumerable.Range(0, Claims.Keys).Select(static key => Claims.Of(key, 0)).First(static claim => claim.Region!.Id == Entity.Id);

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

    /// <summary>Garnet may be killed after any call of a script: the row is as it was, maybe without what goes, or as it is to be, maybe with what is behind.</summary>
    [Theory]
    [MemberData(nameof(BrokenOff))]
    public async Task Write_BrokenOffAfterAnyOfItsCalls_LeavesARowThatTheDeltaGoesInto(string what, int calls)
    {
        await ReadAsync();
        PlacedRecord[] records = [.. Later(what).Select((record, at) => new PlacedRecord(new LogPosition(0, 2 + at, 0), record, Claim.ReportedAt))];
        var (writer, region) = (new EntityStore(_rows, Entity), new RegionAggregate(Entity.Id));
        await writer.BeginAsync(TestContext.Current.CancellationToken);
        await writer.RaiseEpochAsync(onlyIfThere: true, TestContext.Current.CancellationToken);
        await writer.LoadAsync(region, Edits.Base, TestContext.Current.CancellationToken);
        await writer.LoadChunksAsync(region.Book, Away(region), TestContext.Current.CancellationToken);

        // Whole once, and behind since.
        var head = EntityRowHead.Empty with { Structure = Edits.Base.Structure };
        Assert.True(await writer.WriteAsync(EntityRowCodec.Encode(region.Book, head, Totals(region)), Edits.Base, TestContext.Current.CancellationToken));
        Assert.True(await writer.WriteAsync(EntityRowCodec.Encode(region.Book, head, null), Edits.Base, TestContext.Current.CancellationToken));
        // The log may have gone on by what does not touch it, and nobody sends that again.
        Apply(region.Book, head, records, seen: 10);
        var fields = EntityRowCodec.Encode(region.Book, head, Totals(region));

        _server.Store.CallsLeft = calls;
        var isWritten = true;
        try
        {
            await writer.WriteAsync(fields, Edits.Base, TestContext.Current.CancellationToken);
        }
        catch (CutOffException)
        {
            isWritten = false;
        }

        _server.Store.CallsLeft = int.MaxValue;

        var (next, read) = (new EntityStore(_rows, Entity), new RegionAggregate(Entity.Id));
        await next.BeginAsync(TestContext.Current.CancellationToken);
        await next.RaiseEpochAsync(onlyIfThere: true, TestContext.Current.CancellationToken);
        var loaded = await next.LoadAsync(read, Edits.Base, TestContext.Current.CancellationToken);
        Assert.True(await next.LoadChunksAsync(read.Book, Away(read), TestContext.Current.CancellationToken));
        var isNew = loaded.Head.Marks[0].Sequence > records[^1].Position.Sequence;
        Assert.True(isNew || !isWritten);
        if (!isNew)
        {
            Assert.False(loaded.IsCurrent);
            Apply(read.Book, loaded.Head, records);
        }

        Assert.False(read.Book.MustRecount);
        Assert.Equal(what == "added" ? 1 : 0, read.Book.Counts.Total);
        Assert.Equal(what == "added", read.Book.AllBuckets.Any(bucket => read.Book[bucket].Count > 0));

        // Whoever writes next leaves a row that is not ahead of its marks.
        Assert.True(await next.WriteAsync(EntityRowCodec.Encode(read.Book, loaded.Head, Totals(read)), Edits.Base, TestContext.Current.CancellationToken));
        Assert.Empty((await next.LoadAsync(new RegionAggregate(Entity.Id), Edits.Base, TestContext.Current.CancellationToken)).Head.Ahead.All);
    }

    public static TheoryData<string, int> BrokenOff => [.. from what in (string[])["retracted", "quarantined", "added", "quarantined twice"] from calls in Enumerable.Range(0, 9) select (what, calls)];

    // What comes after a claim that is in the row.
    private static LogRecord[] Later(string what)
    {
        var quarantined = new LogRecord.Quarantined(new LogPosition(0, 1, 0), new LogRecord.Added(Claim), Claim.ReportedAt, "a fault");
        var added = Claim with { Key = new ClaimKey(Claim.Key.Source, "another") };
        var retracted = new LogRecord.Retracted(new Retraction(Claim.Key, Claim.Source.Id), Claim, new LogPosition(0, 1, 0));
        return what switch
        {
            "retracted" => [retracted],
            "quarantined" => [quarantined, retracted],
            "added" => [quarantined, new LogRecord.Added(added)],
            _ => [quarantined, new LogRecord.Added(added), quarantined with { Position = new LogPosition(0, 3, 0), Record = new LogRecord.Added(added) }],
        };
    }

    // Each as it comes, in a delta of its own, as an entity takes it.
    private static void Apply(ClaimBook book, EntityRowHead head, PlacedRecord[] records, int seen = 0)
    {
        foreach (var record in records)
        {
            book.Apply(record);
            head.Marks[0] = new Mark(1, record.Position.Sequence + seen);
            if (book.MustRecount && head.Marks.HaveReached(head.Ahead))
            {
                Assert.NotEmpty(book.Recounting().ToList());
            }

            head.Ahead[0] = new Mark(1, Math.Max(head.Ahead[0].Sequence, record.Position.Sequence));
        }
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
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task LoadParts_OneWithoutARow_IsToTellIfAPartOfItHasOne(bool hasTotals, bool isCurrent)
    {
        // Whoever was told has a row: it was not. What the part has may be claims without a figure, which lists and timelines are made of.
        var (village, region) = (new EntityStore(_rows, new EntityKey(EntityKind.Region, "village")), new RegionAggregate("village"));
        await village.LoadAsync(region, Edits.Base, TestContext.Current.CancellationToken);
        await village.BeginAsync(TestContext.Current.CancellationToken);
        await village.RaiseEpochAsync(onlyIfThere: false, TestContext.Current.CancellationToken);
        if (hasTotals)
        {
            var claim = Enumerable.Range(0, Claims.Keys).SelectMany(Claims.Of).First(static claim => claim is { Region.Id: "village", Figure: not null, Stance: Stance.Asserts });
            region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(claim), claim.ReportedAt));
        }

        var head = EntityRowHead.Empty with { Structure = isCurrent ? Edits.Base.Structure : null };
        Assert.True(await village.WriteAsync(EntityRowCodec.Encode(region.Book, head, Totals(region)), Edits.Base, TestContext.Current.CancellationToken));

        var land = new EntityStore(_rows, new EntityKey(EntityKind.Region, "land"));
        var parts = await land.LoadPartsAsync(new RegionAggregate("land"), Edits.Base, all: true, TestContext.Current.CancellationToken);
        Assert.Equal([new LoadedPart("town", null)], parts);
    }

    [Fact]
    public async Task LoadParts_OneWithoutARowAndNothingBelow_HasNothingToTell()
    {
        var land = new EntityStore(_rows, new EntityKey(EntityKind.Region, "land"));

        Assert.Empty(await land.LoadPartsAsync(new RegionAggregate("land"), Edits.Base, all: true, TestContext.Current.CancellationToken));
    }

    // Somebody has written a claim; who reads the row has not read that.
    private async Task<IReadOnlyList<ChunkKey>> ReadAsync()
    {
        var (first, region) = (new EntityStore(_rows, Entity), new RegionAggregate(Entity.Id));
        await first.LoadAsync(region, Edits.Base, TestContext.Current.CancellationToken);
        region.Book.Apply(new PlacedRecord(new LogPosition(0, 1, 0), new LogRecord.Added(Claim), Claim.ReportedAt));
        await first.BeginAsync(TestContext.Current.CancellationToken);
        await first.RaiseEpochAsync(onlyIfThere: false, TestContext.Current.CancellationToken);
        Assert.True(await first.WriteAsync(EntityRowCodec.Encode(region.Book, EntityRowHead.Empty, null), Edits.Base, TestContext.Current.CancellationToken));

        await _store.LoadAsync(_region, Edits.Base, TestContext.Current.CancellationToken);
        var chunks = Away(_region);
        Assert.NotEmpty(chunks);
        return chunks;
    }

    private static ChunkKey[] Away(RegionAggregate region) => [.. region.Book.AllBuckets.SelectMany(region.Book.Away)];

    private static PartUpdate Totals(RegionAggregate region)
    {
        var roller = new Roller(region);
        roller.MarkAll(Edits.Base);
        return roller.Everything(Edits.Base);
    }

    private sealed class Connection(IDatabase database) : StoreDatabase(database, new StoreOptions { KeyPrefix = "s" });

    /// <summary>A store that answers at once.</summary>
    private sealed class Server : IStoreCalls
    {
        public SimStore Store { get; } = new();

        public Task<T> Call<T>(CallKind kind, string what, Func<SimStore, T> command) => Task.FromResult(command(Store));
    }
}
