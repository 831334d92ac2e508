using System.Globalization;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Log;

/// <summary>
/// The stored form of one log entry: a 16-byte writer's nonce, which tells a late success from another writer's entry,
/// then a format version, the time of receipt and the records. Unknown versions and record kinds fail loudly.
/// </summary>
public static class LogFormat
{
    /// <summary>The version written; every version up to it is read.</summary>
    public const byte Version = 2;

    // Only where a record is quarantined, which releases before it cannot read.
    private const byte QuarantineVersion = 5;

    // Without when the quarantined record was received.
    private const byte FirstQuarantineVersion = 4;

    // Without what earlier versions of a claim name, and since when one was outranked.
    private const byte FirstVersion = 1;

    // The form on the way from partition to entity; it is never stored.
    private const byte PlacedVersion = 3;

    private const byte AddedKind = 1;
    private const byte CorrectedKind = 2;
    private const byte DuplicatesKind = 3;
    private const byte RetractedKind = 4;
    private const byte SupersededKind = 5;
    private const byte ReportedKind = 6;
    private const byte QuarantinedKind = 7;

    /// <summary>Encodes the records of one entry.</summary>
    /// <param name="nonce">Unique per attempt of a writer.</param>
    /// <param name="receivedAt">When the entry was made, UTC.</param>
    /// <param name="records">At least one.</param>
    public static byte[] Encode(Guid nonce, DateTimeOffset receivedAt, IReadOnlyCollection<LogRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var writer = new BinaryFormatWriter();
        foreach (var part in nonce.ToByteArray())
        {
            writer.Byte(part);
        }

        writer.Byte(records.Any(static record => record is LogRecord.Quarantined) ? QuarantineVersion : Version);
        writer.Signed(receivedAt.UtcTicks);
        writer.Unsigned((ulong)records.Count);
        foreach (var record in records)
        {
            Write(writer, record);
        }

        return writer.ToArray();
    }

    /// <summary>Decodes an entry.</summary>
    /// <param name="bytes">As stored.</param>
    /// <param name="partition">The partition it was read from.</param>
    /// <param name="sequence">The entry's sequence, for the positions.</param>
    /// <exception cref="LogVersionException">It is of a version that this release does not read: a newer one does.</exception>
    /// <exception cref="InvalidDataException">The bytes are no entry.</exception>
    public static LogEntryContent Decode(ReadOnlyMemory<byte> bytes, int partition, long sequence)
    {
        var reader = new BinaryFormatReader(bytes);
        for (var at = 0; at < 16; at++)
        {
            reader.Byte();
        }

        var version = reader.Byte();
        if (version is not (Version or FirstVersion or QuarantineVersion or FirstQuarantineVersion))
        {
            throw new LogVersionException($"entry {partition}/{sequence} has format {version}; this release reads up to {QuarantineVersion}");
        }

        var receivedAt = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var records = new PlacedRecord[reader.Count()];
        for (var ordinal = 0; ordinal < records.Length; ordinal++)
        {
            records[ordinal] = new PlacedRecord(new LogPosition(partition, sequence, ordinal), Read(reader, version, receivedAt), receivedAt);
        }

        return new LogEntryContent(receivedAt, records);
    }

    /// <summary>Encodes placed records, for the way from partition to entity.</summary>
    public static byte[] EncodePlaced(IReadOnlyCollection<PlacedRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var writer = new BinaryFormatWriter();
        writer.Byte(PlacedVersion);
        writer.Unsigned((ulong)records.Count);
        foreach (var (position, record, receivedAt) in records)
        {
            Write(writer, position);
            Write(writer, record);
            writer.Signed(receivedAt.UtcTicks);
        }

        return writer.ToArray();
    }

    /// <summary>Decodes what <see cref="EncodePlaced"/> made.</summary>
    /// <exception cref="InvalidDataException">The bytes are of no known version.</exception>
    public static PlacedRecord[] DecodePlaced(ReadOnlyMemory<byte> bytes)
    {
        var reader = new BinaryFormatReader(bytes);
        if (reader.Byte() is var version and not PlacedVersion)
        {
            throw new InvalidDataException($"records of format {version}; this release reads {PlacedVersion}");
        }

        var records = new PlacedRecord[reader.Count()];
        for (var at = 0; at < records.Length; at++)
        {
            records[at] = new PlacedRecord(ReadPosition(reader), Read(reader, Version), new DateTimeOffset(reader.Signed(), TimeSpan.Zero));
        }

        return records;
    }

