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
internal sealed partial class Folds(ClaimBook book, Parts parts)
{
    private readonly Dictionary<BucketKey, ((long Book, long Parts) Stamp, Voices Voices)> _folded = [];
    private readonly Dictionary<BucketKey, ((long Book, long Parts) Stamp, IReadOnlyCollection<Answer> Answers, Voices Voices)> _foldedWithAnswers = [];
    private readonly Dictionary<BucketKey, ((long Book, long Parts) Stamp, IReadOnlyCollection<Answer> Answers, Control Control)> _control = [];
    private readonly List<Miss> _misses = [];
    private readonly Dictionary<BucketKey, ((long Book, long Parts) Stamp, Answer[] Answers)> _answered = [];
    private RegistrySnapshot? _registry;

    // By the bucket as it reads now, those that have claims, and the last change of any that is or was one of them.
    private readonly Dictionary<BucketKey, List<BucketKey>> _kept = [];
    private readonly Dictionary<BucketKey, (long Book, long Parts)> _stamps = [];

    // The targets of cells, each as often as there are cells on it.
    private readonly Dictionary<LineKey, List<string?>> _targets = [];

    // Buckets whose answers are not known because claims are out of memory, and all answers that are known; null when some have changed.
    private readonly HashSet<BucketKey> _unanswered = [];
    private Answer[]? _answers = [];

    // By bucket, the other items that ever were to take it over or be taken over by it; a retracted claim leaves its pair here.
    private readonly Dictionary<BucketKey, HashSet<Item>> _redefined = [];

    // The buckets that ever had an answer that names claims: it may reach any line (R12). Of who holds a place it reaches that alone.
    private readonly HashSet<BucketKey> _naming = [];

    // The buckets that ever had any other answer on a loss: it may reach the places within its own.
    private readonly HashSet<BucketKey> _answering = [];
    private readonly Dictionary<BucketKey, (long Book, long Parts)> _looked = [];

    /// <summary>The buckets that have claims.</summary>
    public IReadOnlyCollection<BucketKey> All(RegistrySnapshot registry)
    {
        Index(registry);
        return _kept.Keys;
    }

    /// <summary>Whether a bucket has claims.</summary>
    public bool Has(BucketKey bucket, RegistrySnapshot registry)
    {
        Index(registry);
        return _kept.ContainsKey(bucket);
    }

    /// <summary>The targets of cells on an item and outcome that speak with one voice; null for cells without a target.</summary>
    /// <param name="line">The voice, item and outcome.</param>
    /// <param name="registry">The registry.</param>
    public IEnumerable<string?> Targets(LineKey line, RegistrySnapshot registry)
    {
        Index(registry);
        return _targets.GetValueOrDefault(line) ?? [];
    }

    /// <summary>Whether something could not be read.</summary>
    public bool HasMisses => _misses.Count > 0;

    /// <summary>What could not be read since the last call.</summary>
    public IReadOnlyList<Miss> TakeMisses()
    {
        Miss[] misses = [.. _misses];
        _misses.Clear();
        return misses;
    }

    /// <summary>Whether all claims of some buckets are in memory; if not, what is to be done when they are is kept for <see cref="TakeMisses"/>.</summary>
    /// <param name="buckets">As they read under the registry.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="retry">What makes and keeps what cannot be made now.</param>
    public bool TryLoaded(IEnumerable<BucketKey> buckets, RegistrySnapshot registry, Action retry)
    {
        Index(registry);
        return AreLoaded(buckets.SelectMany(bucket => _kept.TryGetValue(bucket, out var kept) ? kept : []), retry);
    }

    private bool AreLoaded(IEnumerable<BucketKey> buckets, Action retry)
    {
        var (away, told) = (new HashSet<BucketKey>(), new HashSet<ToldBucket>());
        foreach (var kept in buckets)
        {
            if (book.IsAway(kept))
            {
                away.Add(kept);
            }

            told.UnionWith(parts.Unfetched(kept));
        }

        if (away.Count + told.Count == 0)
        {
            return true;
        }

        _misses.Add(new Miss(away, told, retry));
        return false;
    }

