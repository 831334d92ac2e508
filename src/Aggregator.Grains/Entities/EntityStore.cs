using System.Globalization;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Store;
using Aggregator.Store.Rows;

namespace Aggregator.Grains.Entities;

/// <summary>An entity's row in the store, and its parts' rows.</summary>
internal sealed class EntityStore(EntityRows rows, EntityKey key)
{
    private const int FieldsPerStep = 1_000;
    private const string Remedy = "Restore the store from a copy, or have the log folded anew (Store:Rebuild).";

    private readonly string _kind = KindOf(key.Kind);
    private long _version;
    private long _epoch;
    private long _era;

    /// <summary>The name of a kind of entity in the store.</summary>
    public static string KindOf(EntityKind kind) => kind switch
    {
        EntityKind.Actor => "actor",
        EntityKind.Region => "region",
        EntityKind.Source => "source",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Reads the row into an aggregate, and the parts' totals from theirs.</summary>
    public async Task<LoadedEntity> LoadAsync(IAggregate aggregate, RegistrySnapshot registry, CancellationToken cancellationToken)
    {
        var row = await rows.LoadAsync(_kind, key.Id, cancellationToken);
        var head = row is null ? EntityRowHead.Empty : Decoded("a field of it", () => EntityRowCodec.Restore(row, aggregate.Book));
        var parts = await LoadPartsAsync(aggregate, registry, all: true, cancellationToken);

        // Last: until all is read, the row counts as unknown.
        _version = row?.Version ?? 0;
        var isCurrent = row is not null && EntityRowCodec.IsWhole(row) && EntityRowCodec.RestsOn(row.Fields.GetValueOrDefault(EntityRowCodec.Structure), registry.Structure);
        return new LoadedEntity(head, row is not null, isCurrent, parts);
    }

    /// <summary>
    /// Reads the parts' totals from their rows; the newer of what is held and what is read stands. Totals that rest on another
    /// structure of the registry are left: under this one they would count what is another's, or count twice.
    /// </summary>
    /// <param name="aggregate">Who takes them in.</param>
    /// <param name="registry">The registry that says who is a part.</param>
    /// <param name="all">
    /// Whether to look for every part that the registry knows, as is needed once under each structure: a part that an edit
    /// brought here stands among the children of who had it until it writes its row again.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LoadedPart>> LoadPartsAsync(IAggregate aggregate, RegistrySnapshot registry, bool all, CancellationToken cancellationToken)
    {
        var (ids, withRows) = await PartsAsync(registry, all, cancellationToken);
        var (parts, rowless) = (new List<LoadedPart>(), new List<string>());
        var read = await rows.LoadFieldsManyAsync(_kind, ids, [EntityRowCodec.Totals, EntityRowCodec.Structure], cancellationToken);
        for (var at = 0; at < ids.Count; at++)
        {
            if (read[at] is not [{ } totals, var structure])
            {
                if (read[at] is null && withRows.Contains(ids[at]))
                {
                    throw new StoreDamagedException($"The row of {key.Kind}/{ids[at]}, which is part of {key.Id}, is gone. {Remedy}");
                }

                rowless.Add(ids[at]);
                continue;
            }

            if (!EntityRowCodec.RestsOn(structure, registry.Structure))
            {
                parts.Add(new LoadedPart(ids[at], null));
            }
            else if (Newer(aggregate, ids[at], totals) is { } update && aggregate.Parts.Apply(ids[at], update) is { } change)
            {
                parts.Add(new LoadedPart(ids[at], change));
            }
        }

        if (all)
        {
            parts.AddRange((await HidingAsync(registry, rowless, cancellationToken)).Select(id => new LoadedPart(id, null)));
        }

        return parts;
    }

    // A part without a row may have parts of its own that have one: an edit brought them there, and nobody has asked it since.
    private async Task<IEnumerable<string>> HidingAsync(RegistrySnapshot registry, List<string> rowless, CancellationToken cancellationToken)
    {
        var hiding = new HashSet<string>(StringComparer.Ordinal);
        var below = rowless.Select(part => (Part: part, Id: part)).ToList();
        while (below.Count > 0)
        {
            below = [.. below.SelectMany(one => registry.Children(key.Kind, one.Id).Select(child => (one.Part, Id: child))).Where(one => !hiding.Contains(one.Part))];
            var read = await rows.LoadFieldsManyAsync(_kind, [.. below.Select(one => one.Id)], [EntityRowCodec.Totals], cancellationToken);
            hiding.UnionWith(below.Where((_, at) => read[at] is [not null]).Select(one => one.Part));
            below = [.. below.Where((_, at) => read[at] is not [not null])];
        }

        return hiding;
    }

    // Nearly all rows of many parts say what the parts have told: those are not read beyond their version.
    private PartUpdate? Newer(IAggregate aggregate, string part, byte[] totals) => Decoded(
        $"the totals of its part {part}",
        () => AggregateFormat.VersionOfUpdate(totals).CompareTo(aggregate.Parts.VersionOf(part)) > 0 ? AggregateFormat.DecodeUpdate(totals) : null);

    // A row stands among the children of the parent that its entry names; what was merged, and its children, among others'. Who stands there has one.
    private async Task<(List<string> Parts, HashSet<string> WithRows)> PartsAsync(RegistrySnapshot registry, bool all, CancellationToken cancellationToken)
    {
        var merged = registry.MergedInto(key.Kind, key.Id);
        var withRows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parent in merged.Append(key.Id))
        {
            await foreach (var id in rows.ChildrenAsync(_kind, parent, cancellationToken))
            {
                withRows.Add(id);
            }
        }

        var known = all ? registry.Children(key.Kind, key.Id) : merged;
        return ([.. withRows.Union(known).Where(id => registry.Parent(key.Kind, id) == key.Id)], withRows);
    }

