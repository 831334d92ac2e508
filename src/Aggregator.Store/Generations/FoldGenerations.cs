using Aggregator.Domain.Aggregates;
using Aggregator.Store.Connection;
using StackExchange.Redis;

namespace Aggregator.Store.Generations;

/// <summary>The fold generations of a store: which there are, and the removal of one that nobody works on any more.</summary>
/// <remarks>
/// A generation is dropped from its checkpoints down to the lists of its ids, and no row goes after its chunks. So whatever is left of it when that breaks off is
/// either whole or not there, and would be folded again from the log's beginning.
/// </remarks>
public sealed class FoldGenerations(StoreDatabase store)
{
    private const int KeysPerStep = 1_000;
    private const string Dropping = "";

    private readonly IDatabase _database = store.Database;
    private readonly StoreKeys _keys = store.Keys;

    /// <summary>The generations that hosts have worked on, and the first one, which hosts from before generations do not note.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await ReadAsync(cancellationToken).ConfigureAwait(false)).Keys.Append(FoldGeneration.First).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Removes all that the fold derived in a generation. Broken off it is to be run again; until then no host starts on the generation.</summary>
    /// <param name="generation">Which.</param>
    /// <param name="partitions">Number of log partitions.</param>
    /// <param name="liveSilos">Tells of the generation's cluster which of its silos live, for people; the cluster is null where hosts have not noted it.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>How many keys of each kind were found and removed.</returns>
    /// <exception cref="StoreUnsuitableException">There is no such generation, it is the one of this release, that one has never been built, or silos work on it.</exception>
    public async Task<IReadOnlyList<(string Kind, long Keys)>> DropAsync(
        string generation, int partitions, Func<string?, Task<IReadOnlyList<string>>> liveSilos, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(liveSilos);
        var known = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (generation == store.Options.Generation)
        {
            throw new StoreUnsuitableException($"Fold generation {generation} is the one that this release works on.");
        }

        if (store.Options.Generation != FoldGeneration.First && !known.ContainsKey(store.Options.Generation))
        {
            throw new StoreUnsuitableException($"Fold generation {store.Options.Generation}, that of this release and its settings (Store:Rebuild), has not been built: no other is dropped before it is.");
        }

        if (generation != FoldGeneration.First && !known.ContainsKey(generation))
        {
            throw new StoreUnsuitableException($"There is no fold generation {generation}, but {string.Join(", ", await ListAsync(cancellationToken).ConfigureAwait(false))}.");
        }

        // From here on no host starts on it; one that has started shows in its cluster's membership.
        await StoreFaults.Repeatable(_database.HashSetAsync(_keys.Generations, generation, Dropping), "mark a generation", cancellationToken).ConfigureAwait(false);
        var cluster = known.GetValueOrDefault(generation) is { Length: > 0 } noted ? noted : null;
        if (await liveSilos(cluster).ConfigureAwait(false) is { Count: > 0 } silos)
        {
            var back = cluster is null ? _database.HashDeleteAsync(_keys.Generations, generation) : _database.HashSetAsync(_keys.Generations, generation, cluster);
            await StoreFaults.Repeatable(back, "keep a generation", cancellationToken).ConfigureAwait(false);
            throw new StoreUnsuitableException($"Fold generation {generation} is in use by {string.Join(", ", silos)}. Stop them, or wait two minutes if they were killed.");
        }

        var removed = new List<(string, long)> { ("checkpoint", await RemoveCheckpointsAsync(generation, partitions, cancellationToken).ConfigureAwait(false)) };
        foreach (var pattern in _keys.PatternsOf(generation))
        {
            removed.Add((pattern.Split(':')[^2], await RemoveAsync(pattern, cancellationToken).ConfigureAwait(false)));
        }

        await StoreFaults.Repeatable(_database.HashDeleteAsync(_keys.Generations, generation), "forget a generation", cancellationToken).ConfigureAwait(false);
        return removed;
    }

    private async Task<Dictionary<string, string>> ReadAsync(CancellationToken cancellationToken) =>
        (await StoreFaults.Repeatable(_database.HashGetAllAsync(_keys.Generations, StoreCalls.Primary), "list generations", cancellationToken).ConfigureAwait(false))
        .ToDictionary(static entry => (string)entry.Name!, static entry => (string)entry.Value!, StringComparer.Ordinal);

    private async Task<long> RemoveCheckpointsAsync(string generation, int partitions, CancellationToken cancellationToken)
    {
        RedisKey[] keys = [.. Enumerable.Range(0, partitions).Select(partition => _keys.CheckpointOf(generation, partition))];
        var held = await StoreFaults.Repeatable(_database.StringGetAsync(keys, StoreCalls.Primary), "read checkpoints", cancellationToken).ConfigureAwait(false);
        await RemoveAsync(keys, cancellationToken).ConfigureAwait(false);
        return held.Count(static value => !value.IsNull);
    }

    private async Task<long> RemoveAsync(string pattern, CancellationToken cancellationToken)
    {
        var (cursor, removed) = ("0", 0L);
        do
        {
            var call = _database.ExecuteAsync("SCAN", [cursor, "MATCH", pattern, "COUNT", KeysPerStep], StoreCalls.Primary);
            var page = (RedisResult[])(await StoreFaults.Repeatable(call, "look for keys", cancellationToken).ConfigureAwait(false))!;
            cursor = (string)page[0]!;
            var keys = (RedisKey[])page[1]!;
            await RemoveAsync(keys, cancellationToken).ConfigureAwait(false);
            removed += keys.Length;
        }
        while (cursor != "0");
        return removed;
    }

    // What the server says of how many it removed is not asked: Garnet leaves out those that are on disk alone.
    private async Task RemoveAsync(RedisKey[] keys, CancellationToken cancellationToken)
    {
        foreach (var some in keys.Chunk(KeysPerStep))
        {
            await StoreFaults.Repeatable(_database.ExecuteAsync("UNLINK", [.. some.Select(static key => (object)key)], StoreCalls.Primary), "remove keys", cancellationToken).ConfigureAwait(false);
        }
    }
}
