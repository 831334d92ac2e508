using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Protocol;

namespace Aggregator.Grains.Tests.Protocol;

/// <summary>
/// Partition and entities driven by a seeded scheduler that loses and repeats messages and kills both sides at any
/// moment; in the end each entity has every entry that touched it exactly once. A failing seed replays exactly.
/// </summary>
public sealed class FanOutUnderFaultsTests
{
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
