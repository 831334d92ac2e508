using System.Net;
using System.Net.Sockets;

namespace Aggregator.Store.Tests.Backends;

/// <summary>
/// Passes bytes between client and server, and once, after a request that holds a marker reached the server and was answered,
/// drops the answer and cuts the connection: the outcome is unknown to the client, though known here.
/// </summary>
internal sealed class CuttingProxy : ICuts, IAsyncDisposable
{
    private readonly EndPoint _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _marker;
    private readonly Task _accepting;
    private int _cuts;

    public CuttingProxy(EndPoint server, byte[] marker, int cuts)
    {
        _server = server;
        _marker = marker;
        _cuts = cuts;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string ConnectionString => _listener.LocalEndpoint.ToString()!;

    /// <inheritdoc/>
    public int CutsLeft => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
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

    private async Task ServeAsync(Socket client)
    {
        using var fromClient = client;
        using var toServer = new Socket(_server.AddressFamily, SocketType.Stream, _server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var isCut = false;
        try
        {
            await toServer.ConnectAsync(_server, end.Token);
            await await Task.WhenAny(
                PumpAsync(client, toServer, request => isCut |= Marks(request), static () => false),
                PumpAsync(toServer, client, static _ => { }, () => isCut));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            // Either side went away, or the cut was made: both sockets are closed below.
        }
        finally
        {
            await end.CancelAsync();
        }

        async Task PumpAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>> look, Func<bool> isOver)
        {
            var buffer = new byte[1 << 16];
            while (await from.ReceiveAsync(buffer, end.Token) is var count and > 0)
            {
                look(buffer.AsMemory(0, count));
                if (isOver())
                {
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count), end.Token);
            }
        }
    }

    private bool Marks(ReadOnlyMemory<byte> request) => request.Span.IndexOf(_marker) >= 0 && Interlocked.Decrement(ref _cuts) >= 0;
}