    /// <summary>The epoch that was raised last, by whomever.</summary>
    /// <exception cref="StoreDamagedException">It is one from before what was raised here in the same run of the server.</exception>
    public async Task<long> EpochAsync(CancellationToken cancellationToken)
    {
        var (era, raised) = (_era, _epoch);
        var epoch = await rows.EpochAsync(_kind, key.Id, cancellationToken);
        return epoch < raised && era == _era ? throw Damaged(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch} stands there, and {raised} did")) : epoch;
    }

    /// <summary>Whether the row is as it was read or last written.</summary>
    public async Task<bool> IsUnchangedAsync(CancellationToken cancellationToken) =>
        await rows.VersionAsync(_kind, key.Id, cancellationToken) == _version;

    /// <summary>Whether what was read is of a run of the store's server that is over: it may hold what the store has lost.</summary>
    public bool IsOutlived => _era != rows.Session.Era;

    /// <summary>The era that all of it is of.</summary>
    public long Era => _era;

    /// <summary>
    /// Whether what is told under an era is of a run of the server before the one that this was read in. Hosts from before eras tell none (0): there
    /// is nothing to tell it by, and they are believed, as they were then.
    /// </summary>
    public bool IsLaterThan(long era) => era > 0 && era < _era;

    /// <summary>Finds out whether the store has restarted, where somebody knows of a later era.</summary>
    public Task MeetAsync(long era, CancellationToken cancellationToken) => era > rows.Session.Era ? rows.Session.PulseAsync(era, cancellationToken) : Task.CompletedTask;

