using System.Collections.Concurrent;
using System.Globalization;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Load;

/// <summary>
/// Sends claims from several senders, and duplicates, corrections, retractions and twins of them. What is acknowledged is in the
/// journal before it counts; what is not is sent again, or given up for good.
/// </summary>
internal sealed class Loader(Fronts fronts, AckJournal journal, LoadOptions options, int seed) : IAsyncDisposable
{
    private readonly ClaimFactory _factory = new(seed, options.ClaimsPerBatch, options.QuoteLength);
    private readonly ConcurrentQueue<Operation> _operations = new();
    private readonly ConcurrentBag<string> _faults = [];
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _choosing = new();
    private Task _senders = Task.CompletedTask;
    private int _numbers;
    private int _batches;
    private int _probes;
    private int _acknowledged;

    /// <summary>Everything that was sent, given up or not.</summary>
    public IReadOnlyCollection<Operation> Operations => _operations;

    /// <summary>Answers that no client should see: another status than 200, 429 or 503, or tallies that cannot be.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>How often there was no acknowledgement, by what there was instead.</summary>
    public IReadOnlyDictionary<string, int> Refusals => _refusals;

    /// <summary>Operations acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

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
        foreach (var operation in _operations.Where(one => one is { Persists: true, IsAcknowledged: false }))
        {
            await Eventually.TrueAsync(() => TryAsync(operation), over.Token);
        }
    }

    /// <summary>Sends claims of its own until they are acknowledged.</summary>
    public async Task<Answer> SendAsync(ClaimSpec[] claims, bool waitApplied, TimeSpan limit)
    {
        var operation = Add(OperationKind.Claims, claims, persists: true);
        using var over = new CancellationTokenSource(limit);
        var last = default(Answer);
        await Eventually.TrueAsync(async () => (last = await TryOnceAsync(operation, waitApplied)).IsOk && (!waitApplied || (bool?)last.Body!["applied"] == true), over.Token);
        return last!;
    }

    /// <summary>Offers claims of its own once through one front: they count once or not at all.</summary>
    public Task<Answer> OfferAsync(HostNode front) => TryOnceAsync(Add(OperationKind.Claims, ClaimFactory.Probe(Interlocked.Increment(ref _probes)), persists: false), waitApplied: false, through: front);

    /// <summary>One claim from every source, until all views show them.</summary>
    public Task ProbeAsync(TimeSpan limit) => SendAsync(ClaimFactory.Probe(Interlocked.Increment(ref _probes)), waitApplied: true, limit);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task SendAsync(Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            var operation = Choose(random, out var isDuplicate, out var hasTwin);
            if (isDuplicate)
            {
                await DuplicateAsync(operation);
            }
            else if (hasTwin)
            {
                await TwinsAsync(operation);
            }
            else
            {
                // An operation that persists is tried again here for a while, and at the end: senders do not all hang on one fault.
                for (var tries = 0; !await TryAsync(operation, random.NextDouble() < options.BadRecords) && operation.Persists && tries < 5 && !_stop.IsCancellationRequested; tries++)
                {
                    await PauseAsync();
                }
            }

            await PauseAsync();
        }
    }

    private Task PauseAsync() => Task.Delay(options.Pause, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);

    private Operation Choose(Random random, out bool isDuplicate, out bool hasTwin)
    {
        lock (_choosing)
        {
            isDuplicate = hasTwin = false;
            var draw = random.NextDouble();
            if (draw < options.Duplicates && Pick(random, one => true) is { } again)
            {
                isDuplicate = true;
                return again;
            }

            draw -= options.Duplicates;
            if (draw < options.Corrections && draw >= 0 && Pick(random, one => one is { IsTaken: false, Kind: OperationKind.Claims } && one.Claims[0].Item != ClaimFactory.Retractable) is { } wrong)
            {
                wrong.IsTaken = true;
                return Add(OperationKind.Correction, [.. wrong.Claims.Where((_, at) => at % 2 == 0).Select(claim => claim with { Count = ClaimFactory.CorrectedCount, Revision = 1 })], random.NextDouble() >= options.GivesUp);
            }

            draw -= options.Corrections;
            if (draw < options.Retractions && draw >= 0 && Pick(random, one => one is { IsTaken: false, Kind: OperationKind.Claims } && one.Claims[0].Item == ClaimFactory.Retractable) is { } withdrawn)
            {
                withdrawn.IsTaken = true;
                return Add(OperationKind.Retraction, [withdrawn.Claims[random.Next(withdrawn.Claims.Length)]], random.NextDouble() >= options.GivesUp);
            }

            hasTwin = random.NextDouble() < options.Twins;
            return Add(OperationKind.Claims, _factory.Batch(_batches++), random.NextDouble() >= options.GivesUp);
        }
    }

    private Operation? Pick(Random random, Func<Operation, bool> suits)
    {
        var all = _operations.ToArray();
        for (var tries = 0; tries < 8 && all.Length > 0; tries++)
        {
            var one = all[random.Next(all.Length)];
            if (one.IsAcknowledged && suits(one))
            {
                return one;
            }
        }

        return null;
    }

    private Operation Add(OperationKind kind, ClaimSpec[] claims, bool persists)
    {
        var operation = new Operation(Interlocked.Increment(ref _numbers), kind, claims, persists);
        _operations.Enqueue(operation);
        return operation;
    }

    private async Task<bool> TryAsync(Operation operation, bool withBadRecord = false) => (await TryOnceAsync(operation, waitApplied: false, withBadRecord)).IsOk;

    private async Task<Answer> TryOnceAsync(Operation operation, bool waitApplied, bool withBadRecord = false, HostNode? through = null)
    {
        operation.Attempts++;
        var answer = await PostAsync(operation, waitApplied, withBadRecord, through);
        if (answer.IsOk && !operation.IsAcknowledged)
        {
            Check(operation, answer, withBadRecord ? 1 : 0);
            await journal.AddAsync(operation, answer);
            Interlocked.Increment(ref _acknowledged);
        }
        else if (!answer.IsOk)
        {
            Note(answer);
        }

        return answer;
    }

    private Task<Answer> PostAsync(Operation operation, bool waitApplied, bool withBadRecord = false, HostNode? through = null)
    {
        var front = (through ?? fronts.Next(surviving: waitApplied)).Url;
        var wait = waitApplied ? "?wait=applied" : "";
        return operation.Kind == OperationKind.Retraction
            ? fronts.Http.DeleteAsync(front, $"/v1/claims/{operation.Claims[0].Key}{wait}")
            : fronts.Http.PostAsync(front, "/v1/claims" + wait, withBadRecord ? operation.Ndjson + "\n" + BadRecords.Of(operation.Number) : operation.Ndjson);
    }

    private void Note(Answer answer)
    {
        _refusals.AddOrUpdate(answer.Status == 0 ? answer.Failure!.StartsWith("no answer", StringComparison.Ordinal) ? "time-out" : "connection" : answer.Status.ToString(CultureInfo.InvariantCulture), 1, static (_, count) => count + 1);
        if (!answer.IsExpected)
        {
            _faults.Add($"unexpected answer {answer}");
        }
    }

    private void Check(Operation operation, Answer answer, int bad)
    {
        var tallies = operation.Kind == OperationKind.Retraction
            ? Sum(answer, "retracted", "duplicate") - 1
            : Sum(answer, "accepted", "duplicate", "corrected") - operation.Claims.Length + Sum(answer, "rejected") - bad;
        if (tallies != 0)
        {
            _faults.Add($"operation {operation.Number} ({operation.Kind}) of {operation.Claims.Length} was answered {answer}");
        }
    }

    // What is acknowledged is a duplicate for good, whoever corrects or withdraws it meanwhile.
    private async Task DuplicateAsync(Operation operation)
    {
        var answer = await PostAsync(operation, waitApplied: false);
        if (!answer.IsOk)
        {
            Note(answer);
        }
        else if (Sum(answer, "duplicate") != (operation.Kind == OperationKind.Retraction ? 1 : operation.Claims.Length))
        {
            _faults.Add($"operation {operation.Number} ({operation.Kind} of {operation.Claims[0].Key}) was acknowledged, and sent again it was answered {answer}");
        }
    }

    // Two clients, the same batch, at once: both may be answered, and each claim is new to at most one of them.
    private async Task TwinsAsync(Operation operation)
    {
        operation.Attempts += 2;
        var answers = await Task.WhenAll(PostAsync(operation, waitApplied: false), PostAsync(operation, waitApplied: false));
        foreach (var refused in answers.Where(one => !one.IsOk))
        {
            Note(refused);
        }

        if (answers.Where(one => one.IsOk).Sum(one => Sum(one, "accepted")) > operation.Claims.Length)
        {
            _faults.Add($"operation {operation.Number} was sent by two clients, who were answered {answers[0]} and {answers[1]}");
        }

        if (answers.FirstOrDefault(one => one.IsOk) is { } taken)
        {
            Check(operation, taken, bad: 0);
            await journal.AddAsync(operation, taken);
            Interlocked.Increment(ref _acknowledged);
        }
    }

    private static int Sum(Answer answer, params string[] tallies) => tallies.Sum(tally => (int?)answer.Body![tally] ?? 0);
}
