using System.ComponentModel;
using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Query;

/// <summary><c>GET /v1/{actors|regions|sources}[/{id}]</c>.</summary>
internal static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        Map<ActorView>(routes, EntityKind.Actor, "actors", "actor", (grains, id) => grains.GetGrain<IActorGrain>(id).GetViewAsync());
        Map<RegionView>(routes, EntityKind.Region, "regions", "region", (grains, id) => grains.GetGrain<IRegionGrain>(id).GetViewAsync());
        Map<SourceView>(routes, EntityKind.Source, "sources", "source", (grains, id) => grains.GetGrain<ISourceGrain>(id).GetViewAsync());
    }

    private static void Map<TView>(IEndpointRouteBuilder routes, EntityKind kind, string plural, string singular, Func<IGrainFactory, string, Task<TView?>> view)
        where TView : EntityView
    {
        var group = routes.MapGroup("/v1/" + plural).WithTags(plural);
        group.MapGet("/", (
                HttpRequest request,
                [Description("Matches names, aliases and ids, in part, without case and diacritics.")] string? q,
                [Description("activity (claims, then name; the default) or name.")] string? sort,
                [Description("1 to 1000; 50 if left out.")] string? limit,
                [Description("The next of a page.")] string? cursor,
                EntityList list, CancellationToken cancellationToken) =>
                QueryParameters.Unknown(request, "q", "sort", "limit", "cursor") is { } unknown
                    ? Task.FromResult(unknown.ToResult())
                    : list.GetAsync(kind, q, sort, limit, cursor, cancellationToken))
            .Produces<EntityPage>()
            .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, "application/problem+json")
            .WithName("list-" + plural)
            .WithSummary($"Find and rank {plural}")
            .WithDescription("Those that claims have named, and the parents of those. Their counts lag by the seconds that rows take to be written, and leave out their parts' claims.");
        group.MapGet("/{id}", async (HttpRequest request, string id, IGrainFactory grains, IRegistry registry) =>
            {
                if (QueryParameters.Unknown(request) is { } unknown)
                {
                    return unknown.ToResult();
                }

                var entry = registry.Current.Resolve(kind, id);
                return entry is not null && await view(grains, entry.Id) is { } found
                    ? Results.Ok(found)
                    : Problem.Unknown(singular, id).ToResult();
            })
            .Produces<TView>()
            .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, "application/problem+json")
            .WithName("get-" + singular)
            .WithSummary($"The live aggregate of one {singular}")
            .WithDescription("id is the id or any alias.");
    }
}

/// <summary>Checks of query parameters.</summary>
internal static class QueryParameters
{
    /// <summary>A parameter that is not known is refused: an answer to another question than was asked would mislead.</summary>
    public static Problem? Unknown(HttpRequest request, params string[] known) =>
        request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? Problem.Query("query.unknown-parameter", unknown, known.Length == 0 ? "this takes no parameters" : $"this takes: {string.Join(' ', known)}")
            : null;
}
