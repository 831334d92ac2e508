using Aggregator.Domain.Log;
using Aggregator.Store.Tests.Backends;

namespace Aggregator.Store.Tests.Contract;

public abstract class StoreIdentityContract(ServerBackend backend) : ServerContract(backend)
{
    [Fact]
    public async Task Open_FirstStart_FixesTheIdentity()
    {
        var first = await Store.OpenAsync();
        Assert.True(first.IsNew);
        Assert.Equal((32, FeatureLevel.Newest, FeatureLevel.Newest), (first.Partitions, first.Level, Store.Level));
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
    public async Task Open_LevelThatIsNotKnown_IsRefused()
    {
        await Store.OpenAsync();
        await Store.Database.HashSetAsync(Store.Keys.Identity, "format", FeatureLevel.Newest + 1);
        var refused = await Assert.ThrowsAsync<StoreUnsuitableException>(() => Store.OpenAsync());
        Assert.StartsWith("store.level: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RaiseLevel_OfAStoreFromBeforeLevels_IsSeenByOthersAndNeverFalls()
    {
        await Assert.ThrowsAsync<StoreMissingException>(() => Store.RaiseLevelAsync());

        // As hosts from before levels have made it.
        await Store.Database.HashSetAsync(
            Store.Keys.Identity, [new("format", 1), new("store", Guid.NewGuid().ToString("N")), new("partitions", 4), new("seed", 7), new("generation", 1)]);
        var identity = await Store.OpenAsync();
        await using var other = await ConnectAgainAsync();
        await other.OpenAsync();
        Assert.Equal((FeatureLevel.First, FeatureLevel.First), (identity.Level, other.Level));
        Assert.False(new Log.ClaimLog(other).Allows(FeatureLevel.Quarantine));

        Assert.Equal((FeatureLevel.First, FeatureLevel.Newest), await Store.RaiseLevelAsync());
        Assert.Equal((FeatureLevel.Newest, FeatureLevel.Newest), await Store.RaiseLevelAsync());

        Assert.Equal(StoreSight.Same, await other.LookAsync(identity, TimeSpan.FromSeconds(10)));
        Assert.True(new Log.ClaimLog(other).Allows(FeatureLevel.Quarantine));
        await Store.Database.HashSetAsync(Store.Keys.Identity, "format", FeatureLevel.Newest + 1);
        Assert.Equal(StoreSight.Newer, await other.LookAsync(identity, TimeSpan.FromSeconds(10)));
        Assert.Equal((FeatureLevel.Newest + 1, FeatureLevel.Newest + 1), await Store.RaiseLevelAsync());
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
}

public sealed class StoreIdentityOnGarnet(GarnetBackend backend) : StoreIdentityContract(backend);

public sealed class StoreIdentityOnRedis(RedisBackend backend) : StoreIdentityContract(backend);
