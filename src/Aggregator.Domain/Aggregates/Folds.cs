using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>
/// The claims of an entity as they read under a registry, its own and those its parts give it to fold, and the folds of their
/// buckets, kept until the bucket or the registry changes: a claim folds its own cell again and no other. Also finds buckets
/// and answers by what they are about, without looking at all of them.
/// </summary>
internal sealed class Folds(ClaimBook book, Parts parts)
{
    private readonly Dictionary<BucketKey, (long Stamp, Voices Voices)> _folded = [];
    private readonly Dictionary<BucketKey, (long Stamp, Answer[] Answers)> _answered = [];
    private RegistrySnapshot? _registry;
    private (long, long) _indexed = (-1, -1);

    // By the bucket as it reads now, those that have claims, and the last change of any that is or was one of them.
    private Dictionary<BucketKey, List<BucketKey>> _kept = [];
    private Dictionary<BucketKey, long> _stamps = [];
    private ILookup<(BucketKind, Item, Outcome), BucketKey> _buckets = Enumerable.Empty<BucketKey>().ToLookup(bucket => (bucket.Kind, bucket.Cell.Item, bucket.Cell.Outcome));
    private Answer[] _answers = [];

    // By bucket, the other items that ever were to take it over or be taken over by it; a retracted claim leaves its pair here.
    private readonly Dictionary<BucketKey, HashSet<Item>> _redefined = [];

    // The buckets that ever had an answer that names claims: it may reach any line (R12). Of who holds a place it reaches that alone.
    private readonly HashSet<BucketKey> _naming = [];
    private readonly Dictionary<BucketKey, long> _looked = [];

    /// <summary>The buckets that have claims.</summary>
    public IReadOnlyCollection<BucketKey> All(RegistrySnapshot registry)
    {
        Index(registry);
        return _kept.Keys;
    }

    /// <summary>The buckets of one kind on an item and outcome.</summary>
    public IEnumerable<BucketKey> Buckets(BucketKind kind, Item item, Outcome outcome, RegistrySnapshot registry)
    {
        Index(registry);
        return _buckets[(kind, item, outcome)];
    }

    /// <summary>The standing claims of a bucket, in no order.</summary>
    public IReadOnlyCollection<Appearance> Claims(BucketKey bucket, RegistrySnapshot registry)
    {
        Index(registry);
        return !_kept.TryGetValue(bucket, out var kept) ? []
            : [.. kept.SelectMany(one => book[one].Concat(parts.Claims(one))).Select(one => one.Under(registry))];
    }

    /// <summary>The answers among the claims on losses and on control.</summary>
    public IReadOnlyList<Answer> Answers(RegistrySnapshot registry)
    {
        Index(registry);
        return _answers;
    }

    /// <summary>Whether the bucket has, or once had, answers that name claims.</summary>
    public bool NamesClaims(BucketKey bucket, RegistrySnapshot registry)
    {
        Index(registry);
        return _naming.Contains(bucket);
    }

    /// <summary>What each voice says in a bucket, with the answers that reach it.</summary>
    public Voices Fold(BucketKey bucket, RegistrySnapshot registry, IReadOnlyCollection<Answer> answers)
    {
        Index(registry);
        var related = Related(bucket).Concat(Redefined(bucket)).ToArray();
        // Those that name claims come with every line: few of them are of this one's, and the kept fold is as good for the rest.
        if (answers.Any(answer => answer.RefersTo.Count == 0 || Claims(bucket, registry).Any(one => answer.Names(one.Claim.Key))))
        {
            return Fold(answers);
        }

        var stamp = related.Append(bucket).Max(StampOf);
        if (!_folded.TryGetValue(bucket, out var kept) || kept.Stamp != stamp)
        {
            _folded[bucket] = kept = (stamp, Fold(null));
        }

        return kept.Voices;

        Voices Fold(IReadOnlyCollection<Answer>? reaching) =>
            Cell.Fold(Claims(bucket, registry), registry, reaching, [.. related.SelectMany(other => Claims(other, registry))]);
    }

    /// <summary>The buckets whose claims bear on what stands in this one (R10, R15).</summary>
    public static IEnumerable<BucketKey> Related(BucketKey bucket) =>
        Cell.Related(bucket.Cell.Outcome, bucket.Cell.Item).Select(outcome => bucket with { Cell = bucket.Cell with { Outcome = outcome } });

