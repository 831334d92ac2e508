using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>
/// The stored and sent form of an entity's parts: buckets of claims, counts, and the update that a part pushes. Each
/// blob starts with its version; unknown ones fail loudly.
/// </summary>
public static class AggregateFormat
{
    /// <summary>The version written.</summary>
    public const byte Version = 5;

    /// <summary>What a bucket says of itself: its key, how many claims its chunks have, and what must be known without reading them.</summary>
    internal static byte[] EncodeBucket(BucketKey key, ClaimBucket bucket)
    {
        var writer = Start();
        writer.Text(key.ToString());
        writer.Unsigned((ulong)bucket.Chunks.Count);
        foreach (var chunk in bucket.Chunks)
        {
            writer.Unsigned((ulong)chunk.Id);
            writer.Unsigned((ulong)chunk.StandingCount);
            writer.Unsigned((ulong)chunk.FormerCount);
        }

        writer.Unsigned((ulong)bucket.AnsweringCount);
        writer.Unsigned((ulong)bucket.TakesOver.Count);
        foreach (var item in bucket.TakesOver.Order())
        {
            writer.Byte((byte)item);
        }

        writer.Unsigned((ulong)bucket.FormerKeys.Count);
        foreach (var former in bucket.FormerKeys.Order())
        {
            writer.Unsigned(former);
        }

        return writer.ToArray();
    }

    /// <summary>Reads into a book what a bucket says of itself; its claims stay out of memory.</summary>
    public static BucketKey RestoreBucket(ClaimBook book, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(book);
        var reader = Open(bytes);
        var key = BucketKey.Parse(reader.Text());
        var chunks = new ClaimChunk[reader.Count()];
        for (var at = 0; at < chunks.Length; at++)
        {
            chunks[at] = ClaimChunk.Away((int)reader.Unsigned(), (int)reader.Unsigned(), (int)reader.Unsigned());
        }

        var answering = (int)reader.Unsigned();
        var takesOver = new Item[reader.Count()];
        for (var at = 0; at < takesOver.Length; at++)
        {
            takesOver[at] = (Item)reader.Byte();
        }

        var formerKeys = new ulong[reader.Count()];
        for (var at = 0; at < formerKeys.Length; at++)
        {
            formerKeys[at] = reader.Unsigned();
        }

        book.Restore(key, chunks, answering, takesOver, formerKeys);
        return key;
    }

    /// <summary>A chunk's claims in ledger order, so that equal chunks have equal bytes; null if it has none.</summary>
    internal static byte[]? EncodeChunk(ClaimChunk chunk)
    {
        if (chunk.Count == 0)
        {
            return null;
        }

        var writer = Start();
        WriteClaims(writer, [.. chunk.Standing.Values]);
        var sorted = chunk.Formers.OrderBy(former => former.Appearance, Appearance.Order).ThenBy(former => former.Appearance.Position.Sequence).ThenBy(former => former.Appearance.Position.Ordinal).ToList();
        writer.Unsigned((ulong)sorted.Count);
        foreach (var (appearance, until) in sorted)
        {
            Write(writer, appearance);
            writer.Signed(until.UtcTicks);
        }

        return writer.ToArray();
    }

    /// <summary>The claims of a chunk: those that stand, and those that stand no more.</summary>
    public static (IReadOnlyCollection<Appearance> Standing, IReadOnlyCollection<Former> Formers) DecodeChunk(ReadOnlyMemory<byte> bytes)
    {
        var reader = Open(bytes);
        var standing = ReadClaims(reader);
        var formers = new Former[reader.Count()];
        for (var at = 0; at < formers.Length; at++)
        {
            formers[at] = new Former(ReadAppearance(reader), new DateTimeOffset(reader.Signed(), TimeSpan.Zero));
        }

        return (standing, formers);
    }

