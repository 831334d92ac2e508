namespace Aggregator.Chaos.Running;

/// <summary>Sees when the embedded store begins to write a checkpoint, and when it writes no more of it.</summary>
internal sealed class CheckpointWatch : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FileSystemWatcher _files;
    private long _first;
    private long _last;

    /// <param name="folder">Of the embedded store.</param>
    public CheckpointWatch(string folder)
    {
        _files = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        _files.Created += (_, file) => Written(file.FullPath, isNew: true);
        _files.Changed += (_, file) => Written(file.FullPath, isNew: false);
        _files.Renamed += (_, file) => Written(file.FullPath, isNew: true);
        _files.EnableRaisingEvents = true;
    }

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

    private void Written(string file, bool isNew)
    {
        if (!file.Contains("checkpoints", StringComparison.Ordinal) || (!isNew && !_begun.Task.IsCompleted))
        {
            return;
        }

        var now = TimeProvider.System.GetTimestamp();
        Interlocked.CompareExchange(ref _first, now, 0);
        Interlocked.Exchange(ref _last, now);
        _begun.TrySetResult();
    }
}
