using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Log;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Feed;

/// <summary>The file or folder to feed at start.</summary>
/// <param name="Path">As <c>Feed:Path</c> has it.</param>
internal sealed record FeedPath(string Path);

/// <summary>What one file came to.</summary>
/// <param name="Name">File name.</param>
/// <param name="Answer">The tallies; null if the file as a whole was refused.</param>
/// <param name="Refusal">Why; null if it was not.</param>
/// <param name="Touched">The entities that its claims name.</param>
internal sealed record FileResult(string Name, FeedAnswer? Answer, string? Refusal, IReadOnlyCollection<EntityKey> Touched);

/// <summary>Feeds files the way the endpoints feed bodies: <c>.txt</c> reports in the text form, <c>.json</c> and
/// <c>.ndjson</c> claims.</summary>
internal sealed class FileFeed(FeedPath path, Ingestor ingestor, ReportFeeder feeder, TimeProvider time)
{
    private const int ClaimsPerStep = 1_000;

    // Who starts the host has nobody else to send a file again: a store that is away for a while, a silo that dies, or a log that is still being read, is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The files to feed, by name.</summary>
    public IReadOnlyList<string> Files() => [.. All().Where(IsFed)];

    /// <summary>The files of the folder that are of no kind that is fed; notes aside.</summary>
    public IReadOnlyList<string> Skipped() => [.. All().Where(file => !IsFed(file) && Path.GetExtension(file) != ".md").Select(file => Path.GetFileName(file))];

    /// <summary>Feeds one file and waits until the views show it.</summary>
    public async Task<FileResult> FeedAsync(string file, CancellationToken cancellationToken)
    {
        var body = await File.ReadAllBytesAsync(file, cancellationToken);
        return Path.GetExtension(file) == ".txt"
            ? await FeedReportAsync(Path.GetFileName(file), body, cancellationToken)
            : await FeedClaimsAsync(file, body, cancellationToken);
    }

    private IEnumerable<string> All() =>
        Directory.Exists(path.Path) ? Directory.EnumerateFiles(path.Path).Order(StringComparer.Ordinal) : [path.Path];

    private static bool IsFed(string file) => Path.GetExtension(file) is ".txt" or ".json" or ".ndjson";

    private async Task<FileResult> FeedReportAsync(string name, byte[] body, CancellationToken cancellationToken)
    {
        var (report, _, error) = ReportReader.ReadText(body, source: null);
        if (error is not null)
        {
            return Refused(name, $"{error.Code}: {error.Message}");
        }

        var fed = await PatientlyAsync(() => feeder.FeedAsync([(0, report!)], store: true, waitApplied: true, slot: null, cancellationToken), static fed => fed.Result, cancellationToken);
        return fed.Result.Refusal != AppendRefusal.None
            ? Refused(name, $"the store does not take it: {fed.Result.Refusal}")
            : new FileResult(name, fed.Answer, null, [.. fed.New.Concat(fed.Stored).SelectMany(one => LogRecord.TouchedBy(one.Claim)).Distinct()]);
    }

    private async Task<FileResult> FeedClaimsAsync(string file, byte[] body, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(file);
        var (items, _, refusal) = Body.Split(Path.GetExtension(file) == ".ndjson" ? Body.Ndjson : Body.Json, body);
        if (refusal is not null)
        {
            return Refused(name, $"{refusal.Code}: {refusal.Detail}");
        }

        var (claims, errors) = ingestor.AdmitAll(items);
        var outcomes = new List<AppendOutcome>(claims.Count);
        var applied = true;
        foreach (var step in claims.Chunk(ClaimsPerStep))
        {
            var result = await PatientlyAsync(
                () => ingestor.AppendAsync(new Feeding([.. step.Select(one => one.Claim)]), waitApplied: true, slot: null, cancellationToken), static result => result, cancellationToken);
            if (result.Refusal != AppendRefusal.None)
            {
                return Refused(name, $"the store does not take it: {result.Refusal}");
            }

            outcomes.AddRange(result.Outcomes);
            applied &= result.Applied == true;
        }

        var all = new IngestResult(AppendRefusal.None, [.. outcomes], applied);
        return new FileResult(name, FeedAnswer.From(all, claims, errors), null, [.. claims.SelectMany(one => LogRecord.TouchedBy(one.Claim)).Distinct()]);
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> feed, Func<T, IngestResult> resultOf, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                var fed = await feed();
                if (resultOf(fed).Refusal is not (AppendRefusal.Busy or AppendRefusal.StoreUnavailable) || time.GetElapsedTime(began) > Patience)
                {
                    return fed;
                }
            }
            catch (Exception fault) when (Passing.Is(fault) && !cancellationToken.IsCancellationRequested && time.GetElapsedTime(began) <= Patience)
            {
                // As if it was refused: what is in already counts once.
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private static FileResult Refused(string name, string why) => new(name, null, why, []);
}
