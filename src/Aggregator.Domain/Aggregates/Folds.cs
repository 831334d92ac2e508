using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>
/// The folds of an entity's buckets, kept until the bucket or the registry changes: a claim folds its own cell again and
/// no other. Also finds buckets and answers by what they are about, without looking at all of them.
/// </summary>
internal sealed class Folds(ClaimBook book)
{
    private readonly Dictionary<BucketKey, (long Stamp, Voices Voices)> _folded = [];
    private RegistrySnapshot? _registry;
    private long _indexed = -1;
    private ILookup<(BucketKind, Item, Outcome), BucketKey> _buckets = Enumerable.Empty<BucketKey>().ToLookup(bucket => (bucket.Kind, bucket.Cell.Item, bucket.Cell.Outcome));
    private Answer[] _answers = [];

    /// <summary>The buckets of one kind on an item and outcome.</summary>
    public IEnumerable<BucketKey> Buckets(BucketKind kind, Item item, Outcome outcome)
    {
        Index();
        return _buckets[(kind, item, outcome)];
    }

    /// <summary>The answers among the entity's own claims, in ledger order.</summary>
    public IReadOnlyList<Answer> Answers(RegistrySnapshot registry)
    {
        Under(registry);
        Index();
        return _answers;
    }

    /// <summary>What each voice says in a bucket, with the answers that reach it.</summary>
    public Voices Fold(BucketKey bucket, RegistrySnapshot registry, IReadOnlyCollection<Answer> answers)
    {
        Under(registry);
        if (answers.Count > 0)
        {
            return Cell.Fold(book[bucket], registry, answers, [.. Related(bucket).SelectMany(other => book[other])]);
        }

        var stamp = Related(bucket).Append(bucket).Max(book.StampOf);
        if (!_folded.TryGetValue(bucket, out var kept) || kept.Stamp != stamp)
        {
            _folded[bucket] = kept = (stamp, Cell.Fold(book[bucket], registry, null, [.. Related(bucket).SelectMany(other => book[other])]));
        }

        return kept.Voices;
    }

    /// <summary>The buckets whose claims bear on what stands in this one (R10, R15).</summary>
    public static IEnumerable<BucketKey> Related(BucketKey bucket) =>
        Cell.Related(bucket.Cell.Outcome, bucket.Cell.Item).Select(outcome => bucket with { Cell = bucket.Cell with { Outcome = outcome } });

    /// <summary>The outcomes whose lines a change of the bucket may change: its own, those it bears on and the one it is part of (R22).</summary>
    public IEnumerable<Outcome> Affected(BucketKey bucket)
    {
        var (_, item, outcome, _) = bucket.Cell;
        yield return outcome;
        foreach (var other in Related(bucket).Where(other => book[other].Count > 0))
        {
            yield return other.Cell.Outcome;
        }

        if (Outcome.Lost.Parts(item).Contains(outcome))
        {
            yield return Outcome.Lost;
        }
    }

    private void Under(RegistrySnapshot registry)
    {
        if (!ReferenceEquals(_registry, registry))
        {
            _registry = registry;
            _folded.Clear();
            _indexed = -1;
        }
    }

    private void Index()
    {
        if (_indexed == book.Stamp)
        {
            return;
        }

        _indexed = book.Stamp;
        _buckets = book.Buckets.ToLookup(bucket => (bucket.Kind, bucket.Cell.Item, bucket.Cell.Outcome));
        _answers = _registry is not { } registry ? [] :
        [
            .. book.Buckets.Where(bucket => bucket.Kind is BucketKind.Cell or BucketKind.Control)
                .SelectMany(bucket => book[bucket])
                .Where(one => one.Claim.Stance != Stance.Asserts)
                .Order(Appearance.Order)
                .Select(one => Answer.From(one.Claim, registry))
                .OfType<Answer>(),
        ];
    }
}
