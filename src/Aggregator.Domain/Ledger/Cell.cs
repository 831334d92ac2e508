using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Ledger;

/// <summary>What one voice says of one cell, or of one line at one node: its figures and what they rest on.</summary>
/// <param name="Tally">The figures.</param>
/// <param name="Provenance">What they rest on, and who answers.</param>
/// <param name="Details">The figures per detail (R6), by detail; empty where none is stated.</param>
public sealed record VoiceTally(Tally Tally, Provenance Provenance, ImmutableSortedDictionary<string, Tally> Details)
{
    /// <summary>No detail.</summary>
    public static readonly ImmutableSortedDictionary<string, Tally> NoDetails = ImmutableSortedDictionary<string, Tally>.Empty.WithComparers(StringComparer.Ordinal);
}

/// <summary>
/// The fold of one cell: from the claims on one target, item, outcome and region to what each voice says (R5–R8, R10, R11,
/// R15, R16). A pure function of the set of claims and of the registry; order and repetition are nothing to it (R1).
/// </summary>
public static class Cell
{
    /// <summary>The outcomes of the same target, item and place whose claims bear on what stands as this one (R10, R15).</summary>
    public static IEnumerable<Outcome> Related(Outcome outcome, Item item) => item.IsPeople() ? Units.Related(outcome) : StatusMoves.Related(outcome);

    /// <summary>What each voice says, by voice, and which answers reach it.</summary>
    /// <param name="appearances">The standing claims of the cell with a figure; denials are passed over.</param>
    /// <param name="registry">For voices.</param>
    /// <param name="answers">Denials and confirmations on the cell's target, item and outcome, made in its place or around it.</param>
    /// <param name="related">The standing claims of the related outcomes' cells, and of other items' that bear on this one (R16).</param>
    public static ImmutableSortedDictionary<Voice, VoiceTally> Fold(
        IEnumerable<Appearance> appearances,
        RegistrySnapshot registry,
        IReadOnlyCollection<Answer>? answers = null,
        IReadOnlyCollection<Appearance>? related = null)
    {
        ArgumentNullException.ThrowIfNull(appearances);
        var voices = Voices(appearances, registry);
        var readings = voices.ToDictionary(voice => voice.Key, voice => Reading.Plain(voice.Value));
        if (related is { Count: > 0 } && voices.Count > 0)
        {
            var item = voices.Values.First()[0].Figure.Item;
            var outcomes = related
                .Where(one => one.Claim.Figure?.Item == item)
                .GroupBy(one => one.Claim.Figure!.Outcome)
                .ToDictionary(outcome => outcome.Key, outcome => Voices(outcome, registry));
            var others = related
                .Where(one => one.Claim.Figure is { } figure && figure.Item != item)
                .GroupBy(one => one.Claim.Figure!.Item)
                .Select(other => Voices(other, registry))
                .ToList();
            readings = readings.ToDictionary(
                voice => voice.Key,
                voice => Reading.Beside(
                    voice.Value.Told,
                    outcomes.Where(pair => pair.Value.ContainsKey(voice.Key)).ToDictionary(pair => pair.Key, pair => pair.Value[voice.Key])) with
                {
                    OfOtherItems = [.. others.SelectMany(other => other.GetValueOrDefault(voice.Key) ?? [])],
                });
        }

        var standing = readings.Where(voice => voice.Value.Told.Count > 0).ToDictionary(voice => voice.Key, voice => voice.Value.Told);
        return standing.ToImmutableSortedDictionary(
            voice => voice.Key,
            voice => VoiceFold.Of(readings[voice.Key]) is var folded && answers is { Count: > 0 }
                ? folded with { Provenance = folded.Provenance.Plus(Answers.Reaching(answers, voice.Key, folded, standing)) }
                : folded);
    }

    /// <summary>What each voice asserts or confirms in a cell, in ledger order.</summary>
    internal static Dictionary<Voice, List<Placed>> Voices(IEnumerable<Appearance> appearances, RegistrySnapshot registry) => Placement.Place(
        [
            .. appearances
                .Where(one => one.Claim is { Figure: not null, Stance: not Stance.Denies, Relates: not { Kind: RelationKind.Former } })
                .Order(Appearance.Order),
        ])
        .GroupBy(one => Voice.Of(one.Claim, one.Origin, registry))
        .ToDictionary(voice => voice.Key, voice => voice.ToList());
}

/// <summary>What one voice says in a cell, in the light of what it says of the related outcomes.</summary>
/// <param name="Told">What stands of it (R10), in ledger order.</param>
/// <param name="Variants">What else it said of the same (R10).</param>
/// <param name="Left">What later outcomes left of its incidents, by incident; the untouched are absent (R15).</param>
internal sealed record Reading(List<Placed> Told, IReadOnlyList<Variant> Variants, IReadOnlyDictionary<string, Bounds> Left)
{
    /// <summary>What it says of other items that one of them takes over, or is taken over by (R16).</summary>
    public IReadOnlyList<Placed> OfOtherItems { get; init; } = [];

    private static readonly IReadOnlyDictionary<string, Bounds> Untouched = new Dictionary<string, Bounds>();

    /// <summary>Nothing related was said.</summary>
    public static Reading Plain(List<Placed> told) => new(told, [], Untouched);

    /// <param name="told">What the voice says in the cell; not empty.</param>
    /// <param name="others">What it says of the related outcomes.</param>
    public static Reading Beside(List<Placed> told, Dictionary<Outcome, List<Placed>> others)
    {
        var outcome = told[0].Figure.Outcome;
        if (others.Count == 0)
        {
            return Plain(told);
        }

        if (!told[0].Figure.Item.IsPeople())
        {
            return new(told, [], StatusMoves.Left(outcome, new Dictionary<Outcome, List<Placed>>(others) { [outcome] = told }));
        }

        return outcome == Outcome.Casualties
            ? new(told, [.. others.SelectMany(other => Units.Variants(told, other.Key, other.Value))], Untouched)
            : new(others.TryGetValue(Outcome.Casualties, out var casualties) ? Units.Standing(told, casualties) : told, [], Untouched);
    }
}
