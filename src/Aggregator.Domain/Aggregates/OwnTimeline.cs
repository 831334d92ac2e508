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
    private readonly Dictionary<BucketKey, HashSet<UInt128>> _counted = [];
    private bool _isBucketByBucket;
    private BucketKey _last;

    /// <summary>What has been added up so far.</summary>
    public Timeline Timeline { get; private set; } = Timeline.Of([], bucket, by);

    /// <summary>From here on what is added comes bucket by bucket: which claims have been counted is kept of one of them, and of those that were added before.</summary>
    public void GoBucketByBucket() => _isBucketByBucket = true;

    /// <summary>Adds the standing claims of a chunk.</summary>
    /// <param name="of">The bucket that it is of.</param>
    /// <param name="standing">Its claims that stand.</param>
    public void Add(BucketKey of, IEnumerable<Appearance> standing)
    {
        if (_isBucketByBucket && of != _last)
        {
            _counted.Remove(_last);
            _last = of;
        }

        if (!_counted.TryGetValue(of, out var counted))
        {
            _counted[of] = counted = [];
        }

        var own = standing.Where(one => BucketKey.Of(one.Claim, owner).First() == of && counted.Add(ClaimIdentity.Hash(one.Claim.Key)));
        Timeline = Timeline.Plus(Timeline.Of(Telling.Counted(own, owner, root, registry), bucket, by));
    }
}
