using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>
/// This process's hold on one run of the store's server. A server that restarts may have lost the end of what it acknowledged
/// (<c>appendfsync everysec</c> and a power loss), and whatever is in memory may be ahead of it. So every script that writes is known to the
/// server by a digest that this process alone has told it: a restarted server knows none of them and writes nothing. Then the era is
/// raised, and all that was made of the store in an earlier era is dropped and read again (docs/protocol.md).
/// </summary>
public sealed class StoreSession
{
    private readonly IDatabase _database;
    private readonly StoreKeys _keys;
    private readonly Lock _lock = new();
    private Run? _run;
    private List<TaskCompletionSource<Run>> _waiting = [];

    internal StoreSession(IDatabase database, StoreKeys keys) => (_database, _keys) = (database, keys);

    /// <summary>Grows with every restart of the store that somebody has noticed, and names the run in its last 20 bits; 0 before this process has called the store.</summary>
    public long Era => _run?.Era ?? 0;

    /// <summary>Makes sure of a run of the server; at once if there is one.</summary>
    /// <returns>The era.</returns>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<long> OpenAsync(CancellationToken cancellationToken = default) => (await RunAsync(cancellationToken).ConfigureAwait(false)).Era;

    /// <summary>Finds out whether the server has restarted; if so the era is another when this returns.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public Task<long> PulseAsync(CancellationToken cancellationToken = default) => PulseAsync(0, cancellationToken);

    /// <summary>Finds out which era the store is in, where somebody has told of one: if that is of a run that is lost, the era is later than it when this returns.</summary>
    /// <param name="heard">The era that somebody told of.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<long> PulseAsync(long heard, CancellationToken cancellationToken = default)
    {
        do
        {
            var run = await RunAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var call = EvaluateAsync(StoreScripts.OpenSession, [_keys.Era], [Math.Max(run.Era, heard), run.Server, 0, NumberOf(run.Server)], run.Era, cancellationToken);
                if ((long)await StoreFaults.Repeatable(call, "tell its era", cancellationToken).ConfigureAwait(false) != run.Era)
                {
                    await ReplaceAsync(run, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (StoreRestartedException)
            {
                // This process has an era of the run that the server is on now, which knows nothing yet of what was heard.
            }
        }
        while (Era < heard);

        return Era;
    }

    /// <summary>Makes sure that the server is the one that something was read of.</summary>
    /// <param name="era">The era of what was read.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreRestartedException">It is another: what was read may be lost.</exception>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task ConfirmAsync(long era, CancellationToken cancellationToken = default)
    {
        if (await PulseAsync(cancellationToken).ConfigureAwait(false) is var now && now != era)
        {
            throw Restarted(era, now);
        }
    }

    /// <summary>Runs a script that writes, if the server is the one that the caller's memory rests on.</summary>
    /// <param name="script">One of <see cref="StoreScripts"/>.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="values">Its arguments.</param>
    /// <param name="era">The era of what the caller has in memory; null for a caller that has nothing.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="StoreRestartedException">It is another: nothing was written.</exception>
    internal async Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, long? era, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var run = await RunAsync(cancellationToken).ConfigureAwait(false);
            if (era is { } known && known != run.Era)
            {
                throw Restarted(known, run.Era);
            }

            try
            {
                return await _database.ScriptEvaluateAsync(run.Digests[script], keys, values, StoreCalls.Primary).ConfigureAwait(false);
            }
            catch (RedisServerException fault) when (fault.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                // Whoever rests on an era hears of the next one; who rests on none asks again.
                await ReplaceAsync(run, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static StoreRestartedException Restarted(long known, long era) => new(string.Create(
        CultureInfo.InvariantCulture, $"The store has restarted: what is in memory rests on era {known}, and this is era {era}. Nothing was written."));

    private Task<Run> RunAsync(CancellationToken cancellationToken) => _run is { } run ? Task.FromResult(run) : ReplaceAsync(null, cancellationToken);

    // Whoever comes first opens another run; who comes meanwhile waits for it.
    private Task<Run> ReplaceAsync(Run? over, CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource<Run>();
        bool isFirst;
        lock (_lock)
        {
            if (!ReferenceEquals(_run, over) && _run is { } other)
            {
                return Task.FromResult(other);
            }

            isFirst = _waiting.Count == 0;
            _waiting.Add(turn);
        }

        if (isFirst)
        {
            _ = OpenForAllAsync(over?.Era ?? 0, hasRestarted: over is not null);
        }

        return turn.Task.WaitAsync(cancellationToken);
    }

    private async Task OpenForAllAsync(long known, bool hasRestarted)
    {
        try
        {
            var run = await OpenRunAsync(known, hasRestarted).ConfigureAwait(false);
            TakeWaiting(run).ForEach(turn => turn.SetResult(run));
        }
        catch (Exception fault)
        {
            TakeWaiting(null).ForEach(turn => turn.SetException(fault));
        }
    }

    private List<TaskCompletionSource<Run>> TakeWaiting(Run? run)
    {
        lock (_lock)
        {
            _run = run ?? _run;
            var waiting = _waiting;
            _waiting = [];
            return waiting;
        }
    }

    // Told first and asked by digest then: if the server restarts in between it does not know the question.
    private async Task<Run> OpenRunAsync(long known, bool hasRestarted)
    {
        var salt = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var digests = new Dictionary<string, byte[]>();
        foreach (var script in StoreScripts.Writing)
        {
            var salted = $"{script}\n-- {salt}";
            await StoreFaults.Repeatable(_database.ExecuteAsync("SCRIPT", ["LOAD", salted], StoreCalls.Primary), "learn a script").ConfigureAwait(false);
            digests[script] = Digest(salted);
        }

        // Somebody who comes after a restart and before those who were there notice it must not take up their era.
        var info = (string?)await StoreFaults.Repeatable(_database.ExecuteAsync("INFO", ["server"], StoreCalls.Primary), "tell about itself").ConfigureAwait(false);
        var server = RunOf(info);
        try
        {
            var call = _database.ScriptEvaluateAsync(digests[StoreScripts.OpenSession], [_keys.Era], [known, server, hasRestarted ? 1 : 0, NumberOf(server)], StoreCalls.Primary);
            return new Run((long)await StoreFaults.Repeatable(call, "open a session").ConfigureAwait(false), server, digests);
        }
        catch (RedisServerException fault) when (fault.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            throw new StoreUnavailableException("The store has restarted while a session was opened.", fault);
        }
    }

    // Servers make it anew at every start; one that says none is taken to be the same.
    private static string RunOf(string? info)
    {
        const string Name = "run_id:";
        var line = (info ?? "").Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(static line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
        return line is null ? "unknown" : line[Name.Length..].Trim();
    }

    // Tells runs of a server apart within an era.
    private static long NumberOf(string server) => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(server))) & 0xFFFFF;

    // What servers know scripts by.
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "The protocol says SHA-1; nothing is kept secret by it.")]
    internal static byte[] Digest(string script) => SHA1.HashData(Encoding.UTF8.GetBytes(script));

    private sealed record Run(long Era, string Server, IReadOnlyDictionary<string, byte[]> Digests);
}
