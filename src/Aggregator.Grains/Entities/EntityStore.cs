using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Store;
using Aggregator.Store.Rows;

namespace Aggregator.Grains.Entities;

/// <summary>An entity's row in the store, and its parts' rows.</summary>
internal sealed class EntityStore(EntityRows rows, EntityKey key)
{
    private const int FieldsPerStep = 1_000;

    private readonly string _kind = KindOf(key.Kind);
    private long _version;

    /// <summary>The name of a kind of entity in the store.</summary>
    public static string KindOf(EntityKind kind) => kind switch
    {
        EntityKind.Actor => "actor",
        EntityKind.Region => "region",
        EntityKind.Source => "source",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Reads the row into an aggregate, and the parts' totals from theirs.</summary>
    public async Task<(EntityRowHead Head, bool Exists)> LoadAsync(IAggregate aggregate, CancellationToken cancellationToken)
    {
        var row = await rows.LoadAsync(_kind, key.Id, cancellationToken);
        var head = row is null ? EntityRowHead.Empty : EntityRowCodec.Restore(row, aggregate.Book);
        await LoadPartsAsync(aggregate, cancellationToken);

        // Last: until all is read, the row counts as unknown.
        _version = row?.Version ?? 0;
        return (head, row is not null);
    }

    /// <summary>Reads the parts' totals from their rows; the newer of what is held and what is read stands.</summary>
    public async Task<IReadOnlyList<(string Part, PartChange Change)>> LoadPartsAsync(IAggregate aggregate, CancellationToken cancellationToken)
    {
        var changes = new List<(string, PartChange)>();
        var ids = new List<string>();
        await foreach (var id in rows.ChildrenAsync(_kind, key.Id, cancellationToken))
        {
            ids.Add(id);
        }

        var totals = await rows.LoadFieldManyAsync(_kind, ids, EntityRowCodec.Totals, cancellationToken);
        for (var at = 0; at < ids.Count; at++)
        {
            if (totals[at] is { } bytes && aggregate.Parts.Apply(ids[at], AggregateFormat.DecodeUpdate(bytes)) is { } change)
            {
                changes.Add((ids[at], change));
            }
        }

        return changes;
    }

    /// <summary>Whether the row is as it was read or last written.</summary>
    public async Task<bool> IsUnchangedAsync(CancellationToken cancellationToken) =>
        await rows.VersionAsync(_kind, key.Id, cancellationToken) == _version;

    /// <summary>Raises the row's epoch: done before the first push of an activation, so versions never fall.</summary>
    public Task<long> RaiseEpochAsync(CancellationToken cancellationToken) => rows.RaiseEpochAsync(_kind, key.Id, cancellationToken);

    /// <summary>
    /// Writes the row; false if another activation has written it since. What one script takes is one atomic step. More
    /// buckets than that go before it in steps of their own: until the marks are written they are only newer copies of
    /// claims that the log still has, and folding those again changes nothing.
    /// </summary>
    /// <exception cref="StoreException">Not written, written in part, or unknown: the entity must read the row again.</exception>
    public async Task<bool> WriteAsync(EntityRowFields fields, string? parent, CancellationToken cancellationToken)
    {
        var buckets = fields.Buckets.ToArray();
        var before = Math.Max(0, buckets.Length - FieldsPerStep);
        foreach (var step in buckets[..before].Chunk(FieldsPerStep))
        {
            if (!await WriteStepAsync(step, parent, cancellationToken))
            {
                return false;
            }
        }

        return await WriteStepAsync([.. buckets[before..], .. fields.Head], parent, cancellationToken);
    }

    private async Task<bool> WriteStepAsync(RowField[] fields, string? parent, CancellationToken cancellationToken)
    {
        switch (await rows.WriteAsync(_kind, key.Id, _version, fields, parent, cancellationToken))
        {
            case WriteRowResult.Written written:
                _version = written.Version;
                return true;
            case WriteRowResult.Conflict:
                return false;
            case var other:
                throw new InvalidOperationException($"row {key}: {other}");
        }
    }
}