    /// <summary>An entity's counts.</summary>
    public static byte[] EncodeCounts(Counts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var writer = Start();
        writer.Unsigned((ulong)counts.ByStance.Count);
        foreach (var (stance, count) in counts.ByStance.OrderBy(pair => pair.Key))
        {
            writer.Byte((byte)stance);
            writer.Signed(count);
        }

        writer.Unsigned((ulong)counts.ByReportedDay.Count);
        foreach (var (day, count) in counts.ByReportedDay)
        {
            writer.Signed(day.DayNumber);
            writer.Signed(count);
        }

        writer.Unsigned((ulong)counts.Spellings.Count);
        foreach (var (spelling, count) in counts.Spellings)
        {
            writer.Text(spelling);
            writer.Signed(count);
        }

        writer.Unsigned((ulong)counts.Regions.Count);
        foreach (var (region, count) in counts.Regions)
        {
            writer.Text(region);
            writer.Signed(count);
        }

        writer.Signed(counts.Duplicates);
        writer.Signed(counts.Corrections);
        writer.Signed(counts.Retractions);
        writer.Signed(counts.Reports);
        writer.Signed(counts.Late);
        return writer.ToArray();
    }

    /// <summary>Reads counts into an entity's empty ones.</summary>
    public static void RestoreCounts(Counts counts, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var reader = Open(bytes);
        for (var left = reader.Count(); left > 0; left--)
        {
            counts.ByStance[(Stance)reader.Byte()] = reader.Signed();
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            counts.ByReportedDay[DateOnly.FromDayNumber((int)reader.Signed())] = reader.Signed();
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            counts.Spellings[reader.Text()] = reader.Signed();
        }

        for (var left = reader.Count(); left > 0; left--)
        {
            counts.Regions[reader.Text()] = reader.Signed();
        }

        counts.Duplicates = reader.Signed();
        counts.Corrections = reader.Signed();
        counts.Retractions = reader.Signed();
        counts.Reports = reader.Signed();
        counts.Late = reader.Signed();
    }

