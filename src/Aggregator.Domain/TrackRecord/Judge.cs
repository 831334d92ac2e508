using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.TrackRecord;

/// <summary>
/// R17: what became of each source's word on the statements of one cell. Judged are statements told by at least two origins:
/// the last figure that a source gave is confirmed if it overlaps the one that stands, else contradicted. A figure that
/// nobody else told says nothing of its source.
/// </summary>
internal static class Judge
{
    private static readonly IReadOnlyDictionary<string, Judgements> Nothing = new Dictionary<string, Judgements>();

    /// <summary>By source id; sources that cannot be judged are absent.</summary>
    /// <param name="cell">The standing claims of one cell with a figure, in no order.</param>
    /// <param name="registry">For voices.</param>
    public static IReadOnlyDictionary<string, Judgements> Of(IReadOnlyCollection<Appearance> cell, RegistrySnapshot registry)
    {
        // One source makes one origin: most cells are done with here.
        if (cell.Select(one => one.Claim.Source.Id).Distinct(StringComparer.Ordinal).Take(2).Count() < 2)
        {
            return Nothing;
        }

        var judged = new Dictionary<string, Judgements>(StringComparer.Ordinal);
        foreach (var statement in Cell.Voices(cell, registry).Values.SelectMany(said => said.Where(one => !one.Figure.Bounds.IsUnnumbered).GroupBy(KeyOf)))
        {
            var told = statement.ToList();
            if (told.TrueForAll(one => one.Origin == told[0].Origin))
            {
                continue;
            }

            var values = Statements.PerReport(told).ToList();
            var standing = Statements.New(values).Last();
            foreach (var source in values.GroupBy(one => one.Appearance.Claim.Source.Id, StringComparer.Ordinal))
            {
                var last = source.Last().Value;
                judged[source.Key] = judged.GetValueOrDefault(source.Key).Plus(Overlap(last, standing) ? new Judgements(1, 0) : new Judgements(0, 1));
            }
        }

        return judged.Count == 0 ? Nothing : judged;
    }

    // The key of a statement (R6) within its cell and voice; of a running total the day it is stated for is the period.
    private static (Basis, string?, string?, Period) KeyOf(Placed one) => one.Claim.Incident is { } incident
        ? (one.Figure.Basis, one.Detail, incident, default)
        : (one.Figure.Basis, one.Detail, null, one.Period);

    private static bool Overlap(Bounds left, Bounds right) =>
        (left.Low ?? 0) <= (right.High ?? long.MaxValue) && (right.Low ?? 0) <= (left.High ?? long.MaxValue);
}
