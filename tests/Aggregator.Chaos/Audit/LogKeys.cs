using System.Globalization;
using Aggregator.Chaos.Load;
using Aggregator.Grains.Protocol;
using StackExchange.Redis;

namespace Aggregator.Chaos.Audit;

/// <summary>
/// Reads heads of partitions and rows of entities in the store itself, again and again, and holds them against what was read before. At the end all rows are read.
/// </summary>
/// <param name="connect">A client of the store, not through any proxy.</param>
internal sealed class LogKeys(Func<Task<ConnectionMultiplexer>> connect) : IAsyncDisposable
{
    private const int Partitions = 32;
    private const int KnownShards = 64;

    // One of so many tries at least: the store may be down for a part of a run.
    private const int LeastLooks = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly string[] Kinds = ["region", "actor", "source"];
    private static readonly RedisValue[] RowFields = ["$v", "$e", "marks"];
    private static readonly RedisKey EraKey = "agg:era";

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
    private readonly LogHistory _history = new();
    private readonly List<Violation> _violations = [];
    private Task _reading = Task.CompletedTask;
    private int _tries;

    /// <summary>How often the heads were read.</summary>
    public int Looks { get; private set; }

    /// <summary>Rows that were read at the end.</summary>
    public int Rows { get; private set; }

    /// <summary>The incarnation of each partition, as it was read last.</summary>
    public IReadOnlyList<long> Incarnations { get; private set; } = [];

    /// <summary>Set when the data themselves are gone.</summary>
    public bool IsOver { get; set; }

    public void Start() => _reading = Task.Run(ReadAsync);

    /// <summary>The store has lost what it was told after a moment, maybe.</summary>
    public async Task ForgetAsync(DateTimeOffset after)
    {
        await _turn.WaitAsync();
        _history.Forget(after);
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
            if (Looks * LeastLooks < _tries)
            {
                Violate([$"the store was read {Looks} times of {_tries}: that is no watch"]);
            }
        }

        return _violations;
    }

    public async Task LookAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await using var store = await connect();
            var database = store.GetDatabase();
            var rows = await RowsAsync(database, Watched);
            var heads = await HeadsAsync(database);
            var look = new LogLook(TimeProvider.System.GetUtcNow(), rows, heads, await EraAsync(database));
            Looks++;
            Incarnations = [.. heads.Select(static head => head.Incarnation)];
            Violate(_history.Take(look));
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
                    _tries++;
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
            Violate([$"{Rows} rows with marks were found in the store, and claims name {Named} entities at least"]);
        }

        Violate(LogHistory.MarksBeyond(rows, await HeadsAsync(database)));
    }

    private static async Task<LogHead[]> HeadsAsync(IDatabase database) =>
        [.. (await database.StringGetAsync(HeadKeys)).Select(static value => (long)value).Chunk(3).Select(static head => new LogHead(head[0], head[1], head[2]))];

    // The era, and the run that it is of.
    private static async Task<long> EraAsync(IDatabase database) =>
        (string?)await database.StringGetAsync(EraKey) is { } era ? long.Parse(era.Split(' ')[0], CultureInfo.InvariantCulture) : 0;

    private static async Task<List<LogRow>> RowsAsync(IDatabase database, RedisKey[] keys)
    {
        var rows = await Task.WhenAll(keys.Select(key => database.HashGetAsync(key, RowFields)));
        return [.. rows.Select((row, at) => new LogRow(keys[at]!, (long)row[0], (long)row[1], row[2].IsNull ? new Marks() : Marks.Decode(row[2]!)))];
    }

    private static RedisKey Row(string kind, string id) => $"agg:row:{kind}:{id}";

    private void Violate(IEnumerable<string> wrong) => _violations.AddRange(wrong.Select(static what => new Violation(Promise.Log, what)));
}
