using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aggregator.Host.Tests.Running;
using Aggregator.Store.Index;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>One host for the tests of refusals.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal RunningHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await InProcessHost.EmbeddedAsync(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Every bad input gets its exact refusal, and costs nothing but itself.</summary>
public sealed class BadInputTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Good = """{"source":"w","reportedAt":"2024-05-01T00:00:00Z","region":"Kyiv","figure":{"item":"tank","outcome":"destroyed","low":1,"best":1,"high":1}}""";

    [Theory]
    [InlineData("""{"reportedAt":"2024-05-01T00:00:00Z","event":"attack"}""", "claim.missing", "source")]
    [InlineData("""{"source":"  ","reportedAt":"2024-05-01T00:00:00Z","event":"attack"}""", "claim.missing", "source")]
    [InlineData("""{"source":"w","event":"attack"}""", "claim.missing", "reportedAt")]
    [InlineData("""{"source":"w","reportedAt":"yesterday","event":"attack"}""", "claim.malformed", "reportedAt")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01T00:00:00","event":"attack"}""", "claim.malformed", "reportedAt")]
    [InlineData("""{"source":"w","reportedAt":"3024-05-01T00:00:00Z","event":"attack"}""", "claim.date", "reportedAt")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","occurred":{"from":"1812-01-01"}}""", "claim.date", "occurred.from")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","occurred":{"from":"2024-05-02","to":"2024-05-01"}}""", "claim.date", "occurred")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"atack"}""", "claim.vocabulary", "event")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","stance":"hopes"}""", "claim.vocabulary", "stance")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"spoon","outcome":"destroyed"}}""", "claim.vocabulary", "figure.item")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"bent"}}""", "claim.vocabulary", "figure.outcome")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"killed"}}""", "claim.mismatch", "figure.outcome")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank"}}""", "claim.missing", "figure.outcome")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"destroyed","low":5,"best":4,"high":9}}""", "claim.figure", "figure")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"destroyed","low":-1}}""", "claim.figure", "figure.low")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"destroyed","best":1.5}}""", "claim.malformed", "figure.best")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"destroyed","since":"2024-05-02","asOf":"2024-05-01"}}""", "claim.date", "figure.since")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01"}""", "claim.nothing", null)]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","control":{}}""", "claim.missing", "control.holder")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","regoin":"Kyiv"}""", "claim.unknown-field", "regoin")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","region":"!!!"}""", "claim.name", "region")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","region":7}""", "claim.malformed", "region")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","region":{}}""", "claim.missing", "region")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","target":{"id":null}}""", "claim.missing", "target")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","occurred":{}}""", "claim.missing", "occurred.from")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","span":{"start":5}}""", "claim.malformed", "span")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","id":"a\nb"}""", "claim.text", "id")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"destroyed","basis":"cumulative","since":"2024-05-03"}}""", "claim.date", "figure.since")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","id":" "}""", "claim.missing", "id")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","quote":"\u0000"}""", "claim.text", "quote")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","quote":"\ud800"}""", "claim.text", "quote")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","credibility":9}""", "claim.vocabulary", "credibility")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","event":"attack","refersTo":["zz1"]}""", "claim.text", "refersTo")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","stance":"denies","refersTo":["w/"]}""", "claim.text", "refersTo")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","stance":"confirms","refersTo":["w/1"]}""", "claim.nothing", null)]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","control":{"holder":"ukraine"}}""", "claim.missing", "region")]
    [InlineData("""{"source":"w","reportedAt":"2024-05-01","figure":{"item":"tank","outcome":"lost","basis":"cumulative","supersedes":["tankk"]}}""", "claim.vocabulary", "figure.supersedes")]
    [InlineData("7", "claim.malformed", null)]
    public async Task Claim_NotOne_IsRefusedAloneAndInABatch(string claim, string code, string? field)
    {
        var (status, problem) = await PostAsync("/v1/claims", claim, "application/json");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code, field), (status, (string?)problem["code"], (string?)problem["field"]));

        var id = Guid.NewGuid().ToString("N");
        var (taken, answer) = await PostAsync("/v1/claims", $"{Good.Replace("{\"source\"", $"{{\"id\":\"{id}\",\"source\"", StringComparison.Ordinal)}\n{claim}\n", "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, taken);
        Assert.Equal((1, 1), ((int)answer["accepted"]!, (int)answer["rejected"]!));
        var error = Assert.Single(answer["errors"]!.AsArray())!;
        Assert.Equal((1, code, field), ((int)error["index"]!, (string?)error["code"], (string?)error["field"]));
    }

    [Fact]
    public async Task Json_Broken_IsRefusedWithLineAndColumn()
    {
        var (status, problem) = await PostAsync("/v1/claims", "[\n{\"source\":\"w\",}\n]", "application/json");

        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed", 2L), (status, (string?)problem["code"], (long)problem["line"]!));
        Assert.True((long)problem["column"]! > 1);
    }

    [Fact]
    public async Task Ndjson_BrokenLine_CostsOnlyItself()
    {
        var (status, answer) = await PostAsync("/v1/claims", $"{Good}\n{{\"source\":\n\n{Good.Replace("\"w\"", "\"w2\"", StringComparison.Ordinal)}", "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["rejected"]!));
        var error = answer["errors"]!.AsArray().Single()!;
        Assert.Equal((1, "body.malformed", 2L), ((int)error["index"]!, (string?)error["code"], (long)error["line"]!));
        Assert.Equal(2, (int)answer["accepted"]! + (int)answer["duplicate"]!);
    }

    [Theory]
    [InlineData("/v1/claims", "application/json")]
    [InlineData("/v1/claims", "application/x-ndjson")]
    [InlineData("/v1/reports", "application/json")]
    [InlineData("/v1/reports", "text/plain")]
    public async Task Body_Empty_IsRefused(string path, string mediaType)
    {
        var (status, problem) = await PostAsync(path, " \n", mediaType);

        Assert.Equal((HttpStatusCode.BadRequest, "body.empty"), (status, (string?)problem["code"]));
    }

    [Theory]
    [InlineData("/v1/claims", "application/json")]
    [InlineData("/v1/reports", "application/json")]
    [InlineData("/v1/reports", "text/plain")]
    public async Task Body_NotUtf8_IsRefused(string path, string mediaType)
    {
        var (status, problem) = await PostAsync(path, new ByteArrayContent([.. "{\"source\":\""u8, 0xff, 0xfe, .. "\"}"u8]), mediaType);

        Assert.Equal((HttpStatusCode.BadRequest, "body.utf8"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Ndjson_LineThatIsNotUtf8_CostsOnlyItself()
    {
        var (status, answer) = await PostAsync("/v1/claims", new ByteArrayContent([.. "{\"source\":\""u8, 0xff, .. "\"}\n"u8, .. Encoding.UTF8.GetBytes(Good)]), "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, "body.utf8"), (status, (string?)answer["errors"]![0]!["code"]));
    }

    [Fact]
    public async Task Body_TooLarge_IsRefusedAsSentAndDecompressed()
    {
        var (status, problem) = await PostAsync("/v1/claims", new ByteArrayContent(new byte[17 * 1024 * 1024]), "application/json");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body.too-large"), (status, (string?)problem["code"]));

        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[64 * 1024 * 1024]);
        }

        var content = new ByteArrayContent(bomb.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        (status, problem) = await PostAsync("/v1/claims", content, "application/json");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body.too-large"), (status, (string?)problem["code"]));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Body_NotCompressedThoughItSaysSo_IsRefused(string encoding)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.ContentEncoding.Add(encoding);
        var (status, problem) = await PostAsync("/v1/claims", content, "application/json");

        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Body_Gzip_IsTaken()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Good.Replace("\"w\"", "\"zipped\"", StringComparison.Ordinal)));
        }

        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        var (status, answer) = await PostAsync("/v1/claims", content, "application/json");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["accepted"]!));
    }

    [Fact]
    public async Task Json_TenThousandDeep_IsRefused()
    {
        var (status, problem) = await PostAsync("/v1/claims", new string('[', 10_000), "application/json");

        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Ndjson_LineTenThousandDeep_CostsOnlyItself()
    {
        var (status, answer) = await PostAsync("/v1/claims", $"{new string('[', 10_000)}\n{Good}", "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, "body.malformed"), (status, (string?)answer["errors"]!.AsArray().Single()!["code"]));
    }

    [Theory]
    [InlineData("/v1/claims", "application/x-ndjson")]
    [InlineData("/v1/reports", "text/plain")]
    public async Task Body_BrotliBomb_IsRefused(string path, string mediaType)
    {
        using var bomb = new MemoryStream();
        await using (var brotli = new BrotliStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(new byte[64 * 1024 * 1024]);
        }

        var content = new ByteArrayContent(bomb.ToArray());
        content.Headers.ContentEncoding.Add("br");
        var (status, problem) = await PostAsync(path, content, mediaType);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body.too-large"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Json_FieldTwice_IsRefused()
    {
        var (status, _) = await PostAsync("/v1/claims", """{"source":"a","source":"b"}""", "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task ContentType_Unknown_IsRefused()
    {
        var (status, problem) = await PostAsync("/v1/claims", "a,b", "text/csv");

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "body.media-type"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Encoding_UnknownOrUnsaid_IsRefused()
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.ContentEncoding.Add("zstd");
        var (status, problem) = await PostAsync("/v1/claims", content, "application/json");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "body.encoding"), (status, (string?)problem["code"]));

        (status, problem) = await PostAsync("/v1/claims", new ByteArrayContent([0x1f, 0x8b, 8, 0]), "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (status, (string?)problem["code"]));
        Assert.Contains("gzip", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/claims?dryRun=true")]
    [InlineData("/v1/claims?wiat=applied")]
    [InlineData("/v1/claims?wait=soon")]
    [InlineData("/v1/reports?dryrun=perhaps&colour=red")]
    public async Task Feed_UnknownParameter_IsRefusedAndNothingTaken(string path)
    {
        var (status, problem) = await PostAsync(path, Good, "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("query.", (string?)problem["code"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_LargerThanAPartitionMayHold_IsTakenWhole()
    {
        const int count = 45_000;
        var lines = Enumerable.Range(0, count).Select(at => $$"""{"id":"{{at}}","source":"large","reportedAt":"2024-05-01","event":"attack","region":"Nowhere {{at % 7}}"}""");
        var (status, answer) = await PostAsync("/v1/claims", string.Join('\n', lines), "application/jsonl");

        Assert.Equal((HttpStatusCode.OK, count), (status, (int)answer["accepted"]!));
    }

    [Theory]
    [InlineData("""{"publishedAt":"2024-05-01","text":"x"}""", "report.missing", "source")]
    [InlineData("""{"source":"w","text":"x"}""", "report.missing", "publishedAt")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01","text":"  "}""", "report.empty", "text")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01"}""", "report.empty", "text")]
    [InlineData("""{"source":"w","publishedAt":"1024-05-01","text":"x"}""", "report.date", "publishedAt")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01","text":"x","language":"tlh"}""", "report.language", "language")]
    [InlineData("""{"source":"w","publishedAt":"2024-05-01","body":"x"}""", "report.unknown-field", "body")]
    public async Task Report_NotOne_IsRefused(string report, string code, string field)
    {
        var (status, problem) = await PostAsync("/v1/reports", report, "application/json");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code, field), (status, (string?)problem["code"], (string?)problem["field"]));
    }

    [Theory]
    [InlineData("no date line\n\ntext", "report.date")]
    [InlineData(" date soon\n\ntext", "report.date")]
    [InlineData(" date 2024-05-01\n\n \n", "report.empty")]
    public async Task ReportText_WithoutDateOrText_IsRefused(string text, string code)
    {
        var (status, problem) = await PostAsync("/v1/reports?source=w", text, "text/plain");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task ReportText_WithoutABlankLine_KeepsItsFirstLine()
    {
        var (_, answer) = await PostAsync("/v1/reports?source=w&dryRun=true", " date 2020-09-30\nThe Armenian defence ministry said four Azerbaijani tanks were destroyed near Fizuli.\n", "text/plain");

        Assert.Equal(4, (int)Assert.Single(answer["claims"]!.AsArray())!["figure"]!["best"]!);
    }

    [Fact]
    public async Task Line_WithHalfACharacterInAName_CostsOnlyItself()
    {
        var (status, answer) = await PostAsync("/v1/claims", Good + "\n" + """{"\ud800":1}""" + "\n", "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["rejected"]!));
        Assert.Equal((1, "body.malformed"), ((int)answer["errors"]![0]!["index"]!, (string?)answer["errors"]![0]!["code"]));
        var (refused, problem) = await PostAsync("/v1/claims", """{"\ud800":1}""", "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (refused, (string?)problem["code"]));
    }

    [Fact]
    public async Task Report_WhoseOnlyClaimIsRefused_IsTakenAllTheSame()
    {
        var far = """{"source":"far off","url":"https://far.example/1","publishedAt":"2020-09-30","text":"The Armenian defence ministry said 80 tanks had been destroyed since 27 September 2093."}""";
        var (status, answer) = await PostAsync("/v1/reports", far, "application/json");

        Assert.Equal((HttpStatusCode.OK, 0, 1), (status, (int)answer["accepted"]!, (int)answer["rejected"]!));
    }

    [Fact]
    public async Task Report_WithMoreTextsThanItMayHave_IsRefused_AndTheLastStands()
    {
        var texts = string.Join('\n', Enumerable.Range(0, ClaimIndex.MaximumVersions + 1).Select(static at => Text(at)));
        var (status, answer) = await PostAsync("/v1/reports", texts, "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["rejected"]!));
        var error = answer["errors"]!.AsArray().Single()!;
        Assert.Equal((ClaimIndex.MaximumVersions, "report.too-many-texts", "https://live.example/blog"), ((int)error["index"]!, (string?)error["code"], (string?)error["id"]));

        // One by one it is refused before its claims are sent, and one that came before is known.
        var (refused, problem) = await PostAsync("/v1/reports", Text(5_000), "application/json");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "report.too-many-texts"), (refused, (string?)problem["code"]));
        var (known, again) = await PostAsync("/v1/reports", Text(7), "application/json");
        Assert.Equal((HttpStatusCode.OK, 0, 0), (known, (int)again["accepted"]!, (int)again["rejected"]!));

        // Nor do claims stay of a text that is one too many among others of its request.
        var last = Text(6_000, "The Armenian defence ministry said four Azerbaijani tanks were destroyed near Fizuli.");
        var (_, both) = await PostAsync("/v1/reports", last + '\n' + last, "application/x-ndjson");
        Assert.Equal((0, 0, 2), ((int)both["accepted"]!, (int)both["duplicate"]!, (int)both["rejected"]!));

        static string Text(int at, string says = "") => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"source":"live blog","url":"https://live.example/blog","publishedAt":"2024-05-01T{{at / 60 % 24:00}}:{{at % 60:00}}:00Z","text":"Nothing has happened by minute {{at}}. {{says}}"}""");
    }

    [Fact]
    public async Task Report_WithADateFarOff_CostsOnlyItsOwnClaims()
    {
        var far = """{"source":"w","publishedAt":"2020-09-30","text":"The Armenian defence ministry said 80 tanks had been destroyed since 27 September 2093."}""";
        var near = """{"source":"w","publishedAt":"2020-09-30","text":"The Armenian defence ministry said four Azerbaijani tanks were destroyed near Fizuli on Tuesday."}""";
        var (status, answer) = await PostAsync("/v1/reports?dryRun=true", $"[{far},{near}]", "application/json");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(answer["claims"]!.AsArray(), claim => (int)claim!["report"]! == 1 && (int)claim["figure"]!["best"]! == 4);
    }

    [Theory]
    [InlineData("/v1/actors/no-such-actor", HttpStatusCode.NotFound, "entity.unknown")]
    [InlineData("/v1/regions?sort=size", HttpStatusCode.BadRequest, "query.sort")]
    [InlineData("/v1/regions?limit=0", HttpStatusCode.BadRequest, "query.limit")]
    [InlineData("/v1/regions/world?limit=10001", HttpStatusCode.BadRequest, "query.limit")]
    [InlineData("/v1/regions/world?cursor=next", HttpStatusCode.BadRequest, "query.limit")]
    [InlineData("/v1/regions?colour=red", HttpStatusCode.BadRequest, "query.unknown-parameter")]
    public async Task Query_Bad_IsRefused(string path, HttpStatusCode expected, string code)
    {
        using var response = await shared.Host.Client.GetAsync(path);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((expected, code), (response.StatusCode, (string?)problem["code"]));
    }

    [Fact]
    public async Task Provisional_UnknownNames_AreVisibleAsSuch()
    {
        await PostAsync("/v1/claims?wait=applied", """{"source":"New Feed","reportedAt":"2024-05-01","claimant":"Brigade of the Unheard-Of","region":"Lower Nowhere","event":"attack"}""", "application/json");

        foreach (var (path, name) in new[] { ("actors/brigade-of-the-unheard-of", "Brigade of the Unheard-Of"), ("regions/lower-nowhere", "Lower Nowhere"), ("sources/new-feed", "New Feed") })
        {
            var view = await shared.Host.GetAsync("/v1/" + path);
            Assert.Equal((true, name, 1), ((bool)view["provisional"]!, (string?)view["name"], (int)view["claims"]!["total"]!));
        }
    }

    private Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, string body, string mediaType) =>
        PostAsync(path, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), mediaType);

    private async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(string path, HttpContent content, string mediaType)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = true; // as curl does: a refusal comes before the body is sent
        using var response = await shared.Host.Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        return (response.StatusCode, JsonNode.Parse(body)!.AsObject());
    }
}
