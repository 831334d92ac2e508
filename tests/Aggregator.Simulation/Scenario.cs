using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Grains.Entities;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Partition;
using Aggregator.Grains.Registry;
using Aggregator.Simulation.Audit;
using Aggregator.Simulation.Cluster;
using Aggregator.Simulation.Feeding;
using Aggregator.Store.Index;
using Aggregator.Store.Log;
using Aggregator.Store.Rows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Aggregator.Simulation;

/// <summary>How a run ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Steps">Steps it took.</param>
/// <param name="Entries">Log entries it made.</param>
/// <param name="Trace">A digest of all that happened.</param>
/// <param name="Violation">What did not hold; null if all did.</param>
internal sealed record RunResult(int Seed, long Steps, long Entries, ulong Trace, string? Violation);

/// <summary>
/// One run: senders feed a cluster in which anything may go wrong, faults end, all comes to rest, and what is acknowledged, stored and
/// shown is compared. The grains, the log, the index and the rows are the product's own.
/// </summary>
internal sealed partial class Scenario : IStoreAlarm
{
    private const int RestSteps = 8_000;
    private const int HashSeed = 7;
    private const int StepsPerPing = 50;
    private const int LooksUntilRight = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly int _seed;
    private readonly World _world;
    private readonly Edits _edits = new();
    private readonly Shape _shape;
    private readonly int _partitions;
    private readonly Dictionary<string, long> _delivered = new(StringComparer.Ordinal);
    private readonly Journal _journal = new();
    private Silo[] _silos = [];
    private readonly Views _views;
    private readonly Growth _growth;
    private readonly List<(long Step, IReadOnlyCollection<(ClaimKey Key, UInt128? Content)> Lost)> _lost = [];
    private readonly HashSet<UInt128> _failing = [];
    private LogReader? _beforeRestart;
    private string? _alarm;
    private long _rowsRead;

    private Scenario(int seed, Action<string>? tell)
    {
        _seed = seed;
        var random = new Dice(seed, 0);
        _shape = Shape.Of(random);
        _partitions = _shape.Partitions;
        _world = new World(seed, Perils.Of(random), world => Grains(world, random)) { Tell = tell };
        _world.Note($"{_shape} {_world.Perils}");
        _world.Delivered = Count;
        _world.Answered = answer =>
        {
            if (answer is AppendReply or KnownReport)
            {
                _journal.Answered(answer, _world.Steps);
            }
        };
        var losesEnds = _world.Perils is { LostSteps: > 0 } or { Torn: > 0 };
        _views = new Views(_world, silo => _silos[silo].Rows.Session.Era, new Most(_journal, _edits), _shape.IsUnsettled, () => losesEnds ? _lost.Count : 0);
        _growth = new Growth(_world.Databases[0].Keys, _partitions);
        _world.Store.Ran = Ran;
        if (random.Next(8) == 0)
        {
            // A claim that some folds fail on, two, or all denials: those of one kind of entity, as a fault in a rule would.
            _failing.UnionWith((random.Next(3) switch
            {
                0 => Claims.Denials.SelectMany(Claims.Of),
                var others => Enumerable.Range(0, others).Select(_ => Claims.Of(random.Next(_shape.Keys), random.Next(Claims.Versions))),
            }).Select(static one => one.ContentHash));

            var type = new[] { "region", "actor", "source" }[random.Next(3)];
            var isLate = random.Next(2) == 0;
            var since = random.Next(2) * random.Next(_shape.Steps);
            _world.FailsOn = (entity, claim) => !isLate && Fails(entity, claim);
            _world.FailsOnClaims = (entity, claim) => isLate && _world.Steps >= since && Fails(entity, claim);

            bool Fails(GrainKey entity, Claim claim) => entity.Type == type && _failing.Contains(claim.ContentHash);
        }

        _world.Restarting = () => _beforeRestart = new LogReader(_world, _partitions);
        _world.Restarted = () =>
        {
            var lost = _beforeRestart!.Except(new LogReader(_world, _partitions));
            _world.Note($"lost with the end of the store: {string.Join(", ", lost)}");
            _lost.Add((_world.Steps, lost));
            _growth.Restarted(_world.Store);
        };
    }

    /// <summary>Runs one seed.</summary>
    public static RunResult Run(int seed, Action<string>? tell = null)
    {
        var scenario = new Scenario(seed, tell);
        string? violation = null;
        try
        {
            scenario.Run();
        }
        catch (Exception found)
        {
            // What nobody expects is told with its seed as well.
            violation = found is ViolationException ? found.Message : $"fault: {found}";
            if (scenario._world.Store.EraOfTwoRuns is > 0 and var era)
            {
                violation += $"\n  (era {era} was given of two runs of the store)";
            }
        }

        var world = scenario._world;
        if (tell is not null)
        {
            scenario.TellLog();
        }

        return new RunResult(seed, world.Steps, LogReader.Count(world, scenario._partitions), world.Trace, violation);
    }

