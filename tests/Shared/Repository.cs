namespace Aggregator.Tests.Shared;

/// <summary>Paths of the checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder of Aggregator.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The data that tests may use where it is there; skips the test, saying so, where it is not.</summary>
    public static string SharedData(params string[] path)
    {
        var full = Path.GetFullPath(Path.Combine([Root, "..", "shared", "data", .. path]));
        Assert.SkipUnless(Path.Exists(full), $"../shared/data/{string.Join('/', path)} is not beside the checkout");
        return full;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Aggregator.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no Aggregator.sln above the tests");
        }

        return folder;
    }
}
