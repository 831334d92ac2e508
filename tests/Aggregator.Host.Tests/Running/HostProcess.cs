using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aggregator.Host.Tests.Running;

/// <summary>The real host as a process of its own, on free loopback ports, ended by id.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly string[] _arguments;
    private readonly int _port;
    private readonly string? _poison;
    private readonly ConcurrentQueue<string> _output = new();
    private Process _process = null!;

    private HostProcess(string[] arguments, int port, int gatewayPort, string? poison)
    {
        Gateway = new IPEndPoint(IPAddress.Loopback, gatewayPort);
        _arguments = arguments;
        _poison = poison;
        _port = port;
        Client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    /// <summary>Where it serves.</summary>
    public IPEndPoint EndPoint => new(IPAddress.Loopback, _port);

    /// <summary>Where clients of its silo reach it.</summary>
    public IPEndPoint Gateway { get; }

    /// <summary>What it has printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a host on the embedded store in a folder.</summary>
    public static Task<HostProcess> EmbeddedAsync(string folder, params string[] arguments) => StartAsync(["--Store:Path", folder, .. arguments]);

    /// <summary>Starts a host on a Redis.</summary>
    public static Task<HostProcess> OnRedisAsync(RedisServer redis, params string[] arguments) => StartAsync(["--Store:Redis", redis.ConnectionString, .. arguments]);

    /// <summary>Starts a host on a Redis whose folds fail on the claim with an id.</summary>
    public static Task<HostProcess> PoisonedAsync(RedisServer redis, string id, params string[] arguments) => StartAsync(id, ["--Store:Redis", redis.ConnectionString, .. arguments]);

    /// <summary>Starts a host and waits until it is ready.</summary>
    public static Task<HostProcess> StartAsync(params string[] arguments) => StartAsync(null, arguments);

    private static async Task<HostProcess> StartAsync(string? poison, string[] arguments)
    {
        int[] ports = [Ports.Free(), Ports.Free(), Ports.Free()];
        string[] all =
        [
            .. arguments, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}"),
            "--Cluster:SiloPort", ports[1].ToString(CultureInfo.InvariantCulture), "--Cluster:GatewayPort", ports[2].ToString(CultureInfo.InvariantCulture),
        ];
        var host = new HostProcess(all, ports[0], ports[2], poison);
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
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as an orchestrator does.</summary>
    public Task TerminateAsync() => Signals.SendAsync(_process, "TERM");

    /// <summary>Asserts that it ends, in time and with a code.</summary>
    public async Task EndsAsync(int code, TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
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
        _process.Dispose();
        await LaunchAsync();
    }

    public async Task<JsonObject> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"GET {path}: {(int)response.StatusCode} {body}\n{Output}");
        return JsonNode.Parse(body)!.AsObject();
    }

    public Task<JsonObject> PostClaimsAsync(IEnumerable<JsonNode> claims) =>
        PostAsync("/v1/claims?wait=applied", string.Join('\n', claims.Select(claim => claim.ToJsonString())), "application/x-ndjson");

    public async Task<JsonObject> PostAsync(string path, string body, string mediaType)
    {
        using var response = await Client.PostAsync(path, new StringContent(body, Encoding.UTF8, mediaType));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {answer}\n{Output}");
        return JsonNode.Parse(answer)!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process Start(string[] arguments, string? poison = null)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "src", "Aggregator.Host", "bin", configuration, "net10.0", "Aggregator.Host.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program);
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
        _process = Start(_arguments, _poison);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(StartLimit);
        await Eventually.AsyncTrue(
            async () =>
            {
                Assert.False(_process.HasExited, $"the host on port {_port} ended\n{Output}");
                try
                {
                    using var response = await Client.GetAsync("/health/ready", limit.Token);
                    return response.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            limit.Token);

        void Keep(string? line)
        {
            if (line is not null)
            {
                _output.Enqueue(line);
                while (_output.Count > 500)
                {
                    _output.TryDequeue(out _);
                }
            }
        }
    }
}

/// <summary>Waits for a condition by asking again; the limit is the caller's.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task AsyncTrue(Func<Task<bool>> condition, CancellationToken limit)
    {
        while (!await condition())
        {
            await Task.Delay(Pause, limit);
        }
    }
}
