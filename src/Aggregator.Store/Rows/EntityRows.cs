using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Text;
using Aggregator.Store.Connection;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Store.Rows;

/// <summary>
/// One row per entity: named fields of opaque bytes, read together, and chunks, read one by one; all guarded by one version. Parents find their children's rows, and everybody
/// all ids of a kind, through sets that are written with the row.
/// </summary>
public sealed class EntityRows(StoreDatabase store)
{
    /// <summary>The most fields and chunks that one write may change.</summary>
    public const int MaximumFieldsPerWrite = 2_048;

    // Garnet rewrites a set as a whole when it leaves memory, so the ids of a kind are spread.
    private const int KnownShards = 64;
    private const int ReadsInFlight = 512;
    private const int ScanPage = 512;
    private const string VersionField = "$v";
    private const string EpochField = "$e";

    private readonly IDatabase _database = store.Database;
    private readonly StoreKeys _keys = store.Keys;
    private readonly StoreSession _session = store.Session;

    /// <summary>The run of the server that rows are read from and written to.</summary>
    public StoreSession Session => _session;

    /// <summary>The whole row, or null if there is none.</summary>
    public async Task<EntityRow?> LoadAsync(string kind, string id, CancellationToken cancellationToken = default)
    {
        var entries = await StoreFaults.Repeatable(_database.HashGetAllAsync(Row(kind, id), StoreCalls.Primary), "load a row", cancellationToken).ConfigureAwait(false);
        if (entries.Length == 0)
        {
            return null;
        }

        long version = 0, epoch = 0;
        var fields = new Dictionary<string, byte[]>(entries.Length, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var name = (string)entry.Name!;
            switch (name)
            {
                case VersionField:
                    version = (long)entry.Value;
                    break;
                case EpochField:
                    epoch = (long)entry.Value;
                    break;
                default:
                    fields.Add(name, (byte[])entry.Value!);
                    break;
            }
        }

        return new(version, epoch, fields);
    }

    /// <summary>One field of many rows, in the order asked; null where the row or the field is missing.</summary>
    public async Task<byte[]?[]> LoadFieldManyAsync(
        string kind, IReadOnlyList<string> ids, string field, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        CheckField(field);
        var fields = new byte[]?[ids.Count];
        for (var start = 0; start < ids.Count; start += ReadsInFlight)
        {
            var calls = new Task<RedisValue>[Math.Min(ReadsInFlight, ids.Count - start)];
            for (var i = 0; i < calls.Length; i++)
            {
                calls[i] = _database.HashGetAsync(Row(kind, ids[start + i]), field, StoreCalls.Primary);
            }

            var values = await StoreFaults.Repeatable(Task.WhenAll(calls), "load fields", cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < values.Length; i++)
            {
                fields[start + i] = (byte[]?)values[i];
            }
        }

        return fields;
    }

    /// <summary>
    /// Some fields of many rows, in the orders asked; null for a row that there is not, and where a field is missing. The fields of one row are of
    /// one moment.
    /// </summary>
    public async Task<byte[]?[]?[]> LoadFieldsManyAsync(
        string kind, IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var field in fields)
        {
            CheckField(field);
        }

        // One that has no field yet has an epoch, and one that was written without has a version.
        RedisValue[] names = [.. fields.Select(static field => (RedisValue)field), VersionField, EpochField];
        var rows = new byte[]?[]?[ids.Count];
        for (var start = 0; start < ids.Count; start += ReadsInFlight)
        {
            var first = start;
            var calls = Enumerable.Range(first, Math.Min(ReadsInFlight, ids.Count - first)).Select(at => _database.HashGetAsync(Row(kind, ids[at]), names, StoreCalls.Primary));
            var read = await StoreFaults.Repeatable(Task.WhenAll(calls), "load fields", cancellationToken).ConfigureAwait(false);
            for (var at = 0; at < read.Length; at++)
            {
                rows[first + at] = read[at][^1].IsNull && read[at][^2].IsNull ? null : [.. read[at][..^2].Select(static value => (byte[]?)value)];
            }
        }

