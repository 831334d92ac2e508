using Aggregator.Domain.Activity;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// When an entity's own claims came (R18), added up chunk by chunk. A claim is in several buckets and counts in the first of them; and a write that broke off may
/// have left it in two chunks of that one, and counts once.
/// </summary>
/// <param name="owner">The entity.</param>
/// <param name="root">Id of the entity that was asked first (<see cref="Telling.Counted"/>).</param>
/// <param name="registry">The registry the claims are counted under.</param>
/// <param name="bucket">How finely.</param>
/// <param name="by">By which time.</param>
public sealed class OwnTimeline(EntityKey owner, string root, RegistrySnapshot registry, TimelineBucket bucket, TimelineBy by)
{
    private readonly HashSet<UInt128> _counted = [];

    /// <summary>What has been added up so far.</summary>
    public Timeline Timeline { get; private set; } = Timeline.Of([], bucket, by);

    /// <summary>Adds the standing claims of a chunk.</summary>
    /// <param name="of">The bucket that it is of.</param>
    /// <param name="standing">Its claims that stand.</param>
    public void Add(BucketKey of, IEnumerable<Appearance> standing)
    {
        var own = standing.Where(one => BucketKey.Of(one.Claim, owner).First() == of && _counted.Add(ClaimIdentity.Hash(one.Claim.Key)));
        Timeline = Timeline.Plus(Timeline.Of(Telling.Counted(own, owner, root, registry), bucket, by));
    }
}
