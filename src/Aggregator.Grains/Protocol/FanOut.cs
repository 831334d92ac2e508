using Aggregator.Domain.Log;

namespace Aggregator.Grains.Protocol;

/// <summary>What to send an entity next.</summary>
/// <param name="Entity">To whom.</param>
/// <param name="Previous">The last entry ≤ <paramref name="From"/> after the checkpoint that touched it, else the checkpoint.</param>
/// <param name="PreviousIsCheckpoint">Whether <paramref name="Previous"/> is the checkpoint.</param>
/// <param name="From">Entries up to here are with the entity.</param>
/// <param name="To">Entries up to here are in the delta; equal to <paramref name="From"/> to ask for marks alone.</param>
/// <param name="Sequences">The entries in between that touch the entity, ascending.</param>
public sealed record Send(
    EntityKey Entity, long Previous, bool PreviousIsCheckpoint, long From, long To, IReadOnlyList<long> Sequences);

/// <summary>
/// The bookkeeping of a partition's fan-out, without any I/O: which entries touched which entity, how far each has come
/// in memory and in its row, and the checkpoint that follows. One delta in flight per entity; a laggard holds up none.
/// </summary>
public sealed class FanOut
{
    private readonly Dictionary<EntityKey, Target> _targets = [];
    private readonly HashSet<EntityKey> _ready = [];

    // Of the entries after the checkpoint: how many entities lack it, and what it weighs.
    private readonly Dictionary<long, (int Lacking, int Weight)> _entries = [];

    /// <summary>Starts at a checkpoint; the entries after it are to be given to <see cref="Take"/>, as fast as they are applied.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="end">The last entry of the log.</param>
    public FanOut(long checkpoint, long end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(end, checkpoint);
        (Checkpoint, Head, End) = (checkpoint, checkpoint, end);
    }

    /// <summary>C: everything up to here is durable in every entity it touched.</summary>
    public long Checkpoint { get; private set; }

    /// <summary>The last entry taken.</summary>
    public long Head { get; private set; }

    /// <summary>The last entry that is known to be in the log.</summary>
    public long End { get; private set; }

    /// <summary>Whether entries of the log are still to be taken.</summary>
    public bool IsBehind => Head < End;

    /// <summary>Entities that have something to come or to make durable.</summary>
    public int Targets => _targets.Count;

    /// <summary>The entities that entries after the checkpoint touch.</summary>
    public IReadOnlyCollection<EntityKey> Entities => _targets.Keys;

    /// <summary>Entries times entities that are not applied yet: what a bound on the backlog counts.</summary>
    public long Unapplied { get; private set; }

    /// <summary>What the entries weigh that some entity lacks.</summary>
    public long Weight { get; private set; }

    /// <summary>Entries after the checkpoint times the entities they touch: what is kept in memory of them, laggards' too.</summary>
    public long Tracked { get; private set; }

    /// <summary>Whose row holds up the checkpoint; null if it is at the last entry taken.</summary>
    public EntityKey? Holder => NotYetDurable().OrderBy(static one => one.First).Select(static one => (EntityKey?)one.Entity).FirstOrDefault();

    /// <summary>What the entries up to a sequence weigh that some entity lacks.</summary>
    public long WeightUpTo(long sequence) => _entries.Where(pair => pair.Key <= sequence && pair.Value.Lacking > 0).Sum(pair => (long)pair.Value.Weight);

