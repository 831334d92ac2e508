using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Ledger;

/// <summary>
/// R10: killed, wounded and casualties never mix. Where one voice is carried with the same bounds for one period as killed
/// (or wounded) and, by another origin, as casualties, casualties stands and the other is its variant. An origin that tells
/// both means both.
/// </summary>
internal static class Units
{
    /// <summary>The outcomes that bear on what stands as this one.</summary>
    public static IEnumerable<Outcome> Related(Outcome outcome) => outcome switch
    {
        Outcome.Killed or Outcome.Wounded => [Outcome.Casualties],
        Outcome.Casualties => [Outcome.Killed, Outcome.Wounded],
        _ => [],
    };

    /// <summary>What stands of a voice told as killed or wounded beside what it said as casualties.</summary>
    public static List<Placed> Standing(List<Placed> told, List<Placed> casualties) => [.. told.Where(one => !IsVariant(one, casualties))];

    /// <summary>What a voice's casualties were also told as.</summary>
    public static IEnumerable<Variant> Variants(List<Placed> casualties, Outcome outcome, List<Placed> told) => told
        .Where(one => IsVariant(one, casualties))
        .GroupBy(one => (one.Figure.Bounds, one.Period))
        .Select(reading => new Variant(outcome, reading.Key.Bounds, reading.Key.Period.To, reading.First().Claim.Key));

    private static bool IsVariant(Placed one, List<Placed> casualties)
    {
        if (one.Figure.Bounds.IsUnnumbered)
        {
            return false;
        }

        var same = casualties.Where(other =>
            other.Figure.Bounds == one.Figure.Bounds
            && other.Figure.Basis == one.Figure.Basis
            && other.Detail == one.Detail
            && other.Claim.Incident == one.Claim.Incident
            && (one.Claim.Incident is not null || other.Period == one.Period)).ToList();
        return same.Count > 0 && same.TrueForAll(other => other.Origin != one.Origin);
    }
}
