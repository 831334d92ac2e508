using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// Judges through the public API alone: evidence pages of every source say which claims stand, the figures and counts of every entity
/// must be those claims', what was acknowledged must be a duplicate when it is sent again, a fresh host on the restored log must tell the
/// same of everything, and one that is fed the same claims once must show the same views.
/// </summary>
internal sealed class Auditor(Cluster cluster, Loader loader, AckJournal journal, string folder)
{
    private readonly Fronts _fronts = cluster.Fronts;
    private const int ClaimsPerRequest = 500;
    private const int ReportsPerRequest = 100;
    private const int RequestsAtOnce = 32;
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Convergence = TimeSpan.FromSeconds(60);

    /// <summary>Places that were merged, with their survivors.</summary>
    public IReadOnlyDictionary<string, string> MergedInto { get; init; } = new Dictionary<string, string>();

    /// <summary>How many claims name entities beside those of the load, by path.</summary>
    public IReadOnlyDictionary<string, long> Others { get; init; } = new Dictionary<string, long>();

    /// <summary>How long the views took to be what they should be, from the end of the load.</summary>
    public TimeSpan ConvergedAfter { get; private set; }

    /// <summary>Answers that were compared with those of a host that folds the log in one go.</summary>
    public int Compared { get; private set; }

    /// <summary>How many claims stand.</summary>
    public int Standing { get; private set; }

    // A merged place shows its survivor.
    private IEnumerable<string> Paths => Views.All.Concat(MergedInto.Keys.Select(static id => "/v1/regions/" + id));

    public async Task<IReadOnlyList<Violation>> RunAsync(References references)
    {
        var began = TimeProvider.System.GetTimestamp();
        var found = await ConvergeAsync();
        ConvergedAfter = TimeProvider.System.GetElapsedTime(began);
        Standing = found.Standing.Count;
        if (found.Violations.Count > 0)
        {
            return found.Violations;
        }

        var violations = new List<Violation>();
        violations.AddRange(await SendAgainAsync());
        violations.AddRange((await LookAsync(Truth())).Violations);
        if (violations.Count == 0 && references != References.None)
        {
            var ofLog = new LogReference(cluster, folder);
            violations.AddRange(await ofLog.CompareAsync(Paths, [.. Others.Keys], Middle()));
            Compared = ofLog.Compared;
        }

        if (violations.Count == 0 && references == References.All)
        {
            violations.AddRange(await CompareAsync(found.Standing));
        }

        return violations;
    }

    /// <summary>Looks until everything is right. Views may follow the last acknowledgement by a moment; what never comes right is a fault.</summary>
    public async Task<(List<ClaimSpec> Standing, IReadOnlyList<Violation> Violations)> ConvergeAsync()
    {
        var truth = Truth();
        var found = (Standing: new List<ClaimSpec>(), Violations: (IReadOnlyList<Violation>)[]);
        await Eventually.WithinAsync(Convergence, async () => (found = await LookAsync(truth)).Violations.Count == 0);
        return found;
    }

    /// <summary>What the claims make that stand by the sources' evidence pages; no place and no actor is asked.</summary>
    public async Task<Expectation> ExpectationAsync() => new(Truth().Judge(await EvidenceAsync(_fronts.Surviving.First())).Standing, MergedInto);

    /// <summary>Looks at some views until they are right, through every front, and asks nothing else.</summary>
    public async Task<IReadOnlyList<Violation>> ConvergeAsync(string[] paths, Expectation should)
    {
        List<Violation> wrong = [];
        await Eventually.WithinAsync(Convergence, async () =>
        {
            try
            {
                wrong = await CompareAllAsync(paths, should);
            }
            catch (UnansweredException fault)
            {
                wrong = [fault.Violation];
            }

            return wrong.Count == 0;
        });
        return wrong;
    }

    /// <summary>Key and figure of every claim that the sources' evidence pages show, through one front.</summary>
    public async Task<List<(string Key, long? Count)>> EvidenceAsync(HostNode front)
    {
        var all = new List<(string, long?)>();
        foreach (var source in ClaimFactory.SourceNames)
        {
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await GetAsync(front, $"/v1/sources/{source}/claims?limit=500{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
                all.AddRange(page["items"]!.AsArray().Select(item => ((string)item!["key"]!, (long?)item["figure"]?["best"])));
                cursor = (string?)page["next"];
            }
        }

        return all;
    }

