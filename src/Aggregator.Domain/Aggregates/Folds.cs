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
            return Cell.Fold(book[bucket], registry, answers);
        }

        var stamp = book.StampOf(bucket);
        if (!_folded.TryGetValue(bucket, out var kept) || kept.Stamp != stamp)
        {
            _folded[bucket] = kept = (stamp, Cell.Fold(book[bucket], registry));
        }

        return kept.Voices;
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
            .. book.Buckets.Where(bucket => bucket.Kind != BucketKind.Said)
                .SelectMany(bucket => book[bucket])
                .Where(one => one.Claim.Stance != Stance.Asserts)
                .Order(Appearance.Order)
                .Select(one => Answer.From(one.Claim, registry))
                .OfType<Answer>(),
        ];
    }
}
