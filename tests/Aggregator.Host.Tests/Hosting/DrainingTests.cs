using Aggregator.Host.Hosting;
using Aggregator.Host.Tests.Running;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Aggregator.Host.Tests.Hosting;

/// <summary>The end of what is under way.</summary>
public sealed class DrainingTests : IDisposable
{
    private readonly Lifetime _lifetime = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task WhatIsUnderWayAfterItsTime_IsCutOff()
    {
        var draining = NewDraining();
        var (stays, leaves) = (new Aborted(), new Aborted());
        using var one = draining.Enter(Context(stays));
        draining.Enter(Context(leaves)).Dispose();

        await CloseAsync(draining);

        Assert.Equal((true, false), (stays.IsSo, leaves.IsSo));
    }

    /// <summary>A context that has left is the server's again and throws at whoever touches it, which once kept a host from its end.</summary>
    [Fact]
    public async Task WhoLeavesWhileItIsCutOff_IsNotTouchedAfterwards()
    {
        var draining = NewDraining();
        var context = Context(new Aborted());
        var entered = draining.Enter(context);
        Task? leaving = null;
        context.Features.Set<IHttpRequestFeature>(new Asked(() =>
        {
            leaving = Task.Run(() =>
            {
                entered.Dispose();
                context.Uninitialize();
            });

            // In vain, if nobody may leave now.
            SpinWait.SpinUntil(() => leaving.IsCompleted, TimeSpan.FromMilliseconds(200));
        }));

        await CloseAsync(draining);

        Assert.NotNull(leaving);
        await leaving;
    }

    public void Dispose() => _lifetime.Dispose();

    private static DefaultHttpContext Context(Aborted aborted)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(aborted);
        return context;
    }

    private Draining NewDraining() => new(new ShutdownTimes(TimeSpan.FromSeconds(30), TimeSpan.Zero), _lifetime, _time, NullLogger<Draining>.Instance);

    private async Task CloseAsync(Draining draining)
    {
        var closed = draining.CloseAsync();
        while (!closed.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await closed;
    }

    private sealed class Asked(Action forMethod) : IHttpRequestFeature
    {
        public string Protocol { get; set; } = "";

        public string Scheme { get; set; } = "";

        public string Method
        {
            get
            {
                forMethod();
                return "";
            }

            set => throw new NotSupportedException();
        }

        public string PathBase { get; set; } = "";

        public string Path { get; set; } = "";

        public string QueryString { get; set; } = "";

        public string RawTarget { get; set; } = "";

        public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

        public Stream Body { get; set; } = Stream.Null;
    }

    private sealed class Aborted : IHttpRequestLifetimeFeature
    {
        public bool IsSo { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsSo = true;
    }
}
