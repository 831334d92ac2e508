using System.Net;
using System.Net.Sockets;
using Aggregator.Store.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aggregator.Store.Tests.Backends;

/// <summary>A running server that the whole assembly shares; every test has a key prefix of its own on it.</summary>
public abstract class Backend : IAsyncLifetime
{
    /// <summary>The connection string; skips the test where the server is absent.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Where it listens.</summary>
    public abstract EndPoint EndPoint { get; }

    public StoreOptions Options() => new() { Redis = ConnectionString, KeyPrefix = "t" + Guid.NewGuid().ToString("N") };

    public Task<StoreConnection> ConnectAsync() => StoreConnection.ConnectAsync(Options());

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();
}

public sealed class GarnetBackend : Backend
{
    private readonly TempFolder _folder = new();
    private EmbeddedStore? _store;

    public override EndPoint EndPoint => _store!.Configuration.EndPoints[0];

    // The leading ! is the client's notation for a Unix domain socket.
    public override string ConnectionString => "!" + EndPoint;

    public override async ValueTask InitializeAsync() =>
        _store = await EmbeddedStore.StartAsync(_folder.Path, NullLoggerFactory.Instance);

    public override async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class RedisBackend : Backend
{
    private RedisServer? _server;

    public override EndPoint EndPoint
    {
        get
        {
            Assert.SkipWhen(_server is null, "redis-server is not on PATH");
            return new IPEndPoint(IPAddress.Loopback, _server!.Port);
        }
    }

    public override string ConnectionString => EndPoint + ",allowAdmin=true";

    public override async ValueTask InitializeAsync() => _server = RedisServer.Find() is null ? null : await RedisServer.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
