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
    private HashSet<BucketKey> _unpushedSaid = [];
    private PartVersion? _acknowledged;
    private bool _mustTell;
    private long _epoch;
    private long _number;

    /// <summary>Whether the parent lacks something.</summary>
    public bool HasNews => _mustTell || _unpushed.Count > 0 || _unpushedSaid.Count > 0;

    /// <summary>Starts the versions of this activation.</summary>
    public void StartEpoch(long epoch) => _epoch = epoch;

    /// <summary>Everything is news: after a load nothing is known of what the parent holds.</summary>
    public void MarkAll(RegistrySnapshot registry)
    {
        Changed(aggregate.AllLines(registry), []);
        NotAcknowledged();
    }

    /// <summary>These lines and buckets may have changed.</summary>
    public void Changed(IEnumerable<LineKey> lines, IEnumerable<BucketKey> said)
    {
        foreach (var line in lines)
        {
            _stale.Add(line);
            _unpushed.Add(line);
        }

        _unpushedSaid.UnionWith(said.Where(bucket => bucket.Kind == BucketKind.Said));
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
            _totals.ToDictionary(),
            TellsSaid(registry) ? SaidBuckets().Distinct().ToDictionary(bucket => bucket, Said) : []);
    }

    /// <summary>The next push: what changed since the last one acknowledged, or everything.</summary>
    public PartUpdate Next(RegistrySnapshot registry)
    {
        Refresh(registry);
        var (lines, said) = (_unpushed, _unpushedSaid);
        (_unpushed, _unpushedSaid, _mustTell) = ([], [], false);
        _number++;
        if (_acknowledged is not { } since)
        {
            return Everything(registry);
        }

        return new PartUpdate(
            new PartVersion(_epoch, _number),
            since,
            lines.ToDictionary(line => line, line => _totals.GetValueOrDefault(line) ?? Rollup.Nobody),
            TellsSaid(registry) ? said.ToDictionary(bucket => bucket, Said) : []);
    }

    /// <summary>The parent has it.</summary>
    public void Acknowledged(PartUpdate update) => _acknowledged = update.Version;

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

    // A body's words are the parent's too only where they share the voice (docs/rules.md).
    private bool TellsSaid(RegistrySnapshot registry) =>
        aggregate.Book.Owner is { Kind: EntityKind.Actor, Id: var id }
        && registry.Parent(EntityKind.Actor, id) is { } parent
        && registry.Voice(id) == registry.Voice(parent);

    private IEnumerable<BucketKey> SaidBuckets() =>
        aggregate.Book.Buckets.Where(bucket => bucket.Kind == BucketKind.Said).Concat(aggregate.Parts.SaidBuckets);

    private IReadOnlyCollection<Appearance> Said(BucketKey bucket) => [.. aggregate.Book[bucket], .. aggregate.Parts.Said(bucket)];
}
