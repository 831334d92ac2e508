using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// A fresh single host that folds the log of the run, brought to it by archive and restore: it has seen the whole history, so that all that
/// anybody can ask must be answered the same, but for the counts of resends.
/// </summary>
internal sealed class LogReference(Cluster cluster, string folder)
{
    private const int OthersCompared = 400;

    // The newest ten thousand claims of each: how many there are, and what they come to, is in its view.
    private const int PagesCompared = 20;
    private const string List = "?sort=name&limit=1000";
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Convergence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private long _began;

    /// <summary>Answers that were compared.</summary>
    public int Compared { get; private set; }

    /// <param name="entities">Paths of the entities that are compared with all that is told of them.</param>
    /// <param name="others">Paths of entities of which the view is compared, and only of some if there are many.</param>
    /// <param name="moment">A moment in the middle of the run.</param>
    public async Task<IReadOnlyList<Violation>> CompareAsync(IEnumerable<string> entities, IReadOnlyCollection<string> others, DateTimeOffset moment)
    {
        await RestoreAsync();
        await using var reference = new HostNode("log-reference", folder, NodeAddress.Loopback, "--Store:Path", Store);
        await reference.StartAsync(cluster.Http);
        _began = TimeProvider.System.GetTimestamp();
        var asOf = Uri.EscapeDataString(moment.ToString("O", CultureInfo.InvariantCulture));
        string[] paths =
        [
            .. entities.SelectMany(path => new[] { "", "?asOf=" + asOf, "/timeline", "/timeline?by=occurred", "/claims?limit=500" }.Select(what => path + what)),

            // Of places, actors and sources alike, though they come in turns.
            .. others.Order(StringComparer.Ordinal).Where((_, at) => at % ((others.Count / OthersCompared) + 1) == 0),
            "/v1/regions" + List, "/v1/actors" + List, "/v1/sources" + List,
        ];
        var violations = new List<Violation>();
        foreach (var path in paths)
        {
            var page = path;
            for (var pages = 0; page is not null && pages < PagesCompared; pages++)
            {
                var should = await GetAsync(reference, page);
                foreach (var front in cluster.Fronts.Surviving)
                {
                    Compared++;
                    if (await DifferenceAsync(front, reference, page, should) is { } difference)
                    {
                        violations.Add(new Violation(Promise.Log, $"{page} through {front.Name}, against a fold of the log in one go: {difference}"));
                    }
                }

                page = should["items"] is not null && (string?)should["next"] is { } next ? $"{path}&cursor={next}" : null;
            }
        }

        return violations;
    }

    private string Store => Path.Combine(folder, "restored");

    private string Archive => Path.Combine(folder, "archive");

    // An embedded store is held by its host, which has to stop for it.
    private async Task RestoreAsync()
    {
        if (!cluster.HasRedis && !await cluster.Nodes[0].TerminateAsync(StopLimit))
        {
            throw new InvalidOperationException("the host of the embedded store did not stop");
        }

        var (setting, store) = cluster.HasRedis ? ("--Store:Redis", cluster.Redis.Address) : ("--Store:Path", cluster.DataFolder);
        await RunAsync("archive", "--to", Archive, setting, store);
        await RunAsync("restore", "--from", Archive, "--Store:Path", Store);
        if (!cluster.HasRedis)
        {
            await cluster.Nodes[0].StartAsync(cluster.Http);
        }
    }

    private async Task RunAsync(string command, params string[] arguments)
    {
        if (await HostCommand.RunAsync(folder, command, [command, .. arguments]) is var code and not 0)
        {
            throw new InvalidOperationException($"{command} ended with {code}; see {command}.log");
        }
    }

    // What is told from entity to entity may come a moment after the claims do, and lists are of rows, which the reference too is still writing at first: all of it within one limit.
    private async Task<string?> DifferenceAsync(HostNode front, HostNode reference, string path, JsonObject should)
    {
        var (difference, left) = (default(string), Convergence - TimeProvider.System.GetElapsedTime(_began));
        await Eventually.WithinAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, async () =>
        {
            difference = Views.Difference(await GetAsync(front, path), should);
            should = difference is null ? should : await GetAsync(reference, path);
            return difference is null;
        });
        return difference;
    }

    private async Task<JsonObject> GetAsync(HostNode front, string path)
    {
        var answer = await cluster.Http.GetAsync(front.Url, path, ReadLimit);
        return answer.IsOk ? Views.OfLog(answer.Body!) : throw new UnansweredException(new Violation(Promise.Recovery, $"GET {path} through {front.Name}: {answer}"));
    }
}
