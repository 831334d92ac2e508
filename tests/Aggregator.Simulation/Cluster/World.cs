using System.Globalization;
using Aggregator.Domain;
using Aggregator.Domain.Claims;
using Aggregator.Grains.Protocol;
using Aggregator.Simulation.Store;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Simulation.Cluster;

/// <summary>
/// A cluster in one thread: silos, grains, messages, timers and a store, all moved by one seeded random number generator. Whatever
/// is pending (a message, an answer, a call to the store, a timer) happens in an order of its choosing; with the same seed
/// all happens again.
/// </summary>
internal sealed partial class World : IStoreCalls
{
    /// <summary>Silos of the cluster.</summary>
    public const int Silos = 3;
    private const int LongSeconds = 5;
    private const int MostTurns = 100_000;
    private const int StepsPerCopy = 10;
    private const int TriesToPick = 4;
    private const int TriesOfSlow = 10;

    /// <summary>The activation whose code is running, wherever it goes on: what it does after its death does not happen.</summary>
    public static readonly AsyncLocal<Activation?> Acting = new();

    [ThreadStatic]
    private static World? _current;

    private readonly Func<Activation, Grain> _make;
    private readonly Queue<(Turns Turns, Task Task)> _turns = new();
    private readonly List<Event> _ready = [];
    private readonly List<SimTimer> _timers = [];
    private readonly Queue<(long Step, SimStore Store)> _copies = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _isDraining;

    public World(int seed, Perils perils, Func<World, Func<Activation, Grain>> make)
    {
        Random = new Dice(seed, 1);
        Perils = perils;
        Time = new SimTime(this);
        Databases = [.. Enumerable.Range(0, Silos).Select(_ => new SimDatabase(this))];
        Services = new SimServices(this);
        _make = make(this);
        _current = this;
    }

    /// <summary>The one source of chance.</summary>
    public Random Random { get; }

    /// <summary>What may go wrong now.</summary>
    public Perils Perils { get; set; }

    /// <summary>Whether faults have ended: no wait is to come to its end without what it waits for.</summary>
    public bool IsAtRest { get; private set; }

    /// <summary>The silo that is stopped: nothing of it happens until it goes on; -1 if none is.</summary>
    public int Stopped { get; private set; } = -1;

    /// <summary>Whether nothing is pending but what comes again and again.</summary>
    public bool IsQuiet => _ready.Count == 0 && !_timers.Exists(static timer => timer.IsRunning || (timer.IsOnce && timer.Due < TimeSpan.FromSeconds(LongSeconds)));

    /// <summary>The store.</summary>
    public SimStore Store { get; private set; } = new();

    /// <summary>The store, as each silo calls it.</summary>
    public SimDatabase[] Databases { get; }

    /// <summary>Whether the fold of an entity fails on a claim.</summary>
    public Func<GrainKey, Claim, bool>? FailsOn { get; set; }

    /// <summary>Whether what claims of an entity amount to cannot be made with one of them.</summary>
    public Func<GrainKey, Claim, bool>? FailsOnClaims { get; set; }

    /// <summary>Whether the activation that a message comes to is killed before it has it: the next one is given it.</summary>
    public Func<GrainKey, string, bool>? EndsBefore { get; set; }

    /// <summary>Hears of a restart of the store, before what it loses is lost.</summary>
    public Action? Restarting { get; set; }

    /// <summary>Hears of a restart of the store, after it.</summary>
    public Action? Restarted { get; set; }

    /// <summary>Hears of what messages carry when they arrive.</summary>
    public Action<object?[]>? Delivered { get; set; }

    /// <summary>Hears of what messages are answered with, when that is made.</summary>
    public Action<object?>? Answered { get; set; }

    /// <summary>The clock: it moves with the steps.</summary>
    public SimTime Time { get; }

    /// <summary>What grains ask their container for.</summary>
    public SimServices Services { get; }

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>A digest of all that has happened, in order: two runs with one seed have the same.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037;

    /// <summary>Hears what happens, in words; null unless asked for.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>Activations that go on.</summary>
    public IEnumerable<Activation> Alive => _activations;

    /// <summary>Has a failpoint kill whoever comes to it, now and then. Called once a process.</summary>
    public static void HookFailpoints() => AppContext.SetData(Failpoint.DataName, (Action<string, object?>)((moment, detail) => _current?.Reached(moment, detail)));

    /// <summary>A chance of one in so many; never if that is 0.</summary>
    public bool Chance(int oneIn) => oneIn > 0 && Random.Next(oneIn) == 0;

    /// <summary>Takes note of what happens.</summary>
    public void Note(string what)
    {
        foreach (var c in what)
        {
            Trace = (Trace ^ c) * 1099511628211;
        }

        Tell?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{Steps,5} {what}"));
    }

    /// <summary>One step: something pending happens, and what follows from it at once.</summary>
    public void Step()
    {
        Steps++;
        if (Steps == _continuesAt && Stopped >= 0)
        {
            Note($"silo {Stopped} goes on");
            Stopped = -1;
        }

        if (Perils.LostSteps > 0 && Steps % StepsPerCopy == 0)
        {
            _copies.Enqueue((Steps, Store.Copy()));
            while (_copies.Peek().Step < Steps - Perils.LostSteps)
            {
                _copies.Dequeue();
            }
        }

        if (Chance(Perils.Restart))
        {
            Restart();
        }
        else if (Chance(Perils.Process))
        {
            Fault();
        }
        else if (_ready.Count > 0 && (Random.Next(10) < Perils.TenthsOfMessages || !FireTimer()))
        {
            Pick()?.Happen(this);
        }
        else if (_ready.Count == 0)
        {
            FireTimer();
        }

        Drain();
    }