    private async Task<(List<ClaimSpec> Standing, IReadOnlyList<Violation> Violations)> LookAsync(Truth truth)
    {
        try
        {
            var (standing, violations) = truth.Judge(await EvidenceAsync(_fronts.Surviving.First()));
            var expected = new Expectation(standing, MergedInto);
            violations.AddRange(await CompareAllAsync(Paths, expected));
            violations.AddRange(await CountOthersAsync());
            return (standing, violations);
        }
        catch (UnansweredException fault)
        {
            return ([], [fault.Violation]);
        }
    }

    // Each through one front, in turn: there may be thousands.
    private async Task<IEnumerable<Violation>> CountOthersAsync()
    {
        HostNode[] through = [.. _fronts.Surviving];
        var wrong = new ConcurrentQueue<Violation>();
        await Parallel.ForEachAsync(Others.Index(), new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce }, async (other, _) =>
        {
            // Places and actors come in turns, and both are asked of every front.
            var (front, (path, claims)) = (through[other.Index / 2 % through.Length], other.Item);
            if ((long)(await GetAsync(front, path))["claims"]!["total"]! is var shown && shown != claims)
            {
                wrong.Enqueue(new Violation(Promise.Figure, $"{path} through {front.Name}: {shown} claims, and there should be {claims}"));
            }
        });
        return wrong;
    }

    // Through every front.
    private async Task<List<Violation>> CompareAllAsync(IEnumerable<string> paths, Expectation expected)
    {
        var wrong = new List<Violation>();
        foreach (var front in _fronts.Surviving)
        {
            foreach (var path in paths)
            {
                wrong.AddRange(Compare(front, path, await GetAsync(front, path), expected));
            }
        }

        return wrong;
    }

    private static IEnumerable<Violation> Compare(HostNode front, string path, JsonObject view, Expectation expected)
    {
        var (figures, appearances) = (Views.Destroyed(view), Views.Appearances(view));
        foreach (var key in figures.Keys.Union(expected.Figures(path).Keys))
        {
            var (shown, should) = (figures.GetValueOrDefault(key), expected.Figures(path).GetValueOrDefault(key));
            if (shown != should)
            {
                yield return new Violation(Promise.Figure, $"{path} through {front.Name}: {key} is {shown} and should be {should}");
            }

            // Two that are one statement make one figure: that one counts twice shows here alone (R6).
            (shown, should) = (appearances.GetValueOrDefault(key), expected.Appearances(path).GetValueOrDefault(key));
            if (shown != should)
            {
                yield return new Violation(Promise.Figure, $"{path} through {front.Name}: {key} rests on {shown} claims and should on {should}");
            }
        }

        if ((long)view["claims"]!["total"]! != expected.Count(path))
        {
            yield return new Violation(Promise.Figure, $"{path} through {front.Name}: {view["claims"]!["total"]} claims, and there should be {expected.Count(path)}");
        }
    }

    private async Task<IEnumerable<Violation>> SendAgainAsync()
    {
        var violations = new List<Violation>();
        var journaled = journal.Read();
        ClaimSpec[] acknowledged = [.. loader.Operations.Where(one => one.Kind != OperationKind.Retraction && journaled.ContainsKey(one.Number)).SelectMany(one => one.Claims)];
        foreach (var claims in acknowledged.Where(static claim => claim.Report is null).Chunk(ClaimsPerRequest))
        {
            await AgainAsync("/v1/claims?wait=applied", claims.Select(static claim => claim.Json), claims);
        }

        foreach (var reports in acknowledged.Where(static claim => claim.Report is not null).GroupBy(static claim => claim.Report).Chunk(ReportsPerRequest))
        {
            await AgainAsync("/v1/reports?wait=applied", reports.Select(static one => one.Key!.Json), [.. reports.SelectMany(static one => one)]);
        }

        foreach (var retraction in loader.Operations.Where(one => one.Kind == OperationKind.Retraction && journaled.ContainsKey(one.Number)))
        {
            var answer = await loader.RepeatAsync(retraction, Convergence);
            if (!answer.IsOk || (int?)answer.Body!["duplicate"] != 1)
            {
                violations.Add(new Violation(answer.IsOk ? Promise.Lost : Promise.Recovery, $"the acknowledged retraction of {retraction.Claims[0].Key}, sent again, was answered {answer}"));
            }

            if (!answer.IsOk)
            {
                break;
            }
        }

        return violations;

        async Task AgainAsync(string path, IEnumerable<string> lines, ClaimSpec[] claims)
        {
            var answer = default(Answer);
            var body = string.Join('\n', lines);
            if (!await Eventually.WithinAsync(Convergence, async () => (answer = await _fronts.Http.PostAsync(_fronts.Next(surviving: true).Url, path, body)).IsOk))
            {
                violations.Add(new Violation(Promise.Recovery, $"a batch sent again was answered {answer}"));
            }
            else if ((int)answer!.Body!["duplicate"]! != claims.Length)
            {
                violations.Add(new Violation(Promise.Lost, $"{claims.Length} acknowledged claims from {claims[0].Key} on, sent again, were answered {answer}"));
            }
        }
    }

    private async Task<IEnumerable<Violation>> CompareAsync(List<ClaimSpec> standing)
    {
        var violations = new List<Violation>();
        await using var reference = new HostNode("reference", folder, NodeAddress.Loopback, "--Store:Path", Path.Combine(folder, "reference"));
        await reference.StartAsync(_fronts.Http);
        foreach (var claims in standing.Where(static claim => claim.Report is null).OrderBy(claim => claim.Key, StringComparer.Ordinal).Chunk(ClaimsPerRequest))
        {
            await FeedAsync("/v1/claims?wait=applied", claims.Select(static claim => claim.Json), claims.Length);
        }

        // Of the texts of a report the last one stands.
        foreach (var reports in standing.Where(static claim => claim.Report is not null).GroupBy(static claim => claim.Report).Chunk(ReportsPerRequest))
        {
            await FeedAsync("/v1/reports?wait=applied", reports.Select(static one => one.Key!.Json), reports.Sum(static one => one.Count()));
        }

        foreach (var (merged, survivor) in MergedInto)
        {
            var answer = await _fronts.Http.PostAsync(reference.Url, $"/v1/regions/{merged}/merge-into/{survivor}?wait=applied", "", "application/json");
            if (!answer.IsOk)
            {
                throw new InvalidOperationException($"the reference refused a merge: {answer}");
            }
        }

        foreach (var path in Paths)
        {
            var should = Views.Comparable(await GetAsync(reference, path));
            foreach (var front in _fronts.Surviving)
            {
                if (Views.Difference(Views.Comparable(await GetAsync(front, path)), should) is { } difference)
                {
                    violations.Add(new Violation(Promise.Reference, $"{path} through {front.Name}: {difference}"));
                }
            }
        }

        return violations;

        async Task FeedAsync(string path, IEnumerable<string> lines, int claims)
        {
            var answer = await _fronts.Http.PostAsync(reference.Url, path, string.Join('\n', lines));
            if (!answer.IsOk || (int)answer.Body!["accepted"]! != claims || (bool?)answer.Body["applied"] != true)
            {
                throw new InvalidOperationException($"the reference did not take the claims: {answer}");
            }
        }
    }

    /// <summary>What may be there, by what was sent and what the journal says of it.</summary>
    public Truth Truth() => new(loader.Operations, journal.Read());

    // When half of what was acknowledged had been.
    private DateTimeOffset Middle()
    {
        DateTimeOffset[] acknowledged = [.. journal.Read().Values.Order()];
        return acknowledged[acknowledged.Length / 2];
    }

    private async Task<JsonObject> GetAsync(HostNode front, string path)
    {
        var answer = await _fronts.Http.GetAsync(front.Url, path, ReadLimit);
        return answer.IsOk ? answer.Body! : throw new UnansweredException(new Violation(answer.IsExpected ? Promise.Recovery : answer.Status == 404 ? Promise.Lost : Promise.Answer, $"GET {path} through {front.Name}: {answer}"));
    }
}

/// <summary>With which fresh hosts the views are compared.</summary>
internal enum References
{
    /// <summary>None.</summary>
    None,

    /// <summary>One that folds the log of the run.</summary>
    OfLog,

    /// <summary>That one, and one that is fed the claims that stand.</summary>
    All,
}
