using System.Buffers.Binary;
using System.IO.Hashing;
using Aggregator.Store.Log;

namespace Aggregator.Store.Archive;

/// <summary>Writes one archive file: under a name of its own until it is whole and on the disk.</summary>
internal sealed class ArchiveWriter : IAsyncDisposable
{
    private const int BufferBytes = 1 << 20;

    private readonly FileStream _file;
    private readonly ArchiveHeader _header;
    private readonly XxHash128 _digest = new();
    private readonly byte[] _length = new byte[4];
    private long _count;

    private ArchiveWriter(FileStream file, ArchiveHeader header) => (_file, _header) = (file, header);

    /// <summary>Bytes written so far.</summary>
    public long Length => _file.Position;

    /// <summary>Position of the last entry written; one before the first if none is.</summary>
    public long Last => _header.First + _count - 1;

    /// <param name="path">The name until it is whole; what is there is replaced.</param>
    /// <param name="header">Its header; the last position is known at the end.</param>
    public static async Task<ArchiveWriter> CreateAsync(string path, ArchiveHeader header)
    {
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
        await file.WriteAsync(new byte[ArchiveHeader.Bytes]).ConfigureAwait(false);
        return new ArchiveWriter(file, header);
    }

    public async Task AddAsync(byte[] entry, CancellationToken cancellationToken)
    {
        var stored = EntrySeal.Close(entry);
        BinaryPrimitives.WriteInt32LittleEndian(_length, stored.Length);
        await WriteAsync(_length, cancellationToken).ConfigureAwait(false);
        await WriteAsync(stored, cancellationToken).ConfigureAwait(false);
        _count++;
    }

    /// <summary>Ends the file, makes sure of it on the disk and gives it its name.</summary>
    /// <param name="name">Names it by its header.</param>
    /// <param name="cancellationToken">Gives up; the file stays broken off.</param>
    /// <returns>Its header.</returns>
    public async Task<ArchiveHeader> CompleteAsync(Func<ArchiveHeader, string> name, CancellationToken cancellationToken)
    {
        var header = _header with { Last = Last };
        var head = new byte[ArchiveHeader.Bytes];
        header.Write(head);
        var trailer = new byte[ArchiveTrailer.Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(_length, ArchiveTrailer.Mark);
        ArchiveTrailer.Write(trailer, _count, _digest, head);
        await _file.WriteAsync(_length, cancellationToken).ConfigureAwait(false);
        await _file.WriteAsync(trailer, cancellationToken).ConfigureAwait(false);
        _file.Position = 0;
        await _file.WriteAsync(head, cancellationToken).ConfigureAwait(false);
        await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
        _file.Flush(flushToDisk: true);
        var path = _file.Name;
        await _file.DisposeAsync().ConfigureAwait(false);

        // Should a loss of power take the new name, the file is broken off by its old one and written again.
        File.Move(path, name(header), overwrite: true);
        return header;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async ValueTask WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        _digest.Append(bytes);
        await _file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }
}