    // What the log holds in the end, for who looks for the cause of a violation.
    private void TellLog()
    {
        foreach (var placed in new LogReader(_world, _partitions).Records)
        {
            var what = placed.Record switch
            {
                LogRecord.Added { Claim: var claim } => $"{claim.Key} {claim.ContentHash} {claim.Claimant?.Id} on {claim.Target?.Id} in {claim.Region?.Id}",
                LogRecord.Corrected { Claim: var claim, Stands: var stands } => $"{claim.Key} {claim.ContentHash} {claim.Claimant?.Id} on {claim.Target?.Id} in {claim.Region?.Id}{(stands ? "" : ", late")}",
                LogRecord.Retracted { Retraction.Key: var key } => key.ToString(),
                _ => "",
            };
            _world.Tell?.Invoke($"log {placed.Position.Partition}/{placed.Position.Sequence}/{placed.Position.Ordinal} {placed.Record.GetType().Name} {what}");
        }
    }

    // Nothing of what a simulated store does may look like a log that has lost what a checkpoint rests on.
    void IStoreAlarm.Lost(string what) => _alarm ??= what;

    private static int Pick(Random random, params ReadOnlySpan<int> choices) => choices[random.Next(choices.Length)];

    private Func<Activation, Grain> Grains(World world, Random random)
    {
        _silos = Array.ConvertAll(world.Databases, database => new Silo(
            new ClaimLog(database, world.Time, new SimLogger<ClaimLog>(world)), new ClaimIndex(database), new EntityRows(database), new SimRegistry(_edits), new Replays(world.Time)));
        var lifetime = new Lifetime();
        var partitionOptions = Options.Create(new PartitionOptions
        {
            MaximumClaimsPerEntry = Pick(random, 2, 100),
            MaximumEntriesPerDelta = Pick(random, 1, 2, 16),
            CachedRecords = Pick(random, 1, 1_000),
            CachedKeys = Pick(random, 1, 1_000),
            PersistBacklog = Pick(random, 2, 1_000),
            RecordsAhead = Pick(random, 1, 3, 1_000),
            EntriesIndexedAtOnce = Pick(random, 0, 100),
            RowsUnwritten = world.Perils.RefusesIndex ? 20_000 : Pick(random, 1, 20_000),
            MaximumDeltasInFlight = Pick(random, 1, 16),
        });
        var entityOptions = Options.Create(new EntityOptions
        {
            LoadedClaims = Pick(random, 1, 1_000),
            LinesAtOnce = Pick(random, 1, 64),
            Unsettled = _shape.IsUnsettled ? TimeSpan.MaxValue : TimeSpan.Zero,

            // Places of the dead are not given back.
            MaximumWritesInFlight = 1_000,
            MaximumReadsInFlight = 1_000,
            MaximumTotalsInFlight = Pick(random, 0, 2, 1_000),
        });
        var services = Array.ConvertAll(
            _silos,
            silo => new EntityServices(silo.Rows, silo.Log, silo.Registry, new LiveEntities(), world.Time, entityOptions, lifetime, this, new MembershipChanges(world.Time, entityOptions.Value.Unsettled), silo.Replays, new SimLogger<EntityServices>(world)));
        foreach (var replays in _silos.Select(silo => silo.Replays).Where(_ => random.Next(4) == 0))
        {
            // Of no partition here, so that it lasts until all comes to rest.
            replays.Begin(this);
            replays.Wait(this);
        }

        return activation => activation.Key.Type switch
        {
            "partition" => new PartitionGrain(_silos[activation.Silo].Log, _silos[activation.Silo].Index, world.Time, partitionOptions, lifetime, this, new Replays(world.Time), new SimLogger<PartitionGrain>(world)),
            "region" => new RegionGrain(services[activation.Silo]),
            "actor" => new ActorGrain(services[activation.Silo]),
            _ => new SourceGrain(services[activation.Silo]),
        };
    }

