using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Aggregator.Chaos.Running;

/// <summary>A body that comes in drops, over a connection of its own: an answer is read though the body is not at its end.</summary>
internal static class Trickle
{
    private const int BodyBytes = 1_000_000;
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(200);

    /// <summary>Sends blanks until it is answered; gives the status, 0 if the connection ended without one or the limit passed.</summary>
    /// <param name="host">Whom to.</param>
    /// <param name="drop">Bytes at a time.</param>
    /// <param name="limit">When to give up.</param>
    public static async Task<int> SendAsync(Uri host, int drop, TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host.Host, host.Port, over.Token);
            await using var stream = client.GetStream();
            var head = string.Create(CultureInfo.InvariantCulture,
                $"POST /v1/claims HTTP/1.1\r\nHost: {host.Authority}\r\nAuthorization: Bearer {HostNode.Key}\r\nContent-Type: application/json\r\nContent-Length: {BodyBytes}\r\n\r\n");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), over.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var answer = reader.ReadLineAsync(over.Token).AsTask();
            var blanks = Encoding.ASCII.GetBytes(new string(' ', drop));
            while (!answer.IsCompleted)
            {
                await stream.WriteAsync(blanks, over.Token);
                await Task.WhenAny(answer, Task.Delay(Gap, over.Token));
            }

            return await answer is { } line ? int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or SocketException)
        {
            return 0;
        }
    }
}
