using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// Holds <c>wait=applied</c> to what it says: the views of the place, of the target and of all that contains them, and that of the source, show the claims, through every front
/// that survives. Less may be shown only by an activation that has read its row since (protocol, what is not promised), and by those above it, for some seconds.
/// </summary>
/// <param name="fronts">Whom to ask.</param>
/// <param name="claims">What is sent with <c>wait=applied</c>.</param>
internal sealed class AppliedCheck(Fronts fronts, ClaimSpec[] claims)
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // An activation that has read its row is told the rest of it within some seconds, and one that was asked again for a lost step once that is given up (CallLimits.Step). Hosts of level 1 wait for each as long as Orleans does by itself, 30 s, and whoever rests on one of theirs with them.
    private readonly TimeSpan _fallLimit = TimeSpan.FromSeconds(fronts.Nodes.Any(static node => node.IsOlder) ? 45 : 15);
    private readonly TimeSpan _askLimit = TimeSpan.FromSeconds(fronts.Nodes.Any(static node => node.IsOlder) ? 60 : 30);
    private readonly ConcurrentDictionary<string, long> _epochs = new(StringComparer.Ordinal);
    private volatile bool _isApplied;

    private readonly string[] _paths =
    [
        .. claims.SelectMany(static claim => Theatre.Containing(claim.Region).Select(static place => "/v1/regions/" + place)
            .Concat(claim.Theatre.Targets.Select(static actor => "/v1/actors/" + actor)).Append("/v1/sources/" + claim.Source)).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>Views that were asked.</summary>
    public int Asked { get; private set; }

    /// <summary>For how long at most one did not show the claims that had been read anew, or had one below it that had.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>While they are sent: who has read its row later than is seen now may show less for some seconds. What is answered after <see cref="Applied"/> does not count.</summary>
    public Task BeforeAsync() => Task.WhenAll(_paths.Select(async path =>
    {
        // Until it answers: of one that has not, nobody could say later that it was not read anew.
        for (var isKnown = false; !isKnown && !_isApplied; await Task.Delay(Pause))
        {
            var answer = await fronts.Http.GetAsync(fronts.Next(surviving: true).Url, path, ReadLimit);
            if (answer is { IsOk: true, Body: { } view } && !_isApplied)
            {
                _epochs[path] = Views.Epoch(view);
                isKnown = true;
            }
        }
    }));

    /// <summary>All views are said to show them.</summary>
    public void Applied() => _isApplied = true;

    /// <summary>Asks all views.</summary>
    /// <param name="least">What all that is said to show makes; asked again for each look, as the store may lose something meanwhile.</param>
    public async Task<IReadOnlyList<Violation>> AfterAsync(Func<Expectation> least)
    {
        var began = TimeProvider.System.GetTimestamp();
        var found = await Task.WhenAll(fronts.Surviving.SelectMany(front => _paths.Select(path => AskAsync(front, path, began, least))));
        Asked = found.Length;
        return [.. found.OfType<Violation>()];
    }

    /// <summary>Whether a view that shows less may: it or one that it rests on has read its row since, or was not to be asked before.</summary>
    /// <param name="path">Of the view.</param>
    /// <param name="epochs">Those of now, of all that were asked.</param>
    public bool MayShowLess(string path, IReadOnlyDictionary<string, long> epochs) =>
        _paths.Where(one => IsWithin(one, path)).Any(one => !_epochs.TryGetValue(one, out var before) || !epochs.TryGetValue(one, out var now) || now != before);

    // What a view rests on: itself, and what lies below it.
    private static bool IsWithin(string one, string path)
    {
        var (of, within) = (one.Split('/'), path.Split('/'));
        return of[2] == within[2] && (of[2] switch
        {
            "regions" => Theatre.Containing(of[3]).Contains(within[3]),
            "actors" => Theatre.Over(of[3]).Contains(within[3]),
            _ => one == path,
        });
    }

    /// <summary>Remembers an epoch from before.</summary>
    public void Before(string path, long epoch) => _epochs[path] = epoch;

    private async Task<Violation?> AskAsync(HostNode front, string path, long began, Func<Expectation> least)
    {
        for (var isFirst = true; TimeProvider.System.GetElapsedTime(began) is var after; isFirst = false)
        {
            var answer = await GetAsync(front, path);

            // One that has ended, or is starting, is no survivor.
            if (!front.IsRunning || front.MayBeStale || answer.IsUnreachable || after > _askLimit)
            {
                return null;
            }

            var lacks = answer is { IsOk: true, Body: { } body } ? Lacks(path, body, least) : null;
            if (answer.IsOk && lacks is null)
            {
                Longest = !isFirst && after > Longest ? after : Longest;
                return null;
            }

            if (lacks is not null && (!MayShowLess(path, await EpochsAsync(front)) || after > _fallLimit))
            {
                return new Violation(Promise.Applied, string.Create(CultureInfo.InvariantCulture, $"{path} through {front.Name}, {after.TotalSeconds:F1} s after claims were said to show: {lacks}"));
            }

            await Task.Delay(100);
        }

        return null;
    }

    private Task<Answer> GetAsync(HostNode front, string path) =>
        fronts.Http.GetAsync(front.Url, IsSource(path) ? path + $"/claims?item={claims[0].Item}&limit=500" : path, ReadLimit);

    private string? Lacks(string path, JsonObject body, Func<Expectation> least) => IsSource(path) ? Missing(body, path) : Less(body, least().Figures(path));

    private static bool IsSource(string path) => path.StartsWith("/v1/sources/", StringComparison.Ordinal);

    private string? Missing(JsonObject page, string path)
    {
        var shown = page["items"]!.AsArray().Select(static item => (string?)item!["key"]).ToHashSet(StringComparer.Ordinal);
        return claims.FirstOrDefault(claim => path.EndsWith("/" + claim.Source, StringComparison.Ordinal) && !shown.Contains(claim.Key)) is { } missing ? $"{missing.Key} is not among its claims" : null;
    }

    /// <summary>What of a view is less than it must be; null if nothing.</summary>
    public string? Less(JsonObject view, IReadOnlyDictionary<string, long> least)
    {
        var shown = Views.Destroyed(view);
        return claims.Select(static claim => claim.Figure).Distinct(StringComparer.Ordinal).FirstOrDefault(figure => shown.GetValueOrDefault(figure) < least.GetValueOrDefault(figure)) is { } less
            ? $"{less} is {shown.GetValueOrDefault(less)}, and {least[less]} were said to show (version {view["version"]})"
            : null;
    }

    private async Task<IReadOnlyDictionary<string, long>> EpochsAsync(HostNode front)
    {
        var views = await Task.WhenAll(_paths.Select(async path => (Path: path, Answer: await fronts.Http.GetAsync(front.Url, path, ReadLimit))));
        return views.Where(static one => one.Answer.IsOk).ToDictionary(static one => one.Path, static one => Views.Epoch(one.Answer.Body!), StringComparer.Ordinal);
    }
}
