using System.Collections.Immutable;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Grains.Entities;

/// <summary>
/// What an entity tells its parent: absolute totals, kept up line by line, and which of them the parent lacks. Pure but
/// for the aggregate it reads.
/// </summary>
internal sealed class Roller(IAggregate aggregate)
{
    private static readonly Dictionary<BucketKey, IReadOnlyCollection<Appearance>> NoClaims = [];

    private readonly Dictionary<LineKey, ImmutableSortedDictionary<Voice, VoiceTally>> _totals = [];
    private readonly HashSet<LineKey> _stale = [];
    private HashSet<LineKey> _unpushed = [];
    private HashSet<BucketKey> _unpushedClaims = [];

    // Since when a bucket that the parent folds is as it is; those that have not changed in this activation are absent.
    private readonly Dictionary<BucketKey, PartVersion> _toldAt = [];
    private PartVersion? _acknowledged;
    private PartVersion _outdated;
    private bool _mustTell;
    private bool _hasUntold;
    private long _epoch;
    private long _number;

    /// <summary>Whether the parent lacks something.</summary>
    public bool HasNews => _mustTell || _unpushed.Count > 0 || _unpushedClaims.Count > 0;

    /// <summary>The epoch that all is told under; 0 before it is known.</summary>
    public long Epoch => _epoch;

    /// <summary>The last version that the parent is known to have taken; null if it is to be told everything.</summary>
    public PartVersion? LastAcknowledged => _acknowledged;

    /// <summary>Starts the versions of this activation.</summary>
    public void StartEpoch(long epoch) => _epoch = epoch;

    /// <summary>
    /// Everything is news: after a load nothing is known of what the parent holds, and under another registry it may be another
    /// parent. An answer to what was pushed before says nothing any more.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="before">The one before it; null after a load.</param>
    public void MarkAll(RegistrySnapshot registry, RegistrySnapshot? before = null)
    {
        _outdated = new PartVersion(_epoch, _number);

        // What is told again may have changed while it was not, and whoever was told of it before must not take it for what it was.
        var toldAgain = _hasUntold && before is not null ? aggregate.TellsBuckets(registry).Except(aggregate.TellsBuckets(before)).ToList() : [];
        Changed(aggregate.AllLines(registry).Union(_totals.Keys), toldAgain);
        NotAcknowledged();
    }

    /// <summary>Buckets have changed that the parent is not told of.</summary>
    public void ChangedUntold() => _hasUntold = true;

    /// <summary>These lines and buckets may have changed.</summary>
    public void Changed(IEnumerable<LineKey> lines, IEnumerable<BucketKey> buckets)
    {
        foreach (var line in lines)
        {
            _stale.Add(line);
            _unpushed.Add(line);
        }

        foreach (var bucket in buckets)
        {
            _unpushedClaims.Add(bucket);
            _toldAt[bucket] = new PartVersion(_epoch, _number + 1);
        }
    }

    /// <summary>
    /// All totals, for the row. They may be ahead of the last push, and then make a version of their own: a parent that
    /// holds the push still takes the row.
    /// </summary>
    public PartUpdate Everything(RegistrySnapshot registry)
    {
        if (HasNews)
        {
            _number++;
        }

        Refresh(registry);
        return new PartUpdate(new PartVersion(_epoch, _number), null, aggregate.TellsTotals(registry) ? _totals.ToDictionary() : [], NoClaims)
        {
            Told = aggregate.TellsBuckets(registry).ToDictionary(bucket => bucket, ToldAt),
            Resends = aggregate.TellsResends(registry),
        };
    }

    /// <summary>The next push: what changed since the last one acknowledged, or everything.</summary>
    public PartUpdate Next(RegistrySnapshot registry)
    {
        Refresh(registry);
        var (lines, buckets) = (_unpushed, _unpushedClaims);
        (_unpushed, _unpushedClaims, _mustTell) = ([], [], false);
        _number++;
        if (_acknowledged is not { } since)
        {
            return Everything(registry);
        }

        return new PartUpdate(
            new PartVersion(_epoch, _number),
            since,
            aggregate.TellsTotals(registry) ? lines.ToDictionary(line => line, line => _totals.GetValueOrDefault(line) ?? Rollup.Nobody) : [],
            NoClaims)
        {
            Told = buckets.Where(bucket => aggregate.Tells(bucket, registry)).ToDictionary(bucket => bucket, ToldAt),
            Resends = aggregate.TellsResends(registry),
        };
    }

    /// <summary>The parent is to hear from the entity, even if no total has changed.</summary>
    public void Tell() => _mustTell = true;

    /// <summary>The parent has it.</summary>
    public void Acknowledged(PartUpdate update)
    {
        if (update.Version.CompareTo(_outdated) > 0)
        {
            _acknowledged = update.Version;
        }
    }

    /// <summary>The parent holds this version: if it has acknowledged a later one, it has lost it.</summary>
    public void Held(PartVersion version)
    {
        if (_acknowledged is { } acknowledged && version.CompareTo(acknowledged) < 0)
        {
            NotAcknowledged();
        }
    }

    /// <summary>The parent lacks a version in between, or nobody knows: everything is told anew.</summary>
    public void NotAcknowledged()
    {
        _acknowledged = null;
        _mustTell = true;
    }

    /// <summary>
    /// Folds what has changed; put off until the totals are asked for, so a burst of claims on one line folds it once. All or
    /// nothing: if claims are out of memory (<see cref="IAggregate.TakeMisses"/>) nothing is taken over.
    /// </summary>
    /// <param name="registry">The registry.</param>
    /// <param name="most">Lines to fold at most.</param>
    /// <returns>Whether the totals are as the claims are.</returns>
    public bool Refresh(RegistrySnapshot registry, int most = int.MaxValue)
    {
        var totals = _stale.Take(most).Select(line => (Line: line, Total: aggregate.Total(line, registry))).ToList();
        if (aggregate.HasMisses)
        {
            return false;
        }

        foreach (var (line, total) in totals)
        {
            _stale.Remove(line);
            if (total.IsEmpty)
            {
                _totals.Remove(line);
            }
            else
            {
                _totals[line] = total;
            }
        }

        return _stale.Count == 0;
    }

    private ToldState ToldAt(BucketKey bucket) => aggregate.Told(bucket, _toldAt.TryGetValue(bucket, out var at) ? at : new PartVersion(_epoch, 0));
}
