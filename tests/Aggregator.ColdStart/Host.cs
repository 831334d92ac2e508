using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Aggregator.ColdStart;

/// <summary>The Release host as a process of its own, ended by id.</summary>
internal sealed class Host : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Process _process;
    private readonly StreamWriter _log;

    private Host(Process process, StreamWriter log, int port)
    {
        (_process, _log) = (process, log);
        Client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")), Timeout = TimeSpan.FromMinutes(5) };
    }

    public HttpClient Client { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Greatest resident memory so far, MiB.</summary>
    public long PeakMebibytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));


            // One that ends has no memory any more.
            return line?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [_, var kibibytes, "kB"] ? long.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024 : 0;
        }
    }

    /// <summary>Processor time so far.</summary>
    public TimeSpan Processor => _process.TotalProcessorTime;

    public static Host Start(string program, string logFile, params string[] store)
    {
        var ports = new int[3];
        for (var at = 0; at < ports.Length; at++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            ports[at] = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        string[] arguments =
        [
            program, .. store, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}"),
            "--Cluster:SiloPort", ports[1].ToString(CultureInfo.InvariantCulture), "--Cluster:GatewayPort", ports[2].ToString(CultureInfo.InvariantCulture),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var log = new StreamWriter(logFile) { AutoFlush = true };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Host(process, log, ports[0]);

        void Keep(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
            {
                lock (log)
                {
                    log.WriteLine(line.Data);
                }
            }
        }
    }

    /// <summary>Asks again until a condition holds.</summary>
    /// <returns>False if it did not in time, or the host has ended.</returns>
    public async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < within && !_process.HasExited)
        {
            try
            {
                if (await condition())
                {
                    return true;
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
                // It does not serve yet.
            }

            await Task.Delay(Pause);
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync();
            }

            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
        await _log.DisposeAsync();
    }
}
