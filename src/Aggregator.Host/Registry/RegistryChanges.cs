using Aggregator.Contracts.Entities;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Registry;
using Aggregator.Host.Hosting;
using Aggregator.Host.Problems;
using Microsoft.Extensions.Options;

namespace Aggregator.Host.Registry;

/// <summary>What the edit endpoints need of the system: whether claims know a name, and when views show an edit.</summary>
internal sealed partial class RegistryChanges(IGrainFactory grains, IOptions<PartitionOptions> options, TimeProvider time, ILogger<RegistryChanges> logger)
{
    /// <summary>Whether the registry has an entry of that id, or claims have used it.</summary>
    public async Task<bool> IsKnownAsync(RegistrySnapshot registry, EntityKind kind, string id) =>
        registry.Find(kind, id) is not null || (await grains.GrainOf(kind, id).GetClaimsAsync(new ClaimsQuery { Limit = 1 })).IsKnown;

    /// <summary>
    /// Waits until the views of the entity, of what it was a part of and of what it is a part of now show an edit; what was merged
    /// into another is a part of that.
    /// </summary>
    /// <returns>Whether they do.</returns>
    public async Task<bool> AwaitAppliedAsync(EditResult edit, EntityKind kind, string id, CancellationToken cancellationToken)
    {
        var version = edit.After.Version;
        List<(string Id, string? Part)> shown = [(id, null)];
        foreach (var registry in new[] { edit.Before, edit.After })
        {
            if (registry.Parent(kind, id) is { } parent)
            {
                shown.Add((parent, registry.IsMerged(kind, id) ? null : id));
            }
        }

        // Who moved may not have written anything yet that its new parent could find.
        var isApplied = await Asking.UntilAsync(
            async () =>
            {
                await Task.WhenAll(Moved(edit, kind, id).Select(async moved =>
                {
                    var grain = grains.GrainOf(kind, moved);
                    await grain.AdoptAsync(version, null);
                    await grain.SettleAsync();
                }));
                return (await Task.WhenAll(shown.Distinct().Select(one => grains.GrainOf(kind, one.Id).AdoptAsync(version, one.Part)))).All(static adopted => adopted);
            },
            options.Value.AppliedTimeout, time, cancellationToken);
        if (!isApplied)
        {
            LogNotApplied(logger, kind, id, version);
        }

        return isApplied;
    }

    // The entity itself, and what is a part of what it was merged into.
    private static IEnumerable<string> Moved(EditResult edit, EntityKind kind, string id) =>
        new[] { id }.Concat(edit.Before.Children(kind, id)).Concat(edit.After.Children(kind, id)).Distinct()
            .Where(one => edit.Before.Parent(kind, one) != edit.After.Parent(kind, one));

    /// <summary>How a refusal of the registry is told.</summary>
    public static Problem Told(RegistryRefusal refusal) => new(
        refusal.Kind switch
        {
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            RefusalKind.Unknown => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status422UnprocessableEntity,
        },
        refusal.Code,
        refusal.Message)
    {
        Field = refusal.Field.Length == 0 ? null : refusal.Field,
    };

    /// <summary>Others kept editing.</summary>
    public static Problem Busy() => new(StatusCodes.Status429TooManyRequests, "entry.busy", "others kept editing the registry in between; send it again") { RetryAfterSeconds = 1 };

    [LoggerMessage(Level = LogLevel.Information, Message = "Registry version {Version}: the views of {Kind} {Id} did not show it in time")]
    private static partial void LogNotApplied(ILogger logger, EntityKind kind, string id, long version);
}
