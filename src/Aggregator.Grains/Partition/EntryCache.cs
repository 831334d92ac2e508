using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;
using Aggregator.Store;
using Aggregator.Store.Log;

namespace Aggregator.Grains.Partition;

/// <summary>An entry as the fan-out needs it: its records, and who is touched by which.</summary>
/// <param name="content">The decoded entry.</param>
internal sealed class FannedEntry(LogEntryContent content)
{
    // Made once, and what is sent is the same for all: an entry of thousands of records may touch thousands of entities.
    private readonly Dictionary<EntityKey, List<PlacedRecord>> _byEntity = ByEntity(content.Records);

    /// <summary>All records, in log order.</summary>
    public IReadOnlyList<PlacedRecord> Records => content.Records;

    /// <summary>Whom the entry touches, each once.</summary>
    public IReadOnlyCollection<EntityKey> Entities => _byEntity.Keys;

    /// <summary>The records that touch an entity, in log order and without words.</summary>
    public IReadOnlyList<PlacedRecord> For(EntityKey entity) => _byEntity.TryGetValue(entity, out var records) ? records : [];

    /// <summary>A record; null if the entry cannot be read: nothing of it shows.</summary>
    public LogRecord? RecordAt(int ordinal) => ordinal < Records.Count ? Records[ordinal].Record : null;

    /// <summary>Whom a record touches, with those that went with it: the claims that the text of a report took away follow it.</summary>
    public static IEnumerable<EntityKey> TouchedWith(IReadOnlyList<PlacedRecord> records, int ordinal)
    {
        if (ordinal >= records.Count)
        {
            // The entry cannot be read: nothing of it shows.
            return [];
        }

        var touched = records[ordinal].Record.Touches;
        return records[ordinal].Record is LogRecord.Reported
            ? touched.Concat(records.Skip(ordinal + 1).Select(placed => placed.Record).TakeWhile(static record => record is LogRecord.Superseded).SelectMany(static record => record.Touches))
            : touched;
    }

    private static Dictionary<EntityKey, List<PlacedRecord>> ByEntity(IReadOnlyList<PlacedRecord> all)
    {
        var byEntity = new Dictionary<EntityKey, List<PlacedRecord>>();
        foreach (var placed in all)
        {
            var sent = placed with { Record = placed.Record.WithoutWords() };
            foreach (var entity in placed.Record.Touches)
            {
                if (!byEntity.TryGetValue(entity, out var records))
                {
                    byEntity[entity] = records = new List<PlacedRecord>(1);
                }

                records.Add(sent);
            }
        }

        return byEntity;
    }
}

/// <summary>Entries of a partition, decoded: those that were taken in or read last. Others are read from the log again.</summary>
/// <param name="log">The log.</param>
/// <param name="partition">The partition.</param>
/// <param name="maximumRecords">Records kept.</param>
/// <param name="unreadable">Hears of an entry that cannot be read.</param>
internal sealed class EntryCache(ClaimLog log, int partition, int maximumRecords, Action<long, Exception> unreadable)
{
    private readonly Dictionary<long, FannedEntry> _entries = [];
    private readonly Queue<long> _order = new();
    private int _records;

    /// <summary>Takes an entry in, and gives it back as the fan-out needs it.</summary>
    public FannedEntry Add(long sequence, LogEntryContent content)
    {
        if (_entries.TryGetValue(sequence, out var held))
        {
            return held;
        }

        var entry = _entries[sequence] = new FannedEntry(content);
        _order.Enqueue(sequence);
        _records += entry.Records.Count;
        while (_records > maximumRecords && _order.Count > 1)
        {
            _entries.Remove(_order.Dequeue(), out var oldest);
            _records -= oldest!.Records.Count;
        }

        return entry;
    }

    /// <exception cref="StoreTruncatedException">The log has no such entry.</exception>
    public async ValueTask<FannedEntry> GetAsync(long sequence, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(sequence, out var cached))
        {
            return cached;
        }

        var bytes = await log.ReadOneAsync(partition, sequence, cancellationToken)
            ?? throw new StoreTruncatedException($"The log of partition {partition} has no entry {sequence}, which was there. Restore the store.");
        return Add(sequence, Decode(bytes, sequence));
    }

    /// <summary>Decodes an entry. One that nobody can read is one without records: the partition goes on, and says so.</summary>
    /// <exception cref="LogVersionException">A newer release can read it: it must not be passed over.</exception>
    public LogEntryContent Decode(byte[] bytes, long sequence)
    {
        try
        {
            return LogFormat.Decode(bytes, partition, sequence);
        }
        catch (Exception fault) when (fault is InvalidDataException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            unreadable(sequence, fault);
            return new LogEntryContent(default, []);
        }
    }

    /// <summary>The record that a position holds.</summary>
    /// <exception cref="UnreadableEntryException">Its entry cannot be read.</exception>
    public async ValueTask<PlacedRecord> GetRecordAsync(long sequence, int ordinal, CancellationToken cancellationToken)
    {
        var entry = await GetAsync(sequence, cancellationToken);
        return ordinal < entry.Records.Count ? entry.Records[ordinal] : throw new UnreadableEntryException(new LogPosition(partition, sequence, ordinal));
    }

    /// <summary>The claim that a position holds.</summary>
    /// <exception cref="UnreadableEntryException">Its entry cannot be read.</exception>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public async ValueTask<Domain.Claims.Claim> GetClaimAsync(long sequence, int ordinal, CancellationToken cancellationToken)
    {
        return ClaimOf(await GetRecordAsync(sequence, ordinal, cancellationToken));
    }

    /// <summary>The version of a claim that a record brought.</summary>
    /// <exception cref="InvalidDataException">It brought none.</exception>
    public static KnownVersion VersionOf(PlacedRecord placed) => new(
        ClaimOf(placed),
        placed.Record is LogRecord.Corrected { Replaced: var replaced } ? LogRecord.Corrected.KnownFrom(ClaimOf(placed), replaced, placed.ReceivedAt) : ClaimOf(placed).ReportedAt);

    /// <summary>The claim that a record brought.</summary>
    /// <exception cref="InvalidDataException">It brought none.</exception>
    public static Domain.Claims.Claim ClaimOf(PlacedRecord placed) =>
        TryClaimOf(placed) ?? throw new InvalidDataException($"log {placed.Position} is a {placed.Record.GetType().Name}, not a claim");

    /// <summary>The claim that a record brought; null if it brought none.</summary>
    public static Domain.Claims.Claim? TryClaimOf(PlacedRecord placed) => placed.Record switch
    {
        LogRecord.Added added => added.Claim,
        LogRecord.Corrected corrected => corrected.Claim,
        _ => null,
    };

    /// <summary>The report's text that a position holds.</summary>
    /// <exception cref="UnreadableEntryException">Its entry cannot be read.</exception>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public async ValueTask<Domain.Claims.ReportText> GetTextAsync(long sequence, int ordinal, CancellationToken cancellationToken)
    {
        return (await GetRecordAsync(sequence, ordinal, cancellationToken)).Record is LogRecord.Reported reported
            ? reported.Text
            : throw new InvalidDataException($"log {partition}/{sequence}/{ordinal} is no report");
    }
}
