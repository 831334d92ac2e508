using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

// Which buckets read as which, and what else is known of each without folding it: kept up by what has changed.
internal sealed partial class Folds
{
    // Looks only at what has changed since it last did.
    private void Index(RegistrySnapshot registry)
    {
        var changed = book.TakeTouched().Concat(parts.TakeTouched());
        if (_registry?.Structure != registry.Structure)
        {
            // Names, places and ratings bear on no fold; anything else may have every bucket read as another.
            Forget();
            changed = book.Changed.Union(parts.Changed).ToList();
        }

        _registry = registry;
        var reads = new HashSet<BucketKey>();
        foreach (var bucket in changed)
        {
            var read = bucket.Under(registry);
            var stamp = _stamps.GetValueOrDefault(read);
            _stamps[read] = (Math.Max(stamp.Book, book.StampOf(bucket)), Math.Max(stamp.Parts, parts.StampOf(bucket)));
            Keep(bucket, read, registry);
            reads.Add(read);
        }

        // Once all that is read as one is known to be: a stamp tells of the latest of it alone.
        foreach (var read in reads)
        {
            if (read.Kind is BucketKind.Cell or BucketKind.Said && _kept.ContainsKey(read))
            {
                FindRedefined(read);
            }

            if (read.Kind is BucketKind.Cell or BucketKind.Control or BucketKind.Denials)
            {
                _unanswered.Add(read);
            }
        }

        // While something is missing that was asked for, asking again would only miss it again.
        if (_unanswered.Count > 0 && _misses.Count == 0)
        {
            _unanswered.RemoveWhere(bucket => TryAnswers(bucket, registry));
        }
    }

    private void Forget()
    {
        _folded.Clear();
        _foldedWithAnswers.Clear();
        _control.Clear();
        _answered.Clear();
        _unanswered.Clear();
        _looked.Clear();
        _kept.Clear();
        _stamps.Clear();
        _targets.Clear();
        _answers = null;
    }

    private void Keep(BucketKey bucket, BucketKey read, RegistrySnapshot registry)
    {
        var isKept = book.Has(bucket) || parts.Has(bucket);
        var kept = _kept.GetValueOrDefault(read);
        if (isKept == (kept?.Contains(bucket) ?? false))
        {
            return;
        }

        if (!isKept)
        {
            kept!.Remove(bucket);
            if (kept.Count == 0)
            {
                _kept.Remove(read);
                NoteTarget(read, registry, isKept: false);
            }
        }
        else if (kept is not null)
        {
            kept.Add(bucket);
        }
        else
        {
            _kept[read] = [bucket];
            NoteTarget(read, registry, isKept: true);
        }
    }

    private void NoteTarget(BucketKey cell, RegistrySnapshot registry, bool isKept)
    {
        if (cell.Kind != BucketKind.Cell)
        {
            return;
        }

        var line = new LineKey(cell.Cell.Target is { } target ? registry.Voice(target) : null, cell.Cell.Item, cell.Cell.Outcome, null);
        if (!_targets.TryGetValue(line, out var targets))
        {
            _targets[line] = targets = [];
        }

        if (isKept)
        {
            targets.Add(cell.Cell.Target);
        }
        else
        {
            targets.Remove(cell.Cell.Target);
        }
    }

    private void FindRedefined(BucketKey bucket)
    {
        var stamp = StampOf(bucket);
        if (_looked.TryGetValue(bucket, out var looked) && looked == stamp)
        {
            return;
        }

        _looked[bucket] = stamp;
        var takenOver = _kept[bucket].Aggregate(0UL, (bits, kept) => bits | ToldState.Bits(book.TakesOver(kept)) | parts.TakesOver(kept));
        foreach (var other in Enum.GetValues<Item>().Where(item => item != bucket.Cell.Item && (takenOver & ToldState.Bits([item])) != 0))
        {
            Pair(bucket, other);
            Pair(bucket with { Cell = bucket.Cell with { Item = other } }, bucket.Cell.Item);
        }

        void Pair(BucketKey of, Item with)
        {
            if (!_redefined.TryGetValue(of, out var items))
            {
                _redefined[of] = items = [];
            }

            items.Add(with);
        }
    }

    /// <returns>Whether the answers of a bucket are known; if not, it is a miss.</returns>
    private bool TryAnswers(BucketKey bucket, RegistrySnapshot registry)
    {
        var stamp = StampOf(bucket);
        if (_answered.TryGetValue(bucket, out var known) && known.Stamp == stamp)
        {
            return true;
        }

        var hasAnswers = _kept.TryGetValue(bucket, out var keeping) && keeping.Exists(kept => book.HasAnswers(kept) || parts.HasAnswers(kept));
        if (hasAnswers && !AreLoaded(keeping!, () => TryAnswers(bucket, registry)))
        {
            return false;
        }

        Answer[] answers = hasAnswers ? FoldException.Guard<Answer[]>(ClaimsOf(keeping!, registry), claims => [.. Ledger.Answers.Of(claims, registry)]) : [];
        foreach (var answer in answers.Where(answer => answer.Holder is null))
        {
            (answer.RefersTo.Count > 0 ? _naming : _answering).Add(bucket);
        }

        _answers = answers.Length + (known.Answers?.Length ?? 0) > 0 ? null : _answers;
        _answered[bucket] = (stamp, answers);
        return true;
    }
}
