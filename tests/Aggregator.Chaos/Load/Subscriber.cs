using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Load;

/// <summary>Watches entities live through one front after another, and keeps what it was shown last of each.</summary>
internal sealed class Subscriber : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Fronts _fronts;
    private readonly Ceiling _ceiling;
    private readonly string _path;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, JsonObject> _newest = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Violation> _faults = new();
    private readonly Task _watching;

    /// <param name="fronts">Whom to ask, in turn.</param>
    /// <param name="ceiling">The most that it may be shown.</param>
    /// <param name="paths">Of the entities, as of their views.</param>
    public Subscriber(Fronts fronts, Ceiling ceiling, IEnumerable<string> paths)
    {
        (_fronts, _ceiling) = (fronts, ceiling);
        _path = PathOf(paths);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>What was shown last, by the path of the view.</summary>
    public IReadOnlyDictionary<string, JsonObject> Newest => _newest;

    /// <summary>Changes that came.</summary>
    public int Changes { get; private set; }

    /// <summary>Changes to an earlier version than the one before, and views that show more than there can be.</summary>
    public IReadOnlyCollection<Violation> Faults => _faults;

    /// <summary>The path that watches entities.</summary>
    public static string PathOf(IEnumerable<string> paths) =>
        "/v1/live?" + string.Join('&', paths.Select(static path => path.Split('/')).Select(static parts => $"{parts[2][..^1]}={parts[3]}"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var front = _fronts.Next(surviving: true);
                using var response = await _fronts.Http.OpenAsync(front.Url, _path, _stop.Token);
                if (response.IsSuccessStatusCode)
                {
                    await using var stream = await response.Content.ReadAsStreamAsync(_stop.Token);
                    await foreach (var one in SseParser.Create(stream).EnumerateAsync(_stop.Token))
                    {
                        Take(front, one);
                    }
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
            {
                // The host has gone: another one is asked.
            }

            await Task.Delay(Pause, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private void Take(HostNode front, SseItem<string> one)
    {
        if (one.EventType is not ("snapshot" or "change"))
        {
            return;
        }

        var view = JsonNode.Parse(one.Data)!.AsObject();
        var path = $"/v1/{(view.ContainsKey("control") ? "regions" : view.ContainsKey("voice") ? "actors" : "sources")}/{view["id"]}";
        if (one.EventType == "change")
        {
            Changes++;
            if (_newest.TryGetValue(path, out var before) && (long)view["version"]! < (long)before["version"]!)
            {
                _faults.Enqueue(new Violation(Promise.Version, $"{path} through {front.Name}: a change to version {view["version"]} after {before["version"]}"));
            }
        }

        foreach (var what in _ceiling.Exceeded(path, view))
        {
            _faults.Enqueue(new Violation(Promise.Doubled, $"{path} shown live through {front.Name}: {what}"));
        }

        _newest[path] = view;
    }
}
