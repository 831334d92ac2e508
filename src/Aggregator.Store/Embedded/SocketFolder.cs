namespace Aggregator.Store.Embedded;

/// <summary>
/// The private temporary folder of the socket: a path in the data folder could exceed the 108 bytes a socket's name may have.
/// Its name is kept in the data folder, so the next start removes what a killed process left.
/// </summary>
internal static class SocketFolder
{
    private const string Prefix = "agg-";

    /// <summary>Makes one; the data folder is locked by the caller.</summary>
    public static string Create(string dataFolder)
    {
        var note = Note(dataFolder);
        if (File.Exists(note)
            && File.ReadAllText(note) is var left
            && Path.GetFileName(left).StartsWith(Prefix, StringComparison.Ordinal)
            && Directory.Exists(left))
        {
            Directory.Delete(left, recursive: true);
        }

        var made = Directory.CreateTempSubdirectory(Prefix).FullName;
        File.WriteAllText(note, made);
        return made;
    }

    public static void Delete(string dataFolder, string socketFolder)
    {
        Directory.Delete(socketFolder, recursive: true);

        // The data folder may be gone, or another's by now.
        var note = Note(dataFolder);
        if (File.Exists(note) && File.ReadAllText(note) == socketFolder)
        {
            File.Delete(note);
        }
    }

    private static string Note(string dataFolder) => Path.Combine(dataFolder, "store.socket");
}
