using System.Globalization;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Load;

/// <summary>How each operation is sent, and what is asked of the answers.</summary>
internal sealed partial class Loader
{
    private async Task<bool> TryAsync(Operation operation, Random random)
    {
        int? badAt = random.NextDouble() < options.BadRecords && operation.Kind is OperationKind.Claims or OperationKind.Correction ? random.Next(operation.Claims.Length + 1) : null;
        return (await TryOnceAsync(operation, badAt: badAt)).IsOk;
    }

    private async Task<Answer> TryOnceAsync(Operation operation, bool waitApplied = false, int? badAt = null, HostNode? through = null)
    {
        if (!operation.HasIds && await IdentifyAsync(operation) is { IsOk: false } unknown)
        {
            Note(unknown);
            return unknown;
        }

        operation.Attempts++;
        var answer = await PostAsync(operation, waitApplied, badAt, through);
        if (answer.IsOk && !operation.IsAcknowledged)
        {
            Check(operation, answer, badAt);
            Interlocked.Add(ref _badRecords, badAt is null ? 0 : 1);
            await AcknowledgeAsync(operation, answer);
        }
        else if (!answer.IsOk)
        {
            Note(answer);
        }

        return answer;
    }

    private async Task AcknowledgeAsync(Operation operation, Answer answer)
    {
        await journal.AddAsync(operation, answer);
        Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>Asks a host what it would take from a report. It must be what the report says.</summary>
    private async Task<Answer> IdentifyAsync(Operation operation)
    {
        var answer = await fronts.Http.PostAsync(fronts.Next().Url, "/v1/reports?dryRun=true", operation.Report!.Json, "application/json");
        if (answer.IsOk && ReportFactory.Identify(operation.Claims, answer.Body!) is { } identified)
        {
            operation.Identify(identified);
        }
        else if (answer.IsOk)
        {
            Fault($"a report was read as something else: {operation.Report.Text} {answer}");
            return answer with { Status = 0, Failure = "a report that cannot be identified" };
        }

        return answer;
    }

    private async Task<Answer> PostAsync(Operation operation, bool waitApplied, int? badAt = null, HostNode? through = null)
    {
        // Before it can be shown.
        ceiling.Add(operation.Claims);
        var front = (through ?? fronts.Next(surviving: waitApplied)).Url;
        var wait = waitApplied ? "?wait=applied" : "";
        var answer = await (operation.Kind switch
        {
            OperationKind.Retraction => fronts.Http.DeleteAsync(front, $"/v1/claims/{operation.Claims[0].Key}{wait}"),
            OperationKind.Report or OperationKind.Repost => fronts.Http.PostAsync(front, "/v1/reports" + wait, operation.Report!.Json, "application/json"),
            _ => fronts.Http.PostAsync(front, "/v1/claims" + wait, badAt is { } at ? string.Join('\n', [.. operation.Lines.Take(at), BadRecords.Of(operation.Number), .. operation.Lines.Skip(at)]) : operation.Ndjson),
        });
        if (answer.IsOk)
        {
            Interlocked.Increment(ref _answered);
        }

        return answer;
    }

    private void Note(Answer answer)
    {
        _refusals.AddOrUpdate(answer.Status == 0 ? answer.IsUnreachable ? "connection" : "time-out" : answer.Status.ToString(CultureInfo.InvariantCulture), 1, static (_, count) => count + 1);
        if (!answer.IsExpected)
        {
            Fault($"unexpected answer {answer}");
        }
    }

    private void Check(Operation operation, Answer answer, int? badAt)
    {
        var tallies = operation.Kind == OperationKind.Retraction
            ? Sum(answer, "retracted", "duplicate") - 1
            : Sum(answer, "accepted", "duplicate", "corrected") - operation.Claims.Length + Sum(answer, "rejected") - (badAt is null ? 0 : 1);
        if (tallies != 0 || (badAt is not null && (int?)answer.Body!["errors"]?.AsArray().SingleOrDefault()?["index"] != badAt))
        {
            Fault($"operation {operation.Number} ({operation.Kind}) of {operation.Claims.Length}, with a bad record at {badAt}, was answered {answer}");
        }

        // What stands of it is answered to who sends it again; all of it to who sends it first.
        if (operation.Report is not null && Sum(answer, "accepted") == operation.Claims.Length
            && !operation.Claims.Select(claim => claim.Id).SequenceEqual(answer.Body!["claims"]!.AsArray().Select(static one => (string)one!["id"]!)))
        {
            Fault($"a report of {string.Join(", ", operation.Claims.Select(claim => claim.Key))} was answered {answer}");
        }
    }

    // What is acknowledged is a duplicate for good, whoever corrects, withdraws or replaces it meanwhile; unless the store itself lost it.
    private void CheckDuplicate(Operation operation, Answer answer)
    {
        if (!answer.IsOk)
        {
            Note(answer);
        }
        else if (MayBeLost(operation))
        {
            Check(operation, answer, badAt: null);
        }
        else if (Sum(answer, "duplicate") != (operation.Kind == OperationKind.Retraction ? 1 : operation.Claims.Length))
        {
            Fault($"operation {operation.Number} ({operation.Kind} of {operation.Claims[0].Key}) was acknowledged, and sent again it was answered {answer}");
        }
    }

    // Two clients, the same batch, at once: both may be answered, and each claim is new to at most one of them.
    private async Task<bool> TwinsAsync(Operation operation)
    {
        operation.Attempts += 2;
        var answers = await Task.WhenAll(PostAsync(operation, waitApplied: false), PostAsync(operation, waitApplied: false));
        foreach (var refused in answers.Where(one => !one.IsOk))
        {
            Note(refused);
        }

        if (answers.Where(one => one.IsOk).Sum(one => Sum(one, "accepted")) > operation.Claims.Length)
        {
            Fault($"operation {operation.Number} was sent by two clients, who were answered {answers[0]} and {answers[1]}");
        }

        if (answers.FirstOrDefault(one => one.IsOk) is { } taken && !operation.IsAcknowledged)
        {
            Check(operation, taken, badAt: null);
            await AcknowledgeAsync(operation, taken);
        }

        return answers.All(static one => one.IsOk);
    }

    private void Fault(string what) => _violations.Add(new Violation(Promise.Answer, what));

    private static int Sum(Answer answer, params string[] tallies) => tallies.Sum(tally => (int?)answer.Body![tally] ?? 0);
}
