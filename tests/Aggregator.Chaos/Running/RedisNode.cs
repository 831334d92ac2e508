using System.Globalization;
using StackExchange.Redis;

namespace Aggregator.Chaos.Running;

/// <summary>A redis-server with a folder of its own: append-only file on, nothing evicted.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly string _program;
    private readonly string _logFile;
    private readonly string[] _settings;
    private ManagedProcess? _process;

    private RedisNode(string program, string folder, string logFile, string[] settings)
    {
        _program = program;
        Folder = folder;
        _logFile = logFile;
        _settings = settings;
    }

    public int Port { get; } = Ports.Free();

    public string Folder { get; private set; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Null where the program is absent.</summary>
    public static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(static folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    public static async Task<RedisNode> StartAsync(string folder, string logFile, params string[] settings)
    {
        var node = new RedisNode(Find() ?? throw new ScenarioSkippedException("redis-server is not on PATH"), folder, logFile, settings);
        await node.LaunchAsync();
        return node;
    }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Ends it as kill -9 does; what it wrote to the file system stays.</summary>
    public Task KillAsync() => _process!.KillAsync();

    public async Task LaunchAsync(string? folder = null)
    {
        Folder = folder ?? Folder;
        Directory.CreateDirectory(Folder);
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Folder, "--appendonly", "yes", "--appendfsync", "always",
            "--save", "", "--maxmemory-policy", "noeviction", "--auto-aof-rewrite-percentage", "0", .. _settings,
        ];
        _process = ManagedProcess.Start(_program, arguments, new Dictionary<string, string>(), _logFile);
        using var limit = new CancellationTokenSource(StartLimit);
        await Eventually.TrueAsync(
            async () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"redis-server ended; see {_logFile}");
                }

                try
                {
                    await using var client = await ConnectAsync();
                    return true;
                }
                catch (RedisException)
                {
                    return false;
                }
            },
            limit.Token);
    }

    /// <summary>A client of its own, not through any proxy.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true,connectTimeout=1000,connectRetry=0,asyncTimeout=10000");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
