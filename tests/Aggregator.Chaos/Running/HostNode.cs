using System.Globalization;

namespace Aggregator.Chaos.Running;

/// <summary>The real host as a process of its own, on ports of its own.</summary>
internal sealed class HostNode : IAsyncDisposable
{
    public const string Key = "chaos";

    /// <summary>How a process ends that is killed: 128 and the signal.</summary>
    public const int Killed = 128 + Signals.Kill;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly string[] _arguments;
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly string _folder;
    private ManagedProcess? _process;
    private int _httpPort = Ports.Free();
    private int _siloPort = Ports.Free();
    private int _gatewayPort = Ports.Free();

    public HostNode(string name, string folder, NodeAddress address, params string[] arguments)
    {
        Name = name;
        Place = address;
        _folder = folder;
        _arguments = arguments;
    }

    public string Name { get; }

    public NodeAddress Place { get; }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://{Place.Http}:{_httpPort}"));

    public int SiloPort => _siloPort;

    public string LogFile => Path.Combine(_folder, Name + ".log");

    public HostLog Log => new(LogFile);

    /// <summary>How it ended; 0 while it runs.</summary>
    public int ExitCode => _process?.ExitCode ?? 0;

    /// <summary>Settings of the next start besides those it was made with.</summary>
    public string[] Settings { get; set; } = [];

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Set while it is stopped or cut off and when it may not have noticed yet: its reads may be stale by design.</summary>
    public bool MayBeStale { get; set; }

    /// <summary>Folder of the host's build; another one for upgrades.</summary>
    public string Build { get; set; } = DefaultBuild;

    /// <summary>Whether its next process is not of this checkout.</summary>
    public bool IsOlder => Build != DefaultBuild;

    /// <summary>The build of this checkout in the configuration that the harness was built in.</summary>
    public static string DefaultBuild => Path.Combine(Repository.Root, "src", "Aggregator.Host", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    public void Set(string variable, string? value)
    {
        if (value is null)
        {
            _environment.Remove(variable);
        }
        else
        {
            _environment[variable] = value;
        }
    }

    /// <summary>Takes other ports from the next start on.</summary>
    public void ChangePorts() => (_httpPort, _siloPort, _gatewayPort) = (Ports.Free(), Ports.Free(), Ports.Free());

    public async Task StartAsync(HttpPeer http)
    {
        await LaunchAsync();
        await ReadyAsync(http);
    }

    /// <summary>Starts it, and does not wait.</summary>
    public async Task LaunchAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        string[] arguments =
        [
            .. Place.Prefix, "dotnet", Path.Combine(Build, "Aggregator.Host.dll"), .. _arguments, .. Settings,
            "--urls", string.Create(CultureInfo.InvariantCulture, $"http://{Place.Bind}:{_httpPort}"),
            "--Cluster:SiloPort", _siloPort.ToString(CultureInfo.InvariantCulture), "--Cluster:GatewayPort", _gatewayPort.ToString(CultureInfo.InvariantCulture),
            "--Cluster:AdvertisedIP", Place.Advertised, "--Auth:Keys", Key,
        ];
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal)
        {
            ["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Aggregator.Chaos.Hook.dll"),
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_TieredPGO"] = "0",
        };
        _process = ManagedProcess.Start(arguments[0], arguments[1..], environment, LogFile);
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task ReadyAsync(HttpPeer http)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            await Eventually.TrueAsync(
                async () => !IsRunning
                    ? throw new InvalidOperationException($"{Name} ended with {_process!.ExitCode}; see {LogFile}")
                    : (await http.GetAsync(Url, "/health/ready", TimeSpan.FromSeconds(5), limit.Token)).IsOk,
                limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{Name} was not ready within {StartLimit.TotalSeconds} s; see {LogFile}"));
        }
    }

    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    public void Stop() => _process?.Signal(Signals.Stop);

    public void Continue() => _process?.Signal(Signals.Continue);

    /// <summary>Asks it to end, and says whether it did in time.</summary>
    public async Task<bool> TerminateAsync(TimeSpan limit)
    {
        _process!.Signal(Signals.Terminate);
        return await _process.ExitsWithinAsync(limit);
    }

    public Task<bool> ExitsWithinAsync(TimeSpan limit) => _process!.ExitsWithinAsync(limit);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}

/// <summary>Where a host runs and how it is reached.</summary>
/// <param name="Bind">Address that it serves HTTP on.</param>
/// <param name="Http">Address at which the harness reaches it.</param>
/// <param name="Advertised">Address at which other silos reach it.</param>
/// <param name="Prefix">Command that puts it into its network namespace; empty for none.</param>
internal sealed record NodeAddress(string Bind, string Http, string Advertised, params string[] Prefix)
{
    public static NodeAddress Loopback { get; } = new("127.0.0.1", "127.0.0.1", "127.0.0.1");
}