    /// <summary>Faults end: what was stopped goes on, and what was forgotten goes for good.</summary>
    public void Rest()
    {
        (Perils, IsAtRest, Stopped) = (new Perils { RefusesIndex = Perils.RefusesIndex }, true, -1);
        _copies.Clear();
        Kill(static one => one.IsZombie);
    }

    /// <summary>Something is to happen at some later step.</summary>
    public void Later(Event pending)
    {
        pending.IsSlow = Chance(Perils.Slow);
        _ready.Add(pending);
    }

    /// <summary>Goes on at some later step.</summary>
    public Task PauseAsync()
    {
        var pause = new Pause();
        Later(pause);
        return pause.Task;
    }

    /// <summary>A turn is to be taken.</summary>
    public void Enqueue(Turns turns, Task task)
    {
        CheckThread();
        _turns.Enqueue((turns, task));
    }

    /// <summary>Calls the store.</summary>
    public Task<T> Call<T>(CallKind kind, string what, Func<SimStore, T> command)
    {
        CheckThread();
        var owner = Acting.Value;
        if (what == nameof(StoreScripts.OpenSession))
        {
            // The process asks, whoever of it was first: it lives on if that one dies.
            owner = null;
        }

        if (owner is { IsDead: true })
        {
            return kind == CallKind.Read ? Task.FromException<T>(Unanswered()) : Never<T>();
        }

        if (what == nameof(StoreScripts.IndexRows) && Perils.RefusesIndex)
        {
            return Task.FromException<T>(StoreCall<T>.Refusal());
        }

        if (what == nameof(StoreScripts.WriteRow) && Perils.RefusedRow is { } refused && owner?.Key.ToString() == refused)
        {
            return Task.FromException<T>(StoreCall<T>.Refusal());
        }

        if (what == "exists")
        {
            // The end of the log is looked for with dozens of them at once.
            return Task.FromResult(command(Store));
        }

        if (kind == CallKind.Write)
        {
            Tell?.Invoke($"      {owner?.Key} on {owner?.Silo} calls {what}");
        }

        // Most calls are answered before anything else happens, or a seed would take more steps than it finds faults.
        if (what != Perils.Focus && (Random.Next(4) < (kind == CallKind.Read ? Perils.ReadsAtOnce : Perils.WritesAtOnce) || (Perils is { Store: 0, Stale: 0 } && kind == CallKind.Read)))
        {
            try
            {
                return Task.FromResult(command(Store));
            }
            catch (RedisServerException fault)
            {
                return Task.FromException<T>(fault);
            }
        }

        var call = new StoreCall<T>(owner, kind, what, command);
        Later(call);
        return call.Task;
    }

    /// <summary>Registers a timer.</summary>
    public SimTimer Timer(Activation? owner, Func<Task> callback, TimeSpan due, TimeSpan period, bool isLimit = false)
    {
        var timer = new SimTimer(this, owner, callback, due, period) { IsLimit = isLimit };
        if (owner is not { IsDead: true })
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Forgets a timer.</summary>
    public void Remove(SimTimer timer) => _timers.Remove(timer);

    /// <summary>Begins something that is no grain's.</summary>
    public Task<T> Begin<T>(Func<Task<T>> step)
    {
        var begun = new Turns(this, null).Start(step);
        Drain();
        return begun;
    }

    /// <summary>What a caller hears that is no more, of what it reads: whoever shares a process with it waits for what it holds.</summary>
    public static Exception Unanswered() => new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "nobody asks any more", null, CommandStatus.Sent);

    /// <summary>A task that nothing ever completes.</summary>
    public static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    // A continuation that another thread took up would come when that thread will have it.
    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Environment.FailFast("the simulation has left its thread");
        }
    }

    // Nothing of a silo that is stopped, and what is slow seldom; null if it seems that there is nothing else.
    private Event? Pick()
    {
        for (var tries = 0; tries < TriesToPick; tries++)
        {
            var at = Random.Next(_ready.Count);
            var picked = _ready[at];
            if ((Stopped < 0 || picked.Silo != Stopped) && !(picked.IsSlow && !IsAtRest && Random.Next(TriesOfSlow) > 0))
            {
                _ready[at] = _ready[^1];
                _ready.RemoveAt(_ready.Count - 1);
                return picked;
            }
        }

        return null;
    }

    // Short timers fire as often as they are met, long ones seldom: how late is up to chance, as on a busy machine.
    private bool FireTimer()
    {
        for (var tries = 0; tries < 8 && _timers.Count > 0; tries++)
        {
            var timer = _timers[Random.Next(_timers.Count)];
            var isLate = Perils.LateRow is { } late && timer.IsOnce && timer.Due >= TimeSpan.FromSeconds(1) && timer.Owner?.Key.ToString() == late;
            var isLong = isLate || timer.Due >= TimeSpan.FromSeconds(LongSeconds);
            if (!timer.IsRunning && (!isLong || Random.Next(20) == 0) && !(IsAtRest && timer.IsLimit && isLong) && (Stopped < 0 || timer.Owner?.Silo != Stopped))
            {
                timer.Fire();
                return true;
            }
        }

        return false;
    }

    private void Drain()
    {
        if (_isDraining)
        {
            return;
        }

        _isDraining = true;
        for (var turns = 0; _turns.TryDequeue(out var turn); turns++)
        {
            if (turns > MostTurns)
            {
                throw new ViolationException($"{turn.Turns.Owner?.Key} takes turns without end");
            }

            turn.Turns.Run(turn.Task);
        }

        _isDraining = false;
    }
}
