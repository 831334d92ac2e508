using Aggregator.Host.Ingest;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>Who is worked on, who waits for that, and who waits for views alone.</summary>
public sealed class FeedSlotsTests
{
    [Fact]
    public async Task Slot_OfWhoWaitsForViewsAlone_IsGivenToTheNext()
    {
        var time = new FakeTimeProvider();
        using var slots = new FeedSlots(time);
        var working = new List<FeedSlot>();
        for (var at = 0; at < IngestLimits.ConcurrentFeeds; at++)
        {
            working.Add((await slots.EnterAsync(null, TestContext.Current.CancellationToken))!);
        }

        var next = slots.EnterAsync(null, TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        Assert.True(working[0].TryAwaitViews());
        Assert.True(working[0].TryAwaitViews());
        using var entered = await next;
        Assert.NotNull(entered);

        var refused = slots.EnterAsync(null, TestContext.Current.CancellationToken);
        time.Advance(IngestLimits.FeedsWait);
        Assert.Null(await refused);
        working.ForEach(static slot => slot.Dispose());
        using var free = await slots.EnterAsync(null, TestContext.Current.CancellationToken);
        Assert.NotNull(free);
    }

    [Fact]
    public async Task Slots_OfMoreThanMayWaitForViews_SayThatTheyMayNot()
    {
        using var slots = new FeedSlots(TimeProvider.System);
        var waiting = new List<FeedSlot>();
        for (var at = 0; at < IngestLimits.FeedsAwaitingViews; at++)
        {
            waiting.Add((await slots.EnterAsync(null, TestContext.Current.CancellationToken))!);
            Assert.True(waiting[^1].TryAwaitViews());
        }

        using var more = (await slots.EnterAsync(null, TestContext.Current.CancellationToken))!;
        Assert.False(more.TryAwaitViews());
        waiting[0].Dispose();
        using var last = (await slots.EnterAsync(null, TestContext.Current.CancellationToken))!;
        Assert.True(last.TryAwaitViews());
        waiting.ForEach(static slot => slot.Dispose());
    }
}
