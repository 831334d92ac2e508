using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Claims;

/// <summary>One pass over one draft; keeps the first error and reads on, so that no field needs its own early return.</summary>
internal sealed class DraftCheck(RegistrySnapshot registry, DateOnly lastDay)
{
    public ClaimError? Error { get; private set; }

    public Claim? Read(ClaimDraft draft)
    {
        var source = Named(EntityKind.Source, "source", Required("source", draft.Source), null);
        if (draft.ReportedAt is not { } reportedAt)
        {
            Fail(ClaimErrorCodes.Missing, "reportedAt", "reportedAt is required");
            reportedAt = default;
        }
        else
        {
            InRange("reportedAt", DateOnly.FromDateTime(reportedAt.UtcDateTime));
        }

        var hash = ClaimIdentity.ContentHash(draft);
        var claim = new Claim
        {
            Key = new ClaimKey(ClaimIdentity.SourceName(draft.Source ?? ""), Id(draft.Id) ?? ClaimIdentity.IdFromContent(hash)),
            ContentHash = hash,
            Source = source ?? new EntityRef("", ""),
            Origin = Optional(EntityKind.Source, "origin", draft.Origin is { } origin ? new NameRef(origin) : null),
            Report = ReadReport(draft.Report),
            ReportedAt = reportedAt.ToUniversalTime(),
            Claimant = Optional(EntityKind.Actor, "claimant", draft.Claimant),
            Stance = Word("stance", draft.Stance, Stance.Asserts),
            Event = draft.Event is null ? null : Word("event", draft.Event, EventType.Other),
            Initiator = Optional(EntityKind.Actor, "initiator", draft.Initiator),
            Target = Optional(EntityKind.Actor, "target", draft.Target),
            Region = Optional(EntityKind.Region, "region", draft.Region),
            Occurred = Span("occurred", draft.OccurredFrom, draft.OccurredTo),
            Figure = draft.Figure is { } figure ? ReadFigure(figure, draft.OccurredTo ?? draft.OccurredFrom ?? DateOnly.FromDateTime(reportedAt.UtcDateTime)) : null,
            Holder = Optional(EntityKind.Actor, "control.holder", draft.Holder),
            Relates = ReadRelation(draft),
            Credibility = InScale(draft.Credibility),
            Quote = Text("quote", draft.Quote, ClaimAdmission.MaxTextLength),
            Span = draft.Span,
            RefersTo = Keys("refersTo", draft.RefersTo),
            Incident = Text("incident", draft.Incident, ClaimAdmission.MaxNameLength),
            Revision = Revision(draft.Revision),
        };
        if (claim.Figure is null && claim.Holder is null && claim.Event is null && claim is not { Stance: Stance.Denies, RefersTo.Count: > 0 })
        {
            Fail(ClaimErrorCodes.Nothing, "", "a claim states a figure, control of a place or an event; only a denial may leave that to the claims it refers to");
        }

        if (claim.Holder is not null && claim.Region is null)
        {
            Fail(ClaimErrorCodes.Missing, "region", "control is of a place: region is required");
        }

        if (claim.Figure is not null && claim.Holder is not null)
        {
            Fail(ClaimErrorCodes.Nothing, "control", "a claim states a figure or control, not both: send two claims");
        }

        return Error is null ? claim : null;
    }

    private void Fail(string code, string field, string message) => Error ??= new ClaimError(code, field, message);

    private string? Id(string? id)
    {
        if (id is not null && string.IsNullOrWhiteSpace(id))
        {
            Fail(ClaimErrorCodes.Missing, "id", "id is blank; leave it out to have one made from the content");
        }

        return Text("id", id, ClaimAdmission.MaxNameLength);
    }

    private string? Required(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            Fail(ClaimErrorCodes.Missing, field, $"{field} is required");
            return null;
        }

