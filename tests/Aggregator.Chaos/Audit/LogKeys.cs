using System.Globalization;
using Aggregator.Chaos.Running;
using StackExchange.Redis;

namespace Aggregator.Chaos.Audit;

/// <summary>Reads the partitions' heads in Redis itself, again and again: a checkpoint is never beyond its log, an incarnation never falls.</summary>
internal sealed class LogKeys : IAsyncDisposable
{
    private const int Partitions = 32;
    private const string Heads = """
        local heads = {}
        for partition = 0, tonumber(ARGV[1]) - 1 do
          for at, name in ipairs({'incarnation', 'last', 'checkpoint'}) do
            heads[#heads + 1] = redis.call('GET', 'agg:log:{' .. partition .. '}:' .. name) or '0'
          end
        end
        return heads
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly RedisNode _redis;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<int, long> _incarnations = [];
    private readonly List<Violation> _violations = [];
    private readonly Task _reading;

    public LogKeys(RedisNode redis)
    {
        _redis = redis;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>The sum of the incarnations.</summary>
    public long Incarnations => _incarnations.Values.Sum();

    /// <summary>Set when the data themselves are gone.</summary>
    public bool IsOver { get; set; }

    public async Task<IReadOnlyList<Violation>> StopAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        if (!IsOver)
        {
            await LookAsync();
        }

        return _violations;
    }

    public async Task LookAsync()
    {
        await using var redis = await _redis.ConnectAsync();
        Look((string[])(await redis.GetDatabase().ScriptEvaluateAsync(Heads, [], [Partitions]))!);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
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
            catch (Exception fault) when (fault is RedisException or TimeoutException)
            {
                // It is down, as scenarios want it to be.
            }

            await Task.Delay(Pause, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private void Look(string[] heads)
    {
        lock (_violations)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                var (incarnation, last, checkpoint) = (Number(3 * partition), Number((3 * partition) + 1), Number((3 * partition) + 2));
                if (checkpoint > last)
                {
                    _violations.Add(new Violation(Promise.Log, $"partition {partition} is checkpointed to {checkpoint} and its log ends at {last}"));
                }

                if (incarnation < _incarnations.GetValueOrDefault(partition))
                {
                    _violations.Add(new Violation(Promise.Log, $"partition {partition} has incarnation {incarnation} after {_incarnations[partition]}"));
                }

                _incarnations[partition] = incarnation;
            }
        }

        long Number(int at) => long.Parse(heads[at], CultureInfo.InvariantCulture);
    }
}
