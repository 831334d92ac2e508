using Aggregator.Store.Log;
using Aggregator.Store.Registry;

namespace Aggregator.Store.Archive;

/// <summary>
/// Writes the log and the registry's edits to files, by position. Only reads the store, page by page, so it may run beside everything else;
/// what comes while it runs the next run takes.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="origin">What its files say of it.</param>
/// <param name="folder">Where to.</param>
/// <param name="said">Hears of each file, and of each that is written again.</param>
/// <param name="maximumFileBytes">A file ends with the entry that takes it beyond.</param>
public sealed class LogArchiver(StoreDatabase store, ArchiveOrigin origin, ArchiveFolder folder, Action<string> said, long maximumFileBytes = 256 << 20)
{
    /// <summary>Entries of one file at most.</summary>
    public const int MaximumEntries = 100_000;

    private readonly ClaimLog _log = new(store);
    private readonly RegistryEdits _edits = new(store);

    /// <summary>Archives one partition up to where its log stands now.</summary>
    /// <returns>The entries that were added.</returns>
    /// <exception cref="ArchiveException">The folder holds something else than what the store has.</exception>
    public async Task<long> ArchiveAsync(int partition, CancellationToken cancellationToken = default)
    {
        var (archivedTo, lastEntry) = await FindEndAsync(partition, cancellationToken).ConfigureAwait(false);
        var head = await _log.PeekAsync(partition, cancellationToken).ConfigureAwait(false);
        if (archivedTo > head.LastSequence)
        {
            throw new ArchiveException($"The archive of partition {partition} goes to {archivedTo}, and the log to {head.LastSequence}: the store has lost its end. Archive to another folder.");
        }

        if (lastEntry is not null && !(await _log.ReadOneAsync(partition, archivedTo, cancellationToken).ConfigureAwait(false)).AsSpan().SequenceEqual(lastEntry))
        {
            throw new ArchiveException($"Entry {archivedTo} of partition {partition} is another in the store than in the archive: the store has lost its end and was written on. Archive to another folder.");
        }

        var entries = _log.ReadAsync(partition, archivedTo + 1, head.LastSequence, cancellationToken);
        return await WriteAsync(new ArchiveHeader(origin, partition, head.Incarnation, archivedTo + 1, 0), entries, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Archives the registry's edits up to now.</summary>
    /// <returns>The edits that were added.</returns>
    /// <exception cref="ArchiveException">The folder holds something else than what the store has.</exception>
    public async Task<long> ArchiveEditsAsync(CancellationToken cancellationToken = default)
    {
        var (archivedTo, lastEdit) = await FindEndAsync(ArchiveHeader.Registry, cancellationToken).ConfigureAwait(false);
        var head = await _edits.HeadAsync(cancellationToken).ConfigureAwait(false);
        if (archivedTo > head.Version || (lastEdit is not null && !await _edits.HoldsAsync(RegistryEdits.HeadOf(archivedTo, lastEdit), cancellationToken).ConfigureAwait(false)))
        {
            throw new ArchiveException($"Edit {archivedTo} of the registry is another in the store than in the archive, or gone. Archive to another folder.");
        }

        return await WriteAsync(new ArchiveHeader(origin, ArchiveHeader.Registry, 0, archivedTo + 1, 0), EditsAsync(), cancellationToken).ConfigureAwait(false);

        async IAsyncEnumerable<LogEntry> EditsAsync()
        {
            var version = archivedTo;
            await foreach (var edit in _edits.ReadAsync(archivedTo + 1, head.Version, cancellationToken).ConfigureAwait(false))
            {
                yield return new LogEntry(++version, edit);
            }
        }
    }

    /// <summary>Where the archive of a partition ends; what is broken off at its end is set aside, to be written again.</summary>
    private async Task<(long Last, byte[]? Entry)> FindEndAsync(int partition, CancellationToken cancellationToken)
    {
        var files = folder.Files().Where(file => file.Partition == partition).ToList();
        for (var isLast = true; files.Count > 0; isLast = false)
        {
            var file = files[^1];
            ArchiveHeader? found = null;
            byte[]? last = null;
            try
            {
                found = await file.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
                await foreach (var entry in file.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    last = entry.Bytes;
                }
            }
            catch (ArchiveException fault) when (isLast)
            {
                said($"{fault.Message} It is written again.");
                File.Move(file.Path, Unfinished(partition), overwrite: true);
                files.RemoveAt(files.Count - 1);
                continue;
            }

            return found.Origin == origin
                ? (file.Last, last)
                : throw new ArchiveException($"{file.Name} is of store {found.Origin.StoreId:N}, and this is {origin.StoreId:N}. Archive to another folder.");
        }

        return (0, null);
    }

    private async Task<long> WriteAsync(ArchiveHeader header, IAsyncEnumerable<LogEntry> entries, CancellationToken cancellationToken)
    {
        ArchiveWriter? writer = null;
        long added = 0;
        try
        {
            await foreach (var entry in entries.ConfigureAwait(false))
            {
                writer ??= await ArchiveWriter.CreateAsync(Unfinished(header.Partition), header with { First = entry.Sequence }).ConfigureAwait(false);
                await writer.AddAsync(entry.Bytes, cancellationToken).ConfigureAwait(false);
                added++;
                if (writer.Length >= maximumFileBytes || added % MaximumEntries == 0)
                {
                    await CompleteAsync().ConfigureAwait(false);
                }
            }

            await CompleteAsync().ConfigureAwait(false);
            File.Delete(Unfinished(header.Partition));
            return added;
        }
        finally
        {
            if (writer is not null)
            {
                await writer.DisposeAsync().ConfigureAwait(false);
            }
        }

        async Task CompleteAsync()
        {
            if (writer is not null)
            {
                var written = await writer.CompleteAsync(whole => Path.Combine(folder.FullPath, ArchiveFile.NameOf(whole.Partition, whole.First, whole.Last)), cancellationToken).ConfigureAwait(false);
                writer = null;
                said(ArchiveFile.NameOf(written.Partition, written.First, written.Last));
            }
        }
    }

    private string Unfinished(int partition) => Path.Combine(folder.FullPath, ArchiveFile.Prefix(partition) + ArchiveFile.UnfinishedExtension);
}
