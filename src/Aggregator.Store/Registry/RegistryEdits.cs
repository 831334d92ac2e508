using System.Globalization;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Aggregator.Store.Connection;
using Aggregator.Store.Log;
using Aggregator.Store.Scripts;
using StackExchange.Redis;

namespace Aggregator.Store.Registry;

/// <summary>
/// The edits of the registry, one after another, each at the place that its writer expected: who edits has seen every edit
/// before. Opaque bytes; none is ever changed or removed.
/// </summary>
public sealed class RegistryEdits(StoreDatabase store)
{
    private const int Attempts = 3;
    private const int ReadsInFlight = 512;

    private readonly IDatabase _database = store.Database;
    private readonly StoreKeys _keys = store.Keys;
    private readonly StoreSession _session = store.Session;

    /// <summary>The last edit there is: one read of one key.</summary>
    public async Task<RegistryHead> HeadAsync(CancellationToken cancellationToken = default) =>
        RegistryHead.Parse(await StoreFaults.Repeatable(_database.StringGetAsync(_keys.RegistryHead, StoreCalls.Primary), "read the registry's version", cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Appends an edit after <paramref name="expected"/>. An answer that is lost is asked for again with the same bytes, which
    /// changes nothing if they were written.
    /// </summary>
    /// <param name="expected">The last edit that the caller knows of.</param>
    /// <param name="edit">The edit; no two have the same bytes.</param>
    /// <param name="cancellationToken">Gives up waiting; the outcome is unknown then.</param>
    /// <returns>The head that the edit is, or null if another edit came first.</returns>
    /// <exception cref="StoreUnknownException">No answer came, time after time.</exception>
    /// <exception cref="StoreRefusedException">Known not to be written.</exception>
    public async Task<RegistryHead?> AppendAsync(RegistryHead expected, ReadOnlyMemory<byte> edit, CancellationToken cancellationToken = default)
    {
        var head = HeadOf(expected.Version + 1, edit.Span);
        var stored = EntrySeal.Close(edit.Span);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var call = _session.EvaluateAsync(
                    StoreScripts.AppendEdit, [_keys.RegistryHead, _keys.RegistryEdit(head.Version)], [expected.ToString(), head.ToString(), stored], null, cancellationToken);
                var answer = (RedisResult[])(await StoreFaults.Once(call, "append an edit", cancellationToken).ConfigureAwait(false))!;
                return (int)answer[0] == 1 ? head : null;
            }
            catch (StoreUnknownException) when (attempt < Attempts)
            {
                // The script finds the bytes where they are.
            }
        }
    }

    /// <summary>Whether an edit still is what it was: a store that lost its end and was written on has another one there.</summary>
    public async Task<bool> HoldsAsync(RegistryHead head, CancellationToken cancellationToken = default) =>
        head.Version == 0
        || ((byte[]?)await StoreFaults.Repeatable(_database.StringGetAsync(_keys.RegistryEdit(head.Version), StoreCalls.Primary), "read an edit", cancellationToken).ConfigureAwait(false) is { } stored
            && TagOf(EntrySeal.Open(stored, NameOf(head.Version))) == head.Tag);

    /// <summary>The edits from one number to another, both among them, in order.</summary>
    /// <exception cref="StoreTruncatedException">One is missing.</exception>
    /// <exception cref="StoreDamagedException">One is not what was written.</exception>
    public async IAsyncEnumerable<byte[]> ReadAsync(long from, long to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var start = from; start <= to; start += ReadsInFlight)
        {
            var first = start;
            var calls = Enumerable.Range(0, (int)Math.Min(ReadsInFlight, to - first + 1)).Select(at => _database.StringGetAsync(_keys.RegistryEdit(first + at), StoreCalls.Primary));
            var read = await StoreFaults.Repeatable(Task.WhenAll(calls), "read edits", cancellationToken).ConfigureAwait(false);
            for (var at = 0; at < read.Length; at++)
            {
                yield return (byte[]?)read[at] is { } stored
                    ? EntrySeal.Open(stored, NameOf(first + at))
                    : throw new StoreTruncatedException($"{NameOf(first + at)} is missing. Restore the store from a copy.");
            }
        }
    }

    /// <summary>The head that an edit is where it is the last.</summary>
    internal static RegistryHead HeadOf(long version, ReadOnlySpan<byte> edit) => new(version, TagOf(edit));

    private static string TagOf(ReadOnlySpan<byte> edit) => XxHash64.HashToUInt64(edit).ToString("x16", CultureInfo.InvariantCulture);

    private static string NameOf(long version) => string.Create(CultureInfo.InvariantCulture, $"Edit {version} of the registry");
}