    /// <summary>Whether all claims that some parts tell of are in memory; if not, it is a miss.</summary>
    public bool HasClaimsOf(IEnumerable<string> ids)
    {
        ToldBucket[] told = [.. ids.SelectMany(parts.UnfetchedOf)];
        if (told.Length > 0)
        {
            _misses.Add(new Miss([], told, null));
        }

        return told.Length == 0;
    }

    /// <summary>The standing claims of a bucket, in no order; all of them are in memory.</summary>
    public IReadOnlyCollection<Appearance> Claims(BucketKey bucket, RegistrySnapshot registry)
    {
        Index(registry);
        return _kept.TryGetValue(bucket, out var kept) ? ClaimsOf(kept, registry) : [];
    }

    private Appearance[] ClaimsOf(List<BucketKey> kept, RegistrySnapshot registry) =>
        [.. kept.SelectMany(one => book[one].Concat(parts.Claims(one))).Select(one => one.Under(registry))];

    /// <summary>Who is said to hold a place, by the claims of a bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="registry">The registry it is read under.</param>
    /// <param name="inherited">Answers made elsewhere that may reach it.</param>
    public Control Control(BucketKey bucket, RegistrySnapshot registry, IReadOnlyCollection<Answer> inherited)
    {
        Index(registry);
        var stamp = StampOf(bucket);
        if (_control.TryGetValue(bucket, out var kept) && kept.Stamp == stamp && AreSame(kept.Answers, inherited))
        {
            return kept.Control;
        }

        if (!TryLoaded([bucket], registry, () => Control(bucket, registry, inherited)))
        {
            return new Control(ControlStatus.Unknown, []);
        }

        var control = FoldException.Guard(
            Claims(bucket, registry),
            [],
            (claims, _) => Ledger.Control.Fold(claims, registry, inherited),
            (claims, _) => Ledger.Control.Fold(claims, registry, []));
        _control[bucket] = (stamp, inherited, control);
        return control;
    }

    /// <summary>The answers among the claims on losses and on control.</summary>
    public IReadOnlyList<Answer> Answers(RegistrySnapshot registry)
    {
        Index(registry);
        return _answers ??= [.. _answered.Where(pair => pair.Value.Answers.Length > 0 && _kept.ContainsKey(pair.Key)).SelectMany(pair => pair.Value.Answers)];
    }

    /// <summary>Whether the bucket has, or once had, answers that reach by what they are about.</summary>
    public bool AnswersOthers(BucketKey bucket, RegistrySnapshot registry)
    {
        Index(registry);
        return _answering.Contains(bucket);
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
        var related = Related(bucket).Concat(Redefined(bucket)).Append(bucket).ToArray();
        var stamp = (related.Max(one => StampOf(one).Book), related.Max(one => StampOf(one).Parts));
        if (answers.Count == 0)
        {
            if (_folded.TryGetValue(bucket, out var kept) && kept.Stamp == stamp)
            {
                return kept.Voices;
            }
        }
        else if (_foldedWithAnswers.TryGetValue(bucket, out var kept) && kept.Stamp == stamp && AreSame(kept.Answers, answers))
        {
            return kept.Voices;
        }

        if (!TryLoaded(related, registry, () => Fold(bucket, registry, answers)))
        {
            return Rollup.Nobody;
        }

        var voices = FoldException.Guard<Voices>(
            Claims(bucket, registry),
            [.. related[..^1].SelectMany(other => Claims(other, registry))],
            (claims, others) => Cell.Fold(claims, registry, answers, others),
            (claims, others) => Cell.Fold(claims, registry, [], others));
        if (answers.Count == 0)
        {
            _folded[bucket] = (stamp, voices);
        }
        else
        {
            _foldedWithAnswers[bucket] = (stamp, answers, voices);
        }

        return voices;
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

    // Any change gives the greatest stamp of all so far, so that of several buckets too the greatest tells whether one has changed.
    private (long Book, long Parts) StampOf(BucketKey bucket) => _stamps.GetValueOrDefault(bucket);

    // Answers that come from another entity are other objects each time.
    private static bool AreSame(IReadOnlyCollection<Answer> left, IReadOnlyCollection<Answer> right) =>
        left.Count == right.Count
        && left.Zip(right).All(pair => pair.First == pair.Second with { RefersTo = pair.First.RefersTo } && pair.First.RefersTo.SequenceEqual(pair.Second.RefersTo, StringComparer.Ordinal));
}
