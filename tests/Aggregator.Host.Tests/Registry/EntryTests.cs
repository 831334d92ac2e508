using System.IO.Compression;
using System.Net;
using System.Text;
using Aggregator.Host.Tests.Ingest;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Registry;

/// <summary>Entries made, read, replaced and refused over HTTP.</summary>
public sealed class EntryTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private RunningHost Host => shared.Host;

    [Fact]
    public async Task AnEntry_IsMadeReadAndReplaced_ByThoseWhoHaveSeenIt()
    {
        var made = await Host.PutAsync("regions/red-hill", """{"name":"Red Hill","kind":"area","parent":"Karabakh","aliases":["Rød Høj"],"location":{"latitude":39.5,"longitude":46.5}}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(("karabakh", 39.5, "AZ"), ((string)made.Body["entry"]!["parent"]!, (double)made.Body["entry"]!["location"]!["latitude"]!, (string)made.Body["entry"]!["country"]!));

        var read = await Host.SendAsync(HttpMethod.Get, "/v1/regions/ROD%20HOJ/entry");
        Assert.Equal((HttpStatusCode.OK, made.ETag, made.Body["entry"]!.ToJsonString()), (read.Status, read.ETag, read.Body.ToJsonString()));
        Assert.Equal(HttpStatusCode.NotModified, (await Host.SendAsync(HttpMethod.Get, "/v1/regions/red-hill/entry", ifNoneMatch: read.ETag)).Status);

        const string Other = """{"name":"Red Hill","kind":"area","parent":"fizuli"}""";
        var blind = await Host.PutAsync("regions/red-hill", Other);
        Assert.Equal((HttpStatusCode.PreconditionRequired, "entry.precondition-required"), (blind.Status, blind.Code));
        var again = await Host.PutAsync("regions/red-hill", Other, ifNoneMatch: "*");
        Assert.Equal((HttpStatusCode.PreconditionFailed, "entry.exists"), (again.Status, again.Code));
        var replaced = await Host.PutAsync("regions/red-hill", Other, ifMatch: read.ETag);
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.NotEqual(read.ETag, replaced.ETag);
        Assert.Null(replaced.Body["entry"]!["location"]);
        Assert.Empty(replaced.Body["entry"]!["aliases"]!.AsArray());

        var late = await Host.PutAsync("regions/red-hill", Other.Replace("area", "city", StringComparison.Ordinal), ifMatch: read.ETag);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "entry.changed"), (late.Status, late.Code));
        Assert.Equal(replaced.ETag, (await Host.SendAsync(HttpMethod.Get, "/v1/regions/red-hill/entry")).ETag);
        Assert.Equal(HttpStatusCode.NotFound, (await Host.SendAsync(HttpMethod.Get, "/v1/regions/rod-hoj/entry")).Status);
    }

    [Fact]
    public async Task WhatIsRead_MayBeSentBackAsItIs_AndMakesNoVersion()
    {
        foreach (var path in new[] { "regions/karabakh", "actors/armenia-ministry-of-defence", "sources/afp", "regions/world" })
        {
            var read = await Host.SendAsync(HttpMethod.Get, $"/v1/{path}/entry");
            var first = await Host.PutAsync(path, read.Body.ToJsonString(), ifMatch: read.ETag);
            var second = await Host.PutAsync(path, read.Body.ToJsonString(), ifMatch: "*");

            Assert.Equal((HttpStatusCode.OK, read.ETag, read.ETag), (first.Status, first.ETag, second.ETag));
            Assert.Equal((long)first.Body["registryVersion"]!, (long)second.Body["registryVersion"]!);
        }
    }

    [Fact]
    public async Task ANewEntry_IfMatched_IsNotMade()
    {
        var put = await Host.PutAsync("actors/not-there", """{"name":"Not There","kind":"militia"}""", ifMatch: "*");

        Assert.Equal((HttpStatusCode.PreconditionFailed, "entry.none"), (put.Status, put.Code));
        Assert.Equal("entry.none", (await Host.SendAsync(HttpMethod.Get, "/v1/actors/not-there/entry")).Code);
        Assert.Equal(HttpStatusCode.Created, (await Host.PutAsync("actors/not-there", """{"name":"Not There","kind":"militia"}""", ifNoneMatch: "*")).Status);
    }

    public static TheoryData<string, string, HttpStatusCode, string, string?> Refusals => new()
    {
        { "actors/a-band", """{"name":"A Band","kind":"tribe"}""", HttpStatusCode.UnprocessableEntity, "entry.kind", "kind" },
        { "actors/a-band", """{"name":"A Band"}""", HttpStatusCode.UnprocessableEntity, "entry.missing", "kind" },
        { "actors/a-band", """{"name":"","kind":"militia"}""", HttpStatusCode.UnprocessableEntity, "entry.missing", "name" },
        { "actors/a-band", """{"name":7,"kind":"militia"}""", HttpStatusCode.UnprocessableEntity, "entry.malformed", "name" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","parnet":"armenia"}""", HttpStatusCode.UnprocessableEntity, "entry.unknown-field", "parnet" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","parent":"atlantis"}""", HttpStatusCode.UnprocessableEntity, "entry.parent", "parent" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","voice":"atlantis"}""", HttpStatusCode.UnprocessableEntity, "entry.voice", "voice" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","rating":"A"}""", HttpStatusCode.UnprocessableEntity, "entry.field", "rating" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","mergedInto":"armenia"}""", HttpStatusCode.UnprocessableEntity, "entry.field", "mergedInto" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","id":"other"}""", HttpStatusCode.UnprocessableEntity, "entry.field", "id" },
        { "actors/a-band", """{"name":"A Band","kind":"militia","aliases":["Baku"]}""", HttpStatusCode.Conflict, "entry.name-taken", "aliases" },
        { "actors/A%20Band", """{"name":"A Band","kind":"militia"}""", HttpStatusCode.UnprocessableEntity, "entry.id", "id" },
        { "regions/a-hill", """{"name":"A Hill","kind":"area","location":{"latitude":91,"longitude":0}}""", HttpStatusCode.UnprocessableEntity, "entry.location", "location.latitude" },
        { "regions/a-hill", """{"name":"A Hill","kind":"area","location":{"latitude":1}}""", HttpStatusCode.UnprocessableEntity, "entry.location", "location" },
        { "regions/a-hill", """{"name":"A Hill","kind":"area","location":{"latitude":1e999,"longitude":0}}""", HttpStatusCode.UnprocessableEntity, "entry.malformed", "location.latitude" },
        { "regions/artsakh", """{"name":"A Hill","kind":"area"}""", HttpStatusCode.Conflict, "entry.name-taken", "id" },
        { "sources/a-paper", """{"name":"A Paper","kind":"outlet","rating":"Z"}""", HttpStatusCode.UnprocessableEntity, "entry.rating", "rating" },
        { "sources/a-paper", """{"name":"A Paper","kind":"outlet","affiliation":"atlantis"}""", HttpStatusCode.UnprocessableEntity, "entry.affiliation", "affiliation" },
        { "sources/a-paper", """[{"name":"A Paper","kind":"outlet"}]""", HttpStatusCode.UnprocessableEntity, "entry.malformed", null },
        { "sources/a-paper", """7""", HttpStatusCode.UnprocessableEntity, "entry.malformed", null },
        { "sources/a-paper", "", HttpStatusCode.BadRequest, "body.empty", null },
        { "sources/a-paper", """{"name":"A Paper","name":"B Paper","kind":"outlet"}""", HttpStatusCode.BadRequest, "body.malformed", null },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task AWrongEntry_IsRefusedWithItsCode(string path, string entry, HttpStatusCode status, string code, string? field)
    {
        var put = await Host.PutAsync(path, entry);

        Assert.Equal((status, code, field), (put.Status, put.Code, put.Field));
        Assert.Equal(HttpStatusCode.NotFound, (await Host.SendAsync(HttpMethod.Get, "/v1/sources/a-paper/entry")).Status);
    }

    [Fact]
    public async Task ParentsAndVoicesThatComeBackToTheEntry_AreRefused()
    {
        await AssertRunAsync("regions/azerbaijan", "parent", "fizuli", "entry.cycle");
        await AssertRunAsync("actors/armenia", "voice", "armenia-ministry-of-defence", "entry.voice");

        async Task AssertRunAsync(string path, string field, string value, string code)
        {
            var entry = await Host.SendAsync(HttpMethod.Get, $"/v1/{path}/entry");
            entry.Body[field] = value;
            var put = await Host.PutAsync(path, entry.Body.ToJsonString(), ifMatch: entry.ETag);
            Assert.Equal((HttpStatusCode.Conflict, code, field), (put.Status, put.Code, put.Field));
        }
    }

    [Fact]
    public async Task ABodyThatIsNoJson_IsRefusedWithLineAndColumn()
    {
        var put = await Host.PutAsync("sources/a-paper", "{\n \"name\": }");
        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed", 2L, 10L), (put.Status, put.Code, (long)put.Body["line"]!, (long)put.Body["column"]!));

        var text = await Host.SendAsync(HttpMethod.Put, "/v1/sources/a-paper", new StringContent("name", Encoding.UTF8, "text/plain"));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "body.media-type"), (text.Status, text.Code));
        var large = await Host.SendAsync(HttpMethod.Put, "/v1/sources/a-paper", Bomb());
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body.too-large"), (large.Status, large.Code));
        var etag = await Host.PutAsync("sources/afp", """{"name":"AFP","kind":"agency"}""", ifMatch: "no quotes");
        Assert.Equal((HttpStatusCode.BadRequest, "request.etag"), (etag.Status, etag.Code));
        Assert.Equal("query.unknown-parameter", (await Host.SendAsync(HttpMethod.Put, "/v1/sources/a-paper?when=now", new StringContent("{}", Encoding.UTF8, "application/json"))).Code);
    }

    [Theory]
    [InlineData("actors", "armenia", "armenia", HttpStatusCode.Conflict, "merge.self")]
    [InlineData("actors", "Yerevan", "armenia", HttpStatusCode.Conflict, "merge.self")]
    [InlineData("regions", "azerbaijan", "fizuli", HttpStatusCode.Conflict, "merge.cycle")]
    [InlineData("regions", "world", "azerbaijan", HttpStatusCode.Conflict, "entry.world")]
    [InlineData("regions", "fizuli", "nowhere-at-all", HttpStatusCode.NotFound, "entity.unknown")]
    [InlineData("regions", "nowhere-at-all", "fizuli", HttpStatusCode.NotFound, "entity.unknown")]
    public async Task AMergeThatCannotBe_IsRefusedWithItsCode(string plural, string id, string into, HttpStatusCode status, string code)
    {
        var merge = await Host.SendAsync(HttpMethod.Post, $"/v1/{plural}/{id}/merge-into/{into}");

        Assert.Equal((status, code), (merge.Status, merge.Code));
    }

    [Fact]
    public async Task UndoingWhatIsNotMerged_IsNotFound()
    {
        var undo = await Host.SendAsync(HttpMethod.Delete, "/v1/regions/fizuli/merge-into/karabakh");

        Assert.Equal((HttpStatusCode.NotFound, "merge.none"), (undo.Status, undo.Code));
    }

    /// <summary>An alias would hide what claims have made of that name: they are not lost, but nobody could ask for them.</summary>
    [Fact]
    public async Task AnAliasThatClaimsHaveMadeAProvisionalEntryOf_IsToBeMerged()
    {
        await Host.PostClaimsAsync([Edits.Tanks("wire", "e1", "armenia", "Gray Column", "fizuli", 2)]);
        const string Entry = """{"name":"Gray Force","kind":"militia","aliases":["Gray Column"]}""";

        var put = await Host.PutAsync("actors/gray-force", Entry);
        Assert.Equal((HttpStatusCode.Conflict, "entry.name-provisional"), (put.Status, put.Code));

        Edits.AssertApplied(await Host.PutAsync("actors/gray-force", """{"name":"Gray Force","kind":"militia"}"""));
        await Host.MergeAsync("actors", "Gray Column", "gray-force");
        Edits.AssertApplied(await Host.PutAsync("actors/gray-force", Entry, ifMatch: "*"));
        Assert.Equal(2, (await Host.GetAsync("/v1/actors/Gray%20Column")).BestOfTanks("gray-force"));
    }

    [Fact]
    public async Task ManyEditsAtOnce_AreAllMade_AndOneOfThoseOfOneEntry()
    {
        var puts = await Task.WhenAll(Enumerable.Range(0, 24).Select(at => Host.PutAsync($"sources/paper-{at % 12}", """{"name":"Paper N","kind":"outlet"}""".Replace("N", $"{at % 12}", StringComparison.Ordinal), ifNoneMatch: "*")));

        Assert.Equal((12, 12), (puts.Count(put => put.Status == HttpStatusCode.Created), puts.Count(put => put.Code == "entry.exists")));
        Assert.Equal(12, puts.Where(put => put.Status == HttpStatusCode.Created).Select(put => (long)put.Body["registryVersion"]!).Distinct().Count());
    }

    // Larger than a body may be, once it is decompressed.
    private static ByteArrayContent Bomb()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[17 * 1024 * 1024]);
        }

        return new ByteArrayContent(bytes.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } } };
    }
}
