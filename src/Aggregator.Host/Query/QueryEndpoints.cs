using System.ComponentModel;
using System.Globalization;
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
        Map<ActorView>(routes, EntityKind.Actor, "actors", "actor", (grains, id, asOf) => grains.GetGrain<IActorGrain>(id).GetViewAsync(asOf));
        Map<RegionView>(routes, EntityKind.Region, "regions", "region", (grains, id, asOf) => grains.GetGrain<IRegionGrain>(id).GetViewAsync(asOf));
        Map<SourceView>(routes, EntityKind.Source, "sources", "source", (grains, id, asOf) => grains.GetGrain<ISourceGrain>(id).GetViewAsync(asOf));
    }

    private static void Map<TView>(IEndpointRouteBuilder routes, EntityKind kind, string plural, string singular, Func<IGrainFactory, string, DateTimeOffset?, Task<TView?>> view)
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
                IGrainFactory grains, IRegistry registry) =>
            {
                if (QueryParameters.Unknown(request, "asOf") is { } unknown)
                {
                    return unknown.ToResult();
                }

                if (!QueryParameters.TryMoment(asOf, out var moment))
                {
                    return Problem.Query("query.as-of", "asOf", "a day (2022-12-31) or a time with its offset (2022-12-31T18:00:00Z)").ToResult();
                }

                var entry = registry.Current.Resolve(kind, id);
                return entry is not null && await view(grains, entry.Id, moment) is { } found
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
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm'Z'"];

    /// <summary>Reads a moment: a day stands for its end. Null if nothing is given.</summary>
    /// <returns>False if it is neither a day nor a time with an offset.</returns>
    public static bool TryMoment(string? text, out DateTimeOffset? moment)
    {
        moment = null;
        if (text is null)
        {
            return true;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            moment = new DateTimeOffset(day.ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero);
            return true;
        }

        // Without its offset a time is not one moment. In a query a plus sign may have become a blank.
        if (DateTimeOffset.TryParseExact(text.Replace(' ', '+'), Times, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time))
        {
            moment = time;
        }

        return moment is not null;
    }

    /// <summary>A parameter that is not known is refused: an answer to another question than was asked would mislead.</summary>
    public static Problem? Unknown(HttpRequest request, params string[] known) =>
        request.Query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? Problem.Query("query.unknown-parameter", unknown, known.Length == 0 ? "this takes no parameters" : $"this takes: {string.Join(' ', known)}")
            : null;
}