    /// <summary>The log has an entry; it may be taken later.</summary>
    /// <param name="sequence">Its sequence; one more than <see cref="End"/>.</param>
    public void Appended(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sequence, End + 1);
        End = sequence;
    }

    /// <summary>Takes an entry of the log.</summary>
    /// <param name="sequence">Its sequence; one more than <see cref="Head"/>.</param>
    /// <param name="entities">Whom it touches, each once.</param>
    /// <param name="weight">What it costs to keep until all of them have it.</param>
    public void Take(long sequence, IEnumerable<EntityKey> entities, int weight)
    {
        ArgumentNullException.ThrowIfNull(entities);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sequence, Head + 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, End);
        Head = sequence;
        var lacking = 0;
        foreach (var entity in entities)
        {
            if (!_targets.TryGetValue(entity, out var target))
            {
                _targets[entity] = target = new Target { Applied = Checkpoint, Durable = Checkpoint };
            }

            target.Touched.Add(sequence);
            Tracked++;
            lacking += target.Applied < sequence && !target.IsLaggard ? 1 : 0;
            Note(entity, target);
        }

        Unapplied += lacking;
        Weight += lacking > 0 ? weight : 0;
        _entries[sequence] = (lacking, weight);
    }

    /// <summary>Entities with something to send and nothing in flight.</summary>
    public IReadOnlyCollection<EntityKey> Ready => _ready;

    /// <summary>
    /// Entities that have all but not durably, with nothing in flight: those to ask for their marks. Those first that hold up the
    /// checkpoint most.
    /// </summary>
    public IReadOnlyList<EntityKey> NotDurable(int maximum) =>
    [
        .. NotYetDurable().Where(one => one.Target is { InFlight: false, HasUnapplied: false })
            .OrderBy(one => one.First)
            .Take(maximum)
            .Select(one => one.Entity),
    ];

    /// <summary>The next delta for an entity, which counts as in flight from now on; null if one is, or nothing is known of it.</summary>
    /// <param name="entity">To whom.</param>
    /// <param name="maximumEntries">Most entries in one delta; the rest follows when it is answered.</param>
    public Send? Begin(EntityKey entity, int maximumEntries)
    {
        if (!_targets.TryGetValue(entity, out var target) || target.InFlight)
        {
            return null;
        }

        target.InFlight = true;
        Note(entity, target);
        var from = Math.Max(target.Applied, Checkpoint);
        var previous = target.LastUpTo(from);
        var sequences = target.After(from, maximumEntries);
        var to = !target.HasUnapplied ? from
            : target.CountAfter(from) > sequences.Count ? sequences[^1]
            : Head;
        return new Send(entity, previous ?? Checkpoint, previous is null, from, to, sequences);
    }

    /// <summary>The entity answered. A mark below what was sent is sent again; that is the only recovery there is.</summary>
    /// <param name="send">What was sent.</param>
    /// <param name="mark">The entity's mark.</param>
    /// <param name="durable">The mark in its row.</param>
    /// <returns>Whether it has come further, or lower than it was known to be: whether to go on at once.</returns>
    public bool Answered(Send send, long mark, long durable)
    {
        ArgumentNullException.ThrowIfNull(send);
        if (!_targets.TryGetValue(send.Entity, out var target))
        {
            return false;
        }

        // What it has beyond the last entry taken, it had from an activation before.
        target.InFlight = false;
        var before = target.Applied;
        Count(target, before, Head, -1);
        target.Applied = Math.Clamp(mark, Checkpoint, End);
        target.Durable = Math.Clamp(durable, Checkpoint, target.Applied);
        target.IsLaggard = target.Applied == before && send.To > send.From;
        Count(target, target.Applied, Head, 1);
        Note(send.Entity, target);
        return target.Applied != before;
    }

    /// <summary>
    /// The entity was at other work, and will take it later. Its entries count as before, or as many would be read on as would have to be read
    /// again for it.
    /// </summary>
    public void PutOff(Send send)
    {
        ArgumentNullException.ThrowIfNull(send);
        if (_targets.TryGetValue(send.Entity, out var target))
        {
            target.InFlight = false;
            Note(send.Entity, target);
        }
    }

    /// <summary>The outcome is unknown: the same is sent again, and the entity's mark tells what became of it.</summary>
    public void Failed(Send send)
    {
        ArgumentNullException.ThrowIfNull(send);
        if (_targets.TryGetValue(send.Entity, out var target))
        {
            target.InFlight = false;
            Count(target, target.Applied, Head, -1);
            target.IsLaggard = true;
            Note(send.Entity, target);
        }
    }

    /// <summary>Whether an entity has everything up to an entry.</summary>
    public bool IsApplied(EntityKey entity, long sequence) => sequence <= Head && HasAll(entity, sequence);

    /// <summary>Whether an entity has everything that was taken.</summary>
    public bool HasAll(EntityKey entity) => HasAll(entity, Head);

    /// <summary>The last entry up to a sequence that touched an entity; 0 if there is none after the checkpoint.</summary>
    public long LastOf(EntityKey entity, long sequence) => _targets.TryGetValue(entity, out var target) ? target.LastUpTo(sequence) ?? 0 : 0;

    private bool HasAll(EntityKey entity, long sequence) =>
        !_targets.TryGetValue(entity, out var target) || target.FirstAfter(target.Applied) is not { } first || first > sequence;

    /// <summary>
    /// Moves the checkpoint to the entry before the oldest one that is not durable in some entity it touched, and
    /// forgets what lies behind it.
    /// </summary>
    /// <returns>Whether it moved.</returns>
    public bool Advance()
    {
        var checkpoint = Head;
        foreach (var target in _targets.Values)
        {
            if (target.FirstAfter(target.Durable) is { } first && first - 1 < checkpoint)
            {
                checkpoint = first - 1;
            }
        }

        if (checkpoint == Checkpoint)
        {
            return false;
        }

        for (var sequence = Checkpoint + 1; sequence <= checkpoint; sequence++)
        {
            _entries.Remove(sequence);
        }

        Checkpoint = checkpoint;
        foreach (var (entity, target) in _targets)
        {
            Tracked -= target.ForgetUpTo(checkpoint);
            if (target.Touched.Count == 0 && !target.InFlight && target.Applied <= Head)
            {
                _targets.Remove(entity);
            }
        }

        return true;
    }

    private IEnumerable<(EntityKey Entity, Target Target, long First)> NotYetDurable() =>
        from pair in _targets
        let first = pair.Value.FirstAfter(pair.Value.Durable)
        where first is not null
        select (pair.Key, pair.Value, first.Value);

    // Entries that an entity lacks count for it; those of a laggard hold up nobody.
    private void Count(Target target, long after, long upTo, int more)
    {
        if (target.IsLaggard || upTo <= after)
        {
            return;
        }

        foreach (var sequence in target.Between(after, upTo))
        {
            var entry = _entries[sequence];
            Weight -= entry.Lacking > 0 ? entry.Weight : 0;
            entry.Lacking += more;
            Weight += entry.Lacking > 0 ? entry.Weight : 0;
            _entries[sequence] = entry;
            Unapplied += more;
        }
    }

    private void Note(EntityKey entity, Target target)
    {
        if (target is { InFlight: false, HasUnapplied: true })
        {
            _ready.Add(entity);
        }
        else
        {
            _ready.Remove(entity);
        }
    }

    private sealed class Target
    {
        /// <summary>Entries after the checkpoint that touch the entity, ascending.</summary>
        public List<long> Touched { get; } = [];

        public long Applied { get; set; }

        public long Durable { get; set; }

        public bool InFlight { get; set; }

        /// <summary>Whether it got no further with what was sent last, or did not answer.</summary>
        public bool IsLaggard { get; set; }

        public bool HasUnapplied => Touched.Count > 0 && Touched[^1] > Applied;

        public long? LastUpTo(long sequence) => Index(sequence) is var after and > 0 ? Touched[after - 1] : null;

        public long? FirstAfter(long sequence) => Index(sequence) is var after && after < Touched.Count ? Touched[after] : null;

        public List<long> After(long sequence, int maximum)
        {
            var start = Index(sequence);
            return Touched.GetRange(start, Math.Min(maximum, Touched.Count - start));
        }

        public int CountAfter(long sequence) => Touched.Count - Index(sequence);

        public List<long> Between(long after, long upTo)
        {
            var start = Index(after);
            return Touched.GetRange(start, Index(upTo) - start);
        }

        public int ForgetUpTo(long sequence)
        {
            var forgotten = Index(sequence);
            Touched.RemoveRange(0, forgotten);
            return forgotten;
        }

        // How many are at or below.
        private int Index(long sequence)
        {
            var found = Touched.BinarySearch(sequence);
            return found < 0 ? ~found : found + 1;
        }
    }
}
