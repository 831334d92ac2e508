using System.Net;
using System.Net.Sockets;
using Aggregator.Store.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aggregator.Store.Tests.Backends;

/// <summary>A store that the whole assembly shares; every test has a key prefix of its own on it.</summary>
public abstract class Backend : IAsyncLifetime
{
    /// <summary>Options with keys that nobody else has.</summary>
    public virtual StoreOptions Options() => new() { KeyPrefix = "t" + Guid.NewGuid().ToString("N") };

    /// <summary>A connection, as a silo has one; whoever asks disposes of it if it is to be disposed of.</summary>
    public abstract Task<StoreDatabase> OpenAsync(StoreOptions options);

    /// <summary>A connection that loses the answers to requests with a marker, and what counts them.</summary>
    internal abstract Task<(StoreDatabase Store, ICuts Cuts)> OpenCuttingAsync(StoreOptions options, byte[] marker, int cuts);

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Answers that get lost.</summary>
internal interface ICuts
{
    /// <summary>How many are still to be.</summary>
    int CutsLeft { get; }
}

/// <summary>A running server.</summary>
public abstract class ServerBackend : Backend
{
    /// <summary>The connection string; skips the test where the server is absent.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Where it listens.</summary>
    public abstract EndPoint EndPoint { get; }

    public override StoreOptions Options()
    {
        var options = base.Options();
        options.Redis = ConnectionString;
        return options;
    }

    public Task<StoreConnection> ConnectAsync() => StoreConnection.ConnectAsync(Options());

    public override async Task<StoreDatabase> OpenAsync(StoreOptions options) => await StoreConnection.ConnectAsync(options);

    internal override async Task<(StoreDatabase Store, ICuts Cuts)> OpenCuttingAsync(StoreOptions options, byte[] marker, int cuts)
    {
        var proxy = new CuttingProxy(EndPoint, marker, cuts);
        return (await StoreConnection.ConnectAsync(new() { Redis = proxy.ConnectionString, KeyPrefix = options.KeyPrefix }), proxy);
    }
}

public sealed class GarnetBackend : ServerBackend
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

public sealed class RedisBackend : ServerBackend
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
