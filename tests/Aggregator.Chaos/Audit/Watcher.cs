using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// Polls views through all fronts in turn, one request after another: none shows more than was ever sent, per entity the version never falls, and figures that
/// can only grow are less than they were for some seconds at most. Answers of a host that was stopped or cut off, and may not know that it was evicted, are stale by design and
/// not held against it.
/// </summary>
internal sealed class Watcher : IAsyncDisposable
{
    private const int Examples = 20;
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FallLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly string[] Watched =
    [
        "/v1/regions/world", "/v1/regions/azerbaijan", "/v1/regions/karabakh", "/v1/regions/fizuli", "/v1/regions/ukraine", "/v1/regions/mariupol", "/v1/regions/azovstal",
        "/v1/actors/azerbaijan", "/v1/actors/russia-armed-forces", $"/v1/sources/{ClaimFactory.SourceName(0)}", $"/v1/sources/{ClaimFactory.SourceName(3)}",
    ];

    private readonly Fronts _fronts;
    private readonly ViewJudge _judge;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Violation> _violations = new();
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, string Figure), (long Best, long FellAt)> _figures = [];
    private readonly Task _watching;
    private volatile bool _forget;
    private int _rounds;

    public Watcher(Fronts fronts, ViewJudge judge)
    {
        _fronts = fronts;
        _judge = judge;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Views read.</summary>
    public int Reads { get; private set; }

    /// <summary>How often a figure that can only grow was less than it had been, and for how long at most until it was back.</summary>
    public int Falls { get; private set; }

    public TimeSpan LongestFall { get; private set; }

    public IEnumerable<Violation> Violations => _violations;

    /// <summary>Begins anew: the store itself went back.</summary>
    public void Forget() => _forget = true;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        foreach (var ((path, figure), (best, fellAt)) in _figures.Where(one => one.Value.FellAt != 0))
        {
            Rose(path, figure, best, TimeProvider.System.GetElapsedTime(fellAt));
        }

        _figures.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            // Always the same, that nothing of them is missed, and of all the next.
            foreach (var path in Watched.Append(Views.All[_rounds++ % Views.All.Count]))
            {
                var front = _fronts.Next();
                var wasStale = front.MayBeStale || !front.IsRunning;
                var answer = wasStale ? null : await _fronts.Http.GetAsync(front.Url, path, ReadLimit, _stop.Token);
                if (answer is null || front.MayBeStale)
                {
                    continue;
                }

                foreach (var violation in _judge.Judge(front.Name, path, answer))
                {
                    Report(violation.Promise, violation.What);
                }

                if (answer is { IsOk: true, Body: { } view })
                {
                    Look(front, path, view);
                }
            }

            await Task.Delay(Pause, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private void Look(HostNode front, string path, JsonObject view)
    {
        Reads++;
        if (_forget)
        {
            _versions.Clear();
            _figures.Clear();
            _forget = false;
        }

        var version = (long)view["version"]!;
        if (version < _versions.GetValueOrDefault(path))
        {
            Report(Promise.Version, $"{path} through {front.Name}: version {version} after {_versions[path]}");
        }

        _versions[path] = Math.Max(version, _versions.GetValueOrDefault(path));
        var figures = Views.Destroyed(view).Where(one => ClaimFactory.OnlyGrows(one.Key)).ToDictionary();
        if (path.StartsWith("/v1/sources", StringComparison.Ordinal) && !path.EndsWith(ClaimFactory.RetractableSource, StringComparison.Ordinal))
        {
            figures["claims"] = (long)view["claims"]!["total"]!;
        }

        var now = TimeProvider.System.GetTimestamp();
        foreach (var key in _figures.Keys.Where(key => key.Path == path).Select(key => key.Figure).Union(figures.Keys).ToArray())
        {
            var (best, fellAt) = _figures.GetValueOrDefault((path, key));
            var shown = figures.GetValueOrDefault(key);
            if (shown < best && fellAt == 0)
            {
                Falls++;
                fellAt = now;
            }
            else if (shown >= best && fellAt != 0)
            {
                Rose(path, key, best, TimeProvider.System.GetElapsedTime(fellAt, now));
                fellAt = 0;
            }

            _figures[(path, key)] = (Math.Max(best, shown), fellAt);
        }
    }

    private void Rose(string path, string figure, long best, TimeSpan lasted)
    {
        LongestFall = lasted > LongestFall ? lasted : LongestFall;
        if (lasted > FallLimit)
        {
            Report(Promise.Regression, string.Create(CultureInfo.InvariantCulture, $"{path}: {figure} had been {best}, and was less for {lasted.TotalSeconds:F1} s"));
        }
    }

    private void Report(Promise promise, string what)
    {
        if (_violations.Count(one => one.Promise == promise) < Examples)
        {
            _violations.Enqueue(new Violation(promise, what));
        }
    }
}
