using System.Globalization;
using System.Runtime.CompilerServices;
using Aggregator.Domain.Log;
using Aggregator.Store.Connection;
using Aggregator.Store.Scripts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Aggregator.Store.Log;

/// <summary>
/// The claim log: one sequence of entries per partition, from 1, without holes, never trimmed. The ground state of everything.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Nobody asks the semaphore for its handle: there is nothing to free.")]
public sealed partial class ClaimLog(StoreDatabase store, TimeProvider? time = null, ILogger<ClaimLog>? logger = null)
{
    /// <summary>Every entry begins with this many bytes of its writer's nonce.</summary>
    public const int NonceBytes = 16;

    private const int ProbeCount = 64;

    // Entries are large: more at once would fill the one connection until answers to everybody else come too late.
    private const int SingleReadsAtOnce = 32;

    private readonly IDatabase _database = store.Database;
    private readonly StoreKeys _keys = store.Keys;
    private readonly SemaphoreSlim _singleReads = new(SingleReadsAtOnce);
    private readonly StoreSession _session = store.Session;
    private readonly StoreOptions _options = store.Options;
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ILogger _logger = logger ?? NullLogger<ClaimLog>.Instance;

    /// <summary>The run of the server that the log is read from and written to.</summary>
    public StoreSession Session => _session;

    /// <summary>Whether a form that came with a level may be written (<see cref="FeatureLevel"/>).</summary>
    public bool Allows(int level) => store.Level >= level;

    /// <summary>Opens the log under the incarnation of the era at least, and finds the true end of the log, wherever its head pointer stands, and moves that there.</summary>
    /// <exception cref="StoreTruncatedException">The log is shorter than its head pointer or a checkpoint of any generation say.</exception>
    public async Task<LogHead> OpenAsync(int partition, CancellationToken cancellationToken = default)
    {
        var era = await _session.OpenAsync(cancellationToken).ConfigureAwait(false);

        // Before the end is looked for: the hosts of another generation may move theirs meanwhile.
        var beside = await CheckpointBesideAsync(partition, cancellationToken).ConfigureAwait(false);
        var call = _session.EvaluateAsync(
            StoreScripts.OpenPartition,
            [_keys.Incarnation(partition), _keys.Last(partition), _keys.Checkpoint(partition), _keys.Slot(partition, 1)],
            [era],
            era,
            cancellationToken);
        var fields = (RedisResult[])(await StoreFaults.Repeatable(call, "open a partition", cancellationToken).ConfigureAwait(false))!;
        var (incarnation, pointer, checkpoint) = ((long)fields[0], (long)fields[1], (long)fields[2]);
        if (incarnation == 0)
        {
            throw new StoreTruncatedException($"Partition {partition} has a log but no incarnation: parts of the store are missing.");
        }

        var last = await FindEndAsync(partition, pointer, cancellationToken).ConfigureAwait(false);
        if (last < pointer)
        {
            throw new StoreTruncatedException($"The log of partition {partition} has no entry {pointer}, where its head pointer stands.");
        }

        if (Math.Max(checkpoint, beside) > last)
        {
            throw new StoreTruncatedException(
                $"The log of partition {partition} ends at {last}, before its checkpoint {Math.Max(checkpoint, beside)}: acknowledged claims are missing. Restore the store.");
        }

        if (last > pointer)
        {
            // The server was killed within the append. Whoever looks at the pointer takes it for the end.
            var raised = _session.EvaluateAsync(StoreScripts.RaiseMark, [_keys.Last(partition)], [last], era, cancellationToken);
            await StoreFaults.Repeatable(raised, "move a head pointer", cancellationToken).ConfigureAwait(false);
        }

        return new LogHead(incarnation, last, checkpoint) { Era = era };
    }

    /// <summary>Where the log stands, without writing anything: an incarnation of 0 where nobody has opened it. Its end is where the head pointer stands.</summary>
    public async Task<LogHead> PeekAsync(int partition, CancellationToken cancellationToken = default)
    {
        var call = _database.StringGetAsync([_keys.Incarnation(partition), _keys.Last(partition), _keys.Checkpoint(partition)], StoreCalls.Primary);
        var values = await StoreFaults.Repeatable(call, "tell where the log stands", cancellationToken).ConfigureAwait(false);
        return new LogHead((long)values[0], (long)values[1], (long)values[2]);
    }

    /// <summary>Most bytes of one entry.</summary>
    public int MaximumEntryBytes => _options.MaximumEntryBytes;

