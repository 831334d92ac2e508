using System.Text.Json.Serialization;
using Aggregator.Extraction;
using Aggregator.Grains.Hosting;
using Aggregator.Host.Diagnostics;
using Aggregator.Host.Feed;
using Aggregator.Host.Ingest;
using Aggregator.Host.Live;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;
using Aggregator.Host.Registry;
using Aggregator.Host.Security;
using Aggregator.Store;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Dashboard;
using Scalar.AspNetCore;

namespace Aggregator.Host.Hosting;

/// <summary>What the host is made of, and what it answers.</summary>
internal static class HostComposition
{
    private const string ProblemType = "application/problem+json";

    /// <summary>Opens a store, joins its fold generation, and builds the host over it.</summary>
    /// <exception cref="StoreException">The store is not one that this host can use; the message says why.</exception>
    public static async Task<WebApplication> BuildAggregatorAsync(this WebApplicationBuilder builder, HostSettings settings, Keys keys, StoreConnection store)
    {
        var identity = await store.OpenAsync();
        await store.JoinGenerationAsync(settings.Cluster.Id);
        return builder.AddAggregator(settings, keys, store, identity).Build().MapAggregator(settings.Role);
    }

    private static WebApplicationBuilder AddAggregator(this WebApplicationBuilder builder, HostSettings settings, Keys keys, StoreConnection store, StoreIdentity identity)
    {
        builder.WebHost.UseUrls([.. settings.Urls]);
        builder.WebHost.ConfigureKestrel(HttpLimits.Set);

        // Before Orleans, which takes the system's clock where there is none.
        builder.Services.AddSingleton(ProcessClock.Time);
        if (settings.Role == HostRole.Api)
        {
            builder.UseOrleansClient(client => client.AddAggregator(store, identity, settings.Cluster).AddDashboard());
        }
        else
        {
            builder.UseOrleans(silo => silo.AddAggregator(store, identity, settings.Cluster).AddDashboard());
        }

        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.Shutdown.Total);
        services.AddSingleton(keys);
        services.AddSingleton(settings.Shutdown);
        services.AddSingleton(settings.Ingest);
        services.AddSingleton<BytesInFlight>();
        services.AddSingleton(settings.Live);
        services.AddSingleton<ILiveSource, GrainSource>();
        services.AddSingleton<LiveHub>();
        services.AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddSingleton<StoreWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreWatch>());
        services.Configure<PartitionOptions>(builder.Configuration.GetSection("Partition"));
        services.Configure<EntityOptions>(builder.Configuration.GetSection("Entity"));
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
            options.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();
        services.AddRequestDecompression();
        services.AddSingleton(new FeedSlots(TimeProvider.System));
        services.AddOpenApi("v1", OpenApiText.Describe);
        services.AddSingleton<ReadyCheck>();
        services.AddHealthChecks().AddCheck<ReadyCheck>("ready");
        services.AddSingleton<IClaimExtractor, ClaimExtractor>();
        services.AddSingleton<Ingestor>();
        services.AddSingleton<ReportClaims>();
        services.AddSingleton<ReportFeeder>();
        services.AddSingleton<EntityList>();
        services.AddSingleton<RegistryChanges>();
        if (builder.Configuration["Feed:Path"] is { } path)
        {
            services.AddSingleton(new FeedPath(path));
            services.AddSingleton<FileFeed>();
            services.AddSingleton<Board>();
            services.AddHostedService<FeedService>();
        }

        return builder;
    }

    /// <summary>Maps what a host of a role answers: a silo nothing but health and the dashboard.</summary>
    private static WebApplication MapAggregator(this WebApplication app, HostRole role)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => Problem.Of(context.HttpContext).ToResult().ExecuteAsync(context.HttpContext));
        app.UseMiddleware<KeyGate>();
        app.UseMiddleware<RequestGate>();
        app.UseRequestDecompression();
        app.UseMiddleware<BodyAdmission>();

        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = AnswerReadyAsync });
        app.MapOrleansDashboard("/dashboard").ExcludeFromDescription();
        if (role == HostRole.Silo)
        {
            app.Map("/v1/{**path}", () => Problem.NoApi().ToResult());
            return app;
        }

        var api = app.MapGroup("").AddEndpointFilter<StoreSeal>()
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status503ServiceUnavailable, typeof(ProblemAnswer), [ProblemType]));
        var feed = api.MapGroup("/v1").WithTags("feeding").AddEndpointFilter<FeedGate>();
        feed.MapPost("/claims", ClaimsEndpoint.PostAsync)
            .Takes<ClaimInput>(text: false)
            .Produces<FeedAnswer>()
            .ProducesRefusals()
            .WithName("post-claims")
            .WithSummary("Feed claims")
            .WithDescription("One object, an array or NDJSON, plain or gzip/br. Answers when every accepted claim is durable; with wait=applied when every view shows them.");
        feed.MapDelete(RetractEndpoint.Route, RetractEndpoint.DeleteAsync)
            .Produces<RetractionAnswer>()
            .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status422UnprocessableEntity, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status429TooManyRequests, "application/problem+json")
            .Produces<ProblemAnswer>(StatusCodes.Status503ServiceUnavailable, "application/problem+json")
            .WithName("retract-claim")
            .WithSummary("Take a claim back")
            .WithDescription("Leaves no trace in any figure; past views still show it. Final for that id, and taken also for one that has not come yet.");
        feed.MapPost("/reports", ReportsEndpoint.PostAsync)
            .Takes<ReportInput>(text: true)
            .Produces<ReportAnswer>()
            .ProducesRefusals()
            .WithName("post-reports")
            .WithSummary("Feed raw wire copy")
            .WithDescription("Extracts claims and feeds them. JSON {source,url,title,publishedAt,text,language}, an array, NDJSON, or text whose first line is ' date YYYY-MM-DD'. dryRun=true stores nothing.");
        api.MapQueries();
        api.MapLive();
        api.MapRegistry();

        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/docs", options => options.WithTitle("Aggregator").DisableDefaultFonts());
        app.MapGet("/", () => Results.Redirect("/docs")).ExcludeFromDescription();
        return app;
    }

    private static Task AnswerReadyAsync(HttpContext context, HealthReport report)
    {
        if (report.Status != HealthStatus.Healthy)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        return context.Response.WriteAsync(report.Status.ToString());
    }

    /// <summary>Says what endpoints with a body refuse.</summary>
    public static RouteHandlerBuilder ProducesRefusals(this RouteHandlerBuilder route) => route
        .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status408RequestTimeout, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status413PayloadTooLarge, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status415UnsupportedMediaType, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status422UnprocessableEntity, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status429TooManyRequests, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status503ServiceUnavailable, ProblemType);
}
