using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Aggregates;

/// <summary>Names a total that an entity gives to its parent.</summary>
/// <param name="Target">Regions: the target's voice, null for everyone. Actors: null, the target is the actor.</param>
/// <param name="Item">What is counted.</param>
/// <param name="Outcome">What happened to it.</param>
/// <param name="Place">Actors: the region, since actors roll up within each place (R14). Regions: null.</param>
public readonly record struct LineKey(string? Target, Item Item, Outcome Outcome, string? Place) : IComparable<LineKey>
{
    /// <inheritdoc/>
    public int CompareTo(LineKey other)
    {
        var byTarget = string.CompareOrdinal(Target, other.Target);
        if (byTarget != 0)
        {
            return byTarget;
        }

        var byItem = Item.CompareTo(other.Item);
        if (byItem != 0)
        {
            return byItem;
        }

        var byOutcome = Outcome.CompareTo(other.Outcome);
        return byOutcome != 0 ? byOutcome : string.CompareOrdinal(Place, other.Place);
    }
}
