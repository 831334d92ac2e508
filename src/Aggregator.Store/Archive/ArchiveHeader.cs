using System.Buffers.Binary;

namespace Aggregator.Store.Archive;

/// <summary>What stands at the begin of an archive file.</summary>
/// <param name="Origin">The store it is of.</param>
/// <param name="Partition">The log partition; <see cref="Registry"/> for the registry's edits.</param>
/// <param name="Incarnation">The incarnation that the log had when the file was made; 0 for edits.</param>
/// <param name="First">Position of the first entry, from 1.</param>
/// <param name="Last">Position of the last.</param>
public sealed record ArchiveHeader(ArchiveOrigin Origin, int Partition, long Incarnation, long First, long Last)
{
    /// <summary>In place of a partition: the edits of the registry.</summary>
    public const int Registry = -1;

    internal const int Bytes = 72;
    private const int Format = 1;

    private static ReadOnlySpan<byte> Magic => "AGGLOG\r\n"u8;

    internal void Write(Span<byte> to)
    {
        Magic.CopyTo(to);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Format);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], Partition);
        Origin.StoreId.TryWriteBytes(to[16..]);
        BinaryPrimitives.WriteInt32LittleEndian(to[32..], Origin.Partitions);
        BinaryPrimitives.WriteInt32LittleEndian(to[36..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(to[40..], Origin.HashSeed);
        BinaryPrimitives.WriteInt64LittleEndian(to[48..], Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(to[56..], First);
        BinaryPrimitives.WriteInt64LittleEndian(to[64..], Last);
    }

    /// <exception cref="ArchiveException">The bytes are no header, or one of a newer format.</exception>
    internal static ArchiveHeader Read(ReadOnlySpan<byte> from, string file)
    {
        if (!from[..8].SequenceEqual(Magic))
        {
            throw new ArchiveException($"{file} is no archive file.");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(from[8..]) is var format and not Format)
        {
            throw new ArchiveException($"{file} has format {format}; this version reads {Format}.");
        }

        return new ArchiveHeader(
            new ArchiveOrigin(new Guid(from[16..32]), BinaryPrimitives.ReadInt32LittleEndian(from[32..]), BinaryPrimitives.ReadInt64LittleEndian(from[40..])),
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[56..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[64..]));
    }
}
