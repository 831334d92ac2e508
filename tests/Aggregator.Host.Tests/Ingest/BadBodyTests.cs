using System.IO.Compression;
using System.Net;
using System.Text;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>A body that cannot be read gets its exact refusal, and a line that cannot be read costs nothing but itself.</summary>
public sealed class BadBodyTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Good = """{"source":"w","reportedAt":"2024-05-01T00:00:00Z","region":"Kyiv","figure":{"item":"tank","outcome":"destroyed","low":1,"best":1,"high":1}}""";

    [Fact]
    public async Task Json_Broken_IsRefusedWithLineAndColumn()
    {
        var (status, problem) = await shared.PostAsync("/v1/claims", "[\n{\"source\":\"w\",}\n]", "application/json");

        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed", 2L), (status, (string?)problem["code"], (long)problem["line"]!));
        Assert.True((long)problem["column"]! > 1);
    }

    [Fact]
    public async Task Ndjson_BrokenLine_CostsOnlyItself()
    {
        var (status, answer) = await shared.PostAsync("/v1/claims", $"{Good}\n{{\"source\":\n\n{Good.Replace("\"w\"", "\"w2\"", StringComparison.Ordinal)}", "application/x-ndjson");

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
        var (status, problem) = await shared.PostAsync(path, " \n", mediaType);

        Assert.Equal((HttpStatusCode.BadRequest, "body.empty"), (status, (string?)problem["code"]));
    }

    [Theory]
    [InlineData("/v1/claims", "application/json")]
    [InlineData("/v1/reports", "application/json")]
    [InlineData("/v1/reports", "text/plain")]
    public async Task Body_NotUtf8_IsRefused(string path, string mediaType)
    {
        var (status, problem) = await shared.PostAsync(path, new ByteArrayContent([.. "{\"source\":\""u8, 0xff, 0xfe, .. "\"}"u8]), mediaType);

        Assert.Equal((HttpStatusCode.BadRequest, "body.utf8"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Ndjson_LineThatIsNotUtf8_CostsOnlyItself()
    {
        var (status, answer) = await shared.PostAsync("/v1/claims", new ByteArrayContent([.. "{\"source\":\""u8, 0xff, .. "\"}\n"u8, .. Encoding.UTF8.GetBytes(Good)]), "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, "body.utf8"), (status, (string?)answer["errors"]![0]!["code"]));
    }

    [Fact]
    public async Task Body_TooLarge_IsRefusedAsSentAndDecompressed()
    {
        var (status, problem) = await shared.PostAsync("/v1/claims", new ByteArrayContent(new byte[17 * 1024 * 1024]), "application/json");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body.too-large"), (status, (string?)problem["code"]));

        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(new byte[64 * 1024 * 1024]);
        }

        var content = new ByteArrayContent(bomb.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        (status, problem) = await shared.PostAsync("/v1/claims", content, "application/json");
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
        var (status, problem) = await shared.PostAsync("/v1/claims", content, "application/json");

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
        var (status, answer) = await shared.PostAsync("/v1/claims", content, "application/json");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["accepted"]!));
    }

    [Fact]
    public async Task Json_TenThousandDeep_IsRefused()
    {
        var (status, problem) = await shared.PostAsync("/v1/claims", new string('[', 10_000), "application/json");

        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Ndjson_LineTenThousandDeep_CostsOnlyItself()
    {
        var (status, answer) = await shared.PostAsync("/v1/claims", $"{new string('[', 10_000)}\n{Good}", "application/x-ndjson");

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
        var (status, problem) = await shared.PostAsync(path, content, mediaType);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body.too-large"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Json_FieldTwice_IsRefused()
    {
        var (status, _) = await shared.PostAsync("/v1/claims", """{"source":"a","source":"b"}""", "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task ContentType_Unknown_IsRefused()
    {
        var (status, problem) = await shared.PostAsync("/v1/claims", "a,b", "text/csv");

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "body.media-type"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Encoding_UnknownOrUnsaid_IsRefused()
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.ContentEncoding.Add("zstd");
        var (status, problem) = await shared.PostAsync("/v1/claims", content, "application/json");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "body.encoding"), (status, (string?)problem["code"]));

        (status, problem) = await shared.PostAsync("/v1/claims", new ByteArrayContent([0x1f, 0x8b, 8, 0]), "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (status, (string?)problem["code"]));
        Assert.Contains("gzip", (string?)problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_WithHalfACharacterInAName_CostsOnlyItself()
    {
        var (status, answer) = await shared.PostAsync("/v1/claims", Good + "\n" + """{"\ud800":1}""" + "\n", "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 1), (status, (int)answer["rejected"]!));
        Assert.Equal((1, "body.malformed"), ((int)answer["errors"]![0]!["index"]!, (string?)answer["errors"]![0]!["code"]));
        var (refused, problem) = await shared.PostAsync("/v1/claims", """{"\ud800":1}""", "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "body.malformed"), (refused, (string?)problem["code"]));
    }
}
