using System.Globalization;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Entities;
using Aggregator.Grains.Registry;
using Aggregator.Host.Problems;
using Aggregator.Store.Rows;

namespace Aggregator.Host.Query;

/// <summary>One entity of a list.</summary>
/// <param name="Id">Registry id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Parent">Id of the entity it is a part of; null at the top.</param>
/// <param name="Provisional">Whether it was made from a name nobody knew.</param>
/// <param name="Claims">Standing claims that name it.</param>
/// <param name="LastReported">Day of the latest, UTC.</param>
public sealed record EntityItem(string Id, string Name, string Kind, string? Parent, bool Provisional, long Claims, DateOnly? LastReported);

/// <summary>A page of a list.</summary>
/// <param name="Items">The entities.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record EntityPage(IReadOnlyList<EntityItem> Items, string? Next);

/// <summary>Lists the entities that have rows.</summary>
internal sealed class EntityList(EntityRows rows, IRegistry registry)
{
    private const int DefaultLimit = 50;
    private const int MaximumLimit = 1_000;

    public async Task<IResult> GetAsync(EntityKind kind, string? q, string? sort, string? limit, string? cursor, CancellationToken cancellationToken)
    {
        var byActivity = sort is null or "activity";
        if (!byActivity && sort != "name")
        {
            return Problem.Query("query.sort", "sort", "sort is activity or name").ToResult();
        }

        if (!QueryParameters.TryLimit(limit, DefaultLimit, MaximumLimit, out var size))
        {
            return Problem.Query("query.limit", "limit", $"limit is 1 to {MaximumLimit}").ToResult();
        }

        var offset = 0;
        if (cursor is not null && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out offset))
        {
            return Problem.Query("query.cursor", "cursor", "cursor is the next of a page").ToResult();
        }

        var items = await FindAsync(kind, q, cancellationToken);
        var sorted = byActivity
            ? items.OrderByDescending(item => item.Claims).ThenBy(item => item.Name, StringComparer.Ordinal).ThenBy(item => item.Id, StringComparer.Ordinal)
            : items.OrderBy(item => item.Name, StringComparer.Ordinal).ThenBy(item => item.Id, StringComparer.Ordinal);
        EntityItem[] page = [.. sorted.Skip(offset).Take(size)];
        var next = offset + page.Length < items.Count ? (offset + page.Length).ToString(CultureInfo.InvariantCulture) : null;
        return Results.Ok(new EntityPage(page, next));
    }

    private async Task<List<EntityItem>> FindAsync(EntityKind kind, string? q, CancellationToken cancellationToken)
    {
        var snapshot = registry.Current;
        var wanted = q is null ? "" : NameFolding.Fold(q);
        var name = EntityStore.KindOf(kind);
        var ids = new List<string>();
        await foreach (var id in rows.KnownAsync(name, cancellationToken))
        {
            ids.Add(id);
        }

        var counts = await rows.LoadFieldManyAsync(name, ids, EntityRowCodec.Counts, cancellationToken);
        var items = new List<EntityItem>();
        foreach (var entity in ids.Select((id, at) => (Id: id, Counts: Read(counts[at]))).GroupBy(one => snapshot.Survivor(kind, one.Id), StringComparer.Ordinal))
        {
            // What was merged is found by its names too.
            var entry = snapshot.Describe(kind, entity.Key, entity.OrderByDescending(one => one.Id == entity.Key).First().Counts.Spelling);
            if (Matches(entry, wanted) || entity.Any(one => one.Id != entity.Key && Matches(snapshot.Describe(kind, one.Id, one.Counts.Spelling), wanted)))
            {
                items.Add(new EntityItem(
                    entry.Id, entry.Name, entry.Kind, snapshot.Parent(kind, entry.Id), entry.Provisional, entity.Sum(one => one.Counts.Total), entity.Max(one => LastReported(one.Counts))));
            }
        }

        return items;

        static Counts Read(byte[]? bytes)
        {
            var read = new Counts();
            if (bytes is not null)
            {
                AggregateFormat.RestoreCounts(read, bytes);
            }

            return read;
        }

        static DateOnly? LastReported(Counts counts) => counts.ByReportedDay.Count > 0 ? counts.ByReportedDay.Last().Key : null;
    }

    private static bool Matches(RegistryEntry entry, string wanted) =>
        wanted.Length == 0
        || entry.Aliases.Append(entry.Name).Append(entry.Id).Any(name => NameFolding.Fold(name).Contains(wanted, StringComparison.Ordinal));
}
