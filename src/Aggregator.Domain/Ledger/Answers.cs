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
/// <param name="RefersTo">Claims it names; then it reaches them alone, whatever they are about.</param>
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
    /// <summary>
    /// The answer that a claim makes; null if it makes none. Without a figure and a holder only a denial makes one, of the
    /// claims it names. What another claim of its report superseded is history (R6).
    /// </summary>
    /// <param name="claim">The claim.</param>
    /// <param name="registry">For voices.</param>
    /// <param name="origin">Source id that names its origin (R5), where that was traced.</param>
    public static Answer? From(Claim claim, RegistrySnapshot registry, string? origin = null)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var isPlain = claim.Figure is null && claim.Holder is null;
        if (claim.Stance is not (Stance.Denies or Stance.Confirms)
            || claim.Relates is { Kind: RelationKind.Former }
            || (isPlain && (claim.Stance != Stance.Denies || claim.RefersTo.Count == 0)))
        {
            return null;
        }

        return new Answer(
            Voice.Of(claim, origin ?? claim.Origin?.Id ?? claim.Source.Id, registry),
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
    /// <summary>The answers that the claims of one bucket make, without denials that have lapsed there.</summary>
    internal static IEnumerable<Answer> Of(IReadOnlyCollection<Appearance> claims, RegistrySnapshot registry)
    {
        if (claims.All(one => one.Claim.Stance == Stance.Asserts))
        {
            return [];
        }

        // Copies of a denial are one voice's, as those of a statement are.
        var denials = claims.Where(one => one.Claim is { Figure: not null, Stance: Stance.Denies }).Order(Appearance.Order).ToList();
        var denied = Origins.Trace(denials, [.. denials.Select(Placement.OwnPeriod)]);
        var voices = Cell.Voices(claims, registry);
        return denied.Concat(voices.Values.SelectMany(told => told).Where(one => one.Claim.Stance == Stance.Confirms))
            .Select(one => Answer.From(one.Claim, registry, one.Origin))
            .Concat(claims.Where(one => one.Claim.Figure is null).Select(one => Answer.From(one.Claim, registry)))
            .OfType<Answer>()
            .Where(answer => answer.Stance != Stance.Denies || !(HasLapsed(answer, voices) || Control.HasLapsed(answer, claims, registry)));
    }

    /// <summary>The answers that reach what one voice says of a cell, statement by statement.</summary>
    internal static Provenance Reaching(IReadOnlyCollection<Answer> answers, Voice voice, VoiceTally said, IReadOnlyDictionary<Voice, List<Placed>> voices)
    {
        var reaching = Provenance.None;
        foreach (var answer in answers)
        {
            if (!IsFor(answer, voice) || (answer.Stance == Stance.Denies && HasLapsed(answer, voices)))
            {
                continue;
            }

            var reaches = answer.RefersTo.Count > 0
                ? voices[voice].Exists(one => answer.Names(one.Claim.Key))
                : Reaches(answer, said.Tally) || voices[voice].Exists(one => IsEqual(answer.Figure, one.Figure.Bounds) && Overlap(answer.Period, DaysOf(one, voices[voice])));
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
            .Where(answer => IsFor(answer, voice) && (answer.RefersTo.Count > 0
                ? said.Provenance.Evidence.Any(one => answer.Names(one.Claim))
                : Reaches(answer, said.Tally)))
            .Aggregate(said, (marked, answer) => marked with { Provenance = marked.Provenance.Plus(Said(answer)) });
    }

    /// <summary>Whether an answer may be to what a voice says: to another's, or a denial that names what its own voice said.</summary>
    internal static bool IsFor(Answer answer, Voice voice) => answer.Voice != voice || (answer.Stance == Stance.Denies && answer.RefersTo.Count > 0);

    // R12: an overlapping period, and with a figure only equal ones.
    private static bool Reaches(Answer answer, Tally tally) =>
        tally.Days.Any(day => Overlap(answer.Period, day.Key) && IsEqual(answer.Figure, day.Value))
        || (tally.AsOf is { } asOf
            && Overlap(answer.Period, new Period(tally.Since is { } since && since <= asOf ? since : asOf, asOf))
            && IsEqual(answer.Figure, tally.Total));

    // It lapses when its voice later asserts the same: of those days, and with a figure that figure.
    private static bool HasLapsed(Answer denial, IReadOnlyDictionary<Voice, List<Placed>> voices) =>
        voices.TryGetValue(denial.Voice, out var own)
        && own.Exists(one => one.Claim.ReportedAt > denial.ReportedAt && IsEqual(denial.Figure, one.Figure.Bounds) && Overlap(denial.Period, DaysOf(one, own)));

    // A running total speaks of all days since its series began; one that does not say since when is of the earliest (R7).
    private static Period DaysOf(Placed one, List<Placed> told)
    {
        if (one.Figure.Basis != Basis.Cumulative)
        {
            return one.Period;
        }

        var since = one.Figure.Since ?? RunningTotals.FirstSince(told.Where(other => other.Figure.Basis == Basis.Cumulative && other.Detail == one.Detail));
        return since < one.Period.To ? new Period(since.Value, one.Period.To) : one.Period;
    }

    private static bool Overlap(Period? answered, Period said) => answered is not { } days || days.Overlaps(said);

    private static bool IsEqual(Bounds? answered, Bounds said) => answered is not { } figure || figure == said;

    private static Provenance Said(Answer answer) => new()
    {
        DeniedBy = answer.Stance == Stance.Denies ? [answer.Voice] : [],
        ConfirmedBy = answer.Stance == Stance.Confirms ? [answer.Voice] : [],
    };
}