    private void Run()
    {
        var senders = Enumerable.Range(0, _shape.Senders).Select(_ => NewSender()).ToArray();
        var running = senders.Select(sender => _world.Begin(() => sender.RunAsync(_shape.Batches + _world.Random.Next(_shape.Batches + 1)))).ToArray();
        var reading = _world.Begin(() => _views.WatchAsync(_shape.Watches));
        var edit = _shape.IsEdited ? _world.Random.Next(_shape.Steps) : -1;
        var lingers = _shape.Lingers;
        for (var step = 0; step < _shape.Steps && lingers > 0; step++)
        {
            if (step == edit)
            {
                Edit();
                edit = _shape.IsEditedAgain ? step + 1 + _world.Random.Next(_shape.Steps) : -1;
            }

            if (_edits.Latest.Version > 1 && _world.Chance(20))
            {
                HearOfEdits(_world.Random.Next(_silos.Length));
            }

            Step();
            lingers -= Array.TrueForAll(running, one => one.IsCompleted) ? 1 : 0;
        }

        Rest();
        Until(() => Array.TrueForAll(running, one => one.IsCompleted) && reading.IsCompleted, "senders do not end");
        Done(reading);
        _world.Note("senders have ended");
        Claim[] claims = _shape.Last switch
        {
            Last.Nothing or Last.Silence => [],
            Last.OneClaim => [Claims.Of(0, 0)],
            _ => Acknowledged(),
        };
        SendLast(claims);
        if (_edits.Latest.Version > 1)
        {
            var edited = new Refold(new LogReader(_world, _partitions).Records, _edits.Latest);
            var adopts = _world.Begin(() => AllAdoptAsync(edited.All));
            Until(() => adopts.IsCompleted, "entities do not take up the registry");
        }

        if (!_shape.EndsInDeath && _shape.Last != Last.Silence)
        {
            var ended = false;
            EndBeforeFirstAsked(() => ended = true);
            LogReader log;
            do
            {
                // What a sender has given up on may still come.
                log = new LogReader(_world, _partitions);
                var shows = _world.Begin(() => AllShowAsync(log));
                Until(() => shows.IsCompleted, "claims do not come to show");
                Done(shows);
            }
            while (new LogReader(_world, _partitions).Records.Count > log.Records.Count);

            _world.EndsBefore = null;
            _world.Note("all claims show");
            if (_edits.Latest.Version == 1 && _failing.Count == 0 && (ended || _world.Random.Next(4) == 0))
            {
                // As whoever waited for it sees it: nothing has to be written yet. What is found to be quarantined only now goes from views again.
                AuditOnce();
            }
        }

        Until(AllCheckpointed, "checkpoints do not come to the end");
        _world.Note("all is checkpointed");
        if (_shape.EndsInDeath)
        {
            // Nobody sends again what lies before a checkpoint: it must be in the rows.
            _world.Kill(static _ => true);
            _world.Note("all have died");
            if (_world.Perils.RefusesIndex)
            {
                // What was acknowledged is known, though the index has nothing of it.
                _world.Perils = new Perils();
                SendLast(Acknowledged());
                Until(AllCheckpointed, "checkpoints do not come to the end once all was sent again");
            }

            if (_shape.IsEditedAtLast)
            {
                // Nobody hears of it who is not asked.
                Edit();
                AllHearOfEdits();
            }
        }

        AuditUntilNothingFails();
        Lose();
    }

    // An entity that somebody has been told by, and that is killed before it has said to anybody that it shows that, may not say so before it has been told again.
    private void EndBeforeFirstAsked(Action ended)
    {
        var asked = new HashSet<GrainKey>();
        var oneIn = _world.Random.Next(6);
        if (oneIn > 0)
        {
            _world.EndsBefore = (to, call) =>
            {
                var ends = call.StartsWith("Settle", StringComparison.Ordinal) && asked.Add(to) && _world.Chance(oneIn);
                if (ends)
                {
                    ended();
                }

                return ends;
            };
        }
    }

    private void Edit()
    {
        _world.Note($"the registry is edited: {_edits.Edit(_world.Random)}");
    }

    // Every silo pings every partition about once a second, and feels the store's pulse.
    private void Step()
    {
        if (_world.Steps % StepsPerPing == StepsPerPing / 2)
        {
            _ = _world.Begin(() => PulseAsync(_silos[_world.Random.Next(_silos.Length)]));
        }

        if (_world.Steps % StepsPerPing == 0)
        {
            _ = _world.Begin(() => PingAsync(_world.Random.Next(_partitions)));
        }

        _world.Step();
        if (_growth.Fault is { } fault)
        {
            throw new ViolationException(fault);
        }
    }

    private void Until(Func<bool> condition, string otherwise)
    {
        for (var left = RestSteps; !condition(); left--)
        {
            if (left == 0)
            {
                throw new ViolationException(otherwise);
            }

            Step();
        }
    }

    private bool AllCheckpointed()
    {
        var keys = _world.Databases[0].Keys;
        return Enumerable.Range(0, _partitions).All(partition =>
        {
            // A server that is killed within the append has an entry that its pointer does not know of.
            var (checkpoint, last) = ((long)_world.Store.Get(keys.Checkpoint(partition)), (long)_world.Store.Get(keys.Last(partition)));
            return checkpoint >= last && !_world.Store.Exists(keys.Slot(partition, checkpoint + 1));
        });
    }

    private static T Done<T>(Task<T> task) => task.GetAwaiter().GetResult();

    /// <summary>What each silo has of its own.</summary>
    /// <param name="Replays">What its entities hear of partitions that are far behind.</param>
    private sealed record Silo(ClaimLog Log, ClaimIndex Index, EntityRows Rows, SimRegistry Registry, Replays Replays);

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