    /// <summary>A list of names.</summary>
    public static byte[] EncodeNames(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var writer = Start();
        writer.Texts([.. names]);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="EncodeNames"/> made.</summary>
    public static IReadOnlyList<string> DecodeNames(ReadOnlyMemory<byte> bytes) => Open(bytes).Texts();

    /// <summary>Places in the log.</summary>
    public static byte[] EncodePositions(IReadOnlyCollection<LogPosition> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var writer = Start();
        writer.Unsigned((ulong)positions.Count);
        foreach (var position in positions.OrderBy(position => (position.Partition, position.Sequence, position.Ordinal)))
        {
            LogFormat.Write(writer, position);
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="EncodePositions"/> made.</summary>
    public static IReadOnlyList<LogPosition> DecodePositions(ReadOnlyMemory<byte> bytes)
    {
        var reader = Open(bytes);
        var positions = new LogPosition[reader.Count()];
        for (var at = 0; at < positions.Length; at++)
        {
            positions[at] = LogFormat.ReadPosition(reader);
        }

        return positions;
    }

    /// <summary>What a part tells its parent.</summary>
    public static byte[] EncodeUpdate(PartUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        var writer = Start();
        Write(writer, update.Version);
        writer.Flag(update.Since is not null);
        Write(writer, update.Since ?? PartVersion.None);
        writer.Unsigned((ulong)update.Totals.Count);
        foreach (var (line, voices) in update.Totals.OrderBy(pair => pair.Key))
        {
            writer.Text(line.Target);
            writer.Byte((byte)line.Item);
            writer.Byte((byte)line.Outcome);
            writer.Text(line.Place);
            writer.Unsigned((ulong)voices.Count);
            foreach (var (voice, said) in voices)
            {
                Write(writer, voice);
                TallyFormat.Write(writer, said);
            }
        }

        writer.Unsigned((ulong)update.Claims.Count);
        foreach (var (bucket, claims) in update.Claims.OrderBy(pair => pair.Key.Kind).ThenBy(pair => pair.Key.Cell))
        {
            writer.Text(bucket.ToString());
            WriteClaims(writer, [.. claims]);
        }

        writer.Unsigned((ulong)update.Told.Count);
        foreach (var (bucket, told) in update.Told.OrderBy(pair => pair.Key.Kind).ThenBy(pair => pair.Key.Cell))
        {
            writer.Text(bucket.ToString());
            Write(writer, told.Version);
            writer.Flag(told.HasAnswers);
            writer.Unsigned(told.TakesOver);
        }

        writer.Signed(update.Resends.Duplicates);
        writer.Signed(update.Resends.Corrections);
        writer.Signed(update.Resends.Retractions);
        writer.Signed(update.Resends.Reports);

        return writer.ToArray();
    }

    /// <summary>The version of what <see cref="EncodeUpdate"/> made, without reading the rest.</summary>
    public static PartVersion VersionOfUpdate(ReadOnlyMemory<byte> bytes) => ReadVersion(Open(bytes));

    /// <summary>Reads what <see cref="EncodeUpdate"/> made.</summary>
    public static PartUpdate DecodeUpdate(ReadOnlyMemory<byte> bytes)
    {
        var reader = Open(bytes);
        var version = ReadVersion(reader);
        var changes = reader.Flag();
        var since = ReadVersion(reader);
        var totals = new Dictionary<LineKey, Voices>();
        for (var left = reader.Count(); left > 0; left--)
        {
            var line = new LineKey(reader.OptionalText(), (Item)reader.Byte(), (Outcome)reader.Byte(), reader.OptionalText());
            var voices = ImmutableSortedDictionary.CreateBuilder<Voice, VoiceTally>();
            for (var speakers = reader.Count(); speakers > 0; speakers--)
            {
                voices.Add(ReadVoice(reader), TallyFormat.Read(reader));
            }

            totals.Add(line, voices.ToImmutable());
        }

        var claims = new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>();
        for (var left = reader.Count(); left > 0; left--)
        {
            claims.Add(BucketKey.Parse(reader.Text()), ReadClaims(reader));
        }

        var told = new Dictionary<BucketKey, ToldState>();
        for (var left = reader.Count(); left > 0; left--)
        {
            told.Add(BucketKey.Parse(reader.Text()), new ToldState(ReadVersion(reader), reader.Flag(), reader.Unsigned()));
        }

        return new PartUpdate(version, changes ? since : null, totals, claims) { Told = told, Resends = new Resends(reader.Signed(), reader.Signed(), reader.Signed(), reader.Signed()) };
    }

    internal static void Write(BinaryFormatWriter writer, Voice voice)
    {
        writer.Byte((byte)voice.Kind);
        writer.Text(voice.Id);
    }

    internal static Voice ReadVoice(BinaryFormatReader reader) => new((Registry.EntityKind)reader.Byte(), reader.Text());

    private static BinaryFormatWriter Start()
    {
        var writer = new BinaryFormatWriter();
        writer.Byte(Version);
        return writer;
    }

    private static BinaryFormatReader Open(ReadOnlyMemory<byte> bytes)
    {
        var reader = new BinaryFormatReader(bytes);
        return reader.Byte() is var version and not Version
            ? throw new OtherFormatException($"aggregate of format {version}; this release reads {Version}")
            : reader;
    }

    private static void WriteClaims(BinaryFormatWriter writer, List<Appearance> claims)
    {
        claims.Sort(Appearance.Order);
        writer.Unsigned((ulong)claims.Count);
        foreach (var appearance in claims)
        {
            Write(writer, appearance);
        }
    }

    private static void Write(BinaryFormatWriter writer, Appearance appearance)
    {
        LogFormat.Write(writer, appearance.Position);
        ClaimCodec.Write(writer, appearance.Claim);
        writer.Optional(appearance.KnownFrom == appearance.Claim.ReportedAt ? null : appearance.KnownFrom.UtcTicks);
    }

    private static Appearance ReadAppearance(BinaryFormatReader reader)
    {
        var position = LogFormat.ReadPosition(reader);
        var appearance = new Appearance(ClaimCodec.Read(reader), position);
        return reader.Optional() is { } ticks ? appearance with { KnownFrom = new DateTimeOffset(ticks, TimeSpan.Zero) } : appearance;
    }

    private static Appearance[] ReadClaims(BinaryFormatReader reader)
    {
        var claims = new Appearance[reader.Count()];
        for (var at = 0; at < claims.Length; at++)
        {
            claims[at] = ReadAppearance(reader);
        }

        return claims;
    }

    private static void Write(BinaryFormatWriter writer, PartVersion version)
    {
        writer.Signed(version.Epoch);
        writer.Signed(version.Number);
    }

    private static PartVersion ReadVersion(BinaryFormatReader reader) => new(reader.Signed(), reader.Signed());
}
