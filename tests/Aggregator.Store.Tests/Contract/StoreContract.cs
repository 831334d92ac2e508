using Aggregator.Store.Tests.Backends;

[assembly: AssemblyFixture(typeof(GarnetBackend))]
[assembly: AssemblyFixture(typeof(RedisBackend))]

namespace Aggregator.Store.Tests.Contract;

/// <summary>What every part of the contract suite shares: a connection with keys of its own.</summary>
public abstract class StoreContract(Backend backend) : IAsyncLifetime
{
    protected Backend Backend { get; } = backend;

    protected StoreConnection Store { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Store = await Backend.ConnectAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>A second connection to the same keys, as another silo has.</summary>
    protected Task<StoreConnection> ConnectAgainAsync() => StoreConnection.ConnectAsync(Store.Options);

    /// <summary>A connection to the same keys that loses the answers to requests with this marker.</summary>
    private protected async Task<(StoreConnection Store, CuttingProxy Proxy)> ConnectCuttingAsync(byte[] marker, int cuts)
    {
        var proxy = new CuttingProxy(Backend.EndPoint, marker, cuts);
        return (await StoreConnection.ConnectAsync(new() { Redis = proxy.ConnectionString, KeyPrefix = Store.Options.KeyPrefix }), proxy);
    }

    protected static byte[] Entry(int seed, int length = 200)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
