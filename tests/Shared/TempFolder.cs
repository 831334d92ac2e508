namespace Aggregator.Tests.Shared;

/// <summary>A folder of its own, removed at the end.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("agg-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
