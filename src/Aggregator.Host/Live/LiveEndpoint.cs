using System.ComponentModel;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;
using Aggregator.Host.Hosting;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;

namespace Aggregator.Host.Live;

/// <summary><c>GET /v1/live</c>.</summary>
internal static partial class LiveEndpoint
{
    /// <summary>The content type of a stream.</summary>
    public const string EventStream = "text/event-stream";

    private const string ProblemType = "application/problem+json";

    /// <summary>Maps the streams.</summary>
    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapGet("/v1/live", GetAsync)
        .Produces<string>(StatusCodes.Status200OK, EventStream)
        .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status429TooManyRequests, ProblemType)
        .WithTags("live")
        .WithName("watch")
        .WithSummary("Watch aggregates as they change")
        .WithDescription("""
            Server-sent events. First a `snapshot` of each entity, then a `change` whenever its view shows something else; `data` is the
            view as GET /v1/{actors|regions|sources}/{id} answers it, the first 1,000 entries of each list, and `id` its version. A region's
            view has `control`, an actor's `voice`, a source's `affiliation`.

            At most one change of an entity comes per `Live:Interval` (500 ms), always the newest state; what came in between is left out.
            What changes a view without its version being another, a denial made in a region that contains it, shows within 10 s; so an
            event may have the `id` of the one before. It is never lower, except with another `snapshot`: after the store has lost its end, or
            when the entity was merged into another or brought apart again. Last-Event-ID changes nothing: who comes again gets fresh snapshots.

            A comment comes every 15 s. `bye` says that the host stops: come again. Who does not read an event within `Live:WriteTimeout`
            (10 s) is cut off.
            """);

    private static async Task<IResult> GetAsync(
        HttpContext context,
        [Description("Actors, by id or any alias. Each parameter may repeat; 1 to 64 entities in all.")] string[]? actor,
        [Description("Regions, by id or any alias.")] string[]? region,
        [Description("Sources, by id or any alias.")] string[]? source,
        LiveHub hub, IRegistry registry, Draining draining, IHostApplicationLifetime lifetime)
    {
        if (QueryParameters.Unknown(context.Request, "actor", "region", "source") is { } unknown)
        {
            return unknown.ToResult();
        }

        if (draining.IsStopping)
        {
            context.CloseAfterwards();
            return Problem.Stopping().ToResult();
        }

        (EntityKind Kind, string Parameter, string Name)[] asked =
        [
            .. (actor ?? []).Select(name => (EntityKind.Actor, "actor", name)),
            .. (region ?? []).Select(name => (EntityKind.Region, "region", name)),
            .. (source ?? []).Select(name => (EntityKind.Source, "source", name)),
        ];
        if (asked.Length is 0 or > LiveSettings.EntitiesPerStream)
        {
            return Problem.Query("query.entities", "actor", $"name 1 to {LiveSettings.EntitiesPerStream} entities, as actor=, region= or source=").ToResult();
        }

        var (snapshot, found) = (registry.Current, new Dictionary<EntityKey, (string Parameter, string Name)>());
        foreach (var (kind, parameter, name) in asked)
        {
            if (snapshot.Resolve(kind, name) is not { } entry)
            {
                return Problem.Unknown(parameter, name).ToResult();
            }

            found.TryAdd(new EntityKey(kind, snapshot.Survivor(kind, entry.Id)), (parameter, name));
        }

        if (hub.TryOpen(found.Keys) is not { } stream)
        {
            return Problem.Full().ToResult();
        }

        context.Response.RegisterForDispose(stream);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            return await stream.FindUnknownAsync(either.Token) is { } at
                ? Problem.Unknown(found.ElementAt(at).Value.Parameter, found.ElementAt(at).Value.Name).ToResult()
                : new Sending(stream, lifetime);
        }
        catch (OperationCanceledException) when (draining.IsStopping)
        {
            context.CloseAfterwards();
            return Problem.Stopping().ToResult();
        }
    }

    /// <summary>The stream as an answer: it is begun once the store is known to be the one that this host serves.</summary>
    private sealed partial class Sending(LiveStream stream, IHostApplicationLifetime lifetime) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = EventStream;
            response.Headers.CacheControl = "no-store";

            // Proxies that would gather it are asked not to.
            response.Headers["X-Accel-Buffering"] = "no";
            if (await stream.SendAsync(response.BodyWriter, lifetime.ApplicationStopping, httpContext.RequestAborted) == StreamEnd.TooSlow)
            {
                var (logger, address) = (httpContext.RequestServices.GetRequiredService<ILogger<LiveStream>>(), httpContext.Connection.RemoteIpAddress);
                LogTooSlow(logger, address);
                httpContext.Abort();
            }
        }

        [LoggerMessage(Level = LogLevel.Information, Message = "A subscriber at {Address} read too slowly and is cut off")]
        private static partial void LogTooSlow(ILogger logger, System.Net.IPAddress? address);
    }
}
