namespace Aggregator.Chaos.Running;

/// <summary>Sees when the embedded store begins to write a checkpoint, and when it writes no more of it.</summary>
internal sealed class CheckpointWatch : IDisposable
{
    private const string Folders = "-checkpoints";
    private const string Records = "cpr" + Folders;
    private const string LastFile = "info.dat.0";
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileSystemWatcher _files;
    private readonly string _folder;
    private readonly HashSet<string> _before;
    private long _first;
    private long _last;

    /// <param name="folder">Of the embedded store.</param>
    public CheckpointWatch(string folder)
    {
        _folder = folder;
        _before = [.. Tokens()];
        _files = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        _files.Created += (_, file) => Written(file.FullPath);
        _files.Changed += (_, file) => Written(file.FullPath);
        _files.Renamed += (_, file) => Written(file.FullPath);
        _files.EnableRaisingEvents = true;
    }

    /// <summary>Whether it has begun and what is written last of it is not there: it is no checkpoint yet.</summary>
    public bool IsUnfinished => Tokens().Any(token => !_before.Contains(token)
        && !Directory.EnumerateDirectories(_folder, token, SearchOption.AllDirectories).Where(static of => of.Contains(Records, StringComparison.Ordinal)).Any(static of => File.Exists(Path.Combine(of, LastFile))));

    /// <summary>From the first file to the last write, so far.</summary>
    public TimeSpan Lasted => Interlocked.Read(ref _first) is var first and not 0 ? TimeProvider.System.GetElapsedTime(first, Interlocked.Read(ref _last)) : TimeSpan.Zero;

    /// <summary>Waits for the first file or folder of the next one.</summary>
    public async Task<bool> BeginsWithinAsync(TimeSpan limit)
    {
        await _begun.Task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _begun.Task.IsCompletedSuccessfully;
    }

    /// <summary>Waits until nothing has been written of it for a while; gives how long it took until then.</summary>
    public async Task<TimeSpan> EndsAsync()
    {
        while (TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _last)) < Quiet)
        {
            await Task.Delay(Look);
        }

        return Lasted;
    }

    public void Dispose() => _files.Dispose();

    // Each has a folder of its name among those of the index, and one among those of the records.
    private IEnumerable<string> Tokens() => Directory.Exists(_folder)
        ? Directory.EnumerateDirectories(_folder, "*" + Folders, SearchOption.AllDirectories).SelectMany(Directory.EnumerateDirectories).Select(static token => Path.GetFileName(token)).Distinct()
        : [];

    private static string? TokenOf(string file) =>
        file.IndexOf(Folders, StringComparison.Ordinal) is var at and >= 0 && file[(at + Folders.Length)..].Split(Path.DirectorySeparatorChar) is ["", var token, ..] ? token : null;

    private void Written(string file)
    {
        if (TokenOf(file) is not { } token || _before.Contains(token))
        {
            return;
        }

        var now = TimeProvider.System.GetTimestamp();
        Interlocked.CompareExchange(ref _first, now, 0);
        Interlocked.Exchange(ref _last, now);
        _begun.TrySetResult();
    }
}
