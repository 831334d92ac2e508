using System.Threading.Channels;

namespace Aggregator.Host.Live;

/// <summary>Wakes the one who waits for it; set many times meanwhile it wakes once.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _one = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Sets it.</summary>
    public void Set() => _one.Writer.TryWrite(true);

    /// <summary>Waits until it is set, and clears it.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before it was.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _one.Reader.ReadAsync(cancellationToken);
}
