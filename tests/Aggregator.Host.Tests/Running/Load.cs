using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Aggregator.Host.Tests.Running;

/// <summary>
/// Feeds a host without pause and asks it for views, and keeps what it was answered. A connection that is refused or cut is no
/// answer; a refusal that does not say when to come back is kept as a fault.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    /// <summary>Claims of a batch.</summary>
    public const int ClaimsPerBatch = 20;

    private readonly CancellationTokenSource _stop = new();
    private readonly Func<RunningHost> _target;
    private readonly string _source;
    private readonly Task[] _tasks;
    private int _next;

    /// <param name="target">Whom to send to, asked before each request.</param>
    /// <param name="source">The source of its claims.</param>
    public Load(Func<RunningHost> target, string source = "load-wire")
    {
        _target = target;
        _source = source;
        _tasks = [FeedAsync(), FeedAsync(), AskAsync()];
    }

    /// <summary>Batches that were answered with 200.</summary>
    public ConcurrentQueue<int> Acknowledged { get; } = [];

    /// <summary>How often each status was answered.</summary>
    public ConcurrentDictionary<HttpStatusCode, int> Statuses { get; } = [];

    /// <summary>Answers that nobody should get: a status beside 200, 429 and 503, or one of these without Retry-After.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Waits for as many more batches to be acknowledged.</summary>
    public async Task MoreAsync(int batches, TimeSpan within)
    {
        var enough = Acknowledged.Count + batches;
        using var limit = new CancellationTokenSource(within);
        await Eventually.AsyncTrue(() => Task.FromResult(Acknowledged.Count >= enough), limit.Token);
    }

    /// <summary>Sends no more and waits for what is under way.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
    }

    /// <summary>Asserts that a host has everything that was acknowledged, once.</summary>
    public async Task AssertKeptAsync(RunningHost host)
    {
        foreach (var batches in Acknowledged.Chunk(200))
        {
            var answer = await host.PostAsync("/v1/claims?wait=applied", string.Join('\n', batches.Select(Batch)), "application/x-ndjson");
            Assert.Equal((batches.Length * ClaimsPerBatch, 0), ((int)answer["duplicate"]!, (int)answer["accepted"]!));
        }

        // What was not acknowledged may be in as well.
        Assert.InRange((int)(await host.GetAsync("/v1/sources/" + _source))["claims"]!["total"]!, Acknowledged.Count * ClaimsPerBatch, _next * ClaimsPerBatch);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private async Task FeedAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var batch = Interlocked.Increment(ref _next) - 1;
            if (await SendAsync(host => host.Client.PostAsync("/v1/claims", new StringContent(Batch(batch), Encoding.UTF8, "application/x-ndjson"))))
            {
                Acknowledged.Enqueue(batch);
            }
        }
    }

    private async Task AskAsync()
    {
        string[] paths = ["/v1/regions/fizuli", "/v1/actors/azerbaijan", "/v1/regions?q=fizuli", "/v1/regions/world"];
        for (var at = 0; !_stop.IsCancellationRequested; at++)
        {
            await SendAsync(host => host.Client.GetAsync(paths[at % paths.Length]));
        }
    }

    private async Task<bool> SendAsync(Func<RunningHost, Task<HttpResponseMessage>> send)
    {
        try
        {
            using var response = await send(_target());
            Statuses.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return true;
            }

            if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) || response.Headers.RetryAfter is null)
            {
                Faults.Enqueue($"{response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException)
        {
            // Refused or cut.
        }

        // Nobody is helped by a refusal a millisecond.
        await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(50)), Task.Delay(Timeout.Infinite, _stop.Token));
        return false;
    }

    private string Batch(int batch) => string.Join('\n', Enumerable.Range(0, ClaimsPerBatch).Select(at => new JsonObject
    {
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"{batch}-{at}"),
        ["source"] = _source,
        ["reportedAt"] = "2020-10-01T00:00:00Z",
        ["claimant"] = "armenia",
        ["target"] = "azerbaijan",
        ["region"] = "fizuli",
        ["event"] = "armed-clash",
    }.ToJsonString()));
}
