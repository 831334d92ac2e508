using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Ledger;

/// <summary>A denial or confirmation, as an entity keeps it and its parts read it (R12, R21).</summary>
/// <param name="Voice">Who answers.</param>
/// <param name="Stance"><see cref="Stance.Denies"/> or <see cref="Stance.Confirms"/>.</param>
/// <param name="Target">Actor id answered about; null for everyone.</param>
/// <param name="Item">What is counted; default for an answer on control.</param>
/// <param name="Outcome">What happened to it; default for an answer on control.</param>
/// <param name="Region">Where; it reaches what is said of that place and within.</param>
/// <param name="Period">Days it speaks of; null for any.</param>
/// <param name="Figure">The figure answered; null for any.</param>
/// <param name="Holder">For control of a place: the holder answered about; else null.</param>
/// <param name="ReportedAt">When it was said: it lapses when its voice later asserts the same.</param>
/// <param name="RefersTo">Claims it names; then it reaches them alone.</param>
public sealed record Answer(
    Voice Voice,
    Stance Stance,
    string? Target,
    Item Item,
    Outcome Outcome,
    string Region,
    Period? Period,
    Bounds? Figure,
    string? Holder,
    DateTimeOffset ReportedAt,
    IReadOnlyList<string> RefersTo)
{
    /// <summary>The answer that a claim makes; null if it makes none.</summary>
    public static Answer? From(Claim claim, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (claim.Stance is not (Stance.Denies or Stance.Confirms) || (claim.Figure is null && claim.Holder is null))
        {
            return null;
        }

        return new Answer(
            Voice.Of(claim, claim.Origin?.Id ?? claim.Source.Id, registry),
            claim.Stance,
            claim.Target?.Id,
            claim.Figure?.Item ?? default,
            claim.Figure?.Outcome ?? default,
            claim.Region?.Id ?? RegistrySnapshot.World,
            claim.Occurred,
            claim.Figure is { Bounds.IsUnnumbered: false } figure ? figure.Bounds : null,
            claim.Holder?.Id,
            claim.ReportedAt,
            claim.RefersTo);
    }

    /// <summary>Whether it names a claim. Source names fold case, as keys do.</summary>
    public bool Names(ClaimKey claim) => RefersTo.Any(named =>
        named.Length == claim.Source.Length + 1 + claim.Id.Length
        && named.StartsWith(claim.Source, StringComparison.OrdinalIgnoreCase)
        && named[claim.Source.Length] == '/'
        && named.EndsWith(claim.Id, StringComparison.Ordinal));
}

/// <summary>Finds what is denied and what is confirmed. Answers set who answers, never a number (R12).</summary>
public static class Answers
{
    /// <summary>The answers that reach what one voice says of a cell, statement by statement.</summary>
    internal static Provenance Reaching(IReadOnlyCollection<Answer> answers, Voice voice, VoiceTally said, IReadOnlyDictionary<Voice, List<Placed>> voices)
    {
        var reaching = Provenance.None;
        foreach (var answer in answers)
        {
            if (answer.Voice == voice || (answer.Stance == Stance.Denies && HasLapsed(answer, voices)))
            {
                continue;
            }

            var reaches = answer.RefersTo.Count > 0
                ? voices[voice].Any(one => answer.Names(one.Claim.Key))
                : Reaches(answer, said.Tally) || voices[voice].Any(one => Overlap(answer.Period, one.Period) && IsEqual(answer.Figure, one.Figure.Bounds));
            reaching = reaches ? reaching.Plus(Said(answer)) : reaching;
        }

        return reaching;
    }

    /// <summary>What a part says, with the answers of the whole that reach it.</summary>
    public static VoiceTally Mark(Voice voice, VoiceTally said, IEnumerable<Answer> answers)
    {
        ArgumentNullException.ThrowIfNull(said);
        ArgumentNullException.ThrowIfNull(answers);
        return answers
            .Where(answer => answer.Voice != voice && (answer.RefersTo.Count > 0
                ? said.Provenance.Evidence.Any(one => answer.Names(one.Claim))
                : Reaches(answer, said.Tally)))
            .Aggregate(said, (marked, answer) => marked with { Provenance = marked.Provenance.Plus(Said(answer)) });
    }

    // R12: an overlapping period, and with a figure only equal ones.
    private static bool Reaches(Answer answer, Tally tally) =>
        tally.Days.Any(day => Overlap(answer.Period, day.Key) && IsEqual(answer.Figure, day.Value))
        || (tally.AsOf is { } asOf
            && Overlap(answer.Period, new Period(tally.Since is { } since && since <= asOf ? since : asOf, asOf))
            && IsEqual(answer.Figure, tally.Total));

    // It lapses when its voice later asserts the same: of those days, and with a figure that figure.
    private static bool HasLapsed(Answer denial, IReadOnlyDictionary<Voice, List<Placed>> voices) =>
        voices.TryGetValue(denial.Voice, out var own)
        && own.Any(one => one.Claim.ReportedAt > denial.ReportedAt && Overlap(denial.Period, one.Period) && IsEqual(denial.Figure, one.Figure.Bounds));

    private static bool Overlap(Period? answered, Period said) => answered is not { } days || days.Overlaps(said);

    private static bool IsEqual(Bounds? answered, Bounds said) => answered is not { } figure || figure == said;

    private static Provenance Said(Answer answer) => new()
    {
        DeniedBy = answer.Stance == Stance.Denies ? [answer.Voice] : [],
        ConfirmedBy = answer.Stance == Stance.Confirms ? [answer.Voice] : [],
    };
}
