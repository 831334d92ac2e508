using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Log;

/// <summary>The stored form of a claim. Fields are only ever added behind a new <see cref="LogFormat.Version"/>.</summary>
internal static class ClaimCodec
{
    public static void Write(BinaryFormatWriter writer, Claim claim)
    {
        writer.Text(claim.Key.Source);
        writer.Text(claim.Key.Id);
        writer.Wide(claim.ContentHash);
        Write(writer, claim.Source);
        Write(writer, claim.Origin);
        writer.Text(claim.Report?.Url);
        writer.Text(claim.Report?.Title);
        writer.Text(claim.Report?.Fingerprint);
        writer.Signed(claim.ReportedAt.UtcTicks);
        Write(writer, claim.Claimant);
        writer.Byte((byte)claim.Stance);
        writer.Byte((byte)(claim.Event ?? 0));
        Write(writer, claim.Initiator);
        Write(writer, claim.Target);
        Write(writer, claim.Region);
        writer.Optional(claim.Occurred?.From.DayNumber);
        writer.Optional(claim.Occurred?.To.DayNumber);
        writer.Flag(claim.Figure is not null);
        if (claim.Figure is { } figure)
        {
            Write(writer, figure);
        }

        Write(writer, claim.Holder);
        writer.Byte((byte)(claim.Relates?.Kind ?? 0));
        writer.Text(claim.Relates?.To);
        writer.Byte((byte)(claim.Credibility ?? 0));
        writer.Text(claim.Quote);
        writer.Optional(claim.Span?.Start);
        writer.Optional(claim.Span?.End);
        writer.Texts(claim.RefersTo);
        writer.Text(claim.Incident);
        writer.Signed(claim.Revision);
    }

    public static Claim Read(BinaryFormatReader reader) => new()
    {
        Key = new ClaimKey(reader.Text(), reader.Text()),
        ContentHash = reader.Wide(),
        Source = ReadEntity(reader) ?? throw new InvalidDataException("a claim has no source"),
        Origin = ReadEntity(reader),
        Report = ReadReport(reader.OptionalText(), reader.OptionalText(), reader.OptionalText()),
        ReportedAt = new DateTimeOffset(reader.Signed(), TimeSpan.Zero),
        Claimant = ReadEntity(reader),
        Stance = (Stance)reader.Byte(),
        Event = reader.Byte() is > 0 and var type ? (EventType)type : null,
        Initiator = ReadEntity(reader),
        Target = ReadEntity(reader),
        Region = ReadEntity(reader),
        Occurred = ReadPeriod(reader.Optional(), reader.Optional()),
        Figure = reader.Flag() ? ReadFigure(reader) : null,
        Holder = ReadEntity(reader),
        Relates = ReadRelation(reader.Byte(), reader.OptionalText()),
        Credibility = reader.Byte() is > 0 and var grade ? grade : null,
        Quote = reader.OptionalText(),
        Span = ReadSpan(reader.Optional(), reader.Optional()),
        RefersTo = reader.Texts(),
        Incident = reader.OptionalText(),
        Revision = (int)reader.Signed(),
    };

    private static void Write(BinaryFormatWriter writer, EntityRef? entity)
    {
        writer.Text(entity?.Id);
        if (entity is not null)
        {
            writer.Text(entity.Text);
        }
    }

    private static EntityRef? ReadEntity(BinaryFormatReader reader) =>
        reader.OptionalText() is { } id ? new EntityRef(id, reader.Text()) : null;

    private static void Write(BinaryFormatWriter writer, Figure figure)
    {
        writer.Byte((byte)figure.Item);
        writer.Byte((byte)figure.Outcome);
        writer.Optional(figure.Bounds.Low);
        writer.Optional(figure.Bounds.Best);
        writer.Optional(figure.Bounds.High);
        writer.Byte((byte)figure.Basis);
        writer.Optional(figure.Since?.DayNumber);
        writer.Optional(figure.AsOf?.DayNumber);
        writer.Text(figure.Phrase);
        writer.Text(figure.Detail);
        writer.Optional(figure.Correction);
        writer.Texts(figure.Supersedes);
    }

    private static Figure ReadFigure(BinaryFormatReader reader) => new()
    {
        Item = (Item)reader.Byte(),
        Outcome = (Outcome)reader.Byte(),
        Bounds = new Bounds(reader.Optional(), reader.Optional(), reader.Optional()),
        Basis = (Basis)reader.Byte(),
        Since = Day(reader.Optional()),
        AsOf = Day(reader.Optional()),
        Phrase = reader.OptionalText(),
        Detail = reader.OptionalText(),
        Correction = reader.Optional(),
        Supersedes = reader.Texts(),
    };

    private static ReportRef? ReadReport(string? url, string? title, string? fingerprint) =>
        url is null && title is null && fingerprint is null ? null : new ReportRef { Url = url, Title = title, Fingerprint = fingerprint };

    private static Relation? ReadRelation(byte kind, string? to) => to is null ? null : new Relation(to, (RelationKind)kind);

    private static TextSpan? ReadSpan(long? start, long? end) => start is null || end is null ? null : new TextSpan((int)start, (int)end);

    private static Period? ReadPeriod(long? from, long? to) => from is null || to is null ? null : new Period(Day(from)!.Value, Day(to)!.Value);

    private static DateOnly? Day(long? number) => number is { } given ? DateOnly.FromDayNumber((int)given) : null;
}
