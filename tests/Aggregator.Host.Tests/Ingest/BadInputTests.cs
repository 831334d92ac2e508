using System.Net;
using System.Text.Json.Nodes;

namespace Aggregator.Host.Tests.Ingest;

/// <summary>Every bad claim, feed and query gets its exact refusal, and costs nothing but itself.</summary>
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
    [InlineData("null", "claim.malformed", null)]
    public async Task Claim_NotOne_IsRefusedAloneAndInABatch(string claim, string code, string? field)
    {
        var (status, problem) = await shared.PostAsync("/v1/claims", claim, "application/json");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code, field), (status, (string?)problem["code"], (string?)problem["field"]));

        var id = Guid.NewGuid().ToString("N");
        var (taken, answer) = await shared.PostAsync("/v1/claims", $"{Good.Replace("{\"source\"", $"{{\"id\":\"{id}\",\"source\"", StringComparison.Ordinal)}\n{claim}\n", "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, taken);
        Assert.Equal((1, 1), ((int)answer["accepted"]!, (int)answer["rejected"]!));
        var error = Assert.Single(answer["errors"]!.AsArray())!;
        Assert.Equal((1, code, field), ((int)error["index"]!, (string?)error["code"], (string?)error["field"]));
    }

    [Theory]
    [InlineData("/v1/claims?dryRun=true")]
    [InlineData("/v1/claims?wiat=applied")]
    [InlineData("/v1/claims?wait=soon")]
    [InlineData("/v1/reports?dryrun=perhaps&colour=red")]
    public async Task Feed_UnknownParameter_IsRefusedAndNothingTaken(string path)
    {
        var (status, problem) = await shared.PostAsync(path, Good, "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("query.", (string?)problem["code"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_LargerThanAPartitionMayHold_IsTakenWhole()
    {
        const int count = 45_000;
        var lines = Enumerable.Range(0, count).Select(at => $$"""{"id":"{{at}}","source":"large","reportedAt":"2024-05-01","event":"attack","region":"Nowhere {{at % 7}}"}""");
        var (status, answer) = await shared.PostAsync("/v1/claims", string.Join('\n', lines), "application/jsonl");

        Assert.Equal((HttpStatusCode.OK, count), (status, (int)answer["accepted"]!));
    }

    [Theory]
    [InlineData("w", "a%0Ab", "id")]
    [InlineData("w", "%0Areport%0Ahttps:%2F%2Fw.example%2F1", "id")]
    [InlineData("w%0Ax", "a", "source")]
    public async Task Retraction_OfWhatNoClaimMayBeCalled_IsRefused(string source, string id, string field)
    {
        using var response = await shared.Host.Client.DeleteAsync(new Uri($"/v1/claims/{source}/{id}", UriKind.Relative));

        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "claim.text", field), (response.StatusCode, (string?)problem["code"], (string?)problem["field"]));
    }

    [Theory]
    [InlineData("/v1/actors/no-such-actor", HttpStatusCode.NotFound, "entity.unknown")]
    [InlineData("/v1/regions?sort=size", HttpStatusCode.BadRequest, "query.sort")]
    [InlineData("/v1/regions?limit=0", HttpStatusCode.BadRequest, "query.limit")]
    [InlineData("/v1/regions/world?limit=10001", HttpStatusCode.BadRequest, "query.limit")]
    [InlineData("/v1/regions/world?cursor=next", HttpStatusCode.BadRequest, "query.cursor")]
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
        await shared.PostAsync("/v1/claims?wait=applied", """{"source":"New Feed","reportedAt":"2024-05-01","claimant":"Brigade of the Unheard-Of","region":"Lower Nowhere","event":"attack"}""", "application/json");

        foreach (var (path, name) in new[] { ("actors/brigade-of-the-unheard-of", "Brigade of the Unheard-Of"), ("regions/lower-nowhere", "Lower Nowhere"), ("sources/new-feed", "New Feed") })
        {
            var view = await shared.Host.GetAsync("/v1/" + path);
            Assert.Equal((true, name, 1), ((bool)view["provisional"]!, (string?)view["name"], (int)view["claims"]!["total"]!));
        }
    }
}
