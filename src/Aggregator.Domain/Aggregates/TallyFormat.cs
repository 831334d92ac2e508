using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;

namespace Aggregator.Domain.Aggregates;

/// <summary>The sent form of what one voice says of a line at a node.</summary>
internal static class TallyFormat
{
    public static void Write(BinaryFormatWriter writer, VoiceTally said)
    {
        var (tally, provenance, details) = said;
        Write(writer, tally);
        Write(writer, provenance);
        writer.Unsigned((ulong)details.Count);
        foreach (var (detail, figure) in details)
        {
            writer.Text(detail);
            Write(writer, figure);
        }
    }

    private static void Write(BinaryFormatWriter writer, Tally tally)
    {
        Day(writer, tally.AsOf);
        Day(writer, tally.Since);
        Write(writer, tally.Total);
        Write(writer, tally.Days);
        writer.Unsigned((ulong)tally.Incidents.Count);
        foreach (var ((incident, period), figure) in tally.Incidents)
        {
            writer.Text(incident);
            Write(writer, period, figure);
        }

        writer.Flag(tally.Series is not null);
        if (tally.Series is { } series)
        {
            Day(writer, series.AsOf);
            Day(writer, series.Since);
            Write(writer, series.Total);
            writer.Optional(series.Added);
            writer.Optional(series.Corrected);
        }

        writer.Flag(tally.Inconsistent);
        writer.Flag(tally.Floor is not null);
        Write(writer, tally.Floor ?? Bounds.Zero);
        writer.Optional(tally.Unallocated);
        writer.Flag(tally.Superseded);
    }

    public static VoiceTally Read(BinaryFormatReader reader)
    {
        var tally = ReadTally(reader);
        var provenance = ReadProvenance(reader);
        var details = ImmutableSortedDictionary.CreateBuilder<string, Tally>(StringComparer.Ordinal);
        for (var left = reader.Count(); left > 0; left--)
        {
            details.Add(reader.Text(), ReadTally(reader));
        }

        return new VoiceTally(tally, provenance, details.ToImmutable());
    }

    private static Tally ReadTally(BinaryFormatReader reader) => new()
    {
        AsOf = Day(reader),
        Since = Day(reader),
        Total = ReadBounds(reader),
        Days = ReadDays(reader),
        Incidents = ReadIncidents(reader),
        Series = reader.Flag() ? new RunningTotal(Day(reader)!.Value, Day(reader), ReadBounds(reader), reader.Optional(), reader.Optional()) : null,
        Inconsistent = reader.Flag(),
        Floor = ReadFloor(reader.Flag(), ReadBounds(reader)),
        Unallocated = reader.Optional(),
        Superseded = reader.Flag(),
    };

    private static Bounds? ReadFloor(bool given, Bounds floor) => given ? floor : null;

    private static void Write(BinaryFormatWriter writer, Provenance provenance)
    {
        writer.Texts(provenance.Bodies);
        writer.Texts(provenance.Sources);
        writer.Texts(provenance.Origins);
        writer.Texts(provenance.Initiators);
        writer.Signed(provenance.Appearances);
        writer.Signed(provenance.Unnumbered);
        Write(writer, provenance.DeniedBy);
        Write(writer, provenance.ConfirmedBy);
        Write(writer, provenance.Variants);
        writer.Unsigned((ulong)provenance.Evidence.Count);
        foreach (var (reportedAt, claim) in provenance.Evidence)
        {
            writer.Signed(reportedAt.UtcTicks);
            writer.Text(claim.Source);
            writer.Text(claim.Id);
        }
    }

    private static Provenance ReadProvenance(BinaryFormatReader reader) => new()
    {
        Bodies = reader.Texts(),
        Sources = reader.Texts(),
        Origins = reader.Texts(),
        Initiators = reader.Texts(),
        Appearances = (int)reader.Signed(),
        Unnumbered = (int)reader.Signed(),
        DeniedBy = ReadVoices(reader),
        ConfirmedBy = ReadVoices(reader),
        Variants = ReadVariants(reader),
        Evidence = ReadEvidence(reader),
    };

    private static void Write(BinaryFormatWriter writer, IReadOnlyList<Voice> voices)
    {
        writer.Unsigned((ulong)voices.Count);
        foreach (var voice in voices)
        {
            AggregateFormat.Write(writer, voice);
        }
    }

    private static Voice[] ReadVoices(BinaryFormatReader reader)
    {
        var voices = new Voice[reader.Count()];
        for (var at = 0; at < voices.Length; at++)
        {
            voices[at] = AggregateFormat.ReadVoice(reader);
        }

        return voices;
    }

    private static void Write(BinaryFormatWriter writer, IReadOnlyList<Variant> variants)
    {
        writer.Unsigned((ulong)variants.Count);
        foreach (var (outcome, figure, asOf, claim) in variants)
        {
            writer.Byte((byte)outcome);
            Write(writer, figure);
            Day(writer, asOf);
            writer.Text(claim.Source);
            writer.Text(claim.Id);
        }
    }

    private static Variant[] ReadVariants(BinaryFormatReader reader)
    {
        var variants = new Variant[reader.Count()];
        for (var at = 0; at < variants.Length; at++)
        {
            variants[at] = new Variant((Outcome)reader.Byte(), ReadBounds(reader), Day(reader)!.Value, new ClaimKey(reader.Text(), reader.Text()));
        }

        return variants;
    }

    private static EvidenceRef[] ReadEvidence(BinaryFormatReader reader)
    {
        var evidence = new EvidenceRef[reader.Count()];
        for (var at = 0; at < evidence.Length; at++)
        {
            evidence[at] = new EvidenceRef(new DateTimeOffset(reader.Signed(), TimeSpan.Zero), new ClaimKey(reader.Text(), reader.Text()));
        }

        return evidence;
    }

    private static void Write(BinaryFormatWriter writer, DatedFigures days)
    {
        writer.Unsigned((ulong)days.Count);
        foreach (var (period, figure) in days)
        {
            Write(writer, period, figure);
        }
    }

    private static void Write(BinaryFormatWriter writer, Period period, Bounds figure)
    {
        writer.Signed(period.From.DayNumber);
        writer.Signed(period.To.DayNumber);
        Write(writer, figure);
    }

    private static ImmutableSortedDictionary<IncidentDay, Bounds> ReadIncidents(BinaryFormatReader reader)
    {
        var incidents = Tally.NoIncidents.ToBuilder();
        for (var left = reader.Count(); left > 0; left--)
        {
            incidents.Add(new IncidentDay(reader.Text(), ReadPeriod(reader)), ReadBounds(reader));
        }

        return incidents.ToImmutable();
    }

    private static Period ReadPeriod(BinaryFormatReader reader) => new(DateOnly.FromDayNumber((int)reader.Signed()), DateOnly.FromDayNumber((int)reader.Signed()));

    private static DatedFigures ReadDays(BinaryFormatReader reader) =>
        DatedFigures.InOrder(reader.Count(), () => KeyValuePair.Create(ReadPeriod(reader), ReadBounds(reader)));

    private static void Write(BinaryFormatWriter writer, Bounds bounds)
    {
        writer.Optional(bounds.Low);
        writer.Optional(bounds.Best);
        writer.Optional(bounds.High);
    }

    private static Bounds ReadBounds(BinaryFormatReader reader) => new(reader.Optional(), reader.Optional(), reader.Optional());

    private static void Day(BinaryFormatWriter writer, DateOnly? day) => writer.Optional(day?.DayNumber);

    private static DateOnly? Day(BinaryFormatReader reader) =>
        reader.Optional() is { } number ? DateOnly.FromDayNumber((int)number) : null;
}
