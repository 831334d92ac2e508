using System.Text.Json.Nodes;
using Aggregator.Host.Hosting;
using Aggregator.Host.Problems;
using Aggregator.Host.Tests.Running;
using Aggregator.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Problems;

/// <summary>What was thrown, as it is told: a fault of ours is 500, whatever passes by itself 503 with when to come back.</summary>
public sealed class ProblemHandlerTests : IDisposable
{
    private readonly Lifetime _lifetime = new();
    private readonly Lines _lines = new();

    public static TheoryData<Exception, int, string> Thrown => new()
    {
        { new LimitExceededException("too many requests"), 503, "cluster.unavailable" },
        { new GatewayTooBusyException("busy"), 503, "cluster.unavailable" },
        { new SiloUnavailableException("gone"), 503, "cluster.unavailable" },
        { new Orleans.Runtime.Messaging.ConnectionFailedException("failed"), 503, "cluster.unavailable" },
        { new TimeoutException(), 503, "cluster.unavailable" },
        { new OperationCanceledException(), 503, "cluster.unavailable" },
        { new ObjectDisposedException("client"), 503, "cluster.unavailable" },
        { new StoreUnavailableException("down"), 503, "store.unavailable" },
        { new StoreUnknownException("down"), 503, "store.unavailable" },
        { new StoreRefusedException("full"), 503, "store.unavailable" },
        { new RedisCommandException("gone"), 503, "store.unavailable" },
        { new InvalidOperationException("wrapped", new StoreUnavailableException("down")), 503, "store.unavailable" },
        { new BadHttpRequestException("slow", 408), 408, "body.too-slow" },
        { new BadHttpRequestException("large", 413), 413, "body.too-large" },
        { new InvalidDataException(), 400, "body.malformed" },
        { new InvalidOperationException("ours"), 500, "internal" },
    };

    [Theory]
    [MemberData(nameof(Thrown), DisableDiscoveryEnumeration = true)]
    public async Task Exception_Thrown_IsToldByItsCode(Exception thrown, int status, string code)
    {
        var (told, toldCode, retryAfter) = await TellAsync(thrown);

        Assert.Equal((status, code, status == 503), (told, toldCode, retryAfter));
    }

    [Fact]
    public async Task Exception_OfAnyKindWhileStopping_IsNoFaultOfOurs()
    {
        _lifetime.StopApplication();

        Assert.Equal((503, "host.stopping", true), await TellAsync(new InvalidOperationException("no longer running")));
    }

    [Fact]
    public async Task Exception_ThatPassesByItself_IsLoggedInOneLine()
    {
        var thrown = new SiloUnavailableException("gone: System.IO.IOException\n   at Somewhere.Send()\n  as was told");
        await TellAsync(thrown);

        Assert.Equal(
            [
                (LogLevel.Warning, "Request / was not answered, cluster.unavailable: SiloUnavailableException: gone: System.IO.IOException", null),
                (LogLevel.Debug, "Request / was not answered", thrown),
            ],
            _lines.Logged);
    }

    public static TheoryData<Exception, string> Reasons => new()
    {
        { new StoreUnknownException("append an edit: time-out", new TimeoutException("5000ms")), "store.unavailable: StoreUnknownException: append an edit: time-out" },
        { new InvalidOperationException("wrapped", new StoreUnavailableException("down", new IOException("reset"))), "store.unavailable: StoreUnavailableException: down" },
        { new ObjectDisposedException("client"), "cluster.unavailable: ObjectDisposedException: Cannot access a disposed object. Object name: 'client'." },
        { new TimeoutException("late", new IOException("reset")), "cluster.unavailable: IOException: reset" },
    };

    [Theory]
    [MemberData(nameof(Reasons), DisableDiscoveryEnumeration = true)]
    public async Task Exception_ThatPassesByItself_IsLoggedWithItsReason(Exception thrown, string reason)
    {
        await TellAsync(thrown);

        Assert.Equal($"Request / was not answered, {reason}", _lines.Logged[0].Text);
    }

    [Fact]
    public async Task Exception_OfAnyKindWhileStopping_IsLoggedWithItsStack()
    {
        var thrown = new InvalidOperationException("ours");
        _lifetime.StopApplication();
        await TellAsync(thrown);

        Assert.Equal([(LogLevel.Error, "Request / failed", thrown)], _lines.Logged);
    }

    [Fact]
    public async Task Exception_OfOurs_IsLoggedWithItsStack()
    {
        var thrown = new InvalidOperationException("ours");

        await TellAsync(thrown);

        Assert.Equal([(LogLevel.Error, "Request / failed", thrown)], _lines.Logged);
    }

    [Fact]
    public async Task Exception_OfTheCallers_IsNotLogged()
    {
        await TellAsync(new InvalidDataException());

        Assert.Empty(_lines.Logged);
    }

    public void Dispose() => _lifetime.Dispose();

    private async Task<(int Status, string? Code, bool RetryAfter)> TellAsync(Exception thrown)
    {
        var draining = new Draining(new ShutdownTimes(TimeSpan.FromSeconds(30), TimeSpan.Zero), _lifetime, TimeProvider.System, NullLogger<Draining>.Instance);
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Request = { Path = "/" }, Response = { Body = body } };

        Assert.True(await new ProblemHandler(draining, _lines).TryHandleAsync(context, thrown, CancellationToken.None));

        return (context.Response.StatusCode, (string?)JsonNode.Parse(body.ToArray())!["code"], context.Response.Headers.RetryAfter.Count == 1);
    }

    private sealed class Lines : ILogger<ProblemHandler>
    {
        public List<(LogLevel Level, string Text, Exception? Fault)> Logged { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Logged.Add((logLevel, formatter(state, exception), exception));
    }
}
