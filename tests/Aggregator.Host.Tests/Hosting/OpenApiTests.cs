using System.Text.Json;
using System.Text.Json.Nodes;
using Aggregator.Host.Ingest;
using Aggregator.Host.Registry;
using Aggregator.Host.Tests.Running;

namespace Aggregator.Host.Tests.Hosting;

/// <summary>The API's description says what the host takes and answers.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Document_DescribesRoutesBodiesAndWords()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);

        var document = await host.GetAsync("/openapi/v1.json");
        var paths = document["paths"]!.AsObject();
        Assert.Superset(new HashSet<string> { "/v1/claims", "/v1/reports", "/v1/actors", "/v1/actors/{id}", "/v1/regions/{id}", "/v1/sources/{id}" }, paths.Select(path => path.Key).ToHashSet());
        Assert.EndsWith("/ClaimInput", (string?)paths["/v1/claims"]!["post"]!["requestBody"]!["content"]!["application/x-ndjson"]!["schema"]!["$ref"], StringComparison.Ordinal);
        Assert.NotNull(paths["/v1/reports"]!["post"]!["requestBody"]!["content"]!["text/plain"]);
        var live = paths["/v1/live"]!["get"]!;
        Assert.NotNull(live["responses"]!["200"]!["content"]!["text/event-stream"]);
        Assert.Superset(new HashSet<string> { "400", "404", "429", "503" }, live["responses"]!.AsObject().Select(answer => answer.Key).ToHashSet());
        Assert.Equal(["actor", "region", "source"], live["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]));
        foreach (var (path, method) in new[] { ("/v1/claims", "post"), ("/v1/actors/{id}", "get"), ("/v1/regions", "get") })
        {
            Assert.NotNull(paths[path]![method]!["responses"]!["503"]!["content"]!["application/problem+json"]);
        }

        var schemas = document["components"]!["schemas"]!;
        Assert.Contains("armoured-vehicle", schemas["ClaimInput"]!["properties"]!["figure"]!["properties"]!["item"]!["enum"]!.AsArray().Select(word => (string?)word));
        Assert.NotNull(schemas["ProblemAnswer"]!["properties"]!["code"]);
        Assert.NotNull((string?)schemas["ClaimInput"]!["properties"]!["claimant"]!["description"]);
        Assert.Contains("<html", await host.Client.GetStringAsync("/docs"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Document_DescribesEditsOfTheRegistry()
    {
        using var folder = new TempFolder();
        await using var host = await InProcessHost.EmbeddedAsync(folder.Path);

        var document = await host.GetAsync("/openapi/v1.json");
        foreach (var plural in new[] { "actors", "regions", "sources" })
        {
            var put = document["paths"]![$"/v1/{plural}/{{id}}"]!["put"]!;
            Assert.EndsWith("/EntryInput", (string?)put["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"], StringComparison.Ordinal);
            Assert.Superset(new HashSet<string> { "200", "201", "409", "412", "422", "428" }, put["responses"]!.AsObject().Select(answer => answer.Key).ToHashSet());
            Assert.Contains("If-Match", put["parameters"]!.AsArray().Select(parameter => (string?)parameter!["name"]));
            Assert.NotNull(document["paths"]![$"/v1/{plural}/{{id}}/entry"]!["get"]);
            Assert.NotNull(document["paths"]![$"/v1/{plural}/{{id}}/merge-into/{{other}}"]!["post"]);
            Assert.NotNull(document["paths"]![$"/v1/{plural}/{{id}}/merge-into/{{other}}"]!["delete"]);
        }

        Assert.NotNull((string?)document["components"]!["schemas"]!["EntryInput"]!["properties"]!["voice"]!["description"]);
    }

    [Theory]
    [InlineData(typeof(EntryInput), null)]
    [InlineData(typeof(LocationInput), "location")]
    public void EntrySchema_EveryField_IsReadAndNoOther(Type schema, string? field)
    {
        foreach (var property in schema.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Append("nonsense"))
        {
            var inner = new JsonObject { [property] = null };
            var entry = field is null ? inner : new JsonObject { [field] = inner };
            var (_, error) = EntryJson.Read(JsonDocument.Parse(entry.ToJsonString()).RootElement);

            Assert.Equal((property, property == "nonsense"), (property, error?.Code == "entry.unknown-field"));
        }
    }

    [Theory]
    [InlineData(typeof(ClaimInput), null)]
    [InlineData(typeof(FigureInput), "figure")]
    [InlineData(typeof(OccurredInput), "occurred")]
    [InlineData(typeof(ControlInput), "control")]
    [InlineData(typeof(RelatesInput), "relates")]
    [InlineData(typeof(SpanInput), "span")]
    [InlineData(typeof(ReportRefInput), "report")]
    public void Schema_EveryField_IsReadAndNoOther(Type schema, string? field)
    {
        foreach (var property in schema.GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Append("nonsense"))
        {
            var inner = new JsonObject { [property] = null };
            var claim = field is null ? inner : new JsonObject { [field] = inner };
            var (_, error) = ClaimJson.Read(JsonDocument.Parse(claim.ToJsonString()).RootElement);

            Assert.Equal((property, property == "nonsense"), (property, error?.Code == "claim.unknown-field"));
        }
    }
}
