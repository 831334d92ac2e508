using System.Globalization;
using System.IO.Hashing;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Registry;

/// <summary>One edit of the registry as it is kept.</summary>
/// <param name="Id">Names the edit, so that no two have the same bytes.</param>
/// <param name="At">When it was made, UTC.</param>
/// <param name="Made">What it made of the entry.</param>
public sealed record StoredEdit(Guid Id, DateTimeOffset At, RegistryOverride Made);

/// <summary>The stored form of edits, and the tag of an entry. Starts with its version; unknown ones fail loudly.</summary>
public static class RegistryFormat
{
    /// <summary>The version written.</summary>
    public const byte Version = 1;

    /// <summary>An edit.</summary>
    public static byte[] Encode(StoredEdit edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        var writer = new BinaryFormatWriter();
        writer.Byte(Version);
        writer.Text(edit.Id.ToString("N"));
        writer.Signed(edit.At.UtcTicks);
        writer.Byte((byte)edit.Made.Entity);
        writer.Text(edit.Made.Id);
        writer.Text(edit.Made.MergedInto);
        writer.Flag(edit.Made.Entry is not null);
        if (edit.Made.Entry is { } entry)
        {
            Write(writer, entry);
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> made.</summary>
    /// <exception cref="InvalidDataException">The bytes are of another version, or damaged.</exception>
    public static StoredEdit Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new BinaryFormatReader(bytes);
        if (reader.Byte() is var version and not Version)
        {
            throw new InvalidDataException($"registry edit of format {version}; this release reads {Version}");
        }

        var id = Guid.ParseExact(reader.Text(), "N");
        var at = new DateTimeOffset(reader.Signed(), TimeSpan.Zero);
        var (entity, entryId, mergedInto) = ((EntityKind)reader.Byte(), reader.Text(), reader.OptionalText());
        return new StoredEdit(id, at, new RegistryOverride(entity, entryId, reader.Flag() ? Read(reader, entity, entryId) : null, mergedInto));
    }

    /// <summary>Another text for every state that an entry can be in: what a caller shows to say which one it has seen.</summary>
    public static string Tag(RegistryEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var writer = new BinaryFormatWriter();
        writer.Text(entry.Id);
        writer.Text(entry.MergedInto);
        Write(writer, entry);
        return XxHash128.HashToUInt128(writer.ToArray()).ToString("x32", CultureInfo.InvariantCulture);
    }

    private static void Write(BinaryFormatWriter writer, RegistryEntry entry)
    {
        writer.Text(entry.Name);
        writer.Text(entry.Kind);
        writer.Text(entry.Parent);
        writer.Text(entry.Voice);
        writer.Texts(entry.Aliases);
        writer.Text(entry.Country);
        writer.Optional(entry.Latitude is { } latitude ? BitConverter.DoubleToInt64Bits(latitude) : null);
        writer.Optional(entry.Longitude is { } longitude ? BitConverter.DoubleToInt64Bits(longitude) : null);
        writer.Signed(entry.Population);
        writer.Optional(entry.GeoNamesId);
        writer.Text(entry.Affiliation);
        writer.Text(entry.Rating?.ToString());
    }

    private static RegistryEntry Read(BinaryFormatReader reader, EntityKind entity, string id) => new()
    {
        Entity = entity,
        Id = id,
        Name = reader.Text(),
        Kind = reader.Text(),
        Parent = reader.OptionalText(),
        Voice = reader.OptionalText(),
        Aliases = reader.Texts(),
        Country = reader.OptionalText(),
        Latitude = reader.Optional() is { } latitude ? BitConverter.Int64BitsToDouble(latitude) : null,
        Longitude = reader.Optional() is { } longitude ? BitConverter.Int64BitsToDouble(longitude) : null,
        Population = reader.Signed(),
        GeoNamesId = reader.Optional(),
        Affiliation = reader.OptionalText(),
        Rating = reader.OptionalText()?[0],
    };
}
