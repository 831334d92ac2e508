using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>The fold of what one voice says in one cell: statements, running totals and details (R6–R8, R11, R15, R16).</summary>
internal static class VoiceFold
{
    private static readonly Comparer<Placed> InLedgerOrder = Comparer<Placed>.Create((left, right) => Appearance.Order.Compare(left.Appearance, right.Appearance));

    /// <summary>The voice's figures and what they rest on.</summary>
    public static VoiceTally Of(Reading reading)
    {
        var voice = reading.Told;
        var item = voice[0].Figure.Item;
        var redefined = Redefinitions.Of(voice, reading.OfOtherItems);
        var classes = voice.GroupBy(one => one.Detail ?? "", StringComparer.Ordinal).ToDictionary(detail => detail.Key, detail => detail.ToList(), StringComparer.Ordinal);
        var variants = new List<Variant>(reading.Variants);

        // Details share what is left of an incident; the whole is measured against all of it.
        var left = new Dictionary<string, Bounds>(reading.Left, StringComparer.Ordinal);
        var own = classes.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(
            pair => pair.Key,
            pair => Own(pair.Key, pair.Value, pair.Key.Length == 0 ? reading.Left.ToDictionary(StringComparer.Ordinal) : left),
            StringComparer.Ordinal);

        var details = own.Where(pair => pair.Key.Length > 0).ToImmutableSortedDictionary(
            pair => pair.Key,
            pair => Tally.Combine(pair.Value, []) with { Superseded = redefined.EndOf(new(item, pair.Key)) is not null },
            StringComparer.Ordinal);

        // What other items took over as a whole is shown as it last stood; nothing of this item would be left to show.
        var superseded = own.Keys.All(detail => redefined.EndOf(new(item, detail)) is { By: var by } && by.Item != item);
        var tally = Tally.Combine(
            Counted("", own.GetValueOrDefault("") ?? OwnFigures.None),
            [.. own.Where(pair => pair.Key.Length > 0).Select(pair => Tally.Combine(Counted(pair.Key, pair.Value), []))]);
        var unnumbered = voice
            .Where(one => one.Figure.Bounds.IsUnnumbered)
            .Select(one => (one.Detail, one.Claim.Incident, one.Claim.Incident is null ? one.Period : default))
            .Distinct()
            .Count();
        return new VoiceTally(
            // What a formation or a model lacks of the whole is no gap in what is known of places.
            tally with { Unallocated = null, Superseded = superseded },
            Provenance.Of(voice, unnumbered) with { Variants = [.. variants.Distinct().Order().Take(Variant.Maximum)] },
            details);

        OwnFigures Counted(string detail, OwnFigures figures) =>
            !superseded && redefined.EndOf(new(item, detail)) is { Day: var day } ? Redefinitions.After(figures, day) : figures;

        OwnFigures Own(string detail, List<Placed> told, Dictionary<string, Bounds> remaining)
        {
            var (figures, variant) = OwnOf(told, redefined.TakenOver(new(item, detail)), remaining);
            if (variant is { } other)
            {
                variants.Add(other);
            }

            return figures;
        }
    }

    /// <summary>The figures of one voice and one detail.</summary>
    private static (OwnFigures Figures, Variant? Variant) OwnOf(
        List<Placed> detail, IReadOnlyDictionary<DateOnly, Bounds> takenOver, Dictionary<string, Bounds> left)
    {
        var totals = detail.Where(one => one.Figure.Basis == Basis.Cumulative).ToList();
        var since = RunningTotals.FirstSince(totals);
        var dated = detail
            .Where(one => one.Figure.Basis == Basis.Incident)
            .Concat(totals.Where(one => one.Figure.Since > since).Select(one => one with { Period = new Period(one.Figure.Since!.Value, one.Period.To) }))
            .ToList();
        var (total, variant) = RunningTotals.First(totals, takenOver);
        return (
            new OwnFigures(
                total,
                DatedFigures.Sum(Figures(dated.Where(one => one.Claim.Incident is null).GroupBy(one => one.Period)).Select(one => KeyValuePair.Create(one.Key, one.Figure))),
                Tally.NoIncidents.AddRange(Figures(dated.Where(one => one.Claim.Incident is not null).GroupBy(one => one.Claim.Incident!))
                    .Select(one => KeyValuePair.Create(new IncidentDay(one.Key, one.Period), StatusMoves.Cut(one.Key, one.Figure, left))))),
            variant);
    }

    // A statement counts for the days its latest telling gives it.
    private static IEnumerable<(TKey Key, Period Period, Bounds Figure)> Figures<TKey>(IEnumerable<IGrouping<TKey, Placed>> keys)
    {
        foreach (var key in keys)
        {
            var told = key.Order(InLedgerOrder).ToList();
            if (Statements.Figure(told) is { } figure)
            {
                yield return (key.Key, told[^1].Period, figure);
            }
        }
    }
}
