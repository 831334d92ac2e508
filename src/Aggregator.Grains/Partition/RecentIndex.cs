using Aggregator.Store.Index;

namespace Aggregator.Grains.Partition;

/// <summary>
/// The dedupe index as one partition uses it: what is appended but not yet written to the store's index, a cache of what
/// is, and the store behind both. Exact without a horizon; it changes only after an append.
/// </summary>
internal sealed class RecentIndex(ClaimIndex store, int partition, long era, int capacity)
{
    private readonly Dictionary<UInt128, IndexHit> _held = [];
    private readonly Queue<UInt128> _order = new();
    private Dictionary<UInt128, IndexRow> _unwritten = [];
    private Dictionary<UInt128, IndexRow>? _writing;
    private long _unwrittenTo;

    // Entries taken in: what the store was asked before one of them may have another answer since.
    private long _taken;

    /// <summary>The last entry that the store's index has.</summary>
    public long WrittenTo { get; private set; }

    /// <summary>Rows that the store's index does not have yet.</summary>
    public int Unwritten => _unwritten.Count + (_writing?.Count ?? 0);

    public void Start(long writtenTo) => WrittenTo = _unwrittenTo = writtenTo;

    /// <summary>What is in memory of a key; null says nothing of the store.</summary>
    public IndexHit? InMemory(UInt128 key) =>
        _unwritten.TryGetValue(key, out var row) || (_writing?.TryGetValue(key, out row) ?? false)
            ? new IndexHit(row.Versions)
            : _held.GetValueOrDefault(key);

    /// <summary>What the index holds of the keys; keys it does not hold are absent.</summary>
    public async Task<Dictionary<UInt128, IndexHit>> FindAsync(IEnumerable<UInt128> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<UInt128, IndexHit>();
        var missing = new List<UInt128>();
        foreach (var key in keys.Distinct())
        {
            if (InMemory(key) is { } hit)
            {
                found[key] = hit;
            }
            else
            {
                missing.Add(key);
            }
        }

        if (missing.Count > 0)
        {
            var taken = _taken;
            var hits = await store.FindAsync(partition, missing, cancellationToken);
            for (var at = 0; at < missing.Count; at++)
            {
                // The writer is alone, but who only reads may be late.
                if ((InMemory(missing[at]) ?? hits[at]) is not { } hit)
                {
                    continue;
                }

                found[missing[at]] = hit;
                if (taken == _taken)
                {
                    Hold(missing[at], hit);
                }
            }
        }

        return found;
    }

    /// <summary>Takes in the rows of an entry that stands in the log.</summary>
    public void Add(IEnumerable<IndexRow> rows, long sequence)
    {
        foreach (var row in rows)
        {
            _unwritten[row.Key] = row;
        }

        _unwrittenTo = sequence;
        _taken++;
    }

    /// <summary>Writes what waits; after a failure it waits again.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_writing is not null || _unwrittenTo == WrittenTo)
        {
            return;
        }

        (_writing, _unwritten) = (_unwritten, []);
        var to = _unwrittenTo;
        try
        {
            await store.WriteAsync(partition, [.. _writing.Values], to, era, cancellationToken);
            WrittenTo = to;
            foreach (var (key, row) in _writing)
            {
                Hold(key, new IndexHit(row.Versions));
            }
        }
        catch
        {
            foreach (var (key, row) in _writing)
            {
                _unwritten.TryAdd(key, row);
            }

            throw;
        }
        finally
        {
            _writing = null;
        }
    }

    private void Hold(UInt128 key, IndexHit hit)
    {
        if (!_held.ContainsKey(key))
        {
            _order.Enqueue(key);
            while (_order.Count > capacity)
            {
                _held.Remove(_order.Dequeue());
            }
        }

        _held[key] = hit;
    }
}
