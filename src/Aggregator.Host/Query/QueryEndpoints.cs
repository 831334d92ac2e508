using System.ComponentModel;
using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;
using Aggregator.Host.Hosting;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Query;

/// <summary><c>GET /v1/{actors|regions|sources}[/{id}]</c>.</summary>
internal static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        Map<IActorGrain, ActorView>(routes, EntityKind.Actor, "actors", "actor", (actor, asOf) => actor.GetViewAsync(asOf));
        Map<IRegionGrain, RegionView>(routes, EntityKind.Region, "regions", "region", (region, asOf) => region.GetViewAsync(asOf));
        Map<ISourceGrain, SourceView>(routes, EntityKind.Source, "sources", "source", (source, asOf) => source.GetViewAsync(asOf));
    }

    private static void Map<TGrain, TView>(IEndpointRouteBuilder routes, EntityKind kind, string plural, string singular, Func<TGrain, DateTimeOffset?, Task<TView?>> view)
        where TGrain : IEntityGrain
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
        group.MapGet("/{id}", async (
                HttpRequest request,
                string id,
                [Description("A past moment (RFC 3339) or day (its end, UTC): the view that a reader would have had.")] string? asOf,
                [Description("Most entries of each list (lines, said, children), 1 to 10000; 1000 if left out.")] string? limit,
                [Description("The next of a view: the rest of its lists.")] string? cursor,
                IGrainFactory grains, IRegistry registry, TimeProvider time) =>
            {
                if (QueryParameters.Unknown(request, "asOf", "limit", "cursor") is { } unknown)
                {
                    return unknown.ToResult();
                }

                if (!QueryParameters.TryMoment(asOf, out var moment))
                {
                    return Problem.Query("query.as-of", "asOf", "a day (2022-12-31) or a time with its offset (2022-12-31T18:00:00Z)").ToResult();
                }

                if (!ViewPage.TryRead(limit, cursor, out var page))
                {
                    return (ViewPage.TryRead(limit, null, out _)
                        ? Problem.Query("query.cursor", "cursor", "cursor is the next of a view")
                        : Problem.Query("query.limit", "limit", $"limit is 1 to {ViewPage.MaximumLimit}")).ToResult();
                }

                return Find(id, grains, registry) is { } entity && await Asking.MovingAsync(() => view(entity.Grain, moment), time) is { } found
                    ? Results.Ok<object>(page.Of(found))
                    : Problem.Unknown(singular, id).ToResult();
            })
            .Produces<TView>()
            .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, "application/problem+json")
            .WithName("get-" + singular)
            .WithSummary($"The live aggregate of one {singular}")
            .WithDescription("id is the id or any alias.");
        group.MapGet("/{id}/claims", async (HttpRequest request, string id, [AsParameters] EvidenceEndpoint.Query asked, IGrainFactory grains, IRegistry registry) =>
                Find(id, grains, registry) is { } entity ? await EvidenceEndpoint.GetAsync(request, entity.Grain, asked, registry) ?? Problem.Unknown(singular, id).ToResult() : Problem.Unknown(singular, id).ToResult())
            .Produces<EvidencePage>()
            .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, "application/problem+json")
            .WithName("get-claims-of-" + singular)
            .WithSummary($"The claims that the numbers of one {singular} rest on")
            .WithDescription("Those that stand, its parts' among them, newest first, with quote, report, source and time.");
        group.MapGet("/{id}/timeline", async (HttpRequest request, string id, [AsParameters] TimelineEndpoint.Query asked, IGrainFactory grains, IRegistry registry) =>
                Find(id, grains, registry) is { } entity ? await TimelineEndpoint.GetAsync(request, entity.Grain, entity.Id, asked) ?? Problem.Unknown(singular, id).ToResult() : Problem.Unknown(singular, id).ToResult())
            .Produces<TimelineAnswer>()
            .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, "application/problem+json")
            .WithName("get-timeline-of-" + singular)
            .WithSummary($"When the claims of one {singular} were reported, or happened")
            .WithDescription("Counts of the claims that stand, its parts' among them, each once.");

        (TGrain Grain, string Id)? Find(string name, IGrainFactory grains, IRegistry registry) =>
            registry.Current.Resolve(kind, name) is { } entry && registry.Current.Survivor(kind, entry.Id) is var id ? (grains.GrainOf<TGrain>(id), id) : null;
    }
}
