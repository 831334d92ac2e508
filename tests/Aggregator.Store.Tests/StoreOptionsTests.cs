namespace Aggregator.Store.Tests;

public sealed class StoreOptionsTests
{
    [Fact]
    public void Validate_Defaults_Pass() => new StoreOptions().Validate();

    public static TheoryData<string, Action<StoreOptions>> Wrong => new()
    {
        { "Path", static o => o.Path = " " },
        { "KeyPrefix", static o => o.KeyPrefix = "a:b" },
        { "KeyPrefix", static o => o.KeyPrefix = "" },
        { "Partitions", static o => o.Partitions = 0 },
        { "Partitions", static o => o.Partitions = 1_025 },
        { "ConnectTimeout", static o => o.ConnectTimeoutMilliseconds = 0 },
        { "CallTimeout", static o => o.CallTimeoutMilliseconds = -1 },
        { "RetryInitial", static o => o.RetryInitialMilliseconds = 0 },
        { "RetryMaximum", static o => o.RetryMaximumMilliseconds = 1 },
        { "MaximumEntry", static o => o.MaximumEntryBytes = int.MaxValue },
        { "EmbeddedMemory", static o => o.EmbeddedMemoryMebibytes = 1 },
        { "EmbeddedAof", static o => o.EmbeddedAofMebibytes = 100 },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Validate_WrongSetting_NamesIt(string named, Action<StoreOptions> change)
    {
        var options = new StoreOptions();
        change(options);
        Assert.Contains(named, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }
}