    /// <summary>Begins to read all anew: from now on it is of the run that the server is on.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        var era = await rows.Session.OpenAsync(cancellationToken);
        if (era != _era)
        {
            // What was known of the row may be lost, and it may be less than it was.
            (_era, _epoch, _version) = (era, 0, 0);
        }
    }

    /// <summary>
    /// Raises the row's epoch: done before the row is read and before the first push of an activation, so that versions never fall
    /// and no other activation writes what this one has not read.
    /// </summary>
    /// <param name="onlyIfThere">Whether a row is to be there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The epoch, 0 if there is no row; and whether the row is as it was read or last written.</returns>
    /// <exception cref="StoreDamagedException">The row is one from before what was read or written here in the same run of the server, or is gone.</exception>
    public async Task<(long Epoch, bool IsUnchanged)> RaiseEpochAsync(bool onlyIfThere, CancellationToken cancellationToken)
    {
        var (epoch, version) = await rows.RaiseEpochAsync(_kind, key.Id, onlyIfThere, _era, cancellationToken);
        if (version < _version || (_epoch > 0 && epoch <= _epoch))
        {
            throw Damaged(string.Create(CultureInfo.InvariantCulture, $"version {version} and epoch {epoch} stand there, and {_version} and {_epoch} did"));
        }

        _epoch = epoch;
        return (epoch, version == _version);
    }

    /// <summary>
    /// Writes the row; false if another activation has written it since. What one script takes is one atomic step. More
    /// of buckets than that goes before it in steps of its own. If it breaks off there the marks are as they were and the partitions
    /// send again: the book knows a claim that it then has twice, and what it once was though that was not written; and the row says how far its claims may have come.
    /// </summary>
    /// <exception cref="StoreException">Not written, written in part, or unknown: the entity must read the row again.</exception>
    public async Task<bool> WriteAsync(EntityRowFields fields, RegistrySnapshot registry, CancellationToken cancellationToken)
    {
        var parent = registry.Describe(key.Kind, key.Id).Parent;
        var buckets = fields.Buckets.ToArray();
        var before = Math.Max(0, buckets.Length - FieldsPerStep);
        foreach (var step in buckets[..before].Chunk(FieldsPerStep))
        {
            if (!await WriteStepAsync(fields.Ahead, step, [], parent, cancellationToken))
            {
                return false;
            }
        }

        return await WriteStepAsync(fields.Ahead, buckets[before..], fields.Head, parent, cancellationToken);
    }

    /// <summary>
    /// Reads chunks of claims back into an aggregate; false, and none, if the store lacks one because another activation has written the row
    /// since it was read: the aggregate is to be read again.
    /// </summary>
    /// <exception cref="StoreDamagedException">The store lacks one that the row speaks of, or it cannot be read.</exception>
    public async Task<bool> LoadChunksAsync(ClaimBook book, IReadOnlyList<ChunkKey> chunks, CancellationToken cancellationToken)
    {
        var read = await ReadChunksAsync(chunks, cancellationToken);
        if (Array.Exists(read, static bytes => bytes is null))
        {
            await CheckOvertakenAsync(cancellationToken);
            return false;
        }

        for (var at = 0; at < chunks.Count; at++)
        {
            var (standing, formers) = DecodeChunk(chunks[at], read[at]);
            book.Restore(chunks[at], standing, formers);
        }

        return true;
    }

    /// <summary>Looks at chunks of claims one after another, and takes none into memory; false if the store lacks one.</summary>
    /// <exception cref="StoreDamagedException">One cannot be read.</exception>
    public async Task<bool> LookAtChunksAsync(
        IReadOnlyList<ChunkKey> chunks, Action<ChunkKey, IReadOnlyCollection<Appearance>, IReadOnlyCollection<Former>> look, CancellationToken cancellationToken)
    {
        var read = await ReadChunksAsync(chunks, cancellationToken);
        for (var at = 0; at < chunks.Count; at++)
        {
            if (read[at] is null)
            {
                return false;
            }

            var (standing, formers) = DecodeChunk(chunks[at], read[at]);
            look(chunks[at], standing, formers);
        }

        return true;
    }

    /// <summary>Makes sure that what the store lacks of the row is gone because another activation has written it since it was read, or last written here.</summary>
    /// <exception cref="StoreDamagedException">None has.</exception>
    public async Task CheckOvertakenAsync(CancellationToken cancellationToken)
    {
        if (await rows.VersionAsync(_kind, key.Id, cancellationToken) <= _version)
        {
            throw Damaged("claims that it speaks of are missing");
        }
    }

    private Task<byte[]?[]> ReadChunksAsync(IReadOnlyList<ChunkKey> chunks, CancellationToken cancellationToken) =>
        rows.LoadChunksAsync(_kind, key.Id, [.. chunks.Select(EntityRowCodec.ChunkName)], cancellationToken);

    private StoreDamagedException Damaged(string what, Exception? inner = null) => new($"The row of {key} is damaged: {what}. {Remedy}", inner);

    private (IReadOnlyCollection<Appearance> Standing, IReadOnlyCollection<Former> Formers) DecodeChunk(ChunkKey chunk, byte[]? bytes)
    {
        try
        {
            return AggregateFormat.DecodeChunk(bytes);
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            throw Damaged($"claims that it speaks of ({EntityRowCodec.ChunkName(chunk)}) cannot be read", fault);
        }
    }

    private T Decoded<T>(string what, Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception fault) when (IsUnreadable(fault))
        {
            throw Damaged($"{what} cannot be read", fault);
        }
    }

    // What bytes that are not those that were written come to. What another release has written is no damage.
    private static bool IsUnreadable(Exception fault) => fault is InvalidDataException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException;

    private async Task<bool> WriteStepAsync(RowField ahead, BucketField[] buckets, IReadOnlyList<RowField> head, string? parent, CancellationToken cancellationToken)
    {
        RowField[] fields = [.. buckets.Where(one => !one.IsChunk).Select(one => one.Field), .. head];
        RowField[] chunks = [.. buckets.Where(one => one.IsChunk).Select(one => one.Field)];
        RowField[] before = buckets.Length > 0 ? [ahead] : [];
        switch (await rows.WriteAsync(_kind, key.Id, _version, fields, parent, chunks, before, _epoch, _era, cancellationToken))
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

/// <summary>What was read of an entity.</summary>
/// <param name="Head">How far it had come.</param>
/// <param name="Exists">Whether it has a row.</param>
/// <param name="IsCurrent">Whether the row's totals are of all its claims and rest on the structure of the registry.</param>
/// <param name="Parts">Its parts that have rows.</param>
internal sealed record LoadedEntity(EntityRowHead Head, bool Exists, bool IsCurrent, IReadOnlyList<LoadedPart> Parts);

/// <summary>A part as its row tells it.</summary>
/// <param name="Id">The part.</param>
/// <param name="Change">What it changed; null if its totals rest on another structure of the registry, and were left.</param>
internal readonly record struct LoadedPart(string Id, PartChange? Change);
