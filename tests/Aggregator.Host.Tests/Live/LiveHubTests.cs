using System.IO.Pipelines;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Host.Live;
using Aggregator.Host.Tests.Running;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Host.Tests.Live;

/// <summary>Watchers and streams over entities that a test sets, by a clock that it moves.</summary>
public sealed class LiveHubTests : IAsyncDisposable
{
    private const int OutputBuffer = 64 * 1024;

    private static readonly EntityKey Fizuli = new(EntityKind.Region, "fizuli");
    private static readonly EntityKey Shusha = new(EntityKind.Region, "shusha");
    private static readonly LiveSettings Settings = new() { MaximumSubscribers = 4, MaximumEntities = 3 };

    private readonly FakeTimeProvider _time = new();
    private readonly FakeSource _source = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));
    private readonly List<Subscriber> _subscribers = [];
    private readonly LiveHub _hub;

    public LiveHubTests() => _hub = HubOf(Settings);

    [Fact]
    public async Task Burst_BetweenTwoLooks_IsOneChangeToTheNewest()
    {
        _source.Set(Fizuli, 1);
        var subscriber = await SubscribeAsync(Fizuli);
        Assert.Equal(("snapshot", 1), Read(await subscriber.Reader!.NextAsync()));

        for (var version = 2; version <= 100; version++)
        {
            _source.Set(Fizuli, version, $"after {version}");
        }

        Assert.Equal(("change", 100), Read(await NextAsync(subscriber)));
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(0, subscriber.Reader.Waiting);
    }

    [Fact]
    public async Task Subscribers_OfOneEntity_ShareItsWatcherUntilTheLastLeaves()
    {
        _source.Set(Fizuli, 1);
        var subscribers = new List<Subscriber>();
        for (var at = 0; at < 3; at++)
        {
            subscribers.Add(await SubscribeAsync(Fizuli));
            await subscribers[at].Reader!.NextAsync();
        }

        // The first asked for the view, the others only whether it still is the newest.
        Assert.Equal((1, 3, 1), (_hub.Watched, _hub.Streams, _source.ViewsAsked));
        _source.Set(Fizuli, 2, "other");
        foreach (var subscriber in subscribers)
        {
            Assert.Equal(("change", 2), Read(await NextAsync(subscriber)));
        }

        Assert.Equal(2, _source.ViewsAsked);
        await subscribers[0].LeaveAsync();
        await subscribers[1].LeaveAsync();
        Assert.Equal((1, 1), (_hub.Watched, _hub.Streams));
        await subscribers[2].LeaveAsync();
        Assert.Equal((0, 0), (_hub.Watched, _hub.Streams));
        var calls = _source.Calls;
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(calls, _source.Calls);
    }

    /// <summary>Whoever comes is shown the newest at once; the others, whatever wakes their streams, when their interval is over.</summary>
    [Fact]
    public async Task Newcomer_BringsTheOthersNoChangeBeforeTheirInterval()
    {
        var hub = HubOf(Settings with { Interval = TimeSpan.FromSeconds(40), Refresh = TimeSpan.FromSeconds(80) });
        _source.Set(Fizuli, 1);
        var first = await SubscribeAsync(hub, isRead: true, Fizuli);
        await first.Reader!.NextAsync();

        _source.Set(Fizuli, 2, "newer");
        var second = await SubscribeAsync(hub, isRead: true, Fizuli);
        Assert.Equal(("snapshot", 2), Read(await second.Reader!.NextAsync()));

        await UntilAsync(() => first.Reader.Comments > 1);
        Assert.Equal(0, first.Reader.Waiting);
        Assert.Equal(("change", 2), Read(await NextAsync(first)));
        await PassAsync(TimeSpan.FromSeconds(50));
        Assert.Equal((0, 0), (first.Reader.Waiting, second.Reader.Waiting));
    }

    [Fact]
    public async Task SlowReader_IsDroppedInItsTime_WhileAnotherGoesOn()
    {
        // A view ten times as large as what may wait for a reader.
        _source.Set(Fizuli, 1, lines: 640);
        var slow = await SubscribeAsync(isRead: false, Fizuli);
        var quick = await SubscribeAsync(Fizuli);
        Assert.Equal(("snapshot", 1), Read(await quick.Reader!.NextAsync()));

        var began = _time.GetTimestamp();
        for (var version = 2; !slow.Sending.IsCompleted; version++)
        {
            _source.Set(Fizuli, version, $"after {version}", lines: 640);
            Assert.Equal(("change", version), Read(await NextAsync(quick)));
            Assert.True(_time.GetElapsedTime(began) < Settings.WriteTimeout + TimeSpan.FromSeconds(5), "the slow one is still there");
        }

        Assert.Equal(StreamEnd.TooSlow, await slow.Sending);
        Assert.True(_time.GetElapsedTime(began) >= Settings.WriteTimeout - TimeSpan.FromSeconds(1));
        Assert.True(slow.Pipe.Reader.TryRead(out var waits));
        Assert.InRange(waits.Buffer.Length, 1, OutputBuffer + (16 * 1024));
        Assert.False(quick.Sending.IsCompleted);
    }

    [Fact]
    public async Task Version_BelowTheLast_IsHeldBackUntilItRisesOrTheEraIsAnother()
    {
        _source.Set(Fizuli, 10, "newest");
        var subscriber = await SubscribeAsync(Fizuli);
        await subscriber.Reader!.NextAsync();

        _source.Set(Fizuli, 9, "of an activation that was given up");
        await PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, subscriber.Reader.Waiting);
        var late = await SubscribeAsync(Fizuli);
        Assert.Equal(("snapshot", 10), Read(await late.Reader!.NextAsync()));

        _source.Set(Fizuli, 11, "newer");
        Assert.Equal(("change", 11), Read(await NextAsync(subscriber)));
        _source.Era = 2;
        _source.Set(Fizuli, 3, "what the store has left");
        Assert.Equal(("snapshot", 3), Read(await NextAsync(subscriber)));
        _source.Set(Fizuli, 4, "and more");
        Assert.Equal(("change", 4), Read(await NextAsync(subscriber)));
    }

    [Fact]
    public async Task Version_OfAnEarlierEra_IsHeldBack_WhateverItIs()
    {
        _source.Set(Fizuli, 10, "before the restart", era: 1);
        var subscriber = await SubscribeAsync(Fizuli);
        await subscriber.Reader!.NextAsync();

        // The store has restarted and lost nothing: versions rise, and whoever falls behind is behind.
        _source.Era = 2;
        _source.Set(Fizuli, 11, "after it", era: 2);
        Assert.Equal(("change", 11), Read(await NextAsync(subscriber)));
        _source.Set(Fizuli, 9, "of an activation that was given up", era: 2);
        await PassAsync(TimeSpan.FromSeconds(20));
        _source.Set(Fizuli, 12, "of one that has not noticed the restart", era: 1);
        await PassAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, subscriber.Reader.Waiting);

        _source.Set(Fizuli, 3, "what the store has left", era: 3);
        Assert.Equal(("snapshot", 3), Read(await NextAsync(subscriber)));
    }

    [Fact]
    public async Task Entity_ThatDoesNotAnswer_KeepsItsLastStateAndIsAskedLessOften()
    {
        _source.Set(Fizuli, 1);
        var subscriber = await SubscribeAsync(Fizuli);
        await subscriber.Reader!.NextAsync();

        _source.Fault = new TimeoutException();
        await PassAsync(TimeSpan.FromSeconds(10));
        var calls = _source.Calls;
        await PassAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(_source.Calls - calls, 1, 15);
        Assert.Equal(0, subscriber.Reader.Waiting);
        await Assert.ThrowsAsync<TimeoutException>(() => SubscribeAsync(Fizuli));

        _source.Set(Fizuli, 5, "newest");
        _source.Fault = null;
        Assert.Equal(("change", 5), Read(await NextAsync(subscriber)));
    }

    [Fact]
    public async Task View_ThatIsAnotherUnderTheSameVersion_ShowsWithinTheRefresh()
    {
        _source.Set(Fizuli, 1);
        var subscriber = await SubscribeAsync(Fizuli);
        await subscriber.Reader!.NextAsync();

        var began = _time.GetTimestamp();
        _source.Set(Fizuli, 1, "denied from above");
        Assert.Equal("denied from above", (string)(await NextAsync(subscriber)).Data["name"]!);
        Assert.True(_time.GetElapsedTime(began) <= Settings.Refresh + TimeSpan.FromSeconds(2));

        // What moves the version and shows nothing else is no change, and who comes later is told it.
        _source.Set(Fizuli, 2, "denied from above");
        await PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(0, subscriber.Reader.Waiting);
        var late = await SubscribeAsync(Fizuli);
        Assert.Equal(("snapshot", 2), Read(await late.Reader!.NextAsync()));
    }

    [Fact]
    public async Task RegistryEdit_IsLookedAtAtOnce_AndAMergeShowsTheSurvivor()
    {
        _source.Set(Fizuli, 7, "Fizuli");
        _source.Set(Shusha, 3, "Shusha");
        var subscriber = await SubscribeAsync(Fizuli);
        await subscriber.Reader!.NextAsync();
        var began = _time.GetTimestamp();

        _source.Set(Fizuli, 7, "Fuzuli");
        _source.RegistryVersion = 2;
        Assert.Equal("Fuzuli", (string)(await NextAsync(subscriber)).Data["name"]!);
        _source.Merge(Fizuli, Shusha);
        Assert.Equal(("snapshot", 3), Read(await NextAsync(subscriber)));
        Assert.True(_time.GetElapsedTime(began) < Settings.Refresh / 2);
    }

    [Fact]
    public async Task Bounds_OfStreamsAndEntities_RefuseWhatIsBeyondThem()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            _source.Set(new EntityKey(EntityKind.Region, id), 1);
            await SubscribeAsync(new EntityKey(EntityKind.Region, id));
        }

        Assert.Null(_hub.TryOpen([Fizuli]));
        var fourth = await SubscribeAsync(new EntityKey(EntityKind.Region, "a"));
        Assert.Null(_hub.TryOpen([new EntityKey(EntityKind.Region, "a")]));
        await fourth.LeaveAsync();
        using var again = _hub.TryOpen([new EntityKey(EntityKind.Region, "a")]);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task Unknown_IsFoundByItsPlace()
    {
        _source.Set(Fizuli, 1);
        using var stream = _hub.TryOpen([Fizuli, Shusha])!;
        Assert.Equal(1, await stream.FindUnknownAsync(_limit.Token));
    }

    [Fact]
    public async Task Heartbeats_Come_AndAStopSaysBye()
    {
        _source.Set(Fizuli, 1);
        var subscriber = await SubscribeAsync(Fizuli);
        await subscriber.Reader!.NextAsync();
        await UntilAsync(() => subscriber.Reader.Comments >= 2);

        await _stopping.CancelAsync();
        Assert.Equal(StreamEnd.Stopping, await subscriber.Sending);
        Assert.Equal("bye", Assert.Single(await subscriber.Reader.ToEndAsync()).Name);
    }

    [Fact]
    public async Task Stop_WhileAReaderIsSlow_DoesNotWaitForItsWholeTime()
    {
        _source.Set(Fizuli, 1, lines: 640);
        var slow = await SubscribeAsync(isRead: false, Fizuli);
        var began = _time.GetTimestamp();
        await _stopping.CancelAsync();
        await UntilAsync(() => slow.Sending.IsCompleted);
        Assert.Equal(StreamEnd.TooSlow, await slow.Sending);
        Assert.True(_time.GetElapsedTime(began) < Settings.WriteTimeout / 2);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscriber in _subscribers)
        {
            await subscriber.LeaveAsync();
            subscriber.Dispose();
        }

        _stopping.Dispose();
        _limit.Dispose();
    }

    private static (string, long?) Read(Received received)
    {
        Assert.Equal(received.Version, received.Id);
        return (received.Name, received.Id);
    }

    private LiveHub HubOf(LiveSettings settings) => new(_source, settings, Options.Create(new JsonOptions()), _time, NullLogger<LiveHub>.Instance);

    private Task<Subscriber> SubscribeAsync(params EntityKey[] entities) => SubscribeAsync(_hub, isRead: true, entities);

    private Task<Subscriber> SubscribeAsync(bool isRead, params EntityKey[] entities) => SubscribeAsync(_hub, isRead, entities);

    private async Task<Subscriber> SubscribeAsync(LiveHub hub, bool isRead, params EntityKey[] entities)
    {
        var stream = hub.TryOpen(entities);
        Assert.NotNull(stream);
        try
        {
            Assert.Null(await stream.FindUnknownAsync(_limit.Token));
        }
        catch
        {
            stream.Dispose();
            throw;
        }

        var subscriber = new Subscriber(stream, isRead, _stopping.Token);
        _subscribers.Add(subscriber);
        return subscriber;
    }

    private async Task<Received> NextAsync(Subscriber subscriber)
    {
        await UntilAsync(() => subscriber.Reader!.Waiting > 0);
        return await subscriber.Reader!.NextAsync();
    }

    // The clock goes on in steps, since each look begins its pause when it has ended.
    private async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            _time.Advance(Settings.Interval / 2);
            await Task.Delay(1, _limit.Token);
        }
    }

    private async Task PassAsync(TimeSpan time)
    {
        var began = _time.GetTimestamp();
        await UntilAsync(() => _time.GetElapsedTime(began) >= time);
    }

    /// <summary>A stream and the pipe that it writes to.</summary>
    private sealed class Subscriber : IDisposable
    {
        private readonly CancellationTokenSource _left = new();
        private readonly LiveStream _stream;

        public Subscriber(LiveStream stream, bool isRead, CancellationToken stopping)
        {
            _stream = stream;
            Sending = SendAsync(stopping);
            Reader = isRead ? new Reader(Pipe.Reader.AsStream()) : null;
        }

        public Pipe Pipe { get; } = new(new PipeOptions(pauseWriterThreshold: OutputBuffer, resumeWriterThreshold: OutputBuffer / 2));

        public Reader? Reader { get; }

        public Task<StreamEnd> Sending { get; }

        public async Task LeaveAsync()
        {
            await _left.CancelAsync();
            await Sending;
            _stream.Dispose();
        }

        public void Dispose() => _left.Dispose();

        private async Task<StreamEnd> SendAsync(CancellationToken stopping)
        {
            var end = await _stream.SendAsync(Pipe.Writer, stopping, _left.Token);
            await Pipe.Writer.CompleteAsync();
            return end;
        }
    }
}