    /// <summary>Encodes claims, for the way from admission to partition.</summary>
    public static byte[] EncodeClaims(IReadOnlyCollection<Claim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        var writer = new BinaryFormatWriter();
        writer.Unsigned((ulong)claims.Count);
        foreach (var claim in claims)
        {
            ClaimCodec.Write(writer, claim);
        }

        return writer.ToArray();
    }

    /// <summary>Decodes what <see cref="EncodeClaims"/> made.</summary>
    public static Claim[] DecodeClaims(ReadOnlyMemory<byte> bytes)
    {
        var reader = new BinaryFormatReader(bytes);
        var claims = new Claim[reader.Count()];
        for (var at = 0; at < claims.Length; at++)
        {
            claims[at] = ClaimCodec.Read(reader);
        }

        return claims;
    }

    internal static void Write(BinaryFormatWriter writer, LogPosition position)
    {
        writer.Unsigned((ulong)position.Partition);
        writer.Unsigned((ulong)position.Sequence);
        writer.Unsigned((ulong)position.Ordinal);
    }

    internal static LogPosition ReadPosition(BinaryFormatReader reader) =>
        new((int)reader.Unsigned(), (long)reader.Unsigned(), (int)reader.Unsigned());

    private static void Write(BinaryFormatWriter writer, LogRecord record)
    {
        switch (record)
        {
            case LogRecord.Added added:
                writer.Byte(AddedKind);
                ClaimCodec.Write(writer, added.Claim);
                break;
            case LogRecord.Corrected corrected:
                writer.Byte(CorrectedKind);
                ClaimCodec.Write(writer, corrected.Claim);
                ClaimCodec.Write(writer, corrected.Replaced);
                Write(writer, corrected.ReplacedAt);
                writer.Flag(corrected.Stands);
                writer.Optional(corrected.OutrankedFrom?.UtcTicks);
                Write(writer, corrected.Formerly);
                break;
            case LogRecord.Retracted({ } retraction, var removed, var removedAt) retracted:
                writer.Byte(RetractedKind);
                writer.Text(retraction.Key.Source);
                writer.Text(retraction.Key.Id);
                writer.Text(retraction.Source);
                writer.Flag(removed is not null);
                if (removed is not null)
                {
                    ClaimCodec.Write(writer, removed);
                    Write(writer, removedAt!.Value);
                    Write(writer, retracted.Formerly);
                }

                break;
            case LogRecord.Superseded superseded:
                writer.Byte(SupersededKind);
                writer.Text(superseded.Source);
                ClaimCodec.Write(writer, superseded.Removed);
                Write(writer, superseded.RemovedAt);
                writer.Signed(superseded.KnownFrom.UtcTicks);
                Write(writer, superseded.Formerly);
                break;
            case LogRecord.Reported { Text: var text }:
                writer.Byte(ReportedKind);
                Write(writer, text);
                break;
            case LogRecord.Duplicates duplicates:
                writer.Byte(DuplicatesKind);
                writer.Text(duplicates.Source);
                writer.Signed(duplicates.Count);
                break;
            case LogRecord.Quarantined quarantined:
                writer.Byte(QuarantinedKind);
                Write(writer, quarantined.Position);
                writer.Signed(quarantined.ReceivedAt.UtcTicks);
                writer.Text(quarantined.Reason);
                Write(writer, quarantined.Record);
                break;
            default:
                throw new InvalidOperationException($"no stored form for {record.GetType().Name}");
        }
    }

