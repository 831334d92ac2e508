using Aggregator.Host.Hosting;
using Microsoft.Extensions.Configuration;

namespace Aggregator.Host.Tests.Hosting;

/// <summary>Settings that cannot work are named in one line, before anything is started.</summary>
public sealed class HostSettingsTests
{
    [Theory]
    [InlineData("Store:EmbeddedAofMebibytes", "100", "Store:EmbeddedAofMebibytes must be a power of two")]
    [InlineData("Store:EmbeddedAofMebibytes", "32", "Store:EmbeddedAofMebibytes is a whole number from 64")]
    [InlineData("Store:Path", "", "Store:Path must name a folder")]
    [InlineData("Store:Redis", "localhost:6379,sead=1,password=secret", "Store:Redis must be a connection string")]
    [InlineData("Store:Redis", "password=secret", "Store:Redis must be a connection string")]
    [InlineData("urls", "localhost:5080", "urls: localhost:5080 is no address")]
    [InlineData("Cluster:AdvertisedIP", "here", "Cluster:AdvertisedIP is no IP address: here")]
    [InlineData("Partitions", "0", "Partitions is a whole number from 1")]
    [InlineData("Live:Interval", "soon", "Live:Interval is a time from")]
    [InlineData("Store:MustExist", "maybe", "Store:MustExist is true or false")]
    public void Read_OfWhatCannotWork_NamesTheSettingAndNoPassword(string setting, string value, string said)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => HostSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build()));

        Assert.StartsWith(said, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfNothing_IsTheEmbeddedStoreOnLoopback()
    {
        var settings = HostSettings.Read(new ConfigurationBuilder().Build());

        Assert.Equal(("data", null, 32), (settings.Store.Path, settings.Store.Redis, settings.Store.Partitions));
        Assert.Equal([HostSettings.DefaultUrl], settings.Urls);
    }
}