        return Text(field, text, ClaimAdmission.MaxNameLength);
    }

    private string? Text(string field, string? text, int limit)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > limit)
        {
            Fail(ClaimErrorCodes.Text, field, $"{field} is longer than {limit} characters");
        }
        else if (!IsPlain(text, isLine: limit == ClaimAdmission.MaxNameLength))
        {
            Fail(ClaimErrorCodes.Text, field, $"{field} has control characters or broken surrogates in it");
        }

        return text;
    }

    /// <summary>Whether a text has neither control characters nor broken surrogates in it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLine">Names and ids are one line; long texts may have line breaks and tabs in them.</param>
    public static bool IsPlain(string text, bool isLine) =>
        !text.Any(character => char.IsControl(character) && (isLine || character is not ('\n' or '\r' or '\t'))) && IsWellFormed(text);

    private static bool IsWellFormed(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]))
            {
                if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                {
                    return false;
                }

                at++;
            }
        }

        return true;
    }

    private EntityRef? Named(EntityKind kind, string field, string? name, string? id)
    {
        if (name is null)
        {
            return null;
        }

        if (id is not null)
        {
            return new EntityRef(id, name);
        }

        if (registry.Resolve(kind, name) is not { } entry)
        {
            Fail(ClaimErrorCodes.Name, field, $"{field} has no letter or digit in it");
            return null;
        }

        return new EntityRef(entry.Id, name.Trim());
    }

    private EntityRef? Optional(EntityKind kind, string field, NameRef? name)
    {
        if (name is null)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(name.Text))
        {
            Fail(ClaimErrorCodes.Missing, field, $"{field} is blank; leave it out or give null");
            return null;
        }

        return Named(kind, field, Text(field, name.Text, ClaimAdmission.MaxNameLength), name.Id);
    }

    private ReportRef? ReadReport(ReportRef? report)
    {
        Text("report.url", report?.Url, ClaimAdmission.MaxTextLength);
        Text("report.title", report?.Title, ClaimAdmission.MaxTextLength);
        Text("report.fingerprint", report?.Fingerprint, ClaimAdmission.MaxNameLength);
        return report;
    }

    private T Word<T>(string field, string? slug, T absent) where T : struct, Enum
    {
        if (slug is null)
        {
            return absent;
        }

        if (!Slug.TryParse<T>(slug, out var word))
        {
            Fail(ClaimErrorCodes.Vocabulary, field, $"{field} is one of: {string.Join(' ', Slug.All<T>())}");
        }

        return word;
    }

    private T RequiredWord<T>(string field, string? slug) where T : struct, Enum
    {
        if (string.IsNullOrWhiteSpace(slug))
        {
            Fail(ClaimErrorCodes.Missing, field, $"{field} is required");
            return default;
        }

        return Word<T>(field, slug, default);
    }

    private DateOnly? InRange(string field, DateOnly? day)
    {
        if (day is { } given && (given < ClaimAdmission.FirstDay || given > lastDay))
        {
            Fail(ClaimErrorCodes.Date, field, $"{field} lies outside {ClaimAdmission.FirstDay:yyyy-MM-dd}..{lastDay:yyyy-MM-dd}");
        }

        return day;
    }

    private Period? Span(string field, DateOnly? from, DateOnly? to)
    {
        InRange(field + ".from", from);
        InRange(field + ".to", to);
        if (from > to)
        {
            Fail(ClaimErrorCodes.Date, field, $"{field} ends before it starts");
            return null;
        }

        return (from ?? to) is { } first ? new Period(first, (to ?? from)!.Value) : null;
    }

    /// <param name="draft">The figure.</param>
    /// <param name="statedFor">The day that a running total without an as-of is stated for (R7).</param>
    private Figure ReadFigure(FigureDraft draft, DateOnly statedFor)
    {
        var item = RequiredWord<Item>("figure.item", draft.Item);
        var outcome = RequiredWord<Outcome>("figure.outcome", draft.Outcome);
        if (Error is null && !item.Admits(outcome))
        {
            Fail(ClaimErrorCodes.Mismatch, "figure.outcome", $"{Slug.Of(item)} cannot be {Slug.Of(outcome)}");
        }

        Count("figure.low", draft.Low);
        Count("figure.best", draft.Best);
        Count("figure.high", draft.High);
        if (draft.Low > draft.High || draft.Low > draft.Best || draft.Best > draft.High)
        {
            Fail(ClaimErrorCodes.Figure, "figure", "low, best and high are out of order");
        }

        if (draft.Correction is < -ClaimAdmission.MaxCount or > ClaimAdmission.MaxCount)
        {
            Fail(ClaimErrorCodes.Figure, "figure.correction", "figure.correction is too large");
        }

        var since = InRange("figure.since", draft.Since);
        var asOf = InRange("figure.asOf", draft.AsOf);
        if (since > (asOf ?? statedFor))
        {
            Fail(ClaimErrorCodes.Date, "figure.since", "figure.since is after the day that the figure is stated for");
        }

        return new Figure
        {
            Item = item,
            Outcome = outcome,
            Bounds = new Bounds(draft.Low, draft.Best, draft.High),
            Basis = Word("figure.basis", draft.Basis, Basis.Incident),
            Since = since,
            AsOf = asOf,
            Phrase = Text("figure.phrase", draft.Phrase, ClaimAdmission.MaxTextLength),
            Detail = Text("figure.detail", draft.Detail, ClaimAdmission.MaxNameLength),
            Correction = draft.Correction,
            Supersedes = Classes("figure.supersedes", draft.Supersedes),
        };
    }

    private void Count(string field, long? count)
    {
        if (count is < 0 or > ClaimAdmission.MaxCount)
        {
            Fail(ClaimErrorCodes.Figure, field, $"{field} is negative or above {ClaimAdmission.MaxCount}");
        }
    }

    private Relation? ReadRelation(ClaimDraft draft)
    {
        if (draft.RelatesTo is null && draft.RelatesAs is null)
        {
            return null;
        }

        var to = Required("relates.to", draft.RelatesTo);
        var kind = RequiredWord<RelationKind>("relates.as", draft.RelatesAs);
        return to is null ? null : new Relation(to, kind);
    }

    private int? InScale(int? credibility)
    {
        if (credibility is < 1 or > 6)
        {
            Fail(ClaimErrorCodes.Vocabulary, "credibility", "credibility is 1 to 6");
        }

        return credibility;
    }

    private int Revision(int? revision)
    {
        if (revision < 0)
        {
            Fail(ClaimErrorCodes.Figure, "revision", "revision is negative");
        }

        return revision ?? 0;
    }

    private IReadOnlyList<string> Keys(string field, IReadOnlyList<string> keys)
    {
        if (List(field, keys).FirstOrDefault(key => key.IndexOf('/', StringComparison.Ordinal) is var slash && (slash <= 0 || slash == key.Length - 1)) is { } unkeyed)
        {
            Fail(ClaimErrorCodes.Text, field, $"{field} names claims as source/id, not {unkeyed}");
        }

        return keys;
    }

    private IReadOnlyList<string> Classes(string field, IReadOnlyList<string> classes)
    {
        if (List(field, classes).FirstOrDefault(named => !Slug.TryParse<Item>(named.Split('/', 2)[0], out _)) is { } unknown)
        {
            Fail(ClaimErrorCodes.Vocabulary, field, $"{field} names classes as item or item/detail, not {unknown}; item is one of: {string.Join(' ', Slug.All<Item>())}");
        }

        return classes;
    }

    private IReadOnlyList<string> List(string field, IReadOnlyList<string> list)
    {
        if (list.Count > ClaimAdmission.MaxListLength)
        {
            Fail(ClaimErrorCodes.Text, field, $"{field} has more than {ClaimAdmission.MaxListLength} entries");
        }

        foreach (var text in list)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                Fail(ClaimErrorCodes.Missing, field, $"{field} has a blank entry");
            }

            Text(field, text, ClaimAdmission.MaxNameLength);
        }

        return list;
    }
}
