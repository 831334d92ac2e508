using System.Net.Sockets;
using System.Text;

namespace Aggregator.Chaos.Running;

/// <summary>Watches live and reads nothing of it, or goes without a word.</summary>
internal sealed class DeafSubscriber : IDisposable
{
    private readonly TcpClient _client;

    private DeafSubscriber(TcpClient client) => _client = client;

    /// <param name="host">Whom it asks.</param>
    /// <param name="path">What it watches.</param>
    public static async Task<DeafSubscriber> OpenAsync(Uri host, string path)
    {
        // Little room, and an end that says nothing but that it is one.
        var client = new TcpClient { ReceiveBufferSize = 4_096, LingerState = new LingerOption(true, 0) };
        await client.ConnectAsync(host.Host, host.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host.Authority}\r\nAuthorization: Bearer {HostNode.Key}\r\n\r\n"));
        return new DeafSubscriber(client);
    }

    public void Dispose() => _client.Dispose();
}
