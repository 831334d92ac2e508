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
    private readonly Dictionary<LineKey, ImmutableSortedDictionary<Voice, VoiceTally>> _totals = [];
    private readonly HashSet<LineKey> _stale = [];
    private HashSet<LineKey> _unpushed = [];
    private HashSet<BucketKey> _unpushedClaims = [];
    private PartVersion? _acknowledged;
    private PartVersion _outdated;
    private bool _mustTell;
    private long _epoch;
    private long _number;

    /// <summary>Whether the parent lacks something.</summary>
    public bool HasNews => _mustTell || _unpushed.Count > 0 || _unpushedClaims.Count > 0;

    /// <summary>Starts the versions of this activation.</summary>
    public void StartEpoch(long epoch) => _epoch = epoch;

    /// <summary>
    /// Everything is news: after a load nothing is known of what the parent holds, and under another registry it may be another
    /// parent. An answer to what was pushed before says nothing any more.
    /// </summary>
    public void MarkAll(RegistrySnapshot registry)
    {
        _outdated = new PartVersion(_epoch, _number);
        Changed(aggregate.AllLines(registry).Union(_totals.Keys), []);
        NotAcknowledged();
    }

    /// <summary>These lines and buckets may have changed.</summary>
    public void Changed(IEnumerable<LineKey> lines, IEnumerable<BucketKey> buckets)
    {
        foreach (var line in lines)
        {
            _stale.Add(line);
            _unpushed.Add(line);
        }

        _unpushedClaims.UnionWith(buckets);
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
        return new PartUpdate(
            new PartVersion(_epoch, _number),
            null,
            aggregate.TellsTotals(registry) ? _totals.ToDictionary() : [],
            aggregate.TellsBuckets(registry).ToDictionary(bucket => bucket, aggregate.Claims));
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
            buckets.Where(bucket => aggregate.Tells(bucket, registry)).ToDictionary(bucket => bucket, aggregate.Claims));
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

    // Folding is put off until the totals are asked for, so a burst of claims on one line folds it once.
    private void Refresh(RegistrySnapshot registry)
    {
        foreach (var line in _stale)
        {
            var total = aggregate.Total(line, registry);
            if (total.IsEmpty)
            {
                _totals.Remove(line);
            }
            else
            {
                _totals[line] = total;
            }
        }

        _stale.Clear();
    }
}
