using System.Globalization;
using Aggregator.Chaos.Load;
using Aggregator.Grains.Protocol;
using StackExchange.Redis;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// Reads heads of partitions and rows of entities in the store itself, again and again: a checkpoint is never beyond its log, nor is a row's mark;
/// incarnations and versions of rows never fall, and within an incarnation neither does a log's end nor a mark. At the end all rows are read.
/// </summary>
/// <param name="connect">A client of the store, not through any proxy.</param>
internal sealed class LogKeys(Func<Task<ConnectionMultiplexer>> connect) : IAsyncDisposable
{
    private const int Partitions = 32;
    private const int KnownShards = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly string[] Kinds = ["region", "actor", "source"];
    private static readonly RedisValue[] RowFields = ["$v", "marks"];

    // Of each partition the end last: what is read before it may be no further.
    private static readonly RedisKey[] HeadKeys =
    [
        .. Enumerable.Range(0, Partitions).SelectMany(static partition => new[] { "incarnation", "checkpoint", "last" }
            .Select(name => (RedisKey)string.Create(CultureInfo.InvariantCulture, $"agg:log:{{{partition}}}:{name}"))),
    ];

    // A path of the API is /v1/regions/karabakh, and the row region:karabakh.
    private static readonly RedisKey[] Watched = [.. Views.All.Select(static path => path.Split('/')).Select(static parts => Row(parts[2][..^1], parts[3]))];

    // Others have no marks: their parts' claims are not theirs.
    private static readonly int Named = ClaimFactory.First().SelectMany(static claim => new[] { claim.Region, claim.Claimant, claim.Target, claim.Source }).Distinct(StringComparer.Ordinal).Count();

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<RedisKey, (long Version, Marks Marks)> _rows = [];
    private readonly List<Violation> _violations = [];
    private Head[] _heads = [.. Enumerable.Repeat(new Head(0, 0, 0), Partitions)];
    private Task _reading = Task.CompletedTask;

    /// <summary>How often the heads were read.</summary>
    public int Looks { get; private set; }

    /// <summary>Rows that were read at the end.</summary>
    public int Rows { get; private set; }

    /// <summary>The incarnation of each partition.</summary>
    public IReadOnlyList<long> Incarnations => [.. _heads.Select(head => head.Incarnation)];

    /// <summary>Set when the data themselves are gone.</summary>
    public bool IsOver { get; set; }

    public void Start() => _reading = Task.Run(ReadAsync);

    /// <summary>Begins anew: the store itself went back.</summary>
    public async Task ForgetAsync()
    {
        await _turn.WaitAsync();
        _rows.Clear();
        _heads = [.. _heads.Select(static _ => new Head(0, 0, 0))];
        _turn.Release();
    }

    public async Task<IReadOnlyList<Violation>> StopAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        if (!IsOver)
        {
            await LookAsync();
            await ReadAllAsync();
        }

        return _violations;
    }

    public async Task LookAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await using var store = await connect();
            var rows = await RowsAsync(store.GetDatabase(), Watched);
            var heads = await HeadsAsync(store.GetDatabase());
            Look(rows, heads);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task ReadAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!IsOver)
                {
                    await LookAsync();
                }
            }
            catch (Exception fault) when (fault is RedisException or TimeoutException or IOException)
            {
                // It is down, as scenarios want it to be.
            }

            await Task.Delay(Pause, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task ReadAllAsync()
    {
        await using var store = await connect();
        var database = store.GetDatabase();
        var ids = await Task.WhenAll(Kinds.SelectMany(kind => Enumerable.Range(0, KnownShards).Select(async shard =>
            (await database.SetMembersAsync(string.Create(CultureInfo.InvariantCulture, $"agg:known:{kind}:{shard}"))).Select(id => Row(kind, id!)))));
        var rows = await RowsAsync(database, [.. ids.SelectMany(static one => one)]);
        Rows = rows.Count(row => row.Marks.All.Count > 0);
        if (Rows < Named)
        {
            Violate($"{Rows} rows with marks were found in the store, and claims name {Named} entities at least");
        }

        Check(rows, await HeadsAsync(database));
    }

    private static async Task<Head[]> HeadsAsync(IDatabase database) =>
        [.. (await database.StringGetAsync(HeadKeys)).Select(static value => (long)value).Chunk(3).Select(static head => new Head(head[0], head[1], head[2]))];

    private static async Task<List<(RedisKey Key, long Version, Marks Marks)>> RowsAsync(IDatabase database, RedisKey[] keys)
    {
        var rows = await Task.WhenAll(keys.Select(key => database.HashGetAsync(key, RowFields)));
        return [.. rows.Select((row, at) => (keys[at], (long)row[0], row[1].IsNull ? new Marks() : Marks.Decode(row[1]!)))];
    }

    private static RedisKey Row(string kind, string id) => $"agg:row:{kind}:{id}";

    private void Look(List<(RedisKey Key, long Version, Marks Marks)> rows, Head[] heads)
    {
        Looks++;
        for (var partition = 0; partition < Partitions; partition++)
        {
            var (now, before) = (heads[partition], _heads[partition]);
            if (now.Checkpoint > now.Last)
            {
                Violate($"partition {partition} is checkpointed to {now.Checkpoint} and its log ends at {now.Last}");
            }

            if (now.Incarnation < before.Incarnation)
            {
                Violate($"partition {partition} has incarnation {now.Incarnation} after {before.Incarnation}");
            }

            if (now.Incarnation == before.Incarnation && now.Last < before.Last)
            {
                Violate($"the log of partition {partition} ends at {now.Last} after {before.Last}, within incarnation {now.Incarnation}");
            }
        }

        _heads = heads;
        Check(rows, heads);
        foreach (var (key, version, marks) in rows)
        {
            var before = _rows.GetValueOrDefault(key, (0, marks));
            if (version < before.Version)
            {
                Violate($"{key} has version {version} after {before.Version}");
            }

            foreach (var (partition, mark) in before.Marks.All)
            {
                if (marks[partition] is var now && (now.Incarnation < mark.Incarnation || (now.Incarnation == mark.Incarnation && now.Sequence < mark.Sequence)))
                {
                    Violate($"{key} has the mark {now.Sequence} of incarnation {now.Incarnation} of partition {partition} after {mark.Sequence} of {mark.Incarnation}");
                }
            }

            _rows[key] = (version, marks);
        }
    }

    // Rows that were read before the heads.
    private void Check(List<(RedisKey Key, long Version, Marks Marks)> rows, Head[] heads)
    {
        foreach (var (key, _, marks) in rows)
        {
            foreach (var (partition, mark) in marks.All)
            {
                if (mark.Sequence > heads[partition].Last || mark.Incarnation > heads[partition].Incarnation)
                {
                    Violate($"{key} has the mark {mark.Sequence} of incarnation {mark.Incarnation} of partition {partition}, and its log ends at {heads[partition].Last} in incarnation {heads[partition].Incarnation}");
                }
            }
        }
    }

    private void Violate(string what) => _violations.Add(new Violation(Promise.Log, what));

    private sealed record Head(long Incarnation, long Checkpoint, long Last);
}
