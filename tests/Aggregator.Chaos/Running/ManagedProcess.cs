using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Aggregator.Chaos.Running;

/// <summary>A process of the harness: what it prints goes to a file of bounded length, and it is ended by id.</summary>
internal sealed class ManagedProcess : IAsyncDisposable
{
    /// <summary>Begins the first line of every process in a log.</summary>
    public const string Begun = "=== process ";

    /// <summary>The last line of a log that is longer than it may be.</summary>
    public const string Cut = "=== the rest is dropped";

    private const int MaximumLines = 200_000;
    private static readonly ConcurrentDictionary<int, bool> Running = new();
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private volatile bool _isDisposed;
    private int _exitCode;
    private int _lines;
    private int _open = 2;

    // Whatever ends the harness, what it started ends with it. The runtime raises no ProcessExit for signals that nobody handles.
    private static readonly PosixSignalRegistration[] Registrations =
        [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, static _ => EndAll()))];

    static ManagedProcess()
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => EndAll();
        AppDomain.CurrentDomain.UnhandledException += static (_, _) => EndAll();
    }

    private ManagedProcess(Process process, string logFile)
    {
        _process = process;
        Running[process.Id] = true;
        _log = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        _log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Begun}{process.Id} at {TimeProvider.System.GetUtcNow():O}"));
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _isDisposed || _process.HasExited;

    /// <summary>How it ended; 0 while it runs.</summary>
    public int ExitCode => _isDisposed ? _exitCode : _process.HasExited ? _process.ExitCode : 0;

    public static ManagedProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string logFile)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ManagedProcess(Process.Start(start)!, logFile);
    }

    public void Signal(int signal)
    {
        if (!HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    /// <summary>Whether it has ended by then.</summary>
    public async Task<bool> ExitsWithinAsync(TimeSpan limit)
    {
        if (_isDisposed)
        {
            return true;
        }

        using var over = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(over.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async Task KillAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        Signal(Signals.Kill);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        await KillAsync();
        _exitCode = _process.ExitCode;
        Running.TryRemove(_process.Id, out _);
        _isDisposed = true;
        await _drained.Task.WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
        lock (_gate)
        {
            _log.Dispose();
        }
    }

    private static void EndAll()
    {
        foreach (var process in Running.Keys)
        {
            Signals.Send(process, Signals.Kill);
        }
    }

    private void Keep(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                if (--_open == 0)
                {
                    _drained.TrySetResult();
                }
            }
            else if (_lines++ <= MaximumLines && _log.BaseStream.CanWrite)
            {
                _log.WriteLine(_lines > MaximumLines ? Cut : string.Create(CultureInfo.InvariantCulture, $"[{_clock.Elapsed.TotalSeconds,8:F3}] {line}"));
            }
        }
    }
}
