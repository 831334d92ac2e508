using System.Globalization;

namespace Aggregator.Store.Embedded;

/// <summary>
/// Holds a folder for one process: the operating system frees the lock when the process ends, however it ends.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string LockName = "store.lock";
    private const string HolderName = "store.holder";

    private readonly FileStream _file;
    private readonly string _holderPath;

    private FolderLock(FileStream file, string holderPath)
    {
        _file = file;
        _holderPath = holderPath;
    }

    /// <summary>Makes the folder where missing and locks it.</summary>
    /// <exception cref="StoreLockedException">Another process, or another store in this one, has it.</exception>
    public static FolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var holderPath = Path.Combine(folder, HolderName);
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException fault) when (fault is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            throw new StoreLockedException(folder, Holder(holderPath), fault);
        }

        // In a file of its own: the locked one cannot be read by others everywhere.
        File.WriteAllText(
            holderPath,
            string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}"));
        return new FolderLock(file, holderPath);
    }

    public void Dispose()
    {
        File.Delete(_holderPath);
        _file.Dispose();
    }

    private static string Holder(string holderPath)
    {
        try
        {
            return File.ReadAllText(holderPath);
        }
        catch (IOException)
        {
            // The holder is starting or stopping; that it holds the lock is certain all the same.
            return "another process";
        }
    }
}
