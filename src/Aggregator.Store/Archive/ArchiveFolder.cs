namespace Aggregator.Store.Archive;

/// <summary>A folder of archive files. Files are only ever added; the last of a partition alone may be broken off.</summary>
public sealed class ArchiveFolder(string path)
{
    private const string LockName = "archive.lock";

    /// <summary>The folder.</summary>
    public string FullPath { get; } = Path.GetFullPath(path);

    /// <summary>Makes the folder where missing and holds it against another run until disposed.</summary>
    /// <exception cref="ArchiveException">Another run has it.</exception>
    public IDisposable Lock()
    {
        Directory.CreateDirectory(FullPath);
        try
        {
            return new FileStream(Path.Combine(FullPath, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException fault)
        {
            throw new ArchiveException($"Another run writes to {FullPath}.", fault);
        }
    }

    /// <summary>The files of all partitions and of the registry, by partition and position.</summary>
    /// <exception cref="ArchiveException">There is no such folder.</exception>
    public IReadOnlyList<ArchiveFile> Files() => Directory.Exists(FullPath)
        ? [.. Directory.GetFiles(FullPath).Select(ArchiveFile.Of).OfType<ArchiveFile>().OrderBy(file => file.Partition).ThenBy(file => file.First).ThenBy(file => file.Last)]
        : throw new ArchiveException($"There is no folder {FullPath}.");

    /// <summary>
    /// Holds every entry of every file against its seal and its digest, and the files against each other.
    /// </summary>
    /// <param name="look">Looks at each entry of a partition, or edit of <see cref="ArchiveHeader.Registry"/>; what it throws as <see cref="InvalidDataException"/> is a fault of the file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArchiveException">There is no archive in the folder.</exception>
    public async Task<ArchiveReport> VerifyAsync(Action<int, ArchivedEntry>? look = null, CancellationToken cancellationToken = default)
    {
        var files = Files();
        ArchiveOrigin? origin = null;
        var spans = new List<ArchiveSpan>();
        foreach (var group in files.GroupBy(file => file.Partition))
        {
            var span = new ArchiveSpan(group.Key);
            foreach (var file in group)
            {
                try
                {
                    var header = await file.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
                    origin ??= header.Origin;
                    if (header.Origin != origin)
                    {
                        throw new ArchiveException($"{file.Name} is of another store than the files before it.");
                    }

                    if (file.Partition >= origin.Partitions)
                    {
                        throw new ArchiveException($"{file.Name}: the store has but {origin.Partitions} partitions.");
                    }

                    await foreach (var entry in file.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        look?.Invoke(file.Partition, new ArchivedEntry(entry.Sequence, entry.Bytes));
                    }

                    span.Add(file, header.Incarnation);
                }
                catch (Exception fault) when (fault is ArchiveException or InvalidDataException)
                {
                    span.Fault(fault is ArchiveException ? fault.Message : $"{file.Name} cannot be read: {fault.Message}");
                }
            }

            spans.Add(span);
        }

        return spans.Count == 0
            ? throw new ArchiveException($"There is no archive in {FullPath}.")
            : new ArchiveReport(origin, spans);
    }
}

/// <summary>An entry or edit as it is archived.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Bytes">Its bytes, seal not included.</param>
public readonly record struct ArchivedEntry(long Position, ReadOnlyMemory<byte> Bytes);
