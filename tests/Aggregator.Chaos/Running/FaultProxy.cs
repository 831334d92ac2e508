using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Aggregator.Chaos.Running;

/// <summary>What a proxy does with what it is sent.</summary>
internal enum ProxyMode
{
    /// <summary>Passes everything on.</summary>
    Pass,

    /// <summary>Holds everything back, both ways; it goes on afterwards.</summary>
    Hold,

    /// <summary>Passes requests on and drops the replies: they are done, and nobody hears of it.</summary>
    DropReplies,

    /// <summary>As the one before, but of each connection only from its first append on; then it is cut, and the next one goes on until it appends.</summary>
    LoseAppends,
}

/// <summary>A TCP proxy on loopback between the hosts and their store.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan UntilCut = TimeSpan.FromSeconds(2);
    private readonly int _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, bool> _broken = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _passes = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ProxyMode _mode;
    private int _appendsUnheard;

    // A key that an append names, and else only who opens a log or moves its checkpoint.
    private static ReadOnlySpan<byte> OfAnAppend => "}:incarnation"u8;

    /// <summary>What came from hosts to append, was passed on, and lost its replies (<see cref="ProxyMode.LoseAppends"/>).</summary>
    public int AppendsUnheard => Volatile.Read(ref _appendsUnheard);

    public FaultProxy(int serverPort)
    {
        _server = serverPort;
        _passes.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Set(ProxyMode mode)
    {
        _mode = mode;
        if (mode == ProxyMode.Hold)
        {
            _passes = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else
        {
            _passes.TrySetResult();
        }

        if (mode == ProxyMode.Pass)
        {
            // Connections that lost replies are of no use to anybody.
            foreach (var socket in _broken.Keys)
            {
                socket.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Set(ProxyMode.Pass);
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task CutAsync(Socket client)
    {
        await Task.Delay(UntilCut, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        client.Dispose();
    }

    private async Task ServeAsync(Socket client)
    {
        using var fromClient = client;
        using var toServer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await _passes.Task.WaitAsync(_stop.Token);
            await toServer.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
            await await Task.WhenAny(PumpAsync(client, toServer, isReply: false), PumpAsync(toServer, client, isReply: true));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Either side went away: both sockets are closed.
        }
        finally
        {
            _broken.TryRemove(client, out _);
        }

        async Task PumpAsync(Socket from, Socket to, bool isReply)
        {
            var buffer = new byte[1 << 16];
            while (await from.ReceiveAsync(buffer, _stop.Token) is var count and > 0)
            {
                await _passes.Task.WaitAsync(_stop.Token);
                if (isReply && (_mode == ProxyMode.DropReplies || _broken.ContainsKey(client)))
                {
                    _broken[client] = true;
                    continue;
                }

                if (!isReply && _mode == ProxyMode.LoseAppends && buffer.AsSpan(0, count).IndexOf(OfAnAppend) >= 0)
                {
                    Interlocked.Increment(ref _appendsUnheard);
                    if (_broken.TryAdd(client, true))
                    {
                        _ = CutAsync(client);
                    }
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
                }
            }
        }
    }
}