    /// <summary>
    /// Writes an entry to a slot if the incarnation matches, the slot before it is filled and the slot is empty. While the outcome
    /// is unknown the same bytes are sent again to the same slot, until it is known or the token is cancelled.
    /// </summary>
    /// <param name="partition">The partition.</param>
    /// <param name="incarnation">The incarnation that the writer opened the log under.</param>
    /// <param name="sequence">The slot: the last entry that the writer has read, plus one.</param>
    /// <param name="entry">The bytes, beginning with <see cref="NonceBytes"/> of nonce; copied before the call returns.</param>
    /// <param name="era">The era that the writer opened the log in; null for any.</param>
    /// <param name="cancellationToken">Gives up; the outcome stays unknown, and only these bytes may go to this slot.</param>
    /// <exception cref="StoreRestartedException">The store has restarted: whether it had been written before, only the log says.</exception>
    /// <exception cref="StoreRefusedException">The server said no: known not to be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while the outcome was unknown.</exception>
    public async Task<AppendResult> AppendAsync(
        int partition, long incarnation, long sequence, ReadOnlyMemory<byte> entry, long? era = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(entry.Length, NonceBytes, nameof(entry));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Length, _options.MaximumEntryBytes, nameof(entry));
        RedisKey[] keys = sequence == 1
            ? [_keys.Incarnation(partition), _keys.Last(partition), _keys.Slot(partition, sequence)]
            : [_keys.Incarnation(partition), _keys.Last(partition), _keys.Slot(partition, sequence), _keys.Slot(partition, sequence - 1)];
        RedisValue[] values = [incarnation, sequence, EntrySeal.Close(entry.Span)];
        var pause = TimeSpan.FromMilliseconds(_options.RetryInitialMilliseconds);
        var isUnknown = false;
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var call = _session.EvaluateAsync(StoreScripts.Append, keys, values, era, cancellationToken);
                return Read(await call.WaitAsync(cancellationToken).ConfigureAwait(false), partition, sequence);
            }
            catch (RedisServerException fault) when (!isUnknown && StoreFaults.IsRefusal(fault))
            {
                throw new StoreRefusedException($"The store refused an entry of partition {partition}: {fault.Message}", fault);
            }
            catch (Exception fault) when (fault is RedisServerException || StoreFaults.IsUnknown(fault) || (isUnknown && fault is StoreUnavailableException))
            {
                // An earlier attempt may still land, so from here on even a refusal proves nothing.
                isUnknown = true;
                LogAppendUnknown(_logger, partition, sequence, attempt, fault.Message);
            }

            await Task.Delay(pause, _time, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
            pause = TimeSpan.FromMilliseconds(Math.Min(pause.TotalMilliseconds * 2, _options.RetryMaximumMilliseconds));
        }
    }

    /// <summary>Raises the incarnation by one if it is the expected one; gives what stands after. Fences every writer before.</summary>
    public async Task<long> RaiseIncarnationAsync(int partition, long expected, CancellationToken cancellationToken = default)
    {
        var call = _session.EvaluateAsync(StoreScripts.RaiseIncarnation, [_keys.Incarnation(partition)], [expected, expected + 1], null, cancellationToken);
        return (long)await StoreFaults.Once(call, "raise an incarnation", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Saves a checkpoint; a lower one than stored leaves the stored one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The checkpoint is beyond the end of the log.</exception>
    public async Task<CheckpointResult> SaveCheckpointAsync(
        int partition, long incarnation, long checkpoint, long? era = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(checkpoint);
        RedisKey[] keys = checkpoint == 0
            ? [_keys.Incarnation(partition), _keys.Checkpoint(partition)]
            : [_keys.Incarnation(partition), _keys.Checkpoint(partition), _keys.Slot(partition, checkpoint)];
        var call = _session.EvaluateAsync(StoreScripts.SaveCheckpoint, keys, [incarnation, checkpoint], era, cancellationToken);
        var fields = (RedisResult[])(await StoreFaults.Repeatable(call, "save a checkpoint", cancellationToken).ConfigureAwait(false))!;
        return (int)fields[0] switch
        {
            0 => new CheckpointResult.Saved((long)fields[2]),
            1 => new CheckpointResult.Fenced((long)fields[1]),
            _ => throw new StoreTruncatedException($"The log of partition {partition} has no entry {checkpoint}, up to which it is folded. Restore the store."),
        };
    }

    /// <summary>Where the head pointer stands: the last entry, or one before entries that were written when it was not.</summary>
    public async Task<long> LastAsync(int partition, CancellationToken cancellationToken = default) =>
        (long)await StoreFaults.Repeatable(_database.StringGetAsync(_keys.Last(partition), StoreCalls.Primary), "read the head pointer", cancellationToken).ConfigureAwait(false);

    /// <summary>One entry's bytes, or null if the slot is empty. Of many that are asked for at the same time some wait for their turn.</summary>
    /// <exception cref="StoreDamagedException">The bytes are not those that were written.</exception>
    public async Task<byte[]?> ReadOneAsync(int partition, long sequence, CancellationToken cancellationToken = default)
    {
        await _singleReads.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var call = _database.StringGetAsync(_keys.Slot(partition, sequence), StoreCalls.Primary);
            var value = await StoreFaults.Repeatable(call, "read an entry", cancellationToken).ConfigureAwait(false);
            return value.IsNull ? null : EntrySeal.Open((byte[])value!, partition, sequence);
        }
        finally
        {
            _singleReads.Release();
        }
    }

    /// <summary>
    /// The entries from one sequence to another, both included, in order. One page is read ahead; pages are sized by the entries seen.
    /// </summary>
    /// <exception cref="StoreTruncatedException">An entry is missing.</exception>
    /// <exception cref="StoreDamagedException">An entry is not what was written.</exception>
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        int partition, long fromSequence, long toSequence, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromSequence, 1);
        var page = new LogPageSize();
        var next = fromSequence;
        var ahead = Ask();
        while (ahead is { } current)
        {
            var (first, call) = current;
            var values = await StoreFaults.Repeatable(call, "read the log", cancellationToken).ConfigureAwait(false);
            page.Learn(values);
            ahead = Ask();
            for (var i = 0; i < values.Length; i++)
            {
                yield return values[i].IsNull
                    ? throw new StoreTruncatedException(string.Create(
                        CultureInfo.InvariantCulture, $"The log of partition {partition} has no entry {first + i}, though it goes to {toSequence}."))
                    : new LogEntry(first + i, EntrySeal.Open((byte[])values[i]!, partition, first + i));
            }
        }

        (long First, Task<RedisValue[]> Call)? Ask()
        {
            if (next > toSequence)
            {
                return null;
            }

            var first = next;
            var count = (int)Math.Min(page.Count, toSequence - first + 1);
            next += count;
            var keys = new RedisKey[count];
            for (var i = 0; i < count; i++)
            {
                keys[i] = _keys.Slot(partition, first + i);
            }

            return (first, _database.StringGetAsync(keys, StoreCalls.Primary));
        }
    }

    /// <summary>The highest checkpoint that another generation has; 0 without one.</summary>
    private async Task<long> CheckpointBesideAsync(int partition, CancellationToken cancellationToken)
    {
        if (store.OtherGenerations.Count == 0)
        {
            return 0;
        }

        var call = _database.StringGetAsync([.. store.OtherGenerations.Select(generation => _keys.CheckpointOf(generation, partition))], StoreCalls.Primary);
        return (await StoreFaults.Repeatable(call, "read checkpoints", cancellationToken).ConfigureAwait(false)).Max(static value => (long)value);
    }

    /// <summary>The last filled slot at or after the pointer; less than the pointer if its own slot is empty.</summary>
    private async Task<long> FindEndAsync(int partition, long pointer, CancellationToken cancellationToken)
    {
        if (pointer > 0 && !await ExistsAsync(pointer).ConfigureAwait(false))
        {
            return pointer - 1;
        }

        for (var last = pointer; ;)
        {
            var probes = new Task<bool>[ProbeCount];
            for (var i = 0; i < ProbeCount; i++)
            {
                probes[i] = ExistsAsync(last + 1 + i);
            }

            var filled = Array.IndexOf(await Task.WhenAll(probes).ConfigureAwait(false), false);
            if (filled >= 0)
            {
                return last + filled;
            }

            last += ProbeCount;
        }

        Task<bool> ExistsAsync(long sequence) =>
            StoreFaults.Repeatable(_database.KeyExistsAsync(_keys.Slot(partition, sequence), StoreCalls.Primary), "find the end of the log", cancellationToken);
    }

    private static AppendResult Read(RedisResult reply, int partition, long sequence)
    {
        var fields = (RedisResult[])reply!;
        return (int)fields[0] switch
        {
            0 => new AppendResult.Appended(Late: false),
            1 => new AppendResult.Appended(Late: true),
            2 => new AppendResult.Taken(EntrySeal.Open((byte[])fields[1]!, partition, sequence)),
            3 => new AppendResult.Fenced((long)fields[1]),
            4 => new AppendResult.Gap(),
            var other => throw new InvalidOperationException($"The append script answered {other}."),
        };
    }

    [LoggerMessage(1, LogLevel.Warning, "Partition {Partition}: outcome of entry {Sequence} unknown after attempt {Attempt}, sending it again: {Reason}")]
    private static partial void LogAppendUnknown(ILogger logger, int partition, long sequence, int attempt, string reason);
}
