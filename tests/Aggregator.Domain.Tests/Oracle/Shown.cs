using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>Everything that a view shows as text, for comparison with what the oracle finds.</summary>
internal static class Shown
{
    public static string Of(IEnumerable<Line> lines) => Row.Text(lines.SelectMany(line => line.Positions.Select(position => $"{line.Target} {line.Item} {line.Outcome} {Of(position)}")
        .Prepend($"{line.Target} {line.Item} {line.Outcome} estimate {Number.Of(line.Estimate)} disputed {line.Disputed} inconsistent {line.Inconsistent}")));

    public static string Of(IEnumerable<SaidLine> said) =>
        Row.Text(said.Select(one => $"{one.Cell.Target} {one.Cell.Item} {one.Cell.Outcome} {one.Cell.Region} {Of(one.Position)}"));

    public static string Of(Control control) => $"{control.Status}\n{Row.Text(control.Positions.Select(position => (position, position.Provenance)).Select(one =>
        $"{Of(one.position.Voice)} {one.position.Holder} since {one.position.Since:O} appearances {one.Provenance.Appearances} sources {Row.List(one.Provenance.Sources)} bodies {Row.List(one.Provenance.Bodies)} "
        + $"denied {Of(one.Provenance.DeniedBy)} confirmed {Of(one.Provenance.ConfirmedBy)} evidence {Of(one.Provenance.Evidence)}"))}";

    public static string Of(Counts counts) =>
        $"total {counts.Total} asserts {counts.ByStance.GetValueOrDefault(Stance.Asserts)} denies {counts.ByStance.GetValueOrDefault(Stance.Denies)} confirms {counts.ByStance.GetValueOrDefault(Stance.Confirms)} late {counts.Late} "
        + $"days {string.Join(',', counts.ByReportedDay.Select(day => $"{day.Key:yyyy-MM-dd}={day.Value}"))}";

    public static string Of(Timeline timeline) =>
        $"{timeline.Bucket} {timeline.By} {string.Join(' ', timeline.Counts.Select(one => $"{one.Key.UtcDateTime:yyyy-MM-ddTHH:mm}={one.Value.Asserts}/{one.Value.Denies}/{one.Value.Confirms}/{one.Value.Late}"))} undated {timeline.Undated} newest {timeline.Newest?.UtcDateTime:O}";

    private static string Of(Position position)
    {
        var rests = position.Provenance;
        return $"{Of(position.Voice)} {position.Standing} {Number.Of(position.Figure)} {position.Basis} since {position.Since:O} as of {position.AsOf:O} added {position.Added} corrected {position.Corrected} floor {Of(position.Floor)} unallocated {position.Unallocated} {position.Inconsistent} {position.Superseded} "
            + $"appearances {rests.Appearances} unnumbered {rests.Unnumbered} bodies {Row.List(rests.Bodies)} sources {Row.List(rests.Sources)} origins {Row.List(rests.Origins)} initiators {Row.List(rests.Initiators)} "
            + $"denied {Of(rests.DeniedBy)} confirmed {Of(rests.ConfirmedBy)} "
            + $"variants {string.Join(';', rests.Variants.Select(one => $"{one.Outcome} {Number.Of(one.Figure)} {one.AsOf:O} {one.Claim}"))} "
            + $"evidence {Of(rests.Evidence)} "
            + $"details {string.Join(';', position.Details.Select(detail => $"{detail.Key}={Of(detail.Value)} {detail.Value.Superseded}"))}";
    }

    private static string Of(Tally tally) =>
        $"{Number.Of(tally.Value)} {Number.Of(tally.Total)} since {tally.Since:O} as of {tally.AsOf:O} added {tally.Series?.Added} corrected {tally.Series?.Corrected} floor {Of(tally.Floor)} unallocated {tally.Unallocated} {tally.Inconsistent} days {string.Join('+', tally.Days.Select(day => $"{day.Key.From:O}–{day.Key.To:O}:{Number.Of(day.Value)}"))}";

    private static string Of(Bounds? bounds) => bounds is { } known ? Number.Of(known).ToString() : "";

    private static string Of(Domain.Ledger.Voice voice) => new Voice(voice.Kind == EntityKind.Actor, voice.Id).ToString();

    private static string Of(IEnumerable<Domain.Ledger.Voice> voices) => Row.List(voices.Select(Of));

    private static string Of(IEnumerable<EvidenceRef> evidence) => string.Join(',', evidence.Select(one => one.Claim));
}
