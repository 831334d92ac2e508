using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Aggregator.Tests.Shared;

/// <summary>A real redis-server, AOF in a folder of its own, ended by id.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly string[] _settings;
    private Process _process;
    private bool _ended;

    private RedisServer(Process process, int port, TempFolder folder, string[] settings)
    {
        _process = process;
        Port = port;
        _folder = folder;
        _settings = settings;
    }

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port},allowAdmin=true");

    /// <summary>Null where the program is absent; in CI that is a failure.</summary>
    public static string? Find()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(static folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        Assert.False(found is null && Environment.GetEnvironmentVariable("CI") == "true", "CI must have redis-server on PATH");
        return found;
    }

    /// <summary>Starts one; skips the test where the program is absent. Later settings win over the default ones.</summary>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var program = Find();
        Assert.SkipWhen(program is null, "redis-server is not on PATH");
        for (var attempt = 0; attempt < 10; attempt++)
        {
            // Another process may take the port in between; redis-server then ends and the next one is tried.
            var port = Ports.Free();
            var folder = new TempFolder();
            if (await LaunchAsync(program!, port, folder.Path, settings) is { } process)
            {
                return new RedisServer(process, port, folder, settings);
            }

            folder.Dispose();
        }

        throw new InvalidOperationException("redis-server did not start on ten ports.");
    }

    /// <summary>Ends the process at once, as kill -9 does, and starts it again on the same data.</summary>
    public async Task CrashAndRestartAsync()
    {
        await CrashAsync();
        await RestartAsync();
    }

    /// <summary>Ends the process at once, as kill -9 does.</summary>
    public Task CrashAsync() => EndAsync();

    /// <summary>Makes the process stand still: it keeps its connections and answers nothing.</summary>
    public Task StopAsync() => Signals.SendAsync(_process, "STOP");

    /// <summary>Lets it go on.</summary>
    public Task ContinueAsync() => Signals.SendAsync(_process, "CONT");

    /// <summary>Starts it again on the same port and data after <see cref="CrashAsync"/>.</summary>
    public async Task RestartAsync()
    {
        _process = await LaunchAsync(Find()!, Port, _folder.Path, _settings) ?? throw new InvalidOperationException("redis-server did not come back.");
        _ended = false;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            await EndAsync();
        }

        _folder.Dispose();
    }

    private async Task EndAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _ended = true;
    }

    private static async Task<Process?> LaunchAsync(string program, int port, string folder, string[] settings)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        string[] arguments =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes",
            "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction", .. settings,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return process;
            }
        }

        await process.WaitForExitAsync();
        process.Dispose();
        return null;
    }
}