    private static LogRecord Read(BinaryFormatReader reader, byte version, DateTimeOffset entryReceivedAt = default) => reader.Byte() switch
    {
        AddedKind => new LogRecord.Added(ClaimCodec.Read(reader)),
        CorrectedKind => new LogRecord.Corrected(ClaimCodec.Read(reader), ClaimCodec.Read(reader), ReadPosition(reader), reader.Flag())
        {
            OutrankedFrom = version > FirstVersion && reader.Optional() is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
            Formerly = ReadEntities(reader, version),
        },
        RetractedKind => ReadRetracted(reader, version),
        SupersededKind => new LogRecord.Superseded(reader.Text(), ClaimCodec.Read(reader), ReadPosition(reader), new DateTimeOffset(reader.Signed(), TimeSpan.Zero))
        {
            Formerly = ReadEntities(reader, version),
        },
        ReportedKind => new LogRecord.Reported(ReadText(reader)),
        DuplicatesKind => new LogRecord.Duplicates(reader.Text(), reader.Signed()),
        QuarantinedKind => ReadQuarantined(reader, version, entryReceivedAt),
        var kind => throw new InvalidDataException($"record of unknown kind {kind}"),
    };

    internal static void Write(BinaryFormatWriter writer, ReportText text)
    {
        writer.Text(text.Source);
        writer.Text(text.SourceId);
        writer.Text(text.Address);
        writer.Text(text.TextHash.ToString("x32", CultureInfo.InvariantCulture));
        writer.Signed(text.PublishedAt.UtcTicks);
        writer.Unsigned((ulong)text.Claims.Count);
        foreach (var (source, id) in text.Claims)
        {
            writer.Text(source);
            writer.Text(id);
        }
    }

    internal static ReportText ReadText(BinaryFormatReader reader)
    {
        var (source, sourceId, address) = (reader.Text(), reader.Text(), reader.Text());
        var hash = UInt128.Parse(reader.Text(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var publishedAt = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var claims = new ClaimKey[reader.Count()];
        for (var at = 0; at < claims.Length; at++)
        {
            claims[at] = new ClaimKey(reader.Text(), reader.Text());
        }

        return new ReportText { Source = source, SourceId = sourceId, Address = address, TextHash = hash, PublishedAt = publishedAt, Claims = claims };
    }

    /// <summary>Encodes a report's text, for the way from admission to partition.</summary>
    public static byte[] EncodeText(ReportText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var writer = new BinaryFormatWriter();
        Write(writer, text);
        return writer.ToArray();
    }

    /// <summary>Decodes what <see cref="EncodeText"/> made.</summary>
    public static ReportText DecodeText(ReadOnlyMemory<byte> bytes) => ReadText(new BinaryFormatReader(bytes));

    private static void Write(BinaryFormatWriter writer, IReadOnlyCollection<EntityKey> entities)
    {
        writer.Unsigned((ulong)entities.Count);
        foreach (var (kind, id) in entities)
        {
            writer.Byte((byte)kind);
            writer.Text(id);
        }
    }

    private static EntityKey[] ReadEntities(BinaryFormatReader reader, byte version)
    {
        var entities = new EntityKey[version > FirstVersion ? reader.Count() : 0];
        for (var at = 0; at < entities.Length; at++)
        {
            entities[at] = new EntityKey((Registry.EntityKind)reader.Byte(), reader.Text());
        }

        return entities;
    }

    private static LogRecord.Quarantined ReadQuarantined(BinaryFormatReader reader, byte version, DateTimeOffset entryReceivedAt)
    {
        var position = ReadPosition(reader);
        DateTimeOffset? receivedAt = version == FirstQuarantineVersion ? null : new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var reason = reader.Text();
        return new LogRecord.Quarantined(position, Read(reader, version), receivedAt ?? entryReceivedAt, reason);
    }

    private static LogRecord.Retracted ReadRetracted(BinaryFormatReader reader, byte version)
    {
        var retraction = new Retraction(new ClaimKey(reader.Text(), reader.Text()), reader.Text());
        return reader.Flag()
            ? new LogRecord.Retracted(retraction, ClaimCodec.Read(reader), ReadPosition(reader)) { Formerly = ReadEntities(reader, version) }
            : new LogRecord.Retracted(retraction, null, null);
    }
}

/// <summary>Stored by a newer release; this one does not know what it says.</summary>
public sealed class LogVersionException(string message) : Exception(message);

/// <summary>A decoded entry.</summary>
/// <param name="ReceivedAt">When it was made, UTC.</param>
/// <param name="Records">In their order.</param>
public sealed record LogEntryContent(DateTimeOffset ReceivedAt, IReadOnlyList<PlacedRecord> Records);
