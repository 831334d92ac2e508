using Aggregator.Store.Tests.Backends;

[assembly: AssemblyFixture(typeof(GarnetBackend))]
[assembly: AssemblyFixture(typeof(RedisBackend))]
[assembly: AssemblyFixture(typeof(SimBackend))]

namespace Aggregator.Store.Tests.Contract;

/// <summary>What every part of the contract suite shares: a connection with keys of its own.</summary>
public abstract class StoreContract(Backend backend) : IAsyncLifetime
{
    private readonly List<object> _opened = [];

    protected Backend Backend { get; } = backend;

    protected StoreDatabase Store { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Store = await OpenedAsync(Backend.Options());

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var one in _opened.OfType<IAsyncDisposable>())
        {
            await one.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A second connection to the same keys, as another silo has; the contract disposes of it.</summary>
    protected Task<StoreDatabase> OpenAgainAsync() => OpenedAsync(Store.Options);

    /// <summary>A connection to the same keys that loses the answers to requests with this marker; the contract disposes of it.</summary>
    private protected async Task<(StoreDatabase Store, ICuts Cuts)> OpenCuttingAsync(byte[] marker, int cuts)
    {
        var (store, cutting) = await Backend.OpenCuttingAsync(Store.Options, marker, cuts);
        _opened.AddRange([store, cutting]);
        return (store, cutting);
    }

    protected static byte[] Entry(int seed, int length = 200)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task<StoreDatabase> OpenedAsync(StoreOptions options)
    {
        var store = await Backend.OpenAsync(options);
        _opened.Add(store);
        return store;
    }
}

/// <summary>What asks for more than log, index, rows and eras: a server.</summary>
public abstract class ServerContract(ServerBackend backend) : StoreContract(backend)
{
    protected new ServerBackend Backend { get; } = backend;

    protected new StoreConnection Store => (StoreConnection)base.Store;

    /// <summary>A second connection to the same keys, as another silo has.</summary>
    protected Task<StoreConnection> ConnectAgainAsync() => StoreConnection.ConnectAsync(Store.Options);
}
