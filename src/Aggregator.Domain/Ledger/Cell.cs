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
/// The fold of one cell: from the claims on one target, item, outcome and region to what each voice says (R5–R7, R9,
/// R11). A pure function of the set of claims and of the registry; order and repetition are nothing to it (R1).
/// </summary>
public static class Cell
{
    /// <summary>What each voice says, by voice, and which answers reach it.</summary>
    /// <param name="appearances">The standing claims of the cell with a figure; denials are passed over.</param>
    /// <param name="registry">For voices.</param>
    /// <param name="answers">Denials and confirmations on the cell's target, item and outcome, made in its place or around it.</param>
    public static ImmutableSortedDictionary<Voice, VoiceTally> Fold(
        IEnumerable<Appearance> appearances, RegistrySnapshot registry, IReadOnlyCollection<Answer>? answers = null)
    {
        ArgumentNullException.ThrowIfNull(appearances);
        var told = appearances
            .Where(one => one.Claim is { Figure: not null, Stance: not Stance.Denies, Relates: not { Kind: RelationKind.Former } })
            .Order(Appearance.Order)
            .ToList();
        var voices = Placement.Place(told)
            .GroupBy(one => Voice.Of(one.Claim, one.Origin, registry))
            .ToDictionary(voice => voice.Key, voice => voice.ToList());
        return voices.ToImmutableSortedDictionary(
            voice => voice.Key,
            voice => FoldVoice(voice.Value) is var folded && answers is { Count: > 0 }
                ? folded with { Provenance = folded.Provenance.Plus(Answers.Reaching(answers, voice.Key, folded, voices)) }
                : folded);
    }

    private static VoiceTally FoldVoice(List<Placed> voice)
    {
        var details = voice
            .Where(one => one.Detail is not null)
            .GroupBy(one => one.Detail!, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(detail => detail.Key, detail => Tally.Combine(Own([.. detail]), []), StringComparer.Ordinal);
        var tally = Tally.Combine(Own([.. voice.Where(one => one.Detail is null)]), [.. details.Values]);
        var unnumbered = voice
            .Where(one => one.Figure.Bounds.IsUnnumbered)
            .Select(one => (one.Detail, one.Claim.Incident, one.Period))
            .Distinct()
            .Count();
        return new VoiceTally(
            // What a formation or a model lacks of the whole is no gap in what is known of places.
            tally with { Unallocated = null },
            Provenance.Of(voice, unnumbered),
            details);
    }

    /// <summary>The figures of one voice and one detail.</summary>
    private static OwnFigures Own(List<Placed> detail)
    {
        var totals = detail.Where(one => one.Figure.Basis == Basis.Cumulative).ToList();
        var since = RunningTotals.FirstSince(totals);
        var series = totals.Where(one => one.Figure.Since is null || one.Figure.Since == since);
        var dated = detail
            .Where(one => one.Figure.Basis == Basis.Incident)
            .Concat(totals.Where(one => one.Figure.Since > since).Select(one => one with { Period = new Period(one.Figure.Since!.Value, one.Period.To) }))
            .ToList();
        return new OwnFigures(
            RunningTotals.Standing(series, since),
            Dated(dated.Where(one => one.Claim.Incident is null).GroupBy(one => (object)one.Period)),
            Dated(dated.Where(one => one.Claim.Incident is not null).GroupBy(one => (object)one.Claim.Incident!)));
    }

    private static ImmutableSortedDictionary<Period, Bounds> Dated(IEnumerable<IGrouping<object, Placed>> keys)
    {
        var days = ImmutableSortedDictionary.CreateBuilder<Period, Bounds>();
        foreach (var key in keys)
        {
            var told = key.Order(Comparer<Placed>.Create((left, right) => Appearance.Order.Compare(left.Appearance, right.Appearance))).ToList();
            if (Statements.Figure(told) is { } figure)
            {
                // An incident counts for the days its latest telling gives it.
                var period = told[^1].Period;
                days[period] = days.TryGetValue(period, out var other) ? other.Plus(figure) : figure;
            }
        }

        return days.ToImmutable();
    }
}
