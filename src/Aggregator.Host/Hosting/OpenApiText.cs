using System.Text.Json.Nodes;
using Aggregator.Host.Ingest;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Aggregator.Host.Hosting;

/// <summary>What the OpenAPI document says beyond what the endpoints tell of themselves.</summary>
internal static class OpenApiText
{
    private const string Description = """
        Claims and wire copy in; one live aggregate per actor, region and source out. Times are RFC 3339, days UTC.

        Figures are low, best and high. The positions of a line stand side by side, one per voice: `admitted` (the voice of
        the side it hurts), `independent` (a monitor, media, igo, ngo or unaffiliated source that is no party to the line)
        or `alleged` (anyone else). The estimate of a line: low is the highest low of admitted and independent positions,
        high the highest high of all, best an independent best that lies between them.

        Refusals are RFC 9457 problem details with a stable `code`. Of whole requests: `body.empty` `body.malformed`
        `body.utf8` `body.too-large` `body.too-many` `body.too-slow` `body.media-type` `body.encoding` `query.*` `route.*` `auth.*`
        `entity.unknown` `feed.busy` `store.unavailable` `store.lost` `cluster.unavailable` `host.stopping` `past.too-large`
        `live.full` `request.malformed` `request.refused` `internal`. Every 429 and 503 says in Retry-After when to try again. Of one claim or report: `claim.missing`
        `claim.malformed` `claim.unknown-field` `claim.text` `claim.name` `claim.vocabulary` `claim.mismatch`
        `claim.figure` `claim.date` `claim.nothing` `claim.too-many-versions`, and `report.missing` `report.malformed`
        `report.unknown-field` `report.text` `report.date` `report.empty` `report.too-long` `report.too-large` `report.language`. In an array or
        NDJSON they are in the answer's `errors` with status 200, and cost nothing but themselves: check `rejected`.
        Of edits of the registry: `entry.missing` `entry.malformed` `entry.unknown-field` `entry.text` `entry.name` `entry.id`
        `entry.kind` `entry.field` `entry.parent` `entry.cycle` `entry.voice` `entry.affiliation` `entry.rating` `entry.location`
        `entry.name-taken` `entry.name-provisional` `entry.world` `entry.none` `entry.changed` `entry.exists`
        `entry.precondition-required` `entry.busy`, and `merge.self` `merge.cycle` `merge.merged` `merge.none` `merge.named`.
        """;

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Aggregator";
            document.Info.Version = "v1";
            document.Info.Description = Description;
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(WordOfAttribute), inherit: false) is [WordOfAttribute words, ..])
            {
                schema.Enum = [.. words.Slugs.Select(slug => (JsonNode)JsonValue.Create(slug)!)];
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>Says that an endpoint's body is one item.</summary>
    public static RouteHandlerBuilder TakesOne<TItem>(this RouteHandlerBuilder route) => route.WithMetadata(new TakesBody(Body.Json)).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(TItem), null, cancellationToken);
        context.Document?.AddComponent(typeof(TItem).Name, schema);
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Body.Json] = new() { Schema = new OpenApiSchemaReference(typeof(TItem).Name, context.Document) } },
        };
    });

    /// <summary>Says what an endpoint's body is: one item, an array of them, or one a line; and, if so, plain text.</summary>
    public static RouteHandlerBuilder Takes<TItem>(this RouteHandlerBuilder route, bool text) => route.WithMetadata(new TakesBody([Body.Json, Body.Ndjson, .. text ? [Body.Text] : Array.Empty<string>()])).AddOpenApiOperationTransformer(async (operation, context, cancellationToken) =>
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(TItem), null, cancellationToken);
        context.Document?.AddComponent(typeof(TItem).Name, schema);
        var item = new OpenApiSchemaReference(typeof(TItem).Name, context.Document);
        var content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [Body.Json] = new() { Schema = new OpenApiSchema { OneOf = [item, new OpenApiSchema { Type = JsonSchemaType.Array, Items = item }] } },
            [Body.Ndjson] = new() { Schema = item },
        };
        if (text)
        {
            content[Body.Text] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "A first line ' date YYYY-MM-DD', a blank line, the text." } };
        }

        operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
    });
}
