using System.Collections.Immutable;
using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// R15: within one incident equipment moves from an earlier outcome to a later one and counts once. The later outcome takes
/// what it counts from the outcomes before it, the nearest first; of one day, destroyed goes over captured over damaged over
/// abandoned.
/// </summary>
internal static class StatusMoves
{
    /// <summary>The outcomes that take from one another; those after the first win over those before it on one day.</summary>
    private static readonly ImmutableArray<Outcome> Ranks = [Outcome.Abandoned, Outcome.Damaged, Outcome.Captured, Outcome.Destroyed];

    /// <summary>The outcomes that bear on what stands as this one.</summary>
    public static IEnumerable<Outcome> Related(Outcome outcome) => Ranks.Contains(outcome) ? Ranks.Where(other => other != outcome) : [];

    /// <summary>What is left of a voice's incidents after what later outcomes took, by incident; the untouched are absent.</summary>
    /// <param name="outcome">The outcome asked for.</param>
    /// <param name="told">What the voice said of each outcome.</param>
    public static IReadOnlyDictionary<string, Bounds> Left(Outcome outcome, IReadOnlyDictionary<Outcome, List<Placed>> told)
    {
        var left = new Dictionary<string, Bounds>(StringComparer.Ordinal);
        var byOutcome = told.Where(pair => Ranks.Contains(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value.Where(IsIncident).ToLookup(one => one.Claim.Incident!, StringComparer.Ordinal));
        foreach (var incident in byOutcome.GetValueOrDefault(outcome)?.Select(one => one.Key) ?? [])
        {
            var steps = byOutcome
                .Select(pair => (Outcome: pair.Key, Told: pair.Value[incident].ToList()))
                .Where(step => step.Told.Count > 0)
                .Select(step => (step.Outcome, Day: step.Told[^1].Period.To, Figure: FigureOf(step.Told)))
                .Where(step => step.Figure is not null)
                .OrderBy(step => step.Day)
                .ThenBy(step => Ranks.IndexOf(step.Outcome))
                .ToArray();
            if (steps.Length > 1 && Array.FindIndex(steps, step => step.Outcome == outcome) is >= 0 and var at)
            {
                left[incident] = Play([.. steps.Select(step => step.Figure!.Value)])[at];
            }
        }

        return left;
    }

    /// <summary>A voice's figure of an incident, cut to what is left of the whole; details in their order take what there is.</summary>
    public static Bounds Cut(string incident, Bounds figure, Dictionary<string, Bounds> left)
    {
        if (!left.TryGetValue(incident, out var remaining))
        {
            return figure;
        }

        var cut = figure.Min(remaining);
        left[incident] = remaining.Less(cut);
        return cut;
    }

    private static Bounds[] Play(Bounds[] figures)
    {
        for (var later = 1; later < figures.Length; later++)
        {
            var taking = figures[later];
            for (var earlier = later - 1; earlier >= 0; earlier--)
            {
                var before = figures[earlier];
                figures[earlier] = before.Less(taking);
                taking = taking.Less(before);
            }
        }

        return figures;
    }

    private static Bounds? FigureOf(List<Placed> told)
    {
        var whole = Statements.Figure([.. told.Where(one => one.Detail is null)]);
        var details = told.Where(one => one.Detail is not null).GroupBy(one => one.Detail!, StringComparer.Ordinal)
            .Select(detail => Statements.Figure([.. detail])).OfType<Bounds>().ToArray();
        var sum = details.Aggregate(Bounds.Zero, (all, one) => all.Plus(one));
        return whole is { } figure ? (details.Length == 0 ? figure : figure.Max(sum)) : details.Length == 0 ? null : sum;
    }

    private static bool IsIncident(Placed one) => one.Claim.Incident is not null && one.Figure.Basis == Basis.Incident;
}
