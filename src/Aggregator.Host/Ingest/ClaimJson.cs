using System.Text.Json;
using Aggregator.Domain.Claims;

namespace Aggregator.Host.Ingest;

/// <summary>Reads a claim as sent (ClaimInput says what each field means). Every field is checked for its type, and an unknown one is an error:
/// a misspelt <c>region</c> must not become a claim on the world.</summary>
internal static class ClaimJson
{
    /// <summary>The draft, or what is wrong with it; the draft then holds what could be read, so that its id can be told.</summary>
    public static (ClaimDraft Draft, ClaimError? Error) Read(JsonElement element)
    {
        var fields = new JsonFields("claim");
        var draft = new ClaimDraft();
        fields.Object("", element, (name, value) => draft = name switch
        {
            "id" => draft with { Id = fields.Text(name, value) },
            "source" => draft with { Source = fields.Name(name, value)?.Text },
            "origin" => draft with { Origin = fields.Name(name, value)?.Text },
            "report" => draft with { Report = ReadReport(fields, value) },
            "reportedAt" => draft with { ReportedAt = fields.Time(name, value) },
            "claimant" => draft with { Claimant = fields.Name(name, value) },
            "stance" => draft with { Stance = fields.Text(name, value) },
            "event" => draft with { Event = fields.Text(name, value) },
            "initiator" => draft with { Initiator = fields.Name(name, value) },
            "target" => draft with { Target = fields.Name(name, value) },
            "region" => draft with { Region = fields.Name(name, value) },
            "occurred" => ReadOccurred(fields, value, draft),
            "figure" => draft with { Figure = ReadFigure(fields, value) },
            "control" => ReadControl(fields, value, draft),
            "relates" => ReadRelates(fields, value, draft),
            "credibility" => draft with { Credibility = fields.Small(name, value) },
            "quote" => draft with { Quote = fields.Text(name, value) },
            "span" => draft with { Span = ReadSpan(fields, value) },
            "refersTo" => draft with { RefersTo = fields.Texts(name, value) },
            "incident" => draft with { Incident = fields.Text(name, value) },
            "revision" => draft with { Revision = fields.Small(name, value) },
            _ => Unknown(fields, name, draft),
        });
        return (draft, fields.Error);
    }

    private static T Unknown<T>(JsonFields fields, string name, T draft)
    {
        fields.Unknown(name);
        return draft;
    }

    private static ReportRef? ReadReport(JsonFields fields, JsonElement element)
    {
        var report = new ReportRef();
        var given = fields.Object("report", element, (name, value) => report = name switch
        {
            "url" => report with { Url = fields.Text("report.url", value) },
            "title" => report with { Title = fields.Text("report.title", value) },
            "fingerprint" => report with { Fingerprint = fields.Text("report.fingerprint", value) },
            _ => Unknown(fields, "report." + name, report),
        });
        return given ? report : null;
    }

    private static ClaimDraft ReadOccurred(JsonFields fields, JsonElement element, ClaimDraft draft)
    {
        var given = fields.Object("occurred", element, (name, value) => draft = name switch
        {
            "from" => draft with { OccurredFrom = fields.Day("occurred.from", value) },
            "to" => draft with { OccurredTo = fields.Day("occurred.to", value) },
            _ => Unknown(fields, "occurred." + name, draft),
        });
        if (given && draft is { OccurredFrom: null, OccurredTo: null })
        {
            fields.Fail(ClaimErrorCodes.Missing, "occurred.from", "occurred has neither from nor to; leave it out or give null");
        }

        return draft;
    }

    private static FigureDraft? ReadFigure(JsonFields fields, JsonElement element)
    {
        var figure = new FigureDraft();
        var given = fields.Object("figure", element, (name, value) => figure = name switch
        {
            "item" => figure with { Item = fields.Text("figure.item", value) },
            "outcome" => figure with { Outcome = fields.Text("figure.outcome", value) },
            "low" => figure with { Low = fields.Integer("figure.low", value) },
            "best" => figure with { Best = fields.Integer("figure.best", value) },
            "high" => figure with { High = fields.Integer("figure.high", value) },
            "basis" => figure with { Basis = fields.Text("figure.basis", value) },
            "since" => figure with { Since = fields.Day("figure.since", value) },
            "asOf" => figure with { AsOf = fields.Day("figure.asOf", value) },
            "phrase" => figure with { Phrase = fields.Text("figure.phrase", value) },
            "detail" => figure with { Detail = fields.Text("figure.detail", value) },
            "correction" => figure with { Correction = fields.Integer("figure.correction", value) },
            "supersedes" => figure with { Supersedes = fields.Texts("figure.supersedes", value) },
            _ => Unknown(fields, "figure." + name, figure),
        });
        return given ? figure : null;
    }

    private static ClaimDraft ReadControl(JsonFields fields, JsonElement element, ClaimDraft draft)
    {
        var given = fields.Object("control", element, (name, value) => draft = name switch
        {
            "holder" => draft with { Holder = fields.Name("control.holder", value) },
            _ => Unknown(fields, "control." + name, draft),
        });
        if (given && draft.Holder is null)
        {
            fields.Fail(ClaimErrorCodes.Missing, "control.holder", "control.holder is required");
        }

        return draft;
    }

    private static ClaimDraft ReadRelates(JsonFields fields, JsonElement element, ClaimDraft draft)
    {
        var given = fields.Object("relates", element, (name, value) => draft = name switch
        {
            "to" => draft with { RelatesTo = fields.Text("relates.to", value) },
            "as" => draft with { RelatesAs = fields.Text("relates.as", value) },
            _ => Unknown(fields, "relates." + name, draft),
        });
        if (given && draft is { RelatesTo: null, RelatesAs: null })
        {
            fields.Fail(ClaimErrorCodes.Missing, "relates.to", "relates has neither to nor as; leave it out or give null");
        }

        return draft;
    }

    private static TextSpan? ReadSpan(JsonFields fields, JsonElement element)
    {
        int? start = null;
        int? end = null;
        var given = fields.Object("span", element, (name, value) => _ = name switch
        {
            "start" => start = fields.Small("span.start", value),
            "end" => end = fields.Small("span.end", value),
            _ => Unknown(fields, "span." + name, start),
        });
        if (given && (start is null or < 0 || end is null || end < start))
        {
            fields.Malformed("span", "two offsets, start before end");
        }

        return start is { } from && end is { } to ? new TextSpan(from, to) : null;
    }
}
