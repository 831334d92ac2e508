using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Aggregator.Domain.Log;

/// <summary>
/// Writes the stored binary form: variable-length integers, length-prefixed UTF-8, strings that repeat as references
/// to their first occurrence in the same buffer.
/// </summary>
internal sealed class BinaryFormatWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Dictionary<string, int> _strings = new(StringComparer.Ordinal);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Unsigned(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _buffer.Advance(length);
    }

    /// <summary>Zigzag, so that small negative numbers are short.</summary>
    public void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Optional(long? value)
    {
        Flag(value is not null);
        if (value is { } given)
        {
            Signed(given);
        }
    }

    public void Wide(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_buffer.GetSpan(16), value);
        _buffer.Advance(16);
    }

    /// <summary>0 is null, 1 a new string, n ≥ 2 the (n−2)th new string of this buffer.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Unsigned(0);
        }
        else if (_strings.TryGetValue(value, out var index))
        {
            Unsigned((ulong)index + 2);
        }
        else
        {
            _strings.Add(value, _strings.Count);
            Unsigned(1);
            var length = Encoding.UTF8.GetByteCount(value);
            Unsigned((ulong)length);
            Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length));
            _buffer.Advance(length);
        }
    }

    public void Texts(IReadOnlyCollection<string> values)
    {
        Unsigned((ulong)values.Count);
        foreach (var value in values)
        {
            Text(value);
        }
    }
}

/// <summary>Reads what <see cref="BinaryFormatWriter"/> wrote.</summary>
internal sealed class BinaryFormatReader(ReadOnlyMemory<byte> bytes)
{
    private readonly List<string> _strings = [];
    private int _at;

    public bool AtEnd => _at == bytes.Length;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new InvalidDataException($"flag is {other}"),
    };

    public ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number has more than 64 bits");
    }

    public long Signed()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Count()
    {
        var count = Unsigned();
        return count <= (ulong)(bytes.Length - _at) ? (int)count : throw new InvalidDataException($"a count of {count} does not fit in what is left");
    }

    public long? Optional() => Flag() ? Signed() : null;

    public UInt128 Wide() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    public string Text() => OptionalText() ?? throw new InvalidDataException("a required text is null");

    public string? OptionalText()
    {
        switch (Unsigned())
        {
            case 0:
                return null;
            case 1:
                var text = Encoding.UTF8.GetString(Take(Count()));
                _strings.Add(text);
                return text;
            case var index:
                return index - 2 < (ulong)_strings.Count ? _strings[(int)(index - 2)] : throw new InvalidDataException("a text refers to none before it");
        }
    }

    public string[] Texts()
    {
        var texts = new string[Count()];
        for (var at = 0; at < texts.Length; at++)
        {
            texts[at] = Text();
        }

        return texts;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > bytes.Length - _at)
        {
            throw new InvalidDataException("the bytes end early");
        }

        var taken = bytes.Span.Slice(_at, length);
        _at += length;
        return taken;
    }
}
