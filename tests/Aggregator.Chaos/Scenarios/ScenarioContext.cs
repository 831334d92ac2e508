using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Reporting;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>What a run may be told.</summary>
internal sealed record RunOptions
{
    /// <summary>How long faults go on under load.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Entities that are made before the load.</summary>
    public int Entities { get; init; }

    /// <summary>Faults that a run that repeats them has at least.</summary>
    public int Faults { get; init; }

    /// <summary>Folder of an older built host, to upgrade from.</summary>
    public string? From { get; init; }

    /// <summary>Hears what is found as soon as it is.</summary>
    public Action<string>? Said { get; init; }

    /// <summary>With which fresh hosts the views are compared.</summary>
    public References References { get; init; } = References.All;
}

/// <summary>One run of a scenario: a cluster under load, what is done to it, and the audit.</summary>
internal sealed class ScenarioContext(RunOptions options, int seed, string folder) : IAsyncDisposable
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan QueriesLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FreshLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);
    private const int LinesTold = 6;

    // A sender has several a second acknowledged when nothing is wrong.
    private const int LeastLoad = 10;
    private const int MostTurns = 2;
    private const string Evicted = "I have been told I am dead";
    private readonly List<Violation> _violations = [];
    private readonly List<Recovery> _recoveries = [];
    private readonly List<string> _notes = [];
    private readonly List<IAsyncDisposable> _parts = [];
    private readonly Dictionary<string, long> _others = new(StringComparer.Ordinal);
    private AckJournal? _journal;

    public RunOptions Options => options;

    public int Seed => seed;

    public string Folder => folder;

    public Random Random { get; } = new(seed);

    public Cluster Cluster { get; private set; } = null!;

    public Loader Loader { get; private set; } = null!;

    /// <summary>The most that views may show.</summary>
    public Ceiling Ceiling { get; } = new();

    public Watcher Watcher { get; private set; } = null!;

    public LogKeys Keys { get; private set; } = null!;

    public Auditor Auditor { get; private set; } = null!;

    /// <summary>Places that are merged in the course of the run, with their survivors.</summary>
    public Dictionary<string, string> MergedInto { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether the views are to be audited: not where the scenario ends with hosts that rightly serve nothing.</summary>
    public bool IsAudited { get; set; } = true;

    /// <summary>How many claims name entities beside those of the load, by path.</summary>
    public IReadOnlyDictionary<string, long> Others => _others;

    /// <summary>Paths that must answer for queries to count as recovered.</summary>
    public IEnumerable<string> Paths => Views.All.Concat(Others.Keys);

    /// <summary>Faults so far.</summary>
    public int Faults { get; private set; }

    public IReadOnlyList<Violation> Violations => _violations;

    public IReadOnlyList<Recovery> Recoveries => _recoveries;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Starts a cluster and the load on it.</summary>
    public async Task StartAsync(ClusterOptions cluster, LoadOptions? load = null) => await BeginAsync(await Cluster.StartAsync(folder, cluster), load);

    /// <summary>Starts one host with its embedded store and the load on it.</summary>
    public async Task StartEmbeddedAsync(string[] arguments, LoadOptions? load = null) => await BeginAsync(await Cluster.StartEmbeddedAsync(folder, arguments), load);

    public void Note(string note)
    {
        _notes.Add(note);
        options.Said?.Invoke(note);
    }

    public void Violated(Promise promise, string what)
    {
        _violations.Add(new Violation(promise, what));
        options.Said?.Invoke($"{promise}: {what}");
    }

    /// <summary>Ends something with the run, after the hosts.</summary>
    public T Own<T>(T part) where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>No host may have ended, as after an outage that they are to survive; those that have are started again, so that the run goes on.</summary>
    public async Task AllLiveAsync(string after)
    {
        foreach (var node in Cluster.Nodes.Where(node => !node.IsRunning))
        {
            Violated(Promise.Scenario, $"{node.Name} had ended with {node.ExitCode} after {after}: {node.Log.Tail(LinesTold)}");
        }

        await Cluster.RestartDeadAsync();
    }

    /// <summary>Claims name an entity beside those of the load.</summary>
    public void Name(string path, int claims)
    {
        for (var at = 0; at < claims; at++)
        {
            Ceiling.Name(path);
        }

        _others[path] = _others.GetValueOrDefault(path) + claims;
    }

    /// <summary>Counts a fault.</summary>
    public void Struck() => Faults++;

    /// <summary>Kills hosts at once: one fault. Each must have run until then, or its end would be taken for the kill.</summary>
    public async Task KillAsync(params IReadOnlyList<HostNode> nodes)
    {
        var running = new List<HostNode>();
        foreach (var node in nodes)
        {
            if (await MustRunAsync(node))
            {
                running.Add(node);
            }
        }

        if (running.Count == 0)
        {
            // Whoever had left by itself was not killed.
            return;
        }

        Struck();
        await Task.WhenAll(running.Select(node => node.KillAsync()));
        foreach (var node in running.Where(node => node.ExitCode != HostNode.Killed))
        {
            EndedByItself(node);
        }
    }

    /// <summary>Kills the redis-server, which must have run until then.</summary>
    public async Task KillStoreAsync()
    {
        if (!Cluster.Redis.IsRunning)
        {
            Violated(Promise.Scenario, "redis-server had ended, and nobody had ended it");
        }

        Struck();
        await Cluster.Redis.KillAsync();
    }

    /// <summary>Whether a host runs that nobody has ended. It may not have ended, unless it was taken for dead and says so: a busy machine may have one evicted that is not dead.</summary>
    public async Task<bool> MustRunAsync(HostNode node)
    {
        if (node.IsRunning)
        {
            return true;
        }

        // Its last words may still be on their way into the file.
        if (await Eventually.WithinAsync(LastWords, () => Task.FromResult(node.Log.LastRunContains(Evicted))))
        {
            Note($"{node.Name} had been taken for dead, and had left");
        }
        else
        {
            EndedByItself(node);
        }

        return false;
    }

    /// <summary>Lets the load run on for a random time.</summary>
    public Task RunOnAsync(double leastSeconds, double mostSeconds) => Task.Delay(TimeSpan.FromSeconds(leastSeconds + (Random.NextDouble() * (mostSeconds - leastSeconds))));

    /// <summary>Repeats faults under load until the span is over and there were as many as asked for, once at least. There must be load all along.</summary>
    public async Task RepeatAsync(Func<Task> fault)
    {
        var (began, turns) = (TimeProvider.System.GetTimestamp(), 0);
        do
        {
            var acknowledged = Loader.Acknowledged;
            await RunOnAsync(2, 6);
            await fault();
            if (Loader.Acknowledged - acknowledged < LeastLoad)
            {
                Violated(Promise.Scenario, $"{Loader.Acknowledged - acknowledged} operations were acknowledged in turn {turns + 1}: that is no load");
            }

            turns++;
        }
        while (TimeProvider.System.GetElapsedTime(began) < options.Span || (Faults < options.Faults && turns < MostTurns * options.Faults));
        if (Faults < options.Faults)
        {
            Violated(Promise.Scenario, $"{Faults} faults in {turns} turns, of {options.Faults}");
        }
    }

    /// <summary>Waits until every entity is shown through every surviving front and new claims are shown, and notes how long that took.</summary>
    /// <param name="fault">What was done.</param>
    /// <param name="since">Time stamp of when it was done.</param>
    /// <param name="killed">The one silo that was killed: it is no survivor, and with entities made beforehand the others are held to a limit.</param>
    /// <param name="through">The fronts that are asked, those of them that leave meanwhile until they have; null for all that survive.</param>
    public async Task RecoverAsync(string fault, long since, HostNode? killed = null, IEnumerable<HostNode>? through = null)
    {
        var sweep = new Sweep(Cluster.Http, new ViewJudge(Ceiling), Others, since);
        var shown = sweep.RunAsync(Queries((through ?? Cluster.Fronts.Surviving).Where(front => front != killed)), RecoveryLimit);
        var fresh = FreshAsync();
        var queries = await shown ? sweep.Recovered.TotalSeconds : NotBack();
        var recovery = new Recovery(fault, queries, sweep.LateUntil.TotalSeconds, sweep.Troubled, sweep.Longest.TotalSeconds, await fresh, sweep.Last);
        Violated(sweep.Violations);
        _recoveries.Add(recovery);
        options.Said?.Invoke(recovery.ToString());
        if (killed is not null && options.Entities > 0 && (Math.Max(recovery.Queries, recovery.Longest) > QueriesLimit.TotalSeconds || recovery.Fresh > FreshLimit.TotalSeconds))
        {
            Violated(Promise.Recovery, string.Create(CultureInfo.InvariantCulture,
                $"{fault}: queries after {recovery.Queries:F1} s, one of them waited for {recovery.Longest:F1} s, and fresh claims after {recovery.Fresh:F1} s, of {QueriesLimit.TotalSeconds} and {FreshLimit.TotalSeconds} s"));
        }

        async Task<double> FreshAsync()
        {
            try
            {
                var after = TimeSpan.Zero;
                await Loader.ProbeAsync(RecoveryLimit, () => after = TimeProvider.System.GetElapsedTime(since));
                return after.TotalSeconds;
            }
            catch (OperationCanceledException)
            {
                return NotBack();
            }
        }

        double NotBack()
        {
            Violated(Promise.Recovery, string.Create(CultureInfo.InvariantCulture, $"{fault}: not back within {RecoveryLimit.TotalSeconds} s"));
            return double.PositiveInfinity;
        }
    }

    /// <summary>Ends the load and the faults, and audits.</summary>
    public async Task FinishAsync()
    {
        if (IsAudited)
        {
            foreach (var node in Cluster.Nodes)
            {
                await MustRunAsync(node);
            }

            await Cluster.RestartDeadAsync();
        }

        await Loader.StopAsync();
        if (IsAudited)
        {
            try
            {
                await Loader.SettleAsync(SettleLimit);
                await Loader.ProbeAsync(SettleLimit);
            }
            catch (OperationCanceledException)
            {
                Violated(Promise.Recovery, string.Create(CultureInfo.InvariantCulture, $"after the faults what was not acknowledged was not taken within {SettleLimit.TotalSeconds} s"));
            }
        }

        await Watcher.StopAsync();
        if (IsAudited)
        {
            Auditor = NewAuditor();
            _violations.AddRange(await Auditor.RunAsync(options.References));
            Note(string.Create(CultureInfo.InvariantCulture, $"views right {Auditor.ConvergedAfter.TotalSeconds:F1} s after the load; {Auditor.Compared} answers compared with a fold of the log"));
        }

        _violations.AddRange(await Keys.StopAsync());
        Note($"sent: {string.Join(", ", Loader.Operations.Where(static one => one.Attempts > 0).GroupBy(static one => one.Kind).OrderBy(static kind => kind.Key).Select(static kind => $"{kind.Key} {kind.Count()}"))}");
        Note($"heads of the log and rows read {Keys.Looks} times in the store, {Keys.Rows} rows at the end");
        Note(string.Create(CultureInfo.InvariantCulture, $"{Watcher.Reads} views watched; {Watcher.Falls} figures fell, for {Watcher.LongestFall.TotalSeconds:F1} s at most"));
        _violations.AddRange(Watcher.Violations);
        Note(string.Create(CultureInfo.InvariantCulture, $"{Loader.Shown} views asked for claims that were said to show; one that was being read anew showed them {Loader.LongestUnshown.TotalSeconds:F1} s later at most"));
        _violations.AddRange(Loader.Violations);
    }

    /// <summary>What may be there; null if nothing was ever sent.</summary>
    public Truth? Truth() => _journal is null ? null : new Truth(Loader.Operations, _journal.Read());

    public Auditor NewAuditor() => new(Cluster, Loader, _journal!, folder) { MergedInto = MergedInto, Others = Others };

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { Loader, Watcher, Keys, Cluster, _journal }.Concat(_parts))
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }

    private async Task BeginAsync(Cluster cluster, LoadOptions? load)
    {
        Cluster = cluster;
        _journal = new AckJournal(Path.Combine(folder, "acknowledged.log"));
        Loader = new Loader(cluster.Fronts, _journal, Ceiling, load ?? new LoadOptions(), seed);
        await Loader.SendAsync(ClaimFactory.First(), waitApplied: true, SettleLimit);
        if (options.Entities > 0)
        {
            foreach (var (path, claims) in await ManyEntities.MakeAsync(cluster, Ceiling, options.Entities))
            {
                _others[path] = claims;
            }

            var since = TimeProvider.System.GetTimestamp();
            var sweep = new Sweep(cluster.Http, new ViewJudge(Ceiling), Others, since);
            if (!await sweep.RunAsync(Queries(cluster.Fronts.Surviving), RecoveryLimit))
            {
                Violated(Promise.Recovery, "entities are not shown though nothing is wrong");
            }

            Violated(sweep.Violations);

            Note(string.Create(CultureInfo.InvariantCulture, $"{options.Entities} entities; asking all through every front takes {TimeProvider.System.GetElapsedTime(since).TotalSeconds:F1} s when nothing is wrong, and {sweep.Troubled} are waited for"));
        }

        Watcher = new Watcher(cluster.Fronts, new ViewJudge(Ceiling));
        Keys = new LogKeys(cluster.ConnectStoreAsync);
        Keys.Start();
        Loader.Start();
    }

    private void EndedByItself(HostNode node) =>
        Violated(Promise.Scenario, $"{node.Name} had ended with {node.ExitCode}, and nobody had ended it: {node.Log.Tail(LinesTold)}");

    private void Violated(IEnumerable<Violation> violations)
    {
        foreach (var (promise, what) in violations)
        {
            Violated(promise, what);
        }
    }

    private IEnumerable<(HostNode Front, string Path)> Queries(IEnumerable<HostNode> through) => [.. through.SelectMany(front => Paths.Select(path => (front, path))).Shuffle()];
}