        return rows;
    }

    /// <summary>Some chunks of a row, in the order asked; null where there is none.</summary>
    public async Task<byte[]?[]> LoadChunksAsync(string kind, string id, IReadOnlyList<string> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        var read = new byte[]?[chunks.Count];
        for (var start = 0; start < chunks.Count; start += ReadsInFlight)
        {
            RedisKey[] keys = [.. chunks.Skip(start).Take(ReadsInFlight).Select(chunk => Chunk(kind, id, chunk))];
            var values = await StoreFaults.Repeatable(_database.StringGetAsync(keys, StoreCalls.Primary), "load chunks", cancellationToken).ConfigureAwait(false);
            for (var at = 0; at < values.Length; at++)
            {
                read[start + at] = (byte[]?)values[at];
            }
        }

        return read;
    }

    /// <summary>
    /// Writes the changed fields and chunks and raises the version by one, all or nothing, if the stored version and epoch are the expected ones.
    /// </summary>
    /// <param name="kind">The kind of entity, a slug.</param>
    /// <param name="id">The entity.</param>
    /// <param name="expectedVersion">The version last loaded or written; 0 for none.</param>
    /// <param name="changed">The fields to set or delete; with the chunks at most <see cref="MaximumFieldsPerWrite"/>.</param>
    /// <param name="chunks">The chunks to set or delete, by name; none of them is empty.</param>
    /// <param name="before">Fields that are set before anything else is: on a store that breaks off between, they are there if anything else of the write is.</param>
    /// <param name="addToParent">Also adds the id to this parent's children.</param>
    /// <param name="epoch">The epoch that the writer raised; null for any.</param>
    /// <param name="era">The era that the writer read the row in; null for any.</param>
    /// <param name="cancellationToken">Gives up waiting; the outcome is unknown then.</param>
    /// <exception cref="StoreRestartedException">The store has restarted since: not written.</exception>
    /// <exception cref="StoreUnknownException">No answer came: reload before anything else.</exception>
    /// <exception cref="StoreRefusedException">Known not to be written.</exception>
    public async Task<WriteRowResult> WriteAsync(
        string kind,
        string id,
        long expectedVersion,
        IReadOnlyList<RowField> changed,
        string? addToParent = null,
        IReadOnlyList<RowField>? chunks = null,
        IReadOnlyList<RowField>? before = null,
        long? epoch = null,
        long? era = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changed);
        chunks ??= [];
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(changed.Count + chunks.Count, MaximumFieldsPerWrite, nameof(changed));
        RedisKey[] keys =
        [
            Row(kind, id), Known(kind, id), .. chunks.Select(chunk => Chunk(kind, id, chunk.Name)),
            .. addToParent is null ? [] : new[] { Children(kind, addToParent) },
        ];
        var call = _session.EvaluateAsync(StoreScripts.WriteRow, keys, Arguments(id, expectedVersion, epoch, before ?? [], changed, chunks), era, cancellationToken);
        var fields = (RedisResult[])(await StoreFaults.Once(call, "write a row", cancellationToken).ConfigureAwait(false))!;
        var version = (long)fields[1];
        return (int)fields[0] == 1 ? new WriteRowResult.Written(version) : new WriteRowResult.Conflict(version);
    }

    /// <summary>
    /// Raises the row's epoch and gives it, with the row's version; the id counts as known from then on. From then on no write under an
    /// earlier epoch succeeds: what is read of the row after it, only the caller changes.
    /// </summary>
    /// <param name="kind">The kind of entity, a slug.</param>
    /// <param name="id">The entity.</param>
    /// <param name="onlyIfThere">Whether a row is to be there; without one nothing is raised, and epoch 0 given.</param>
    /// <param name="era">The era that the caller's memory rests on; null for any.</param>
    /// <param name="cancellationToken">Gives up waiting; the outcome is unknown then.</param>
    /// <exception cref="StoreUnknownException">No answer came; raising once more is safe, an epoch may be skipped.</exception>
    /// <exception cref="StoreDamagedException">A row is to be there, and is gone though the entity is known.</exception>
    public async Task<(long Epoch, long Version)> RaiseEpochAsync(string kind, string id, bool onlyIfThere = false, long? era = null, CancellationToken cancellationToken = default)
    {
        var call = _session.EvaluateAsync(StoreScripts.RaiseEpoch, [Row(kind, id), Known(kind, id)], [id, onlyIfThere ? 1 : 0], era, cancellationToken);
        var fields = (RedisResult[])(await StoreFaults.Once(call, "raise an epoch", cancellationToken).ConfigureAwait(false))!;
        var epoch = (long)fields[0];
        return epoch >= 0
            ? (epoch, (long)fields[1])
            : throw new StoreDamagedException($"The row of {kind} {id} is gone. Restore the store from a copy, or have the log folded anew (Store:Rebuild).");
    }

    /// <summary>The row's version, 0 if there is none.</summary>
    public async Task<long> VersionAsync(string kind, string id, CancellationToken cancellationToken = default)
    {
        var value = await StoreFaults.Repeatable(_database.HashGetAsync(Row(kind, id), VersionField, StoreCalls.Primary), "read a version", cancellationToken)
            .ConfigureAwait(false);
        return value.IsNull ? 0 : (long)value;
    }

    /// <summary>The row's epoch, 0 if there is none.</summary>
    public async Task<long> EpochAsync(string kind, string id, CancellationToken cancellationToken = default)
    {
        var value = await StoreFaults.Repeatable(_database.HashGetAsync(Row(kind, id), EpochField, StoreCalls.Primary), "read an epoch", cancellationToken).ConfigureAwait(false);
        return value.IsNull ? 0 : (long)value;
    }

    /// <summary>The ids added as children of a parent, in no order, each once. Those added meanwhile may be missing.</summary>
    public IAsyncEnumerable<string> ChildrenAsync(string kind, string parent, CancellationToken cancellationToken = default) =>
        ScanAsync(Children(kind, parent), cancellationToken);

    /// <summary>Every id of a kind that has a row, in no order, each once. Those added meanwhile may be missing.</summary>
    public async IAsyncEnumerable<string> KnownAsync(string kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        CheckPart(kind);
        for (var shard = 0; shard < KnownShards; shard++)
        {
            await foreach (var id in ScanAsync(_keys.Known(kind, shard), cancellationToken).ConfigureAwait(false))
            {
                yield return id;
            }
        }
    }

    private async IAsyncEnumerable<string> ScanAsync(RedisKey set, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A scan may give a member twice while the server rearranges the set.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await using var scan = _database.SetScanAsync(set, pageSize: ScanPage, flags: StoreCalls.Primary).GetAsyncEnumerator(cancellationToken);
        while (await StoreFaults.Repeatable(scan.MoveNextAsync().AsTask(), "list ids", cancellationToken).ConfigureAwait(false))
        {
            var id = (string)scan.Current!;
            if (seen.Add(id))
            {
                yield return id;
            }
        }
    }

    private static RedisValue[] Arguments(string id, long expectedVersion, long? epoch, IReadOnlyList<RowField> before, IReadOnlyList<RowField> changed, IReadOnlyList<RowField> chunks)
    {
        const int Head = 8;
        var set = new List<RedisValue>(Head + (2 * (before.Count + changed.Count)) + chunks.Count) { expectedVersion, expectedVersion + 1, id, 0, chunks.Count, epoch ?? RedisValue.EmptyString, 0, before.Count };
        foreach (var (name, value, _) in before)
        {
            CheckField(name);
            set.Add(name);
            set.Add(value ?? throw new ArgumentException($"field {name} is to be set first, and has no value", nameof(before)));
        }

        var (first, last) = (new List<RedisValue>(), new List<RedisValue>());
        foreach (var (name, value, goesLast) in changed)
        {
            CheckField(name);
            if (value is { } bytes)
            {
                set.Add(name);
                set.Add(bytes);
            }
            else
            {
                (goesLast ? last : first).Add(name);
            }
        }

        set.Add(VersionField);
        set.Add(expectedVersion + 1);
        set[3] = ((set.Count - Head) / 2) - before.Count;
        set[6] = first.Count;
        foreach (var (name, value, _) in chunks)
        {
            set.Add(value is not { Length: 0 } ? value ?? RedisValue.EmptyString : throw new ArgumentException($"chunk {name} is empty", nameof(chunks)));
        }

        return [.. set, .. first, .. last];
    }

    private RedisKey Chunk(string kind, string id, string chunk)
    {
        CheckPart(kind);
        ArgumentException.ThrowIfNullOrEmpty(id);
        CheckPart(chunk);
        return _keys.Chunk(kind, id, chunk);
    }

    private RedisKey Row(string kind, string id)
    {
        CheckPart(kind);
        ArgumentException.ThrowIfNullOrEmpty(id);
        return _keys.Row(kind, id);
    }

    private RedisKey Children(string kind, string parent)
    {
        CheckPart(kind);
        ArgumentException.ThrowIfNullOrEmpty(parent);
        return _keys.Children(kind, parent);
    }

    private RedisKey Known(string kind, string id) =>
        _keys.Known(kind, (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(id)) % KnownShards));

    // With a colon one kind or chunk could name another's row.
    private static void CheckPart(string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        if (kind.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException($"No colon may be in it: {kind}", nameof(kind));
        }
    }

    private static void CheckField(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 128, nameof(name));
        if (name[0] == '$')
        {
            throw new ArgumentException($"Field names that start with $ are the store's own: {name}", nameof(name));
        }
    }
}
