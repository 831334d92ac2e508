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
    private readonly string _holder;

    private FolderLock(FileStream file, string holderPath, string holder)
    {
        (_file, _holderPath, _holder) = (file, holderPath, holder);
    }

    /// <summary>
    /// Whether the folder is the one that was locked: not if it was removed or moved, be there another in its place or not. The lock itself says nothing of that: it is of the file,
    /// wherever that is now.
    /// </summary>
    public bool IsInPlace
    {
        get
        {
            try
            {
                return File.ReadAllText(_holderPath) == _holder;
            }
            catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // It cannot be looked at just now.
                return true;
            }
        }
    }

    /// <summary>Makes the folder where missing and locks it.</summary>
    /// <exception cref="StoreLockedException">Another process, or another store in this one, has it.</exception>
    /// <exception cref="StoreUnavailableException">It is a file.</exception>
    public static FolderLock Take(string folder)
    {
        if (File.Exists(folder))
        {
            throw new StoreUnavailableException($"Store:Path '{folder}' is a file, and a store is a folder.");
        }

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
        var holder = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {TimeProvider.System.GetUtcNow().UtcDateTime:O}");
        File.WriteAllText(holderPath, holder);
        return new FolderLock(file, holderPath, holder);
    }

    public void Dispose()
    {
        if (IsInPlace)
        {
            File.Delete(_holderPath);
        }

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
