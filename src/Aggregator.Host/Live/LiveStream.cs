using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Aggregator.Host.Live;

/// <summary>How a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>The subscriber left.</summary>
    Left,

    /// <summary>The host stops, and has said so.</summary>
    Stopping,

    /// <summary>The subscriber did not read an event in its time; the connection is to be cut.</summary>
    TooSlow,
}

/// <summary>
/// What one subscriber is sent. It queues nothing: it knows what it sent last of each entity, and sends what there is by then. So a
/// slow reader costs its output buffer and the state that it is reading, and misses what came in between.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    // An event goes out in pieces, each when there is room for it: a view may be larger than all that may wait for a reader.
    private const int Piece = 16 * 1024;

    private static readonly byte[] Snapshot = "event: snapshot\n"u8.ToArray();
    private static readonly byte[] Change = "event: change\n"u8.ToArray();
    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    private readonly EntityWatcher[] _watchers;
    private readonly LiveState?[] _sent;
    private readonly LiveSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action _leave;
    private readonly Signal _signal = new();
    private int _isClosed;
    private int _beats;

    /// <param name="watchers">The watchers of its entities.</param>
    /// <param name="settings">Its bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="leave">Called once, when it is disposed of.</param>
    public LiveStream(EntityWatcher[] watchers, LiveSettings settings, TimeProvider time, Action leave)
    {
        (_watchers, _settings, _time, _leave) = (watchers, settings, time, leave);
        _sent = new LiveState?[watchers.Length];
        foreach (var watcher in watchers)
        {
            watcher.Add(_signal);
        }
    }

    /// <summary>Waits for a fresh state of each entity.</summary>
    /// <returns>The place of the first entity that nobody knows; null if all are known.</returns>
    /// <exception cref="Exception">One of them did not answer.</exception>
    public async Task<int?> FindUnknownAsync(CancellationToken cancellationToken)
    {
        // Behind a look that is under way each needs one of its own.
        var known = await Task.WhenAll(_watchers.Select(watcher => watcher.IsKnownAsync())).WaitAsync(2 * _settings.LookTimeout, _time, cancellationToken);
        return Array.IndexOf(known, false) is var at and >= 0 ? at : null;
    }

    /// <summary>Sends a snapshot of each entity, and then changes until somebody ends it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="stopping">Cancelled when the host stops.</param>
    /// <param name="left">Cancelled when the subscriber has left.</param>
    public async Task<StreamEnd> SendAsync(PipeWriter output, CancellationToken stopping, CancellationToken left)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, left);
        await using var heart = _time.CreateTimer(_ => Beat(), null, _settings.Heartbeat, _settings.Heartbeat);
        var end = await SendAllAsync(output, static watcher => watcher.Newest, stopping, left);
        while (end is null && !either.IsCancellationRequested)
        {
            await _signal.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Interlocked.Exchange(ref _beats, 0) > 0)
            {
                end = await WriteAsync(output, [], Comment, stopping, left);
            }

            end ??= await SendAllAsync(output, static watcher => watcher.Shown, stopping, left);
        }

        if (end is { } ended)
        {
            return ended;
        }

        return left.IsCancellationRequested ? StreamEnd.Left : await WriteAsync(output, [], Bye(), stopping, left) ?? StreamEnd.Stopping;
    }

    /// <summary>Leaves the watchers.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            foreach (var watcher in _watchers)
            {
                watcher.Remove(_signal);
            }

            _leave();
        }
    }

    // Not all of them come back at once, nor to this host while it still answers.
    private static byte[] Bye() =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: bye\nretry: {Random.Shared.Next(2_000, 5_000)}\ndata: {{}}\n\n"));

    private void Beat()
    {
        Interlocked.Increment(ref _beats);
        _signal.Set();
    }

    /// <summary>Sends what differs from what was sent of each entity; nothing more once the host stops.</summary>
    private async Task<StreamEnd?> SendAllAsync(PipeWriter output, Func<EntityWatcher, LiveState?> state, CancellationToken stopping, CancellationToken left)
    {
        for (var at = 0; at < _watchers.Length && !stopping.IsCancellationRequested; at++)
        {
            var (sent, next) = (_sent[at], state(_watchers[at]));
            if (next is null || next.Number <= sent?.Number)
            {
                continue;
            }

            if (await WriteAsync(output, sent?.Generation == next.Generation ? Change : Snapshot, next.Frame, stopping, left) is { } end)
            {
                return end;
            }

            _sent[at] = next;
        }

        return null;
    }

    /// <returns>How the stream ended by it; null if all is written.</returns>
    private async Task<StreamEnd?> WriteAsync(PipeWriter output, byte[] name, ReadOnlyMemory<byte> rest, CancellationToken stopping, CancellationToken left)
    {
        using var patience = new CancellationTokenSource(_settings.WriteTimeout, _time);
        await using var hurry = stopping.UnsafeRegister(_ => patience.CancelAfter(_settings.LastWrite), null);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, left);
        try
        {
            var isRead = !(await output.WriteAsync(name, either.Token)).IsCompleted;
            for (var at = 0; isRead && at < rest.Length; at += Piece)
            {
                isRead = !(await output.WriteAsync(rest.Slice(at, Math.Min(Piece, rest.Length - at)), either.Token)).IsCompleted;
            }

            return isRead ? null : StreamEnd.Left;
        }
        catch (OperationCanceledException)
        {
            // The server takes a broken-off write for the connection's end, and then the subscriber has left as well.
            return patience.IsCancellationRequested ? StreamEnd.TooSlow : StreamEnd.Left;
        }
    }
}
