using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Aggregator.Store.Log;

namespace Aggregator.Store.Archive;

/// <summary>One whole file of an archive, as its name tells it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Partition">The partition, or <see cref="ArchiveHeader.Registry"/>.</param>
/// <param name="First">Position of its first entry.</param>
/// <param name="Last">Position of its last.</param>
public sealed record ArchiveFile(string Path, int Partition, long First, long Last)
{
    /// <summary>What the names of whole files end in.</summary>
    public const string Extension = ".agglog";

    /// <summary>What the name of a file that is being written ends in.</summary>
    public const string UnfinishedExtension = ".unfinished";

    private const string RegistryName = "registry";
    private const int BufferBytes = 1 << 20;

    // More than the largest entry that a store may be set to take, with its seal.
    private const int MaximumEntryBytes = 16 << 20;

    /// <summary>The name without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>How files of a partition begin.</summary>
    public static string Prefix(int partition) =>
        partition == ArchiveHeader.Registry ? RegistryName : string.Create(CultureInfo.InvariantCulture, $"p{partition:d2}");

    /// <summary>The name of a whole file.</summary>
    public static string NameOf(int partition, long first, long last) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(partition)}-{first:d10}-{last:d10}{Extension}");

    /// <summary>Reads a name; null if it is not one of a whole file.</summary>
    public static ArchiveFile? Of(string path)
    {
        return System.IO.Path.GetExtension(path) == Extension
            && System.IO.Path.GetFileNameWithoutExtension(path).Split('-') is [var prefix, var from, var to]
            && TryPartition(prefix, out var partition)
            && long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                ? new ArchiveFile(path, partition, first, last)
                : null;

        static bool TryPartition(string prefix, out int partition)
        {
            partition = ArchiveHeader.Registry;
            return prefix == RegistryName
                || (prefix.StartsWith('p') && int.TryParse(prefix.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out partition));
        }
    }

    /// <summary>The header, held against the name.</summary>
    /// <exception cref="ArchiveException">It is none, or says something else than the name.</exception>
    public async Task<ArchiveHeader> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        await using var file = Open();
        return (await ReadHeaderAsync(file, cancellationToken).ConfigureAwait(false)).Header;
    }

    /// <summary>
    /// The entries in order, each held against its seal. The digest over all of them is held against the trailer at the end: who must not
    /// act on a damaged file reads it twice.
    /// </summary>
    /// <exception cref="ArchiveException">The file is broken off or damaged.</exception>
    public async IAsyncEnumerable<LogEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var file = Open();
        var (header, head) = await ReadHeaderAsync(file, cancellationToken).ConfigureAwait(false);
        var digest = new XxHash128();
        var length = new byte[4];
        for (var position = First; ; position++)
        {
            await FillAsync(file, length, cancellationToken).ConfigureAwait(false);
            var bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (bytes == ArchiveTrailer.Mark)
            {
                await CheckEndAsync(file, position - First, digest, head, cancellationToken).ConfigureAwait(false);
                yield break;
            }

            if (bytes is < 0 or > MaximumEntryBytes || position > header.Last)
            {
                throw Damaged($"at entry {position}");
            }

            var stored = new byte[bytes];
            await FillAsync(file, stored, cancellationToken).ConfigureAwait(false);
            digest.Append(length);
            digest.Append(stored);
            yield return new LogEntry(position, Open(stored, position));
        }
    }

    private byte[] Open(byte[] stored, long position)
    {
        try
        {
            return EntrySeal.Open(stored, Name);
        }
        catch (StoreDamagedException)
        {
            throw Damaged($"at entry {position}");
        }
    }

    private async Task CheckEndAsync(FileStream file, long count, XxHash128 digest, byte[] head, CancellationToken cancellationToken)
    {
        var trailer = new byte[ArchiveTrailer.Bytes];
        await FillAsync(file, trailer, cancellationToken).ConfigureAwait(false);
        var expected = new byte[ArchiveTrailer.Bytes];
        ArchiveTrailer.Write(expected, count, digest, head);
        if (!trailer.AsSpan().SequenceEqual(expected) || count != Last - First + 1 || file.Position != file.Length)
        {
            throw Damaged("its digest is another");
        }
    }

    private async Task<(ArchiveHeader Header, byte[] Bytes)> ReadHeaderAsync(FileStream file, CancellationToken cancellationToken)
    {
        var head = new byte[ArchiveHeader.Bytes];
        await FillAsync(file, head, cancellationToken).ConfigureAwait(false);
        var header = ArchiveHeader.Read(head, Name);
        return (header.Partition, header.First, header.Last) == (Partition, First, Last) ? (header, head) : throw Damaged("its header says something else than its name");
    }

    private async Task FillAsync(FileStream file, byte[] bytes, CancellationToken cancellationToken)
    {
        if (await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < bytes.Length)
        {
            throw new ArchiveException($"{Name} is broken off.");
        }
    }

    private FileStream Open() => new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, useAsync: true);

    private ArchiveException Damaged(string where) => new($"{Name} is damaged: {where}.");
}
