using System.Globalization;
using System.Threading.Channels;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>
/// Asks every entity through every front, and whoever does not answer again until it does. Many thousand queries take their time even when nothing is wrong: so what
/// counts is not when the last of them was asked, but when the last one was shown that had not been when it was asked; and, beside that, when the last one was shown that was
/// answered at once, but not promptly.
/// </summary>
/// <param name="http">Who asks.</param>
/// <param name="judge">Of every answer.</param>
/// <param name="least">How many claims views must show to count as shown, by path; those that are not in it need only be answered.</param>
/// <param name="since">Time stamp of when something went wrong.</param>
internal sealed class Sweep(HttpPeer http, ViewJudge judge, IReadOnlyDictionary<string, long> least, long since)
{
    private const int AtOnce = 32;
    private const int Examples = 20;
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly Lock _lock = new();
    private readonly List<Violation> _violations = [];

    /// <summary>Answers that nobody should see, some of them if there are many.</summary>
    public IReadOnlyList<Violation> Violations
    {
        get
        {
            lock (_lock)
            {
                return [.. _violations];
            }
        }
    }

    /// <summary>How long after it went wrong the last of those was shown that had been refused, or not answered; zero if none had.</summary>
    public TimeSpan Recovered { get; private set; }

    /// <summary>How long after it went wrong the last of those was shown that were answered late; zero if none was.</summary>
    public TimeSpan LateUntil { get; private set; }

    /// <summary>How many had been refused, or not answered, or were late.</summary>
    public int Troubled { get; private set; }

    /// <summary>How long it took at most, from when a query was first asked, until it was shown.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>The last of them, by path and front, with what it was answered before it was shown; empty if there was none.</summary>
    public string Last { get; private set; } = "";

    /// <summary>
    /// Whether all of them are shown before the limit is over. One that is unknown is not, nor is one whose front has ended, unless that was to leave: nobody asks it any more.
    /// </summary>
    public async Task<bool> RunAsync(IEnumerable<(HostNode Front, string Path)> queries, TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit);
        var (all, waiting) = (queries.Select(static query => new Query(query.Front, query.Path)).ToArray(), Channel.CreateUnbounded<Query>());
        var left = all.Length;
        if (left == 0)
        {
            return true;
        }

        foreach (var query in all)
        {
            waiting.Writer.TryWrite(query);
        }

        try
        {
            // Who is refused comes again behind the others: nobody holds up those that have not been asked.
            await Parallel.ForEachAsync(waiting.Reader.ReadAllAsync(over.Token), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = over.Token }, async (query, stop) =>
            {
                if (!await IsShownAsync(query, stop))
                {
                    _ = Task.Delay(Pause, CancellationToken.None).ContinueWith(_ => waiting.Writer.TryWrite(query), TaskScheduler.Default);
                }
                else if (Interlocked.Decrement(ref left) == 0)
                {
                    waiting.Writer.Complete();
                }
            });
            return true;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsShownAsync(Query query, CancellationToken stop)
    {
        if (query.Front is { IsRunning: false, MayBeStale: true })
        {
            return true;
        }

        query.Began ??= TimeProvider.System.GetTimestamp();
        var refusals = query.Refusals;
        var answer = await GetAsync(query.Front, query.Path, stop);
        if (!answer.IsOk)
        {
            var refusal = answer.Status == 0 ? answer.Failure ?? "no answer" : answer.Status.ToString(CultureInfo.InvariantCulture);
            refusals[refusal] = refusals.GetValueOrDefault(refusal) + 1;
            return false;
        }

        if (least.TryGetValue(query.Path, out var claims) && (long)answer.Body!["claims"]!["total"]! < claims)
        {
            refusals["without its claims"] = refusals.GetValueOrDefault("without its claims") + 1;
            return false;
        }

        var (took, after) = (TimeProvider.System.GetElapsedTime(query.Began.Value), TimeProvider.System.GetElapsedTime(since));
        lock (_lock)
        {
            Longest = took > Longest ? took : Longest;
            if (refusals.Count == 0 && took < Prompt)
            {
                return true;
            }

            Troubled++;
            if (after > Recovered && after > LateUntil)
            {
                Last = string.Create(CultureInfo.InvariantCulture,
                    $"{query.Path} through {query.Front.Name}, asked for {took.TotalSeconds:F1} s: {(refusals.Count == 0 ? "late" : string.Join(", ", refusals.Select(refusal => $"{refusal.Value} times {refusal.Key}")))}");
            }

            if (refusals.Count > 0)
            {
                Recovered = after > Recovered ? after : Recovered;
            }
            else
            {
                LateUntil = after > LateUntil ? after : LateUntil;
            }
        }

        return true;
    }

    private async Task<Answer> GetAsync(HostNode front, string path, CancellationToken stop)
    {
        var answer = await http.GetAsync(front.Url, path, ReadLimit, stop);
        foreach (var violation in front.MayBeStale ? [] : judge.Judge(front.Name, path, answer))
        {
            lock (_lock)
            {
                if (_violations.Count < Examples)
                {
                    _violations.Add(violation);
                }
            }
        }

        return answer;
    }

    /// <summary>A view that is asked for until it is shown.</summary>
    private sealed class Query(HostNode front, string path)
    {
        public HostNode Front => front;

        public string Path => path;

        /// <summary>Time stamp of when it was asked for first; null before.</summary>
        public long? Began { get; set; }

        /// <summary>What it was answered before it was shown, and how often.</summary>
        public SortedDictionary<string, int> Refusals { get; } = new(StringComparer.Ordinal);
    }
}
