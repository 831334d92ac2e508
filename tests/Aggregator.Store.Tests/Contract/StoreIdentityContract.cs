using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class StoreIdentityContract(Backend backend) : StoreContract(backend)
{
    [Fact]
    public async Task Open_FirstStart_FixesTheIdentity()
    {
        var first = await Store.OpenAsync();
        Assert.True(first.IsNew);
        Assert.Equal((32, 1L), (first.Partitions, first.Generation));
        await using var again = await ConnectAgainAsync();
        Assert.Equal(first with { IsNew = false }, await again.OpenAsync());
    }

    [Fact]
    public async Task Open_OtherPartitions_UsesAndNamesWhatIsFixed()
    {
        await Store.OpenAsync();
        await using var other = await StoreConnection.ConnectAsync(
            new() { Redis = Store.Options.Redis, KeyPrefix = Store.Options.KeyPrefix, Partitions = 8 });
        var identity = await other.OpenAsync();
        Assert.Equal((32, 8), (identity.Partitions, identity.PartitionsIgnored));
    }

    [Fact]
    public async Task Open_ManyAtOnce_AgreeOnOne()
    {
        await using var other = await ConnectAgainAsync();
        var identities = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? Store : other).OpenAsync()));
        Assert.Single(identities, static identity => identity.IsNew);
        Assert.Single(identities.Select(static identity => (identity.StoreId, identity.HashSeed)).Distinct());
    }

    [Fact]
    public async Task Open_NewerFormat_Throws()
    {
        await Store.OpenAsync();
        await Store.Database.HashSetAsync(Store.Keys.Identity, "format", 2);
        await Assert.ThrowsAsync<StoreUnsuitableException>(() => Store.OpenAsync());
    }

    [Fact]
    public async Task Open_MustExist_RefusesToMakeOne()
    {
        await using var strict = await StoreConnection.ConnectAsync(
            new() { Redis = Store.Options.Redis, KeyPrefix = Store.Options.KeyPrefix, MustExist = true });
        await Assert.ThrowsAsync<StoreMissingException>(() => strict.OpenAsync());
        await Assert.ThrowsAsync<StoreMissingException>(() => strict.OpenAsync());

        var made = await Store.OpenAsync();

        Assert.Equal(made with { IsNew = false }, await strict.OpenAsync());
    }

    [Fact]
    public async Task Open_LogWithoutIdentity_Throws()
    {
        await Store.OpenAsync();
        await new Log.ClaimLog(Store).OpenAsync(0);
        await Store.Database.KeyDeleteAsync(Store.Keys.Identity);

        await Assert.ThrowsAsync<StoreTruncatedException>(() => Store.OpenAsync());
    }

    [Fact]
    public async Task Look_IdentityGoneOrAnothers_SaysSo()
    {
        var identity = await Store.OpenAsync();
        var limit = TimeSpan.FromSeconds(10);
        Assert.Equal(StoreSight.Same, await Store.LookAsync(identity, limit));

        await Store.Database.KeyDeleteAsync(Store.Keys.Identity);
        Assert.Equal(StoreSight.Missing, await Store.LookAsync(identity, limit));

        await Store.OpenAsync();
        Assert.Equal(StoreSight.Other, await Store.LookAsync(identity, limit));
    }

    [Fact]
    public async Task RaiseGeneration_TwoAtOnce_RaiseOnce()
    {
        await Store.OpenAsync();
        var generations = await Task.WhenAll(Store.RaiseGenerationAsync(1), Store.RaiseGenerationAsync(1));
        Assert.Equal([2, 2], generations);
        Assert.Equal(2, (await Store.OpenAsync()).Generation);
    }
}

public sealed class StoreIdentityOnGarnet(GarnetBackend backend) : StoreIdentityContract(backend);

public sealed class StoreIdentityOnRedis(RedisBackend backend) : StoreIdentityContract(backend);
