using Aggregator.Grains.Partition;

namespace Aggregator.Grains.Tests.Partition;

public sealed class EntryCacheTests
{
    [Fact]
    public async Task Get_OfAnEntryThatCannotBeRead_SaysSo_AndNothingElseDoes()
    {
        var unreadable = new List<long>();

        // It is asked for what it has alone, so that there is no log behind it.
        var cache = new EntryCache(null!, partition: 0, maximumRecords: 10, (sequence, _) => unreadable.Add(sequence));
        var entry = cache.Add(5, cache.Decode([1, 2, 3], 5));

        Assert.Equal([5L], unreadable);
        Assert.Null(entry.RecordAt(0));
        Assert.Empty(FannedEntry.TouchedWith(entry.Records, 0));
        await Assert.ThrowsAsync<UnreadableEntryException>(async () => await cache.GetRecordAsync(5, 0, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<UnreadableEntryException>(async () => await cache.GetClaimAsync(5, 0, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<UnreadableEntryException>(async () => await cache.GetTextAsync(5, 0, TestContext.Current.CancellationToken));
    }
}
