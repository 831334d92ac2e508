using System.Buffers.Binary;
using System.IO.Hashing;

namespace Aggregator.Store.Archive;

/// <summary>What stands at the end of an archive file: a file without it is broken off.</summary>
internal static class ArchiveTrailer
{
    /// <summary>In place of an entry's length.</summary>
    public const int Mark = -1;

    /// <summary>Behind the mark: the number of entries, and a digest of header and entries.</summary>
    public const int Bytes = 8 + 16;

    /// <summary>The digest covers the header last, as its last position is known last.</summary>
    public static void Write(Span<byte> to, long count, XxHash128 entries, ReadOnlySpan<byte> header)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, count);
        entries.Append(header);
        BinaryPrimitives.WriteUInt128LittleEndian(to[8..], entries.GetCurrentHashAsUInt128());
    }
}
