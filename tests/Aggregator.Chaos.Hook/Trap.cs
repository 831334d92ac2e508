using System.Globalization;
using System.Runtime.InteropServices;
using Aggregator.Domain.Log;
using Aggregator.Grains.Protocol;

namespace Aggregator.Chaos.Hook;

/// <summary>What happens at the moments of <see cref="Failpoint"/>: kill -9 of this process at the n-th hit, and a fold that throws.</summary>
internal sealed partial class Trap
{
    private const int SigKill = 9;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private readonly string? _control;
    private readonly string? _poison;
    private readonly Timer? _timer;
    private volatile string? _moment;
    private int _hitsLeft;

    public Trap(string? control, string? poison)
    {
        _control = control;
        _poison = poison;
        _timer = control is null ? null : new Timer(_ => ReadOrder(), null, Look, Look);
    }

    /// <summary>The process has come to a moment.</summary>
    public void Reach(string moment, object? detail)
    {
        if (moment == _moment && Interlocked.Decrement(ref _hitsLeft) == 0)
        {
            _ = Kill(Environment.ProcessId, SigKill);
        }

        if (_poison is not null && moment == Failpoint.Fold && detail is LogRecord.Added { Claim.Quote: { } quote } && quote.Contains(_poison, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("a poisoned claim");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    // The file is moved into place whole, and read once.
    private void ReadOrder()
    {
        if (_moment is not null || !File.Exists(_control))
        {
            return;
        }

        var order = File.ReadAllText(_control).Split(' ');
        _hitsLeft = int.Parse(order[1], CultureInfo.InvariantCulture);
        _moment = order[0];
        _timer!.Dispose();
    }
}
