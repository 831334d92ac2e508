using Aggregator.Domain.Registry;
using Aggregator.Grains.Registry;
using Aggregator.Host.Ingest;
using Aggregator.Host.Problems;
using Aggregator.Host.Query;

namespace Aggregator.Host.Registry;

/// <summary><c>POST</c> and <c>DELETE /v1/{actors|regions|sources}/{id}/merge-into/{other}</c>.</summary>
internal static class MergeEndpoint
{
    public static Task<IResult> MergeAsync(
        HttpContext context, EntityKind kind, string singular, (string Id, string Other, string? Wait) asked,
        IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken) =>
        EditAsync(context, kind, singular, asked, MergeEdit.Merge, registry, editor, changes, cancellationToken);

    public static Task<IResult> UndoAsync(
        HttpContext context, EntityKind kind, string singular, (string Id, string Other, string? Wait) asked,
        IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken) =>
        EditAsync(context, kind, singular, asked, MergeEdit.Undo, registry, editor, changes, cancellationToken);

    private static async Task<IResult> EditAsync(
        HttpContext context, EntityKind kind, string singular, (string Id, string Other, string? Wait) asked,
        Func<RegistrySnapshot, EntityKind, string, string, (RegistryOverride?, RegistryRefusal?)> make,
        IRegistry registry, IRegistryEditor editor, RegistryChanges changes, CancellationToken cancellationToken)
    {
        if ((QueryParameters.Unknown(context.Request, "wait") ?? Wait.Refuse(asked.Wait)) is { } refused)
        {
            return refused.ToResult();
        }

        var (id, other) = (IdOf(asked.Id), IdOf(asked.Other));
        foreach (var (found, name) in new[] { (id, asked.Id), (other, asked.Other) })
        {
            if (found is null || !await changes.IsKnownAsync(registry.Current, kind, found))
            {
                return Problem.Unknown(singular, name).ToResult();
            }
        }

        var edit = await editor.EditAsync(on => make(on, kind, id!, other!), cancellationToken);
        if ((edit.Refusal is { } refusal ? RegistryChanges.Told(refusal) : edit.Busy ? RegistryChanges.Busy() : null) is { } problem)
        {
            return problem.ToResult();
        }

        bool? applied = asked.Wait is null ? null : FeedSlot.Of(context).TryAwaitViews() && await changes.AwaitAppliedAsync(edit, kind, id!, cancellationToken);
        return Results.Ok(new MergeAnswer(id!, edit.After.IsMerged(kind, id!) ? other : null, edit.After.Version, applied));

        string? IdOf(string name) => registry.Current.Resolve(kind, name)?.Id;
    }
}
