using System.Diagnostics;

namespace Aggregator.Host.Tests.Running;

/// <summary>The real host as a process of its own, ended by id: for what dies, is told to stop, or ends by itself.</summary>
internal sealed class HostProcess : RunningHost
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly string? _poison;
    private Process? _process;

    private HostProcess(string[] arguments, string? poison)
        : base(arguments) => _poison = poison;

    private HostProcess(RunningHost before)
        : base(before)
    {
    }

    /// <summary>Starts a host on the embedded store in a folder.</summary>
    public static Task<HostProcess> EmbeddedAsync(string folder, params string[] arguments) => StartAsync(["--Store:Path", folder, .. arguments]);

    /// <summary>Starts a host on a Redis.</summary>
    public static Task<HostProcess> OnRedisAsync(RedisServer redis, params string[] arguments) => StartAsync(["--Store:Redis", redis.ConnectionString, .. arguments]);

    /// <summary>Starts a host on a Redis whose folds fail on the claim with an id.</summary>
    public static Task<HostProcess> PoisonedAsync(RedisServer redis, string id, params string[] arguments) => StartAsync(id, ["--Store:Redis", redis.ConnectionString, .. arguments]);

    /// <summary>Starts a host and waits until it is ready.</summary>
    public static Task<HostProcess> StartAsync(params string[] arguments) => StartAsync(null, arguments);

    /// <summary>Starts a host on the store and the ports of one that has ended, and waits until it is ready.</summary>
    public static Task<HostProcess> AfterAsync(RunningHost before) => StartAsync(new HostProcess(before));

    private static Task<HostProcess> StartAsync(string? poison, string[] arguments) => StartAsync(new HostProcess(arguments, poison));

    private static async Task<HostProcess> StartAsync(HostProcess host)
    {
        await host.LaunchAsync();
        return host;
    }

    /// <summary>Runs the host with arguments with which it ends by itself, and gives its exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as kill -9 does, and has a host within this process go on from its store: for what is only asked from then on.</summary>
    public async Task<InProcessHost> KillAndGoOnAsync()
    {
        await KillAsync();
        return await InProcessHost.AfterAsync(this);
    }

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public Task TerminateAsync() => Signals.SendAsync(_process!, "TERM");

    /// <summary>Asserts that it ends, in time and with a code.</summary>
    public async Task EndsAsync(int code, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the host has not ended in {within}\n{Output}");
        }

        Assert.True(code == _process.ExitCode, $"exit code {_process.ExitCode}\n{Output}");
    }

    /// <summary>Starts it again with the same arguments.</summary>
    public async Task RestartAsync()
    {
        _process!.Dispose();
        await LaunchAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (Interlocked.Exchange(ref _process, null) is not { } process)
        {
            return;
        }

        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static Process Start(string[] arguments, string? poison = null)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "src", "Aggregator.Host", "bin", configuration, "net10.0", "Aggregator.Host.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program);

        // It lives for seconds: code that is compiled a second time, to be faster, costs a quarter of the processor's time that it takes (RoleTests: 28.1 s, and 21.3 s without).
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        if (poison is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(AppContext.BaseDirectory, "Aggregator.Chaos.Hook.dll");
            start.Environment["CHAOS_POISON"] = poison;
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private async Task LaunchAsync()
    {
        _process = Start(Arguments, _poison);
        _process.OutputDataReceived += (_, line) => KeepAny(line.Data);
        _process.ErrorDataReceived += (_, line) => KeepAny(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(StartLimit);
        await ReadyAsync(() => _process.HasExited, limit.Token);

        void KeepAny(string? line)
        {
            if (line is not null)
            {
                Keep(line);
            }
        }
    }
}
