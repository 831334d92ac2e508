using Aggregator.Grains.Partition;
using Aggregator.Store;
using Aggregator.Store.Connection;
using Aggregator.Store.Index;
using StackExchange.Redis;

namespace Aggregator.Simulation.Store;

/// <summary>What the memory of the index keeps while the writer writes and others ask beside it.</summary>
public sealed class RecentIndexTests
{
    private static readonly UInt128 Key = 7;

    private readonly Server _server = new();

    [Fact]
    public async Task Find_AnsweredBeforeAnEntryThatWasWrittenMeanwhile_KeepsWhatThatSays()
    {
        var index = await OfAnEntryAsync();

        // The store has answered, and nobody has heard yet.
        _server.HoldsReads = true;
        var asked = index.FindAsync([Key], TestContext.Current.CancellationToken);
        _server.HoldsReads = false;
        index.Add([RowWith(5, RowWith(3, null))], 5);
        await index.FlushAsync(TestContext.Current.CancellationToken);
        _server.Release();

        Assert.Equal(5, (await asked)[Key].Standing.Sequence);
        Assert.Equal(5, (await index.FindAsync([Key], TestContext.Current.CancellationToken))[Key].Standing.Sequence);
    }

    [Fact]
    public async Task Find_AnsweredWhileOthersAreTakenIn_IsAskedAgainTheNextTime()
    {
        var index = await OfAnEntryAsync();
        _server.HoldsReads = true;
        var asked = index.FindAsync([Key], TestContext.Current.CancellationToken);
        _server.HoldsReads = false;
        index.Add([], 4);
        _server.Release();

        Assert.Equal(3, (await asked)[Key].Standing.Sequence);
        Assert.Null(index.InMemory(Key));
    }

    // As an activation begins with it: the store has a row of the third entry, and nothing of it is in memory.
    private async Task<RecentIndex> OfAnEntryAsync()
    {
        var store = new Connection(CommandsProxy.Over<CommandsProxy>(_server));
        var era = await store.Session.OpenAsync(TestContext.Current.CancellationToken);
        await new ClaimIndex(store).WriteAsync(0, [RowWith(3, null)], 3, era, TestContext.Current.CancellationToken);
        var index = new RecentIndex(new ClaimIndex(store), 0, era, 100);
        index.Start(3);
        return index;
    }

    private static IndexRow RowWith(long sequence, IndexRow? before) =>
        IndexRow.With(Key, before is null ? null : new IndexHit(before.Versions), new IndexVersion((UInt128)sequence, sequence, 0, 0, sequence));

    private sealed class Connection(IDatabase database) : StoreDatabase(database, new StoreOptions { KeyPrefix = "s" });

    /// <summary>A store whose answers to reads may be on their way for long.</summary>
    private sealed class Server : IStoreCalls
    {
        private readonly List<Action> _held = [];

        public SimStore Store { get; } = new();

        public bool HoldsReads { get; set; }

        public Task<T> Call<T>(CallKind kind, string what, Func<SimStore, T> command)
        {
            var answer = command(Store);
            if (kind != CallKind.Read || !HoldsReads)
            {
                return Task.FromResult(answer);
            }

            var held = new TaskCompletionSource<T>();
            _held.Add(() => held.SetResult(answer));
            return held.Task;
        }

        public void Release() => _held.ForEach(static release => release());
    }
}
