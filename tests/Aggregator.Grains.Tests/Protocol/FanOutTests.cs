using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Tests.Protocol;

public sealed class FanOutTests
{
    private static readonly EntityKey A = new(EntityKind.Region, "a");
    private static readonly EntityKey B = new(EntityKind.Region, "b");

    [Fact]
    public void Begin_FirstDelta_StartsAtTheCheckpoint()
    {
        var fanOut = new FanOut(5, 5);
        Append(fanOut, 6, A);
        Append(fanOut, 7, B);

        var send = fanOut.Begin(A, 10)!;

        Assert.Equal((5, true, 5, 7), (send.Previous, send.PreviousIsCheckpoint, send.From, send.To));
        Assert.Equal([6L], send.Sequences);
        Assert.Null(fanOut.Begin(A, 10));
    }

    [Fact]
    public void Begin_AfterAnAnswer_NamesTheLastEntryThatTouchedTheEntity()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        fanOut.Answered(fanOut.Begin(A, 10)!, mark: 1, durable: 0);
        Append(fanOut, 2, B);
        Append(fanOut, 3, A);

        var send = fanOut.Begin(A, 10)!;

        Assert.Equal((1, false, 1, 3), (send.Previous, send.PreviousIsCheckpoint, send.From, send.To));
    }

    [Fact]
    public void Begin_MoreThanOneDeltaHolds_SendsTheRestNext()
    {
        var fanOut = new FanOut(0, 0);
        for (var sequence = 1; sequence <= 5; sequence++)
        {
            Append(fanOut, sequence, A);
        }

        var send = fanOut.Begin(A, 2)!;
        Assert.Equal([1L, 2L], send.Sequences);
        Assert.Equal(2, send.To);
        Assert.True(fanOut.Answered(send, 2, 0));
        Assert.Equal([3L, 4L], fanOut.Begin(A, 2)!.Sequences);
    }

    [Fact]
    public void Advance_EntityThatIsNotDurable_HoldsTheCheckpointBack()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        Append(fanOut, 2, B);
        fanOut.Answered(fanOut.Begin(A, 10)!, 2, durable: 2);
        fanOut.Answered(fanOut.Begin(B, 10)!, 2, durable: 0);

        Assert.True(fanOut.Advance());
        Assert.Equal(1, fanOut.Checkpoint);
        Assert.Equal([B], fanOut.NotDurable(10));
    }

    [Fact]
    public void Answered_LowerMark_IsSentAgain()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        fanOut.Answered(fanOut.Begin(A, 10)!, 1, 0);

        var asked = fanOut.Begin(A, 10)!;
        Assert.Equal(asked.From, asked.To);
        fanOut.Answered(asked, mark: 0, durable: 0);

        Assert.Contains(A, fanOut.Ready);
        Assert.Equal([1L], fanOut.Begin(A, 10)!.Sequences);
    }

    [Fact]
    public void Take_OfABacklog_WeighsWhatSomebodyLacks()
    {
        var fanOut = new FanOut(2, 5);
        fanOut.Take(3, [A, B], 10);
        fanOut.Take(4, [A], 5);

        Assert.Equal((15, 3, true), (fanOut.Weight, fanOut.Unapplied, fanOut.IsBehind));
        fanOut.Answered(fanOut.Begin(A, 10)!, 4, 4);
        Assert.Equal((10, 1), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(B, 10)!, 4, 4);
        Assert.Equal((0, 0), (fanOut.Weight, fanOut.Unapplied));

        // An entity that lost what it had lacks it again.
        fanOut.Answered(fanOut.Begin(A, 10)!, 3, 3);
        Assert.Equal((5, 1), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(A, 10)!, 4, 4);
        Assert.True(fanOut.Advance());
        Assert.Equal((4, 0, true), (fanOut.Checkpoint, fanOut.Weight, fanOut.IsBehind));
        Assert.Throws<ArgumentOutOfRangeException>(() => fanOut.Take(6, [A], 1));
    }

    [Fact]
    public void ALaggard_WeighsNothing_UntilItGetsFurther()
    {
        var fanOut = new FanOut(0, 4);
        fanOut.Take(1, [A, B], 10);
        fanOut.Take(2, [A], 5);
        fanOut.Failed(fanOut.Begin(A, 10)!);
        Assert.Equal((10, 1), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(B, 10)!, 2, 2);
        Assert.Equal((0, 0), (fanOut.Weight, fanOut.Unapplied));

        // It answers, and has nothing of what it was sent.
        Assert.False(fanOut.Answered(fanOut.Begin(A, 10)!, 0, 0));
        fanOut.Take(3, [A, B], 3);
        Assert.Equal((3, 1), (fanOut.Weight, fanOut.Unapplied));
        Assert.False(fanOut.Advance());

        Assert.True(fanOut.Answered(fanOut.Begin(A, 1)!, 1, 0));
        Assert.Equal((8, 3), (fanOut.Weight, fanOut.Unapplied));
        fanOut.Answered(fanOut.Begin(A, 10)!, 3, 3);
        fanOut.Answered(fanOut.Begin(B, 10)!, 3, 3);
        Assert.Equal((0, 0, true), (fanOut.Weight, fanOut.Unapplied, fanOut.Advance()));
    }

    [Fact]
    public void PutOff_WeighsAsBefore_AndIsSentAgain()
    {
        var fanOut = new FanOut(0, 4);
        fanOut.Take(1, [A, B], 10);
        fanOut.Answered(fanOut.Begin(B, 10)!, 1, 1);
        fanOut.PutOff(fanOut.Begin(A, 10)!);
        Assert.Equal((10, 1), (fanOut.Weight, fanOut.Unapplied));
        Assert.Contains(A, fanOut.Ready);

        fanOut.Take(2, [A], 5);
        Assert.Equal((15, 10), (fanOut.Weight, fanOut.WeightUpTo(1)));
        var send = fanOut.Begin(A, 10)!;
        fanOut.PutOff(send);
        Assert.Equivalent(send, fanOut.Begin(A, 10), strict: true);
        fanOut.Answered(send, 2, 2);
        Assert.Equal((0, 0, true), (fanOut.Weight, fanOut.WeightUpTo(2), fanOut.Advance()));
    }

    [Fact]
    public void Answered_MarkBeyondWhatWasTaken_IsRemembered()
    {
        var fanOut = new FanOut(0, 4);
        fanOut.Take(1, [A], 1);
        fanOut.Answered(fanOut.Begin(A, 10)!, mark: 3, durable: 3);
        Assert.True(fanOut.Advance());

        fanOut.Take(2, [A], 1);
        fanOut.Take(3, [A, B], 1);
        Assert.DoesNotContain(A, fanOut.Ready);
        Assert.Equal((1, 1), (fanOut.Weight, fanOut.Unapplied));
        Assert.True(fanOut.IsApplied(A, 3));

        // Nobody knows yet whom the fourth touches.
        Assert.False(fanOut.IsApplied(A, 4));
        fanOut.Take(4, [A], 1);
        var send = fanOut.Begin(A, 10)!;
        Assert.Equal((3, 4, 3), (send.From, send.To, send.Previous));
    }

    [Fact]
    public void Tracked_EntityThatTakesNothing_CountsUntilTheCheckpointPasses_AndIsNamed()
    {
        var fanOut = new FanOut(0, 0);
        Append(fanOut, 1, A);
        Append(fanOut, 2, B);
        Append(fanOut, 3, B);
        fanOut.Failed(fanOut.Begin(A, 10)!);
        fanOut.Answered(fanOut.Begin(B, 10)!, 3, 3);
        Assert.False(fanOut.Advance());
        Assert.Equal((0, 3, A), (fanOut.Unapplied, fanOut.Tracked, fanOut.Holder));
        Assert.Equal((1, 2, 3, 0), (fanOut.LastOf(A, 3), fanOut.LastOf(B, 2), fanOut.LastOf(B, 9), fanOut.LastOf(B, 1)));

        fanOut.Answered(fanOut.Begin(A, 10)!, 1, 1);
        Assert.True(fanOut.Advance());
        Assert.Equal((0, null), (fanOut.Tracked, fanOut.Holder));
        Assert.Equal(0, fanOut.LastOf(A, 3));
    }

    private static void Append(FanOut fanOut, long sequence, EntityKey entity)
    {
        fanOut.Appended(sequence);
        fanOut.Take(sequence, [entity], 1);
    }

    /// <summary>
    /// Partition and entities driven by a seeded scheduler that loses and repeats messages and kills both sides at any
    /// moment; in the end each entity has every entry that touched it exactly once. A failing seed replays exactly.
    /// </summary>
    [Fact]
    public void FanOut_UnderLossRepetitionAndDeath_AppliesEachEntryOnce()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            new Scene(seed).Run();
        }
    }

    private sealed class Scene(int seed)
    {
        private const int Partition = 0;
        private readonly Random _random = new(seed);
        private readonly List<EntityKey[]> _log = [];
        private readonly EntityKey[] _keys = [.. Enumerable.Range(0, 5).Select(n => new EntityKey(EntityKind.Region, $"r{n}"))];
        private readonly Dictionary<EntityKey, Row> _rows = [];
        private readonly Dictionary<EntityKey, List<Entity>> _activations = [];
        private readonly List<(Send Send, Func<(long, long)> Deliver)> _inFlight = [];
        private long _savedCheckpoint;
        private FanOut _fanOut = new(0, 0);

        public void Run()
        {
            for (var step = 0; step < 300; step++)
            {
                Step(quiet: false);
            }

            // Faults end, and all comes to rest.
            foreach (var send in _inFlight)
            {
                _fanOut.Failed(send.Send);
            }

            _inFlight.Clear();
            foreach (var key in _keys)
            {
                Activations(key).RemoveRange(0, Activations(key).Count - 1);
            }

            for (var step = 0; step < 4000 && _fanOut.Checkpoint < _log.Count; step++)
            {
                Step(quiet: true);
            }

            Assert.True(_fanOut.Checkpoint == _log.Count, $"seed {seed}: the checkpoint stands at {_fanOut.Checkpoint} of {_log.Count}");
            foreach (var key in _keys)
            {
                var expected = Enumerable.Range(1, _log.Count).Where(sequence => _log[sequence - 1].Contains(key)).Select(sequence => (long)sequence);
                Assert.True(expected.SequenceEqual(Rows(key).Applied), $"seed {seed}: {key} has {string.Join(' ', Rows(key).Applied)}");
            }
        }

        private void Step(bool quiet)
        {
            var dice = _random.Next(100);
            if (!quiet && dice < 20)
            {
                var touched = _keys.Where(_ => _random.Next(3) == 0).DefaultIfEmpty(_keys[0]).ToArray();
                _log.Add(touched);
                _fanOut.Appended(_log.Count);
            }
            else if (dice < 30 && _fanOut.IsBehind)
            {
                _fanOut.Take(_fanOut.Head + 1, _log[(int)_fanOut.Head], 1);
            }
            else if (dice < 45)
            {
                var key = _keys[_random.Next(_keys.Length)];
                if (_fanOut.Begin(key, 1 + _random.Next(4)) is { } send)
                {
                    var activation = Activations(key)[_random.Next(Activations(key).Count)];
                    _inFlight.Add((send, () => Audited(key, activation, send)));
                }
            }
            else if (dice < 70 && _inFlight.Count > 0)
            {
                Deliver(_random.Next(_inFlight.Count), quiet);
            }
            else if (dice < 85)
            {
                var key = _keys[_random.Next(_keys.Length)];
                Activations(key)[_random.Next(Activations(key).Count)].Persist();
            }
            else if (dice < 90)
            {
                if (_fanOut.Advance())
                {
                    _savedCheckpoint = _fanOut.Checkpoint;
                }
            }
            else if (!quiet && dice < 95)
            {
                // An entity dies, or gets a second activation beside the first.
                var key = _keys[_random.Next(_keys.Length)];
                if (_random.Next(3) > 0 || Activations(key).Count > 2)
                {
                    Activations(key).RemoveAt(0);
                }

                Activations(key).Add(new Entity(Rows(key)));
            }
            else if (!quiet && dice < 97)
            {
                // The partition dies: the next activation reads the log from the checkpoint that was saved.
                _inFlight.Clear();
                _fanOut = new FanOut(_savedCheckpoint, _log.Count);
            }
        }

        private void Deliver(int at, bool quiet)
        {
            var (send, deliver) = _inFlight[at];
            _inFlight.RemoveAt(at);
            var fate = quiet ? 9 : _random.Next(10);
            if (fate == 0)
            {
                _fanOut.Failed(send); // lost on the way
                return;
            }

            var (mark, durable) = deliver();
            if (fate == 1)
            {
                deliver(); // arrives twice
            }

            if (fate == 2)
            {
                _fanOut.Failed(send); // the answer is lost
            }
            else
            {
                _fanOut.Answered(send, mark, durable);
            }
        }

        // Whatever an activation has in memory is all that touched it up to its mark: a view never has a hole in it.
        private (long, long) Audited(EntityKey key, Entity activation, Send send)
        {
            var (mark, durable) = activation.Apply(send);
            var expected = Enumerable.Range(1, (int)mark).Where(sequence => _log[sequence - 1].Contains(key)).Select(sequence => (long)sequence);
            Assert.True(expected.SequenceEqual(activation.Applied), $"seed {seed}: {key} at {mark} has {string.Join(' ', activation.Applied)}");
            return (mark, durable);
        }

        private Row Rows(EntityKey key) => _rows.TryGetValue(key, out var row) ? row : _rows[key] = new Row();

        private List<Entity> Activations(EntityKey key) => _activations.TryGetValue(key, out var list) ? list : _activations[key] = [new Entity(Rows(key))];

        private sealed class Row
        {
            public long Version { get; set; }

            public long Mark { get; set; }

            public List<long> Applied { get; set; } = [];
        }

        /// <summary>An activation: what it applied, and the row it read.</summary>
        private sealed class Entity
        {
            private readonly Row _row;
            private List<long> _applied = [];
            private Marks _marks = new();
            private long _version;
            private long _durable;

            public Entity(Row row)
            {
                _row = row;
                Load();
            }

            public IReadOnlyList<long> Applied => _applied;

            public (long Mark, long Durable) Apply(Send send)
            {
                var verdict = Judge(send, false);
                if (verdict == DeltaVerdict.Verify)
                {
                    if (_row.Version != _version)
                    {
                        Load();
                    }

                    verdict = Judge(send, true);
                }

                if (verdict == DeltaVerdict.Apply && send.To > send.From)
                {
                    _applied.AddRange(send.Sequences);
                    _marks[Partition] = new Mark(1, send.To);
                }

                return (_marks[Partition].Sequence, _durable);
            }

            public void Persist()
            {
                if (_row.Version != _version)
                {
                    Load(); // a conflict: memory is dropped
                    return;
                }

                _row.Applied = [.. _applied];
                _row.Mark = _durable = _marks[Partition].Sequence;
                _version = ++_row.Version;
            }

            private void Load()
            {
                _applied = [.. _row.Applied];
                _marks = new Marks { [Partition] = new Mark(1, _row.Mark) };
                _durable = _row.Mark;
                _version = _row.Version;
            }

            private DeltaVerdict Judge(Send send, bool verified) =>
                _marks.Judge(Partition, 1, send.Previous, send.PreviousIsCheckpoint, send.From, verified);
        }
    }
}
