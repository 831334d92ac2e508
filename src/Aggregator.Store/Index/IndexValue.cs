using System.Buffers.Binary;

namespace Aggregator.Store.Index;

/// <summary>
/// A row as bytes: the latest position (sequence in 8 bytes, ordinal in 4, big-endian; the script compares it), the format, then
/// each version in 45 bytes: 58 bytes for a claim that was never corrected.
/// </summary>
internal static class IndexValue
{
    private const byte Format = 1;
    private const int HeaderBytes = 13;
    private const int VersionBytes = 45;

    public static byte[] Write(IReadOnlyList<IndexVersion> versions)
    {
        var bytes = new byte[HeaderBytes + (versions.Count * VersionBytes)];
        var latest = (Sequence: 0L, Ordinal: 0);
        var at = bytes.AsSpan(HeaderBytes);
        foreach (var version in versions)
        {
            BinaryPrimitives.WriteUInt128BigEndian(at, version.ContentHash);
            BinaryPrimitives.WriteInt64BigEndian(at[16..], version.Sequence);
            BinaryPrimitives.WriteInt32BigEndian(at[24..], version.Ordinal);
            BinaryPrimitives.WriteInt64BigEndian(at[28..], version.Revision);
            BinaryPrimitives.WriteInt64BigEndian(at[36..], version.ReportedAtTicks);
            at[44] = version.IsRetraction ? (byte)1 : (byte)0;
            at = at[VersionBytes..];
            if ((version.Sequence, version.Ordinal).CompareTo(latest) > 0)
            {
                latest = (version.Sequence, version.Ordinal);
            }
        }

        BinaryPrimitives.WriteInt64BigEndian(bytes, latest.Sequence);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), latest.Ordinal);
        bytes[12] = Format;
        return bytes;
    }

    public static IndexHit Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes + VersionBytes || bytes[12] != Format || (bytes.Length - HeaderBytes) % VersionBytes != 0)
        {
            throw new InvalidDataException($"An index row of {bytes.Length} bytes is not of format {Format}.");
        }

        var versions = new IndexVersion[(bytes.Length - HeaderBytes) / VersionBytes];
        for (var i = 0; i < versions.Length; i++)
        {
            var at = bytes[(HeaderBytes + (i * VersionBytes))..];
            versions[i] = new(
                BinaryPrimitives.ReadUInt128BigEndian(at),
                BinaryPrimitives.ReadInt64BigEndian(at[16..]),
                BinaryPrimitives.ReadInt32BigEndian(at[24..]),
                BinaryPrimitives.ReadInt64BigEndian(at[28..]),
                BinaryPrimitives.ReadInt64BigEndian(at[36..]),
                at[44] == 1);
        }

        return new(versions);
    }
}
