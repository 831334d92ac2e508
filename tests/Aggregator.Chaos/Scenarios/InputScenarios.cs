using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;

namespace Aggregator.Chaos.Scenarios;

/// <summary>What senders do wrong, and what is edited meanwhile.</summary>
internal static class InputScenarios
{
    /// <summary>In the quote of a claim on which folds fail.</summary>
    public const string Poison = "chaos-poison";

    /// <summary>What the host says of a claim that no view shows.</summary>
    public const string Quarantined = "is quarantined, no view shows it";

    private const int Depth = 10_000;
    private const int LeastBadRecords = 5;
    private const int Nameless = 20;

    // Five times a second, above the server's least rate of 1,024 bytes a second.
    private const int DropAboveTheLeastRate = 1_000;
    private static readonly TimeSpan CutOffLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShownLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BodyTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan TrickleLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan QuarantineLimit = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("bad-records", "one record in a hundred is none, while silos die", BadRecordsAsync),
        new("poison", "a claim on which the fold throws", PoisonAsync),
        new("same-batch", "two clients send the same batches at once, and again when the store's index has them, while silos die", SameBatchScenario.RunAsync),
        new("merge", "a name is merged into another between two sendings of its claims, while silos die", MergeAsync),
        new("resend", "claims come again when their index rows have left memory, while silos die", ResendAsync),
        new("subscribers", "some watch live, some of them deaf and some of them gone without a word, while silos die", SubscribersAsync),
        new("bodies", "bodies that are too large, too slow, bombs, too deep or no text, beside the load", BodiesAsync),
    ];

    private static async Task BadRecordsAsync(ScenarioContext context)
    {
        // A batch of 20 with one bad record in one of five: one record in a hundred.
        await context.StartAsync(new ClusterOptions(), new LoadOptions { BadRecords = 0.2 });
        await context.RepeatAsync(() => KillOneAsync(context));
        context.Note($"{context.Loader.WithBadRecords} bad records were refused beside the batches that they came with");
        if (context.Loader.WithBadRecords < LeastBadRecords)
        {
            context.Violated(Promise.Scenario, $"{context.Loader.WithBadRecords} bad records were refused: that is no test");
        }
    }

    private static async Task ResendAsync(ScenarioContext context)
    {
        // Less in memory than one batch has: whatever comes again is looked up in the store.
        await context.StartAsync(new ClusterOptions { Host = ["--Partition:CachedKeys", "10"] }, new LoadOptions { Duplicates = 0.5 });
        await context.RepeatAsync(() => KillOneAsync(context));
    }

    private static async Task SubscribersAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        var subscribers = Enumerable.Range(0, 3).Select(_ => context.Own(new Subscriber(context.Cluster.Fronts, context.Ceiling, Views.All))).ToArray();
        var path = Subscriber.PathOf(Views.All);
        var deaf = new List<DeafSubscriber>();
        await context.RepeatAsync(async () =>
        {
            await OpenDeafAsync();
            await KillOneAsync(context);
        });

        // Those of a front that was killed have gone with it.
        await OpenDeafAsync();
        if (!await Eventually.WithinAsync(CutOffLimit, () => Task.FromResult(context.Cluster.Fronts.Nodes.All(front => front.Log.Contains("read too slowly and is cut off")))))
        {
            context.Violated(Promise.Scenario, "a front has cut off none of those who read nothing");
        }

        context.Note($"{deaf.Count} watched and read nothing, as many went without a word");
        deaf.ForEach(one => one.Dispose());
        await context.Loader.StopAsync();
        await context.Loader.SettleAsync(ShownLimit);
        await context.Loader.ProbeAsync(ShownLimit);
        foreach (var subscriber in subscribers)
        {
            var difference = default(string);
            if (!await Eventually.WithinAsync(ShownLimit, async () => (difference = await DifferenceAsync(context, subscriber)) is null))
            {
                context.Violated(Promise.Figure, $"a subscriber was shown last what is not so: {difference}");
            }

            context.Note($"a subscriber had {subscriber.Changes} changes");
            foreach (var fault in subscriber.Faults)
            {
                context.Violated(fault.Promise, fault.What);
            }
        }

        async Task OpenDeafAsync()
        {
            foreach (var front in context.Cluster.Fronts.Surviving)
            {
                // Every other one of them goes without a word.
                var opened = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => DeafSubscriber.TryOpenAsync(front.Url, path)));
                foreach (var gone in opened.Where((_, at) => at % 2 == 0))
                {
                    gone?.Dispose();
                }

                deaf.AddRange(opened.Where((_, at) => at % 2 == 1).OfType<DeafSubscriber>());
            }
        }
    }

    private static async Task<string?> DifferenceAsync(ScenarioContext context, Subscriber subscriber)
    {
        foreach (var path in Views.All)
        {
            var answer = await context.Cluster.Http.GetAsync(context.Cluster.Fronts.Next().Url, path, ShownLimit);
            var shown = subscriber.Newest.GetValueOrDefault(path);
            if (!answer.IsOk || shown is null || Views.Difference(Views.OfLog(shown), Views.OfLog(answer.Body!)) is not null)
            {
                return $"{path}{(shown is null || !answer.IsOk ? $" was not shown: {answer.Status}" : Views.Difference(Views.OfLog(shown), Views.OfLog(answer.Body!)))}";
            }
        }

        return null;
    }

    private static async Task PoisonAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        foreach (var silo in context.Cluster.Silos)
        {
            silo.Set("CHAOS_POISON", Poison);
            await context.KillAsync(silo);
            await silo.StartAsync(context.Cluster.Http);
        }

        await context.RunOnAsync(2, 4);
        var since = TimeProvider.System.GetTimestamp();
        await SendPoisonAsync(context);
        context.Struck();
        await context.RecoverAsync("a claim that cannot be folded", since);
        if (!await Eventually.WithinAsync(QuarantineLimit, () => Task.FromResult(context.Cluster.Silos.Any(silo => silo.Log.HasAlerted(Quarantined)))))
        {
            context.Violated(Promise.Scenario, "no host has alerted that a claim is quarantined");
        }

        await context.RunOnAsync(3, 5);
    }

    /// <summary>Feeds a claim on which the folds of hosts with the hook fail.</summary>
    public static async Task SendPoisonAsync(ScenarioContext context)
    {
        var claim = $$$"""{"id":"{{{Poison}}}","source":"chaos-wire-0","reportedAt":"2024-01-01T00:00:00Z","claimant":"armenia","target":"azerbaijan","region":"fizuli","figure":{"item":"ship","outcome":"destroyed","low":1,"best":1,"high":1}}""";
        var answer = await context.Cluster.Http.PostAsync(context.Cluster.Fronts.Next().Url, "/v1/claims", claim, "application/json");
        if (!answer.IsOk)
        {
            context.Violated(Promise.Answer, $"a claim that cannot be folded was answered {answer}");
        }
    }

    private static async Task MergeAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions());
        const string Name = "chaosville";
        var claims = Enumerable.Range(0, 40).Select(at => ClaimFactory.Probe(1_000_000)[at % ClaimFactory.Sources] with
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"merge-{at}"),
            Region = Name,
            Theatre = Theatre.All[0],
            Claimant = "armenia",
            Target = "azerbaijan",
            Day = new DateOnly(2021, 1, 1).AddDays(at),
        }).ToArray();
        await context.Loader.SendAsync(claims[..20], waitApplied: false, TimeSpan.FromSeconds(60));

        // And claims that are known by what was sent alone, of a source that is merged: an edit changes neither what they are nor the partition that knows them.
        await SendNamelessAsync("Chaos Ally", 1);
        await SendNamelessAsync("Chaos Alias", Nameless);
        var kill = KillOneAsync(context);
        context.MergedInto[Name] = "fizuli";
        context.Ceiling.Merge(Name, "fizuli");
        await MergeAsync($"regions/{Name}", "fizuli");
        await MergeAsync("sources/chaos-alias", "chaos-ally");
        await kill;
        context.Name("/v1/sources/chaos-ally", 1 + Nameless);
        context.Name("/v1/regions/chaosburg", 1 + Nameless);
        if (await SendNamelessAsync("Chaos Alias", Nameless) is var known && (int)known.Body!["duplicate"]! != Nameless)
        {
            context.Violated(Promise.Doubled, $"{Nameless} claims without ids, sent again after their source was merged, were answered {known}");
        }

        // Sent again under the old name they are what they were; new ones count for the survivor.
        var again = default(Answer);
        var body = string.Join('\n', claims[..20].Select(claim => claim.Json));
        if (!await Eventually.WithinAsync(TimeSpan.FromSeconds(90), async () => (again = await context.Cluster.Http.PostAsync(context.Cluster.Fronts.Next().Url, "/v1/claims?wait=applied", body)).IsOk)
            || (int)again!.Body!["duplicate"]! != 20)
        {
            context.Violated(Promise.Doubled, $"20 claims sent again after a merge were answered {again}");
        }

        await context.Loader.SendAsync(claims[20..], waitApplied: false, TimeSpan.FromSeconds(60));
        await context.RepeatAsync(() => KillOneAsync(context));

        async Task MergeAsync(string merged, string survivor)
        {
            var answer = default(Answer);
            if (!await Eventually.WithinAsync(TimeSpan.FromSeconds(90), async () =>
                (answer = await context.Cluster.Http.PostAsync(context.Cluster.Fronts.Next().Url, $"/v1/{merged}/merge-into/{survivor}?wait=applied", "", "application/json")).IsOk))
            {
                context.Violated(Promise.Answer, $"the merge of {merged} was answered {answer}");
            }
        }

        async Task<Answer> SendNamelessAsync(string source, int count)
        {
            var lines = string.Join('\n', Enumerable.Range(1, count).Select(day => $$"""{"source":"{{source}}","reportedAt":"2024-02-{{day:00}}T00:00:00Z","event":"attack","region":"Chaosburg"}"""));
            var answer = default(Answer);
            return await Eventually.WithinAsync(TimeSpan.FromSeconds(90), async () => (answer = await context.Cluster.Http.PostAsync(context.Cluster.Fronts.Next().Url, "/v1/claims", lines)).IsOk)
                ? answer!
                : throw new InvalidOperationException($"claims without ids were not taken: {answer}");
        }
    }

    private static async Task BodiesAsync(ScenarioContext context)
    {
        await context.StartAsync(new ClusterOptions { Host = ["--Ingest:BodyTimeout", BodyTimeout.ToString("c")] }, new LoadOptions { Corrections = 0, Retractions = 0 });
        await context.RunOnAsync(3, 5);
        var (before, began) = (context.Loader.Acknowledged, TimeProvider.System.GetTimestamp());
        await context.RunOnAsync(5, 6);
        var usual = (context.Loader.Acknowledged - before) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;

        (before, began) = (context.Loader.Acknowledged, TimeProvider.System.GetTimestamp());
        var trickles = Enumerable.Range(0, 8).Select(at => TrickleAsync(context, at % 2 == 0 ? 1 : DropAboveTheLeastRate)).ToArray();
        do
        {
            await ExpectAsync("an oversized body", new ByteArrayContent(new byte[17 * 1024 * 1024]), 413);
            await ExpectAsync("a gzip bomb", Gzip(new byte[256 * 1024 * 1024]), 413);
            await ExpectAsync("a body 10,000 deep", new ByteArrayContent(Encoding.ASCII.GetBytes(new string('[', Depth) + new string(']', Depth))), 400);
            await ExpectAsync("no UTF-8", new ByteArrayContent([(byte)'"', 0xff, 0xfe, (byte)'"']), 400);
        }
        while (trickles.Any(trickle => !trickle.IsCompleted));
        await Task.WhenAll(trickles);
        var meanwhile = (context.Loader.Acknowledged - before) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        context.Note(string.Create(CultureInfo.InvariantCulture, $"{usual:F1} operations/s before, {meanwhile:F1} beside the bodies"));
        if (usual == 0 || meanwhile < usual / 2)
        {
            context.Violated(Promise.Scenario, string.Create(CultureInfo.InvariantCulture, $"{meanwhile:F1} operations/s beside bad bodies, {usual:F1} without"));
        }

        async Task ExpectAsync(string what, HttpContent body, int status)
        {
            context.Struck();
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var answer = await context.Cluster.Http.SendAsync(context.Cluster.Fronts.Next().Url, HttpMethod.Post, "/v1/claims", body, TimeSpan.FromSeconds(30));
            if (answer.Status != status)
            {
                context.Violated(Promise.Answer, $"{what} was answered {answer}");
            }
        }
    }

    private static ByteArrayContent Gzip(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        var content = new ByteArrayContent(buffer.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    // The slowest are cut off by the server's least rate, those above it by the time that a body may take; nothing of either is taken.
    private static async Task TrickleAsync(ScenarioContext context, int drop)
    {
        context.Struck();
        var began = TimeProvider.System.GetTimestamp();
        var front = context.Cluster.Fronts.Next();
        var status = await Trickle.SendAsync(front.Url, drop, TrickleLimit);
        var after = TimeProvider.System.GetElapsedTime(began);
        if (status != 408 || (drop == DropAboveTheLeastRate && after < BodyTimeout))
        {
            context.Violated(Promise.Answer, string.Create(CultureInfo.InvariantCulture, $"a body that came {drop} bytes at a time through {front.Name} was answered {status} after {after.TotalSeconds:F1} s"));
        }
    }

    /// <summary>Kills a silo at random, and starts it again.</summary>
    public static async Task KillOneAsync(ScenarioContext context)
    {
        var silo = context.Cluster.Silos[context.Random.Next(context.Cluster.Silos.Count)];
        var since = TimeProvider.System.GetTimestamp();
        await context.KillAsync(silo);
        await silo.LaunchAsync();
        await context.RecoverAsync($"{silo.Name} started again", since, silo);
        await silo.ReadyAsync(context.Cluster.Http);
    }
}
