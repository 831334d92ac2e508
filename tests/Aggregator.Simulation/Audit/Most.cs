using Aggregator.Domain.Log;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;

namespace Aggregator.Simulation.Audit;

/// <summary>
/// How many claims a view may count at most (B): each that was sent once for every entity that one of its versions names, there or below. A correction that moves
/// a claim from one place to another may show above both for as long as the two have not both heard of it.
/// </summary>
internal sealed class Most(Journal journal, Edits edits)
{
    /// <summary>The most for an entity.</summary>
    public int Of(EntityKey entity) => journal.Sent
        .SelectMany(claim => LogRecord.TouchedBy(claim).Where(one => one.Kind == entity.Kind && IsWithin(one, entity)), (claim, one) => (claim.Key, one))
        .Distinct().Count();

    private bool IsWithin(EntityKey one, EntityKey entity) => one == entity || edits.All.Any(registry => registry.Ancestors(one.Kind, one.Id).Contains(entity.Id));
}
