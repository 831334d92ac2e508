using System.Globalization;
using System.Runtime.InteropServices;
using Aggregator.Domain.Log;
using Aggregator.Domain;

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
        if (moment == _moment && Interlocked.Decrement(ref _hitsLeft) == 0 && TakeOrder())
        {
            _ = Kill(Environment.ProcessId, SigKill);
        }

        if (_poison is not null && moment == Failpoint.Fold && detail is LogRecord.Added { Claim.Key.Id: var id } && id == _poison)
        {
            throw new InvalidOperationException("a poisoned claim");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    // The file is moved into place whole. All silos look at it, and the first that comes to the moment takes it away.
    private void ReadOrder()
    {
        try
        {
            var order = File.Exists(_control) ? File.ReadAllText(_control!).Split(' ') : [];
            if (order.Length == 0)
            {
                _moment = null;
            }
            else if (_moment is null)
            {
                _hitsLeft = int.Parse(order[1], CultureInfo.InvariantCulture);
                _moment = order[0];
            }
        }
        catch (IOException)
        {
            // Another silo took it this moment.
        }
    }

    private bool TakeOrder()
    {
        try
        {
            File.Move(_control!, _control + ".taken", overwrite: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
