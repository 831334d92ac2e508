namespace Aggregator.Tests.Shared;

/// <summary>A folder of its own, removed at the end.</summary>
internal sealed class TempFolder : IDisposable
{
    // Where an embedded store notes the folder of its socket, which is elsewhere and stays where its process was killed and no other was started.
    private const string SocketNote = "store.socket";
    private const string SocketPrefix = "agg-";

    public string Path { get; } = Directory.CreateTempSubdirectory("agg-test-").FullName;

    /// <summary>Removes a folder, and what the stores in it have left elsewhere.</summary>
    public static void Delete(string folder)
    {
        foreach (var note in Directory.EnumerateFiles(folder, SocketNote, SearchOption.AllDirectories))
        {
            if (File.ReadAllText(note) is var socket && System.IO.Path.GetFileName(socket).StartsWith(SocketPrefix, StringComparison.Ordinal) && Directory.Exists(socket))
            {
                Directory.Delete(socket, recursive: true);
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => Delete(Path);
}
