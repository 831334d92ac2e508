using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>
/// The standing claims of one entity, by bucket, and its counts: the fold of the log for that entity. Applying a record
/// is the same live and in replay. Events are counted, not kept; the log has their words.
/// </summary>
public sealed class ClaimBook(EntityKey owner)
{
    private readonly Dictionary<BucketKey, Dictionary<ClaimKey, Appearance>> _buckets = [];
    private readonly HashSet<BucketKey> _dirty = [];
    private readonly Dictionary<BucketKey, long> _stamps = [];
    private readonly Counts _counts = new();
    private long _stamp;

    /// <summary>The entity.</summary>
    public EntityKey Owner => owner;

    /// <summary>Its counts.</summary>
    public Counts Counts => _counts;

    /// <summary>The buckets that have claims.</summary>
    public IEnumerable<BucketKey> Buckets => _buckets.Keys;

    /// <summary>Grows with every change of any bucket.</summary>
    public long Stamp => _stamp;

    /// <summary>Another number after every change of the bucket: what a fold of it may be kept by.</summary>
    public long StampOf(BucketKey bucket) => _stamps.GetValueOrDefault(bucket);

    /// <summary>The claims of a bucket, in no order; empty if there is none.</summary>
    public IReadOnlyCollection<Appearance> this[BucketKey bucket] =>
        _buckets.TryGetValue(bucket, out var claims) ? claims.Values : [];

    /// <summary>Folds one record in.</summary>
    /// <returns>The buckets that changed.</returns>
    public IReadOnlyCollection<BucketKey> Apply(PlacedRecord placed)
    {
        ArgumentNullException.ThrowIfNull(placed);
        var changed = new HashSet<BucketKey>();
        switch (placed.Record)
        {
            case LogRecord.Added added:
                Put(added.Claim, placed.Position, changed);
                break;
            case LogRecord.Corrected corrected:
                _counts.Corrections += corrected.Claim.Source.Id == owner.Id && owner.Kind == EntityKind.Source ? 1 : 0;
                if (corrected.Stands)
                {
                    Take(corrected.Replaced, changed);
                    Put(corrected.Claim, placed.Position, changed);
                }

                break;
            case LogRecord.Duplicates duplicates:
                _counts.Duplicates += duplicates.Count;
                break;
            default:
                throw new InvalidOperationException($"no fold for {placed.Record.GetType().Name}");
        }

        foreach (var bucket in changed)
        {
            _dirty.Add(bucket);
            _stamps[bucket] = ++_stamp;
        }

        return changed;
    }

    /// <summary>The buckets that changed since the last call.</summary>
    public IReadOnlyCollection<BucketKey> TakeDirty()
    {
        var dirty = _dirty.ToArray();
        _dirty.Clear();
        return dirty;
    }

    /// <summary>Puts a stored bucket back.</summary>
    internal void Restore(BucketKey bucket, IEnumerable<Appearance> claims)
    {
        var restored = _buckets[bucket] = [];
        foreach (var appearance in claims)
        {
            restored[appearance.Claim.Key] = appearance;
        }

        _stamps[bucket] = ++_stamp;
    }

    private bool Touches(Claim claim) => LogRecord.TouchedBy(claim).Contains(owner);

    private void Put(Claim claim, LogPosition position, HashSet<BucketKey> changed)
    {
        if (!Touches(claim))
        {
            return;
        }

        _counts.Count(claim, owner, 1);
        var appearance = new Appearance(WithoutWords(claim), position);
        foreach (var bucket in BucketsOf(claim))
        {
            if (!_buckets.TryGetValue(bucket, out var claims))
            {
                _buckets[bucket] = claims = [];
            }

            claims[claim.Key] = appearance;
            changed.Add(bucket);
        }
    }

    private void Take(Claim claim, HashSet<BucketKey> changed)
    {
        if (!Touches(claim))
        {
            return;
        }

        _counts.Count(claim, owner, -1);
        foreach (var bucket in BucketsOf(claim))
        {
            if (_buckets.TryGetValue(bucket, out var claims) && claims.Remove(claim.Key))
            {
                changed.Add(bucket);
                if (claims.Count == 0)
                {
                    _buckets.Remove(bucket);
                }
            }
        }
    }

    private IEnumerable<BucketKey> BucketsOf(Claim claim)
    {
        var region = claim.Region?.Id ?? RegistrySnapshot.World;
        if (claim.Figure is { } figure)
        {
            var cell = new CellKey(claim.Target?.Id, figure.Item, figure.Outcome, region);
            if ((owner.Kind == EntityKind.Region && owner.Id == region)
                || (owner.Kind == EntityKind.Actor && owner.Id == claim.Target?.Id))
            {
                yield return new BucketKey(BucketKind.Cell, cell);
            }

            if (owner.Kind == EntityKind.Actor && owner.Id == claim.Claimant?.Id)
            {
                yield return new BucketKey(BucketKind.Said, cell);
            }
        }
        else if (claim.Holder is not null && owner.Kind == EntityKind.Region)
        {
            yield return new BucketKey(BucketKind.Control, new CellKey(null, default, default, region));
        }
    }

    // The fold needs no words; they stay in the log, where the claim's position leads to them.
    private static Claim WithoutWords(Claim claim) => claim with
    {
        Quote = null,
        Span = null,
        Credibility = null,
        Report = claim.Report is { } report ? report with { Title = null } : null,
        Figure = claim.Figure is { Phrase: not null } figure ? figure with { Phrase = null } : claim.Figure,
    };
}