    /// <summary>
    /// The items and outcomes whose lines a change of the bucket may change: its own, those it bears on and those it is part of
    /// (R10, R15, R16, R22).
    /// </summary>
    public IEnumerable<(Item Item, Outcome Outcome)> Affected(BucketKey bucket, RegistrySnapshot registry)
    {
        Index(registry);
        return Related(bucket)
            .Concat(Redefined(bucket))
            .Where(_kept.ContainsKey)
            .Prepend(bucket)
            .SelectMany<BucketKey, (Item, Outcome)>(one => Outcome.Lost.Parts(one.Cell.Item).Contains(one.Cell.Outcome)
                ? [(one.Cell.Item, one.Cell.Outcome), (one.Cell.Item, Outcome.Lost)]
                : [(one.Cell.Item, one.Cell.Outcome)])
            .Distinct();
    }

    // The buckets of other items that one of this bucket takes over, or is taken over by (R16).
    private IEnumerable<BucketKey> Redefined(BucketKey bucket) =>
        _redefined.TryGetValue(bucket, out var items) ? items.Select(item => bucket with { Cell = bucket.Cell with { Item = item } }) : [];

    // The parts' buckets have one stamp together: few entities have any.
    private long StampOf(BucketKey bucket) => _stamps.GetValueOrDefault(bucket) + (parts.Stamp << 32);

    private void Index(RegistrySnapshot registry)
    {
        if (!ReferenceEquals(_registry, registry))
        {
            _registry = registry;
            _folded.Clear();
            _answered.Clear();
            _looked.Clear();
            _indexed = (-1, -1);
        }

        if (_indexed == (book.Stamp, parts.Stamp))
        {
            return;
        }

        _indexed = (book.Stamp, parts.Stamp);
        _kept = book.Buckets.Union(parts.Buckets).GroupBy(bucket => bucket.Under(registry)).ToDictionary(group => group.Key, group => group.ToList());
        _stamps = book.Changed.GroupBy(bucket => bucket.Under(registry)).ToDictionary(group => group.Key, group => group.Max(book.StampOf));
        _buckets = _kept.Keys.ToLookup(bucket => (bucket.Kind, bucket.Cell.Item, bucket.Cell.Outcome));
        foreach (var bucket in _kept.Keys.Where(bucket => bucket.Kind is BucketKind.Cell or BucketKind.Said))
        {
            FindRedefined(bucket);
        }

        _answers = [.. _kept.Keys.Where(bucket => bucket.Kind is BucketKind.Cell or BucketKind.Control or BucketKind.Denials).SelectMany(bucket => AnswersOf(bucket, registry))];
    }

    private void FindRedefined(BucketKey bucket)
    {
        var stamp = StampOf(bucket);
        if (_looked.TryGetValue(bucket, out var looked) && looked == stamp)
        {
            return;
        }

        _looked[bucket] = stamp;
        foreach (var other in Claims(bucket).SelectMany(one => ItemClass.TakenOverBy(one.Claim)).Select(taken => taken.Item).Where(item => item != bucket.Cell.Item).Distinct())
        {
            Pair(bucket, other);
            Pair(bucket with { Cell = bucket.Cell with { Item = other } }, bucket.Cell.Item);
        }

        IEnumerable<Appearance> Claims(BucketKey of) => _kept[of].SelectMany(one => book[one].Concat(parts.Claims(one)));

        void Pair(BucketKey of, Item with)
        {
            if (!_redefined.TryGetValue(of, out var items))
            {
                _redefined[of] = items = [];
            }

            items.Add(with);
        }
    }

    private Answer[] AnswersOf(BucketKey bucket, RegistrySnapshot registry)
    {
        var stamp = StampOf(bucket);
        if (!_answered.TryGetValue(bucket, out var known) || known.Stamp != stamp)
        {
            _answered[bucket] = known = (stamp, [.. Ledger.Answers.Of(Claims(bucket, registry), registry)]);
            if (Array.Exists(known.Answers, answer => answer.Holder is null && answer.RefersTo.Count > 0))
            {
                _naming.Add(bucket);
            }
        }

        return known.Answers;
    }
}
