using Aggregator.Host.Hosting;

namespace Aggregator.Host.Tests.Hosting;

/// <summary>What is mistyped is not passed over.</summary>
public sealed class ArgumentsTests
{
    [Theory]
    [InlineData("there is no setting Store:Pth", "--Store:Pth", "here")]
    [InlineData("there is no setting Store:Path:0:1", "--Store:Path:0:1", "here")]
    [InlineData("there is no setting version", "--version")]
    [InlineData("there is no setting foo", "foo=bar")]
    [InlineData("there is no setting data", "/data", "x")]
    [InlineData("restor is neither a command nor a setting", "restor", "--from", "x")]
    [InlineData("more is neither a command nor a setting", "--Store:Path", "here", "more")]
    [InlineData("-v is neither a command nor a setting", "-v")]
    [InlineData("Store:Redis needs a value", "--Store:Redis")]
    [InlineData("Store:Redis needs a value", "--Store:Redis", "--Store:Path", "here")]
    public void Check_OfWhatNothingReads_NamesIt(string said, params string[] arguments)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Arguments.Check(arguments));

        Assert.StartsWith(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfSettings_TakesThem() => Arguments.Check(
    [
        "--urls", "http://localhost:1", "--Store:Path", "-odd", "--store:redis=localhost:1,password==", "Partitions=4", "/ShutdownTimeoutSeconds", "5", "--Auth:Keys:0", "a",
        "--Entity:PersistAfter", "00:00:01", "--Partition:Tick=00:00:01", "--Logging:LogLevel:Default", "Debug", "--Kestrel:Endpoints:a:Url", "http://localhost:2", "--environment", "Development",
        "--Live:WriteTimeout", "", "--Feed:Path", "samples",
    ]);

    [Fact]
    public void Check_KnowsWhatUsageNames()
    {
        // Each line of settings begins with a name; that of commands does not.
        var settings = Usage.Text.Split("\n\n")[1].Split('\n').Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]).ToList();

        Assert.Contains("Cluster:ProbeTimeout", settings);
        Assert.All(settings, static name => Arguments.Check(["--" + name, "1"]));
    }
}
