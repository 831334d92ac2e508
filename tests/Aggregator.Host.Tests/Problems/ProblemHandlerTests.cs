using System.Text.Json.Nodes;
using Aggregator.Host.Hosting;
using Aggregator.Host.Problems;
using Aggregator.Host.Tests.Running;
using Aggregator.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace Aggregator.Host.Tests.Problems;

/// <summary>What was thrown, as it is told: a fault of ours is 500, whatever passes by itself 503 with when to come back.</summary>
public sealed class ProblemHandlerTests : IDisposable
{
    private readonly Lifetime _lifetime = new();

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

    public void Dispose() => _lifetime.Dispose();

    private async Task<(int Status, string? Code, bool RetryAfter)> TellAsync(Exception thrown)
    {
        var draining = new Draining(new ShutdownTimes(TimeSpan.FromSeconds(30), TimeSpan.Zero), _lifetime, TimeProvider.System, NullLogger<Draining>.Instance);
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };

        Assert.True(await new ProblemHandler(draining, NullLogger<ProblemHandler>.Instance).TryHandleAsync(context, thrown, CancellationToken.None));

        return (context.Response.StatusCode, (string?)JsonNode.Parse(body.ToArray())!["code"], context.Response.Headers.RetryAfter.Count == 1);
    }
}
