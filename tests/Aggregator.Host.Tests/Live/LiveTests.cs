using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Live;

/// <summary>A host that takes few streams and waits for no slow reader.</summary>
public sealed class LiveHost : IAsyncLifetime
{
    public const int Streams = 4;

    private readonly TempFolder _folder = new();

    internal RunningHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Host = await InProcessHost.EmbeddedAsync(_folder.Path, "--Live:MaximumSubscribers", $"{Streams}", "--Live:WriteTimeout", "00:00:01", "--Live:Interval", "00:00:00.100");

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Live streams of a whole host.</summary>
public sealed class LiveTests(LiveHost shared) : IClassFixture<LiveHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private RunningHost Host => shared.Host;

    [Fact]
    public async Task Stream_OfAliases_SendsSnapshotsAsViewsAreAndThenChanges()
    {
        await Host.PostClaimsAsync([Edits.Tanks("first-wire", "1", "armenia", "azerbaijan", "fizuli", 1)]);
        await using var reader = await Reader.OpenAsync(Host, "region=Füzuli&region=fizuli&actor=Republic%20of%20Azerbaijan&source=first-wire");
        foreach (var path in new[] { "actors/azerbaijan", "regions/fizuli", "sources/first-wire" })
        {
            var snapshot = await reader.NextAsync();
            Assert.Equal(("snapshot", snapshot.Version), (snapshot.Name, snapshot.Id));
            Assert.True(JsonNode.DeepEquals(await Host.GetAsync("/v1/" + path), snapshot.Data), path);
        }

        await Host.PostClaimsAsync([Edits.Tanks("first-wire", "2", "armenia", "azerbaijan", "fizuli", 5)]);
        var change = await reader.UntilAsync(one => one.Entity == "fizuli" && one.Data.BestOfTanks("azerbaijan") == 5);
        Assert.Equal(("change", change.Version), (change.Name, change.Id));
    }

