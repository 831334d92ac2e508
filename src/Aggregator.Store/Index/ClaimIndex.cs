using Aggregator.Store.Connection;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Store.Index;

/// <summary>
/// (source, id) → every content it has had and where, without horizon (R2, R3). Derived from the log: rows up to a mark are
/// complete, what lies behind the mark is read from the log and written again.
/// </summary>
/// <remarks>
/// A plain key per claim, about 150 bytes of memory in Redis. Small hashes would take half of that there, but Garnet's scripts
/// wait for a flush at every call on a hash (10,000 rows a second against ten times as many), and it moves plain keys to disk one by one.
/// </remarks>
public sealed class ClaimIndex(StoreDatabase store)
{
    /// <summary>The most versions that one key may have; a claim corrected more often is refused at the door.</summary>
    public const int MaximumVersions = 1_024;

    private const int KeysPerPage = 1_024;
    private const int RowsPerScript = 64;
    private const int ScriptsInFlight = 32;

    private readonly IDatabase _database = store.Database;
    private readonly StoreKeys _keys = store.Keys;
    private readonly StoreSession _session = store.Session;

    /// <summary>What the index holds for each key, in the order asked; null where it holds nothing.</summary>
    public async Task<IndexHit?[]> FindAsync(int partition, IReadOnlyList<UInt128> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var hits = new IndexHit?[keys.Count];
        for (var start = 0; start < keys.Count; start += KeysPerPage)
        {
            var asked = new RedisKey[Math.Min(KeysPerPage, keys.Count - start)];
            for (var i = 0; i < asked.Length; i++)
            {
                asked[i] = _keys.IndexRow(partition, keys[start + i]);
            }

            var values = await StoreFaults.Repeatable(_database.StringGetAsync(asked, StoreCalls.Primary), "look claims up", cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < values.Length; i++)
            {
                hits[start + i] = values[i].IsNull ? null : IndexValue.Read((byte[])values[i]!);
            }
        }

        return hits;
    }

    /// <summary>
    /// Writes rows, then raises the mark. Safe to repeat, in any order and by a writer that was overtaken: a row never gives way to one that
    /// rests on less of the log.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="rows">All rows of the entries between the mark and <paramref name="indexedTo"/>. Some may rest on later entries: a writer that ended between its rows and the mark
    /// leaves such, and who takes those entries in again finds them.</param>
    /// <param name="indexedTo">The last entry of which the index has all.</param>
    /// <param name="era">The era that the rows rest on; null for any.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreRestartedException">The store has restarted since the era: not all of it was written.</exception>
    public async Task WriteAsync(int partition, IReadOnlyList<IndexRow> rows, long indexedTo, long? era = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var calls = new List<Task<RedisResult>>(ScriptsInFlight);
        for (var start = 0; start < rows.Count; start += RowsPerScript)
        {
            calls.Add(WriteSome(partition, rows, start, era));
            if (calls.Count == ScriptsInFlight)
            {
                await StoreFaults.Repeatable(Task.WhenAll(calls), "index claims", cancellationToken).ConfigureAwait(false);
                calls.Clear();
            }
        }

        await StoreFaults.Repeatable(Task.WhenAll(calls), "index claims", cancellationToken).ConfigureAwait(false);
        var mark = _session.EvaluateAsync(StoreScripts.RaiseMark, [_keys.IndexedTo(partition)], [indexedTo], era, cancellationToken);
        await StoreFaults.Repeatable(mark, "raise the index mark", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The log sequence up to which the index is complete; 0 at first.</summary>
    public async Task<long> IndexedToAsync(int partition, CancellationToken cancellationToken = default)
    {
        var value = await StoreFaults.Repeatable(_database.StringGetAsync(_keys.IndexedTo(partition), StoreCalls.Primary), "read the index mark", cancellationToken)
            .ConfigureAwait(false);
        return value.IsNull ? 0 : (long)value;
    }

    private Task<RedisResult> WriteSome(int partition, IReadOnlyList<IndexRow> rows, int start, long? era)
    {
        var count = Math.Min(RowsPerScript, rows.Count - start);
        var keys = new RedisKey[count];
        var values = new RedisValue[count];
        for (var i = 0; i < count; i++)
        {
            var row = rows[start + i];
            ArgumentOutOfRangeException.ThrowIfZero(row.Versions.Count, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(row.Versions.Count, MaximumVersions, nameof(rows));
            keys[i] = _keys.IndexRow(partition, row.Key);
            values[i] = IndexValue.Write(row.Versions);
        }

        return _session.EvaluateAsync(StoreScripts.IndexRows, keys, values, era);
    }
}
