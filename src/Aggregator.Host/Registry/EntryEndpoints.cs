using System.ComponentModel;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;
using Aggregator.Host.Hosting;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;
using Microsoft.AspNetCore.Mvc;

namespace Aggregator.Host.Registry;

/// <summary><c>GET /v1/{actors|regions|sources}/{id}/entry</c> and <c>PUT /v1/{…}/{id}</c>.</summary>
internal static class EntryEndpoints
{
    private const string ProblemType = "application/problem+json";

    /// <summary>Maps what reads and edits the registry.</summary>
    /// <param name="routes">The routes.</param>
    public static void MapRegistry(this IEndpointRouteBuilder routes)
    {
        Map(EntityKind.Actor, "actors", "actor");
        Map(EntityKind.Region, "regions", "region");
        Map(EntityKind.Source, "sources", "source");

        void Map(EntityKind kind, string plural, string singular)
        {
            var group = routes.MapGroup("/v1/" + plural).WithTags(plural);
            group.MapGet("/{id}/entry", (HttpContext context, string id, IRegistry registry) => Get(context, kind, singular, id, registry.Current))
                .Produces<EntryAnswer>()
                .Produces(StatusCodes.Status304NotModified)
                .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, ProblemType)
                .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, ProblemType)
                .WithName("get-entry-of-" + singular)
                .WithSummary($"The registry's entry of one {singular}")
                .WithDescription("As the registry holds it, merged or not, with its ETag. id is the id or any alias.");
            group.MapPut("/{id}", (
                    HttpContext context,
                    [Description("A slug. One that the registry does not have makes a new entry.")] string id,
                    [Description("applied: answer when the views of the entity and of its parents show it.")] string? wait,
                    [FromHeader(Name = "If-Match"), Description("The ETag of the entry that is overwritten.")] string? ifMatch,
                    [FromHeader(Name = "If-None-Match"), Description("*: only make a new entry.")] string? ifNoneMatch,
                    IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken) =>
                    PutAsync(context, kind, id, wait, registry, editor, changes, cancellationToken))
                .AddEndpointFilter<FeedGate>()
                .TakesOne<EntryInput>()
                .Produces<EntryEdited>()
                .Produces<EntryEdited>(StatusCodes.Status201Created)
                .ProducesRefusals()
                .Produces<ProblemAnswer>(StatusCodes.Status409Conflict, ProblemType)
                .Produces<ProblemAnswer>(StatusCodes.Status412PreconditionFailed, ProblemType)
                .Produces<ProblemAnswer>(StatusCodes.Status428PreconditionRequired, ProblemType)
                .WithName("put-" + singular)
                .WithSummary($"Make or replace the registry's entry of one {singular}")
                .WithDescription("Answers when the edit is durable, with the entry's ETag. An entry that exists is replaced only with If-Match. Views built from then on are built under it; totals that other entities hold follow within seconds.");
            group.MapPost("/{id}/merge-into/{other}", (
                    HttpContext context,
                    [Description("Id or any alias of what is the same as the other; it may be provisional.")] string id,
                    [Description("Id or any alias of what it is to read as; it may be provisional.")] string other,
                    [Description("applied: answer when the views of both show it.")] string? wait,
                    IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken) =>
                    MergeEndpoint.MergeAsync(context, kind, singular, (id, other, wait), registry, editor, changes, cancellationToken))
                .AddEndpointFilter<FeedGate>()
                .ProducesMergeAnswers()
                .WithName("merge-" + singular)
                .WithSummary($"Read one {singular} as another")
                .WithDescription("Every key reads the merged id as the other's, and the other's view folds the statements on both. No claim is changed.");
            group.MapDelete("/{id}/merge-into/{other}", (
                    HttpContext context,
                    [Description("Id or any alias of what was merged.")] string id,
                    [Description("Id or any alias of what it was merged into.")] string other,
                    [Description("applied: answer when the views of both show it.")] string? wait,
                    IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken) =>
                    MergeEndpoint.UndoAsync(context, kind, singular, (id, other, wait), registry, editor, changes, cancellationToken))
                .AddEndpointFilter<FeedGate>()
                .ProducesMergeAnswers()
                .WithName("unmerge-" + singular)
                .WithSummary($"Undo a merge of one {singular} into another")
                .WithDescription("Both are back with all their claims, also with those that came under the merged id meanwhile.");
        }
    }

    private static RouteHandlerBuilder ProducesMergeAnswers(this RouteHandlerBuilder route) => route
        .Produces<MergeAnswer>()
        .Produces<ProblemAnswer>(StatusCodes.Status400BadRequest, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status404NotFound, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status409Conflict, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status429TooManyRequests, ProblemType)
        .Produces<ProblemAnswer>(StatusCodes.Status503ServiceUnavailable, ProblemType);

    private static IResult Get(HttpContext context, EntityKind kind, string singular, string id, RegistrySnapshot registry)
    {
        if (QueryParameters.Unknown(context.Request) is { } unknown)
        {
            return unknown.ToResult();
        }

        if (registry.Candidates(kind, id) is not [var entry, ..])
        {
            return new Problem(StatusCodes.Status404NotFound, "entry.none", $"the registry has no {singular} {id}; a PUT makes one").ToResult();
        }

        context.Response.GetTypedHeaders().ETag = Preconditions.TagOf(entry);
        return new Preconditions(context.Request).HasSeen(entry) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(EntryAnswer.Of(entry));
    }

    private static async Task<IResult> PutAsync(
        HttpContext context, EntityKind kind, string id, string? wait, IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken)
    {
        var (sent, refused) = await ReadAsync(context.Request, wait, cancellationToken);
        if (refused is not null)
        {
            return refused.ToResult();
        }

        var preconditions = new Preconditions(context.Request);
        if (await ProvisionalAsync(registry.Current, kind, id, sent!.Draft, changes) is { } provisional)
        {
            return RegistryChanges.Told(provisional).ToResult();
        }

        var edit = await editor.EditAsync(Plan, cancellationToken);
        if ((edit.Refusal is { } refusal ? RegistryChanges.Told(refusal) : edit.Busy ? RegistryChanges.Busy() : refused) is { } problem)
        {
            return problem.ToResult();
        }

        bool? applied = wait is null ? null : FeedSlot.Of(context).TryAwaitViews() && await changes.AwaitAppliedAsync(edit, kind, id, cancellationToken);
        var entry = edit.After.Find(kind, id)!;
        context.Response.GetTypedHeaders().ETag = Preconditions.TagOf(entry);
        var answer = new EntryEdited(EntryAnswer.Of(entry), edit.After.Version, applied);
        return edit.Before.Find(kind, id) is null ? Results.Created($"{context.Request.Path}/entry", answer) : Results.Ok(answer);

        // What is wrong with the entry comes before whether it may be put (RFC 9110, 13.2.1).
        (RegistryOverride?, RegistryRefusal?) Plan(RegistrySnapshot on)
        {
            refused = null;
            var held = on.Find(kind, id);
            if (EntryJson.Contradiction(sent, id, held) is { } field)
            {
                return (null, new RegistryRefusal(RefusalKind.Invalid, RegistryRefusalCodes.Field, field, $"{field} is not edited by a PUT of the entry, and is not what was sent"));
            }

            var (made, wrong) = EntryEdit.Put(on, kind, id, sent.Draft);
            if (made is null || (refused = preconditions.Refuse(held)) is not null)
            {
                return (null, wrong);
            }

            // What changes nothing makes no version.
            var same = held is not null && RegistryFormat.Tag(held) == RegistryFormat.Tag(made.Entry! with { MergedInto = made.MergedInto });
            return (same ? null : made, null);
        }
    }

    private static async Task<(SentEntry? Sent, Problem? Refused)> ReadAsync(HttpRequest request, string? wait, CancellationToken cancellationToken)
    {
        if ((QueryParameters.Unknown(request, "wait") ?? Wait.Refuse(wait)) is { } refused)
        {
            return (null, refused);
        }

        var (items, single, refusal) = Body.Split(Body.Json, Body.Of(request));
        if (refusal is not null)
        {
            return (null, refusal);
        }

        if (!single)
        {
            return (null, Problem.Unprocessable("entry.malformed", "", "an entry is one object"));
        }

        var (sent, error) = EntryJson.Read(items[0].Element);
        return error is null ? (sent, null) : (null, Problem.Unprocessable(error.Code, error.Field, error.Message));
    }

    // A name that claims have made something provisional of would hide that: asked for by it, the entry would answer.
    private static async Task<RegistryRefusal?> ProvisionalAsync(RegistrySnapshot registry, EntityKind kind, string id, EntryDraft draft, RegistryChanges changes)
    {
        if (draft.Aliases.Count > EntryEdit.MaximumAliases)
        {
            return null;
        }

        foreach (var name in EntryEdit.NewIds(registry, kind, id, draft))
        {
            if (await changes.IsKnownAsync(registry, kind, name))
            {
                return new RegistryRefusal(RefusalKind.Conflict, RegistryRefusalCodes.NameProvisional, "aliases", $"claims have made {name} a provisional entry: leave the alias out and merge {name} into {id}, or put the entry under {name}");
            }
        }

        return null;
    }
}
