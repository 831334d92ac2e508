using System.Collections.Concurrent;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Load;

/// <summary>
/// Sends claims and reports from several senders, and duplicates, corrections, retractions and twins of them. What is acknowledged is in the
/// journal before it counts; what is not is sent again, or given up for good.
/// </summary>
internal sealed partial class Loader(Fronts fronts, AckJournal journal, Ceiling ceiling, LoadOptions options, int seed) : IAsyncDisposable
{
    private readonly LoadPlan _plan = new(options, seed);
    private readonly ConcurrentBag<Violation> _violations = [];
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(DateTimeOffset From, DateTimeOffset To)> _losses = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _senders = Task.CompletedTask;
    private int _probes;
    private int _acknowledged;
    private int _answered;
    private int _badRecords;

    /// <summary>Everything that was sent, given up or not.</summary>
    public IReadOnlyCollection<Operation> Operations => _plan.Operations;

    /// <summary>Answers that no client should see: another status than 200, 429 or 503, or tallies that cannot be; and views that do not show what is said to show.</summary>
    public IReadOnlyCollection<Violation> Violations => _violations;

    /// <summary>How often there was no acknowledgement, by what there was instead.</summary>
    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    /// <summary>Operations acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Answers so far that say that something is in the log, duplicates among them.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Acknowledged operations that a bad record came with.</summary>
    public int WithBadRecords => Volatile.Read(ref _badRecords);

    /// <summary>Views that were asked for what was said to show, and for how long at most one was waited for that was being read anew.</summary>
    public int Shown { get; private set; }

    public TimeSpan LongestUnshown { get; private set; }

    public void Start() => _senders = Task.WhenAll(Enumerable.Range(0, options.Senders).Select(sender => Task.Run(() => SendAsync(ClaimFactory.RandomOf(~seed, sender)))));

    /// <summary>Makes no more, and waits for what is under way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _senders;
    }

    /// <summary>Sends what persists and is not acknowledged until it is.</summary>
    public async Task SettleAsync(TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit);
        foreach (var operation in Operations.Where(one => one is { Persists: true, IsAcknowledged: false }))
        {
            await Eventually.TrueAsync(async () => (await TryOnceAsync(operation)).IsOk, over.Token);
        }
    }

    /// <summary>Sends claims of its own until they are acknowledged.</summary>
    public async Task<Answer> SendAsync(ClaimSpec[] claims, bool waitApplied, TimeSpan limit)
    {
        var operation = _plan.Add(OperationKind.Claims, claims, persists: true);
        using var over = new CancellationTokenSource(limit);
        var last = default(Answer);
        await Eventually.TrueAsync(async () => (last = await TryOnceAsync(operation, waitApplied)).IsOk && (!waitApplied || (bool?)last.Body!["applied"] == true), over.Token);
        operation.IsShown = waitApplied;
        return last!;
    }

    /// <summary>Offers claims of its own once through one front: they count once or not at all.</summary>
    public Task<Answer> OfferAsync(HostNode front) => TryOnceAsync(_plan.Add(OperationKind.Claims, ClaimFactory.Probe(Interlocked.Increment(ref _probes)), persists: false), through: front);

    /// <summary>One claim from every source, until all views are said to show them; then the views are asked.</summary>
    /// <param name="limit">For the claims.</param>
    /// <param name="applied">Hears when they are said to show.</param>
    public async Task ProbeAsync(TimeSpan limit, Action? applied = null)
    {
        var claims = ClaimFactory.Probe(Interlocked.Increment(ref _probes));
        var check = new AppliedCheck(fronts, claims);
        var before = check.BeforeAsync();
        await SendAsync(claims, waitApplied: true, limit);
        check.Applied();
        applied?.Invoke();
        await before;
        foreach (var violation in await check.AfterAsync(() => new Expectation(Operations.Where(one => one.IsShown).SelectMany(one => one.Claims), new Dictionary<string, string>())))
        {
            _violations.Add(violation);
        }

        Shown += check.Asked;
        LongestUnshown = check.Longest > LongestUnshown ? check.Longest : LongestUnshown;
    }

    /// <summary>The store has lost what it acknowledged in this time, maybe: it need not show, and sent again it may be new.</summary>
    public void Lose(DateTimeOffset from, DateTimeOffset to)
    {
        _losses.Enqueue((from, to));
        foreach (var operation in Operations.Where(MayBeLost))
        {
            operation.IsShown = false;
        }
    }

    /// <summary>Whether it was acknowledged in a time of which the store has lost something.</summary>
    public bool MayBeLost(Operation operation) => operation.IsAcknowledged && _losses.Any(loss => operation.AcknowledgedAt >= loss.From && operation.AcknowledgedAt <= loss.To);

    /// <summary>Sends once more what is acknowledged, until it is answered.</summary>
    public async Task<Answer> RepeatAsync(Operation operation, TimeSpan limit)
    {
        var answer = default(Answer);
        await Eventually.WithinAsync(limit, async () => (answer = await PostAsync(operation, waitApplied: true)).IsOk);
        return answer!;
    }

    /// <summary>Has two clients send claims at once until both are answered, and when those are to be found in the index alone, both again: then every one of them is a duplicate.</summary>
    /// <param name="claims">What is sent.</param>
    /// <param name="isMovedAsync">Whether the index in the store has them.</param>
    /// <param name="limit">For each of these.</param>
    /// <returns>Whether it came to the second time.</returns>
    public async Task<bool> TwinsAgainAsync(ClaimSpec[] claims, Func<Task<bool>> isMovedAsync, TimeSpan limit)
    {
        var operation = _plan.Add(OperationKind.Claims, claims, persists: true);
        if (!await Eventually.WithinAsync(limit, async () => await TwinsAsync(operation)) || !await Eventually.WithinAsync(limit, isMovedAsync))
        {
            return false;
        }

        return await Eventually.WithinAsync(limit, async () =>
        {
            var answers = await Task.WhenAll(PostAsync(operation, waitApplied: false), PostAsync(operation, waitApplied: false));
            foreach (var answer in answers)
            {
                CheckDuplicate(operation, answer);
            }

            return answers.All(static answer => answer.IsOk);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task SendAsync(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            var (step, operation) = _plan.Choose(random);
            switch (step)
            {
                case Step.Duplicate:
                    CheckDuplicate(operation, await PostAsync(operation, waitApplied: false));
                    break;
                case Step.Twins:
                    await TwinsAsync(operation);
                    break;
                default:
                    // An operation that persists is tried again here for a while, and at the end: senders do not all hang on one fault.
                    for (var tries = 0; !await TryAsync(operation, random) && operation.Persists && tries < 5 && !_stop.IsCancellationRequested; tries++)
                    {
                        await PauseAsync();
                    }

                    break;
            }

            await PauseAsync();
        }
    }

    private Task PauseAsync() => Task.Delay(options.Pause, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
}
