using System.Reflection;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Registry;
using Aggregator.Host.Feed;
using Aggregator.Host.Ingest;
using Aggregator.Host.Tests.Running;
using Aggregator.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Aggregator.Host.Tests.Feed;

/// <summary>Whoever starts a host with files has nobody else to send them again.</summary>
public sealed class FileFeedTests
{
    private readonly Clock _time = new(new DateTimeOffset(2024, 6, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Feed_ThePartitionsSiloDies_IsTriedAgain()
    {
        using var folder = new TempFolder();
        var file = await WriteAsync(folder);
        var appends = 0;
        var feed = Feed(folder, method => method switch
        {
            nameof(IPartitionGrain.AppendAsync) when ++appends < 3 => throw new SiloUnavailableException("its silo has died"),
            nameof(IPartitionGrain.AppendAsync) => Task.FromResult(new AppendReply { Outcomes = [AppendOutcome.Accepted], LastSequence = 1 }),
            nameof(IPartitionGrain.AwaitAppliedAsync) => Task.FromResult(true),
            _ => throw new NotSupportedException(method),
        });

        var result = await feed.FeedAsync(file, TestContext.Current.CancellationToken);

        Assert.Null(result.Refusal);
        Assert.Equal((1, true), (result.Answer!.Accepted, result.Answer.Applied));
        Assert.Equal(3, appends);
    }

    [Fact]
    public async Task Feed_NothingAnswersForTenMinutes_ItGivesUp()
    {
        using var folder = new TempFolder();
        var file = await WriteAsync(folder);
        var began = _time.GetUtcNow();
        var feed = Feed(folder, _ => throw new SiloUnavailableException("no silo is left"));

        await Assert.ThrowsAsync<SiloUnavailableException>(() => feed.FeedAsync(file, TestContext.Current.CancellationToken));

        Assert.InRange(_time.GetUtcNow() - began, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10.1));
    }

    [Fact]
    public async Task Feed_WhatIsBrokenStaysBroken_IsNotTriedAgain()
    {
        using var folder = new TempFolder();
        var file = await WriteAsync(folder);
        var feed = Feed(folder, _ => throw new InvalidOperationException("a defect"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => feed.FeedAsync(file, TestContext.Current.CancellationToken));
    }

    private static async Task<string> WriteAsync(TempFolder folder)
    {
        var file = Path.Combine(folder.Path, "claims.ndjson");
        await File.WriteAllTextAsync(file, Edits.Tanks("wire", "1", "azerbaijan", "armenia", "fizuli", 4).ToJsonString(), TestContext.Current.CancellationToken);
        return file;
    }

    private FileFeed Feed(TempFolder folder, Func<string, Task> partition)
    {
        var identity = new StoreIdentity { StoreId = Guid.NewGuid(), Partitions = 1, HashSeed = 0, Level = 1, IsNew = true };
        var ingestor = new Ingestor(
            Proxy<IGrainFactory>(_ => Proxy<IPartitionGrain>(method => partition(method.Name))), new FixedRegistry(), identity, Options.Create(new PartitionOptions()), new Lifetime(), _time);
        return new FileFeed(new FeedPath(folder.Path), ingestor, feeder: null!, _time);
    }

    private static T Proxy<T>(Func<MethodInfo, object> answer) where T : class
    {
        var proxy = DispatchProxy.Create<T, Answering>();
        ((Answering)(object)proxy).Answer = answer;
        return proxy;
    }

    /// <summary>Answers calls of an interface; public for the proxies that are made of it.</summary>
    public class Answering : DispatchProxy
    {
        internal Func<MethodInfo, object> Answer { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!);
    }

    // Whoever pauses has paused.
    private sealed class Clock(DateTimeOffset now) : FakeTimeProvider(now)
    {
        private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime >= TimeSpan.Zero && dueTime <= LongestPause)
            {
                Advance(dueTime);
            }

            return timer;
        }
    }

    private sealed class FixedRegistry : IRegistry
    {
        public RegistrySnapshot Current => BundledRegistry.Snapshot;

        public Task CatchUpAsync(long version, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
