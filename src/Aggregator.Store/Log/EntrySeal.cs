using System.Buffers.Binary;
using System.IO.Hashing;

namespace Aggregator.Store.Log;

/// <summary>Eight bytes behind every stored entry that tell damage: neither Garnet nor Redis notices altered bytes within a value of its append-only file.</summary>
internal static class EntrySeal
{
    private const int SealBytes = 8;

    public static byte[] Close(ReadOnlySpan<byte> entry)
    {
        var stored = new byte[entry.Length + SealBytes];
        entry.CopyTo(stored);
        BinaryPrimitives.WriteUInt64LittleEndian(stored.AsSpan(entry.Length), XxHash64.HashToUInt64(entry));
        return stored;
    }

    /// <exception cref="StoreDamagedException">The bytes are not those that were written.</exception>
    public static byte[] Open(byte[] stored, int partition, long sequence) => Open(stored, $"Entry {sequence} of partition {partition}");

    /// <exception cref="StoreDamagedException">The bytes are not those that were written; the message begins with what they are.</exception>
    public static byte[] Open(byte[] stored, string what)
    {
        var length = stored.Length - SealBytes;
        if (length < 0 || BinaryPrimitives.ReadUInt64LittleEndian(stored.AsSpan(length)) != XxHash64.HashToUInt64(stored.AsSpan(0, length)))
        {
            throw new StoreDamagedException($"{what} is damaged. Restore the store from a copy.");
        }

        return stored[..length];
    }
}
