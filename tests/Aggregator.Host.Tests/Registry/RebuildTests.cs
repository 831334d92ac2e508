using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aggregator.Host.Tests.Running;
using StackExchange.Redis;

namespace Aggregator.Host.Tests.Registry;

/// <summary>Views after an edit are those of the same claims under the edited registry, whatever was rolled up before (R1).</summary>
public sealed partial class RebuildTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AProvisionalPlace_GivenAParent_ShowsUnderIt_AndMovesWithIt()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        var claims = new[] { Edits.Tanks("wire", "1", "armenia", "azerbaijan", "Oldtown", 3), Edits.Tanks("wire", "2", "armenia", "azerbaijan", "fizuli", 4) };
        await host.PostClaimsAsync(claims);
        Assert.Equal((3, 4, 7), (await TanksAsync(host, "oldtown"), await TanksAsync(host, "karabakh"), await TanksAsync(host, "world")));
        Assert.True((bool)(await host.GetAsync("/v1/regions/oldtown"))["provisional"]!);

        Edits.AssertApplied(await host.PutAsync("regions/oldtown", """{"name":"Oldtown","kind":"city","parent":"karabakh"}"""));
        var oldtown = await host.GetAsync("/v1/regions/oldtown");
        Assert.Equal(("karabakh", false), ((string)oldtown["parent"]!["id"]!, (bool)oldtown["provisional"]!));
        Assert.Equal(7, await TanksAsync(host, "karabakh"));
        Assert.Contains("oldtown", (await host.GetAsync("/v1/regions/karabakh"))["children"]!.AsArray().Select(child => (string)child!["id"]!));
        Assert.Equal(7, await TanksAsync(host, "world"));

        await host.ChangeAsync("regions/oldtown", entry => entry["parent"] = "ukraine");
        Assert.Equal((4, 3), (await TanksAsync(host, "karabakh"), await TanksAsync(host, "ukraine")));
        Assert.DoesNotContain("oldtown", (await host.GetAsync("/v1/regions/karabakh"))["children"]!.AsArray().Select(child => (string)child!["id"]!));

        // R2: what a claim is known by, no edit changes. R1: a restart changes no figure.
        Assert.Equal(2, (int)(await host.PostClaimsAsync(claims))["duplicate"]!);
        await using var successor = await host.KillAndGoOnAsync();
        await EventuallyAsync(async () => (4, 3, 7) == (await TanksAsync(successor, "karabakh"), await TanksAsync(successor, "ukraine"), await TanksAsync(successor, "world")));
        Assert.Equal(2, (int)(await successor.PostClaimsAsync(claims))["duplicate"]!);
        Assert.Equal("ukraine", (string)(await successor.SendAsync(HttpMethod.Get, "/v1/regions/oldtown/entry")).Body["parent"]!);
    }

    /// <summary>Applied is applied, whatever has no row yet that another could find.</summary>
    [Fact]
    public async Task WhatMoves_BeforeItHasWrittenOrToldAnything_ShowsOnceTheEditIsApplied()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path, "--Entity:PersistAfter", "00:10:00", "--Entity:PushAfter", "00:10:00");
        Edits.AssertApplied(await host.PutAsync("regions/gray-hills", """{"name":"Gray Hills","kind":"area","parent":"azerbaijan"}"""));
        Edits.AssertApplied(await host.PutAsync("regions/gray-mill", """{"name":"Gray Mill","kind":"city","parent":"gray-hills"}"""));
        await host.PostClaimsAsync([Edits.Tanks("wire", "1", "armenia", "azerbaijan", "Oldtown", 3), Edits.Tanks("wire", "2", "armenia", "azerbaijan", "gray-mill", 4)]);

        Edits.AssertApplied(await host.PutAsync("regions/oldtown", """{"name":"Oldtown","kind":"city","parent":"karabakh"}"""));
        Assert.Equal(3, await TanksAsync(host, "karabakh"));
        await host.MergeAsync("regions", "gray-hills", "karabakh");
        Assert.Equal(7, await TanksAsync(host, "karabakh"));
        await host.UndoAsync("regions", "gray-hills", "karabakh");
        Assert.Equal((3, 4), (await TanksAsync(host, "karabakh"), await TanksAsync(host, "gray-hills")));
    }

    /// <summary>Whoever made the edit may die before it tells anybody; whoever is asked next finds what moved, by what the store has alone.</summary>
    [Fact]
    public async Task WhatMoves_UnderAPlaceWithoutClaims_WhileNobodyIsAwake_IsFound()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var store = connection.GetDatabase();
        await using var first = await InProcessHost.OnRedisAsync(redis, "--Partitions", "1");
        Edits.AssertApplied(await first.PutAsync("regions/gray-hills", """{"name":"Gray Hills","kind":"area","parent":"azerbaijan"}"""));
        Edits.AssertApplied(await first.PutAsync("regions/gray-vale", """{"name":"Gray Vale","kind":"area","parent":"azerbaijan"}"""));
        Edits.AssertApplied(await first.PutAsync("regions/gray-heath", """{"name":"Gray Heath","kind":"area","parent":"gray-vale"}"""));
        Edits.AssertApplied(await first.PutAsync("regions/gray-mill", """{"name":"Gray Mill","kind":"city","parent":"gray-hills"}"""));
        await first.PostClaimsAsync([Edits.Tanks("wire", "1", "armenia", "azerbaijan", "gray-mill", 4)]);
        await EventuallyAsync(async () => (long)await store.StringGetAsync("agg:log:{0}:checkpoint") is > 0 and var done && done == (long)await store.StringGetAsync("agg:log:{0}:last"));
        await using var host = await first.StopAndGoOnAsync();

        var entry = await host.SendAsync(HttpMethod.Get, "/v1/regions/gray-mill/entry");
        entry.Body["parent"] = "gray-heath";
        var moved = await host.SendAsync(HttpMethod.Put, "/v1/regions/gray-mill", new StringContent(entry.Body.ToJsonString(), Encoding.UTF8, "application/json"), ifMatch: entry.ETag);
        Assert.Equal(HttpStatusCode.OK, moved.Status);

        // Nothing but the country is looked at.
        await EventuallyAsync(async () => await TanksAsync(host, "azerbaijan") == 4);
        await using var successor = await host.KillAndGoOnAsync();
        await EventuallyAsync(async () => await TanksAsync(successor, "azerbaijan") == 4);

        // A place that nobody has asked since hears from below when it is.
        await EventuallyAsync(async () => await TanksAsync(successor, "gray-vale") == 4);
        Assert.Null(await TanksAsync(successor, "gray-hills"));
    }

    /// <summary>Who watches it would take what comes after the restart for what was before, until somebody claims something.</summary>
    [Fact]
    public async Task TheVersionOfWhatNoClaimNames_AfterAnEditAndARestart_DoesNotFall()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        Edits.AssertApplied(await host.PutAsync("sources/gazette", """{"name":"Gazette","kind":"outlet"}"""));
        await VersionAsync(host);
        Edits.AssertApplied(await host.PutAsync("regions/gray-hills", """{"name":"Gray Hills","kind":"area","parent":"azerbaijan"}"""));
        var before = await VersionAsync(host);
        await using var successor = await host.KillAndGoOnAsync();
        Assert.True(await VersionAsync(successor) >= before);

        static async Task<long> VersionAsync(RunningHost host) => (long)(await host.GetAsync("/v1/sources/gazette"))["version"]!;
    }

    [Fact]
    public async Task AnActorsKindAndVoice_ChangeWhoSpeaks()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);
        await host.PostClaimsAsync([Edits.Tanks("wire", "1", "armenia-ministry-of-defence", "azerbaijan", "fizuli", 5)]);
        Assert.Equal(5, (await host.GetAsync("/v1/regions/karabakh")).BestOfTanks("azerbaijan", "armenia"));

        await host.ChangeAsync("actors/armenia-ministry-of-defence", entry => entry["voice"] = "armenia-ministry-of-defence");
        await AssertVoiceAsync("armenia-ministry-of-defence", "alleged");
        await host.ChangeAsync("actors/armenia-ministry-of-defence", entry => entry["kind"] = "monitor");
        await AssertVoiceAsync("armenia-ministry-of-defence", "independent");
        await host.ChangeAsync("actors/armenia-ministry-of-defence", entry => (entry["kind"], entry["voice"]) = ("ministry", null));
        await AssertVoiceAsync("armenia", "alleged");
        await host.ChangeAsync("actors/armenia", entry => entry["parent"] = "azerbaijan");
        await host.ChangeAsync("actors/armenia", entry => entry["voice"] = "azerbaijan");
        await AssertVoiceAsync("azerbaijan", "admitted");

        async Task AssertVoiceAsync(string voice, string standing)
        {
            foreach (var path in new[] { "/v1/regions/fizuli", "/v1/regions/karabakh", "/v1/regions/world", "/v1/actors/azerbaijan" })
            {
                await EventuallyAsync(async () => (voice, standing) == Only((await host.GetAsync(path)).Line("azerbaijan", "tank", "destroyed")));
            }
        }

        static (string, string) Only(JsonObject line) => line["positions"]!.AsArray() is [var only] ? ((string)only!["voice"]!["id"]!, (string)only["standing"]!) : default;
    }

    /// <summary>The strongest thing to be said: whatever was held and rolled up before, it is as if the edits had come first.</summary>
    [Theory]
    [InlineData(false, Explicit = true)]
    [InlineData(true)]
    public async Task EditsAfterTheClaims_GiveTheViewsOfEditsBeforeThem_AndUndoneThoseOfNone(bool restarted)
    {
        using var folders = new Folders();
        await using var fed = await FedAsync(folders.Next());
        var untouched = Plain(await Views.AllAsync(fed));
        var entities = untouched.Keys.ToHashSet(StringComparer.Ordinal);

        // Nothing but rows: who reads one that was rolled up under the registry before has it made again.
        await using var after = fed as HostProcess ?? await ((InProcessHost)fed).StopAndGoOnAsync();
        await using var before = await InProcessHost.EmbeddedAsync(folders.Next());
        await RegisterAsync(before);
        await EditAsync(before);
        await FeedAsync(before);
        await EditAsync(after);
        await EventuallyEqualAsync(() => OfTheSameAsync(before, before), () => OfTheSameAsync(before, after));

        await UndoAsync(after);
        await EventuallyEqualAsync(() => Task.FromResult(Text(untouched)), async () => Text(Plain(await Views.AllAsync(after))));
        await using var successor = await after.KillAndGoOnAsync();
        await EventuallyEqualAsync(() => Task.FromResult(Text(untouched)), async () => Text(Plain(await Views.AllAsync(successor))));

        // Who was a parent for a while has a row from then on, and nothing in it.
        string Text(SortedDictionary<string, string> views) => string.Join('\n', views.Where(view => entities.Contains(view.Key)).Select(view => $"{view.Key} {view.Value}"));

        async Task<RunningHost> FedAsync(string folder)
        {
            RunningHost host = restarted ? await InProcessHost.EmbeddedAsync(folder) : await HostProcess.EmbeddedAsync(folder);
            await RegisterAsync(host);
            await FeedAsync(host);
            return host;
        }

        static async Task RegisterAsync(RunningHost host) =>
            Edits.AssertApplied(await host.PutAsync("actors/blue-brigade", """{"name":"Blue Brigade","kind":"rebel"}"""));

        static async Task FeedAsync(RunningHost host)
        {
            var week = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "samples", "general-staff-2022-12-25.ndjson"));
            await host.PostClaimsAsync(week.Select(line => JsonNode.Parse(line)!));
            await host.PostClaimsAsync(
            [
                Edits.Tanks("afp", "0", null, "azerbaijan", "fizuli", 6),
                Edits.Tanks("afp", "4", "artsakh", "azerbaijan", "karabakh", 1),
                Edits.Tanks("tass", "5", "azerbaijan", "artsakh", "fizuli", 8),
                Edits.Tanks("wire", "1", "armenia", "azerbaijan", "Oldtown", 3),
                Edits.Tanks("wire", "2", null, "azerbaijan-armed-forces", "fizuli", 9),
                Edits.Tanks("gazette", "3", "Blue Brigade", "artsakh", "agdam", 2),
            ]);
        }

        static async Task EditAsync(RunningHost host)
        {
            await host.ChangeAsync("actors/artsakh", entry => entry["voice"] = "artsakh");
            await host.ChangeAsync("actors/azerbaijan-armed-forces", entry => entry["kind"] = "rebel");
            await host.ChangeAsync("regions/fizuli", entry => entry["parent"] = "armenia");
            await host.ChangeAsync("sources/afp", entry => entry["affiliation"] = "azerbaijan");
            await host.ChangeAsync("regions/ukraine", entry => entry["parent"] = "russia");
            await host.ChangeAsync("actors/ukraine", entry => (entry["kind"], entry["parent"]) = ("military", "russia"));
            await host.ChangeAsync("actors/blue-brigade", entry => (entry["kind"], entry["parent"]) = ("military", "armenia"));
        }

        static async Task UndoAsync(RunningHost host)
        {
            await host.ChangeAsync("actors/artsakh", entry => entry["voice"] = "armenia");
            await host.ChangeAsync("actors/azerbaijan-armed-forces", entry => entry["kind"] = "military");
            await host.ChangeAsync("regions/fizuli", entry => entry["parent"] = "karabakh");
            await host.ChangeAsync("sources/afp", entry => entry["affiliation"] = null);
            await host.ChangeAsync("regions/ukraine", entry => entry["parent"] = "world");
            await host.ChangeAsync("actors/ukraine", entry => (entry["kind"], entry["parent"]) = ("state", null));
            await host.ChangeAsync("actors/blue-brigade", entry => (entry["kind"], entry["parent"]) = ("rebel", null));
        }
    }

    /// <summary>Claims, edits that move their place to and fro, and kill -9 in between: no claim is lost above or counted twice.</summary>
    [Fact(Explicit = true)]
    public async Task KilledWhilePlacesMoveAndClaimsCome_EveryClaimShowsOnceUnderItsLastParent()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        string[] parents = ["karabakh", "ukraine", "syria", "world"];
        var (random, fed) = (new Random(7), 0);
        var place = await host.PutAsync("regions/oldtown", """{"name":"Oldtown","kind":"city","parent":"karabakh"}""");
        var last = "karabakh";
        for (var round = 0; round < 6; round++)
        {
            for (var at = 0; at < 3; at++)
            {
                // Each on a day of its own, so that they add up.
                await host.PostAsync("/v1/claims", Edits.Tanks("wire", $"{fed}", "armenia", "azerbaijan", "oldtown", 1, $"2024-0{1 + (fed / 25)}-{1 + (fed % 25):00}").ToJsonString(), "application/json");
                fed++;
            }

            last = parents[round % parents.Length];
            var put = await host.SendAsync(HttpMethod.Put, "/v1/regions/oldtown", new StringContent($$"""{"name":"Oldtown","kind":"city","parent":"{{last}}"}""", System.Text.Encoding.UTF8, "application/json"), ifMatch: "*");
            Assert.Equal(HttpStatusCode.OK, put.Status);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(600)));
            await host.KillAsync();
            await host.RestartAsync();
        }

        Assert.Equal(HttpStatusCode.Created, place.Status);
        await EventuallyAsync(async () =>
        {
            foreach (var parent in parents)
            {
                if (await TanksAsync(host, parent) is var tanks && tanks != (parent == last || parent == "world" ? fed : null))
                {
                    return false;
                }
            }

            return true;
        });
    }

    private static async Task<long?> TanksAsync(RunningHost host, string region) => (await host.GetAsync($"/v1/regions/{region}")).BestOfTanks("azerbaijan");

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        await Eventually.AsyncTrue(condition, limit.Token);
    }

    private static async Task EventuallyEqualAsync(Func<Task<string>> expected, Func<Task<string>> actual)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await Eventually.AsyncTrue(async () => await expected() == await actual(), limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(await expected(), await actual());
            throw;
        }
    }

    // The views of one host, of the entities that another lists: edits may leave rows of who has nothing any more.
    private static async Task<string> OfTheSameAsync(RunningHost lists, RunningHost shows)
    {
        var views = new List<string>();
        foreach (var plural in new[] { "actors", "regions", "sources" })
        {
            await foreach (var id in Views.IdsAsync(lists, plural))
            {
                var view = await shows.GetAsync($"/v1/{plural}/{id}");
                foreach (var outside in new[] { "version", "appliedAt", "reports" })
                {
                    view.Remove(outside);
                }

                views.Add($"{plural}/{id} {view.ToJsonString()}");
            }
        }

        return string.Join('\n', views);
    }

    // By entity, as lists order them by names that rows are yet to tell.
    private static SortedDictionary<string, string> Plain(string views) => new(
        JsonNode.Parse(views)!.AsObject().ToDictionary(pair => pair.Key, pair => RegistryVersion().Replace(pair.Value!.ToJsonString(), "")),
        StringComparer.Ordinal);

    [GeneratedRegex("\"registryVersion\":[0-9]+,")]
    private static partial Regex RegistryVersion();

    private sealed class Folders : IDisposable
    {
        private readonly List<TempFolder> _made = [];

        public string Next()
        {
            _made.Add(new TempFolder());
            return _made[^1].Path;
        }

        public void Dispose() => _made.ForEach(folder => folder.Dispose());
    }
}
