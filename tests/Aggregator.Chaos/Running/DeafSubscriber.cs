using System.Net.Sockets;
using System.Text;

namespace Aggregator.Chaos.Running;

/// <summary>Watches live and reads nothing of it but that it may, or goes without a word.</summary>
internal sealed class DeafSubscriber : IDisposable
{
    private static readonly byte[] Taken = "HTTP/1.1 200"u8.ToArray();
    private readonly TcpClient _client;

    private DeafSubscriber(TcpClient client) => _client = client;

    /// <summary>Asks to watch; null if it may not now.</summary>
    /// <param name="host">Whom it asks.</param>
    /// <param name="path">What it watches.</param>
    public static async Task<DeafSubscriber?> TryOpenAsync(Uri host, string path)
    {
        // Little room, and an end that says nothing but that it is one.
        var client = new TcpClient { ReceiveBufferSize = 4_096, LingerState = new LingerOption(true, 0) };
        try
        {
            await client.ConnectAsync(host.Host, host.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host.Authority}\r\nAuthorization: Bearer {HostNode.Key}\r\n\r\n"));
            var answer = new byte[Taken.Length];
            await client.GetStream().ReadExactlyAsync(answer);
            if (answer.AsSpan().SequenceEqual(Taken))
            {
                return new DeafSubscriber(client);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            // Its host goes this moment.
        }

        client.Dispose();
        return null;
    }

    public void Dispose() => _client.Dispose();
}