    [Fact]
    public async Task Edit_OfTheRegistry_ShowsUnderTheSameStream()
    {
        await Host.PostClaimsAsync([Edits.Tanks("edit-wire", "1", "armenia", "azerbaijan", "live-town", 3), Edits.Tanks("edit-wire", "2", "armenia", "azerbaijan", "live-city", 4)]);
        await using var reader = await Reader.OpenAsync(Host, "region=live-town");
        Assert.Equal("live-town", (await reader.NextAsync()).Entity);

        // A name alone moves no version.
        Edits.AssertApplied(await Host.PutAsync("regions/live-town", """{"name":"The Live Town","kind":"city","parent":"azerbaijan"}"""));
        await reader.UntilAsync(one => (string)one.Data["name"]! == "The Live Town" && (string?)one.Data["parent"]?["id"] == "azerbaijan");
        await Host.ChangeAsync("regions/live-town", entry => entry["name"] = "Livetown");
        await reader.UntilAsync(one => (string)one.Data["name"]! == "Livetown");

        await Host.MergeAsync("regions", "live-town", "live-city");
        Assert.Equal("live-city", (await reader.UntilAsync(one => one.Name == "snapshot")).Entity);
        await Host.UndoAsync("regions", "live-town", "live-city");
        Assert.Equal("live-town", (await reader.UntilAsync(one => one.Name == "snapshot")).Entity);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "query.entities")]
    [InlineData("region=world&limit=3", HttpStatusCode.BadRequest, "query.unknown-parameter")]
    [InlineData("region=world&region=nowhere-at-all", HttpStatusCode.NotFound, "entity.unknown")]
    [InlineData("actor=", HttpStatusCode.NotFound, "entity.unknown")]
    public async Task WhatCannotBeWatched_IsRefusedWithItsCode(string query, HttpStatusCode status, string code)
    {
        var refused = await Host.SendAsync(HttpMethod.Get, "/v1/live?" + query);
        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Entities_MoreThanAStreamMayHave_AreRefused()
    {
        var query = string.Join('&', Enumerable.Range(0, 65).Select(at => string.Create(CultureInfo.InvariantCulture, $"region=r{at}")));
        Assert.Equal((HttpStatusCode.BadRequest, "query.entities"), await StatusAsync(query));
    }

    [Fact]
    public async Task Subscribers_MoreThanThereMayBe_AreRefusedUntilADeadOneIsGone()
    {
        var readers = new List<TcpClient>();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await Eventually.AsyncTrue(
                async () =>
                {
                    if (await BeginAsync("region=world", limit.Token) is { } reader)
                    {
                        readers.Add(reader);
                    }

                    return readers.Count == LiveHost.Streams;
                },
                limit.Token);

            using var refused = await Host.Client.GetAsync("/v1/live?region=world", limit.Token);
            Assert.Equal((HttpStatusCode.TooManyRequests, 5), (refused.StatusCode, refused.Headers.RetryAfter?.Delta?.Seconds));
            Assert.Equal((HttpStatusCode.TooManyRequests, "live.full"), await StatusAsync("region=world"));

            // As a process that is killed leaves it.
            readers[0].Client.Close(0);
            await using var again = await Reader.OpenAsync(Host, "region=world");
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    [Fact]
    public async Task Reader_ThatReadsNoMore_IsCutOff_AndAnotherGoesOn()
    {
        // A page of some hundred KB: what the sockets hold for a reader is full after a few.
        await Host.PostClaimsAsync(Enumerable.Range(0, 500).Select(at => Wide(at, 1)));
        using var limit = new CancellationTokenSource(Patience);
        TcpClient? begun = null;
        await Eventually.AsyncTrue(async () => (begun = await BeginAsync("region=wide-place", limit.Token)) is not null, limit.Token);
        using var slow = begun!;
        await using var quick = await Reader.OpenAsync(Host, "region=wide-place");
        for (var count = 2; !Host.Output.Contains("read too slowly and is cut off", StringComparison.Ordinal); count++)
        {
            Assert.True(count < 200, "the slow one is still there");
            var figure = count;
            await Host.PostClaimsAsync([Wide(0, figure)]);
            await quick.UntilAsync(one => one.Data["lines"]!.AsArray().Any(line => (long?)line!["positions"]![0]!["best"] == figure));
        }

        // Its end, once what the sockets hold is read: cut, not closed.
        var rest = new byte[64 * 1024];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await slow.GetStream().ReadAsync(rest, limit.Token) > 0)
            {
            }

            throw new IOException("closed");
        });
    }

    /// <summary>After a kill -9 who comes again gets what there is; a stop says bye and waits for no stream.</summary>
    [Fact]
    public async Task Restart_AfterKill9_BeginsWithAFreshSnapshot_AndAStopSaysBye()
    {
        using var folder = new TempFolder();
        await using var host = await HostProcess.EmbeddedAsync(folder.Path);
        await host.PostClaimsAsync([Edits.Tanks("live-wire", "1", "armenia", "azerbaijan", "fizuli", 1)]);
        long version;
        await using (var reader = await Reader.OpenAsync(host, "region=fizuli"))
        {
            Assert.Equal(1, (await reader.NextAsync()).Data.BestOfTanks("azerbaijan"));
            await host.PostClaimsAsync([Edits.Tanks("live-wire", "2", "armenia", "azerbaijan", "fizuli", 6)]);
            version = (await reader.UntilAsync(one => one.Data.BestOfTanks("azerbaijan") == 6)).Version;
            await host.KillAsync();
            await reader.ToEndAsync();
        }

        await using var successor = await InProcessHost.AfterAsync(host);
        await using (var reader = await Reader.OpenAsync(successor, "region=fizuli"))
        {
            var again = await reader.NextAsync();
            Assert.Equal("snapshot", again.Name);
            Assert.True(again.Version > version);
            if (again.Data.BestOfTanks("azerbaijan") != 6)
            {
                Assert.True((await reader.UntilAsync(one => one.Data.BestOfTanks("azerbaijan") == 6)).Version > version);
            }

            var stopped = successor.StopAsync();
            Assert.Equal("bye", (await reader.ToEndAsync())[^1].Name);
            await stopped;
            Assert.DoesNotContain("cut off", successor.Output, StringComparison.Ordinal);
        }
    }

    // Of claims said at one time the one with the last id stands: ids sort as counts do.
    private static JsonObject Wide(int at, int count) => Edits.Tanks(
        "wide-wire", string.Create(CultureInfo.InvariantCulture, $"{at}-{count:D3}"), "armenia", string.Create(CultureInfo.InvariantCulture, $"{new string('w', 150)} {at}"), "wide-place", count);

    private async Task<(HttpStatusCode, string?)> StatusAsync(string query)
    {
        var answer = await Host.SendAsync(HttpMethod.Get, "/v1/live?" + query);
        return (answer.Status, answer.Code);
    }

    /// <summary>A subscriber by hand, which has read the head of the answer and no more; null if it is refused.</summary>
    private async Task<TcpClient?> BeginAsync(string query, CancellationToken limit)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(Host.EndPoint, limit);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /v1/live?{query} HTTP/1.1\r\nHost: x\r\n\r\n"), limit);
        var head = new byte[15];
        await client.GetStream().ReadExactlyAsync(head, limit);
        if (Encoding.ASCII.GetString(head) == "HTTP/1.1 200 OK")
        {
            return client;
        }

        client.Dispose();
        return null;
    }
}
