using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Ledger;

/// <summary>Whether those who speak of a place agree on who holds it (R13).</summary>
public enum ControlStatus : byte
{
    /// <summary>Nobody's word stands.</summary>
    Unknown,

    /// <summary>All that speak name one side, and none denies it.</summary>
    Uncontested,

    /// <summary>Two differ in the holder's voice, or one is denied.</summary>
    Contested,
}

/// <summary>One voice's word on who holds a place.</summary>
/// <param name="Voice">Who says it.</param>
/// <param name="Holder">Actor id said to hold it.</param>
/// <param name="Since">First day of the voice's present word: when it says it happened, else when it was reported.</param>
/// <param name="Provenance">What it rests on, and who denies it.</param>
public sealed record ControlPosition(Voice Voice, string Holder, DateOnly Since, Provenance Provenance);

/// <summary>Who is said to hold a place.</summary>
public sealed record Control(ControlStatus Status, IReadOnlyList<ControlPosition> Positions)
{
    /// <summary>R13: the latest claim of each voice, by occurred.to, then reportedAt, beside the others'.</summary>
    /// <param name="appearances">Claims of control of one place, of any stance.</param>
    /// <param name="registry">For voices.</param>
    /// <param name="inherited">Answers made in the places that contain it.</param>
    public static Control Fold(IEnumerable<Appearance> appearances, RegistrySnapshot registry, IEnumerable<Answer>? inherited = null)
    {
        ArgumentNullException.ThrowIfNull(appearances);
        var claims = appearances.Where(one => one.Claim is { Holder: not null, Relates: not { Kind: RelationKind.Former } }).OrderBy(Day).ThenBy(one => one, Appearance.Order).ToList();
        var asserted = claims.Where(one => one.Claim.Stance != Stance.Denies).GroupBy(one => VoiceOf(one, registry)).OrderBy(group => group.Key);
        var answers = claims.Select(one => Answer.From(one.Claim, registry)).OfType<Answer>().Concat(inherited ?? [])
            .Where(answer => answer.Holder is not null || answer.RefersTo.Count > 0)
            .Where(answer => answer.Stance != Stance.Denies || !HasLapsed(answer, claims, registry))
            .ToList();
        var positions = asserted.Select(voice => Position(voice.Key, [.. voice], answers, registry)).ToList();
        var holders = positions.Select(position => registry.Voice(position.Holder)).Distinct(StringComparer.Ordinal).Count();
        var status = positions.Count == 0 ? ControlStatus.Unknown
            : holders > 1 || positions.Any(position => position.Provenance.DeniedBy.Count > 0) ? ControlStatus.Contested
            : ControlStatus.Uncontested;
        return new Control(status, positions);
    }

    private static ControlPosition Position(Voice voice, List<Appearance> said, List<Answer> answers, RegistrySnapshot registry)
    {
        var holder = said[^1].Claim.Holder!.Id;
        var run = Enumerable.Reverse(said).TakeWhile(one => one.Claim.Holder!.Id == holder).ToList();
        var since = run[^1].Claim.Occurred?.From ?? run[^1].ReportedOn;
        var placed = Origins.Trace([.. run.Order(Appearance.Order)], [.. run.Select(_ => Period.Day(since))]);
        return new ControlPosition(voice, holder, since, Provenance.Of(placed, unnumbered: 0) with { DeniedBy = By(Stance.Denies), ConfirmedBy = By(Stance.Confirms) });

        Voice[] By(Stance stance) => [.. answers
            .Where(answer => answer.Stance == stance && Answers.IsFor(answer, voice) && Reaches(answer, run, registry))
            .Select(answer => answer.Voice)
            .Distinct()
            .Order()];
    }

    // An answer reaches the claims it names, else those on the same holder of an overlapping period; one without a period reaches all.
    private static bool Reaches(Answer answer, List<Appearance> run, RegistrySnapshot registry) => answer.RefersTo.Count > 0
        ? run.Exists(one => answer.Names(one.Claim.Key))
        : registry.Voice(answer.Holder!) == registry.Voice(run[0].Claim.Holder!.Id)
            && (answer.Period is not { } days || run.Exists(one => one.Claim.Occurred?.Overlaps(days) ?? true));

    /// <summary>R12: a denial of who holds a place lapses when its voice later says the same of that place itself.</summary>
    internal static bool HasLapsed(Answer denial, IReadOnlyCollection<Appearance> claims, RegistrySnapshot registry) => denial.Holder is { } holder && claims.Any(one =>
        one.Claim is { Holder: not null, Figure: null, Relates: not { Kind: RelationKind.Former } }
        && one.Claim.Stance != Stance.Denies
        && one.Claim.ReportedAt > denial.ReportedAt
        && VoiceOf(one, registry) == denial.Voice
        && registry.Voice(one.Claim.Holder.Id) == registry.Voice(holder));

    private static DateOnly Day(Appearance one) => one.Claim.Occurred?.To ?? one.ReportedOn;

    private static Voice VoiceOf(Appearance one, RegistrySnapshot registry) =>
        Voice.Of(one.Claim, one.Claim.Origin?.Id ?? one.Claim.Source.Id, registry);
}
