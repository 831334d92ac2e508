using System.Net;
using System.Net.Sockets;

namespace Aggregator.Tests.Shared;

/// <summary>Free loopback ports below those that the system gives to outgoing connections, so that nobody is given one between here and there, and a restart finds its port free.</summary>
internal static class Ports
{
    private const int Lowest = 15_000;
    private const int Highest = 30_000;
    private static int _next = Lowest + Random.Shared.Next(Highest - Lowest);

    /// <summary>One that nobody listens on, and that this process has not given before for long.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Lowest + (Interlocked.Increment(ref _next) % (Highest - Lowest));
            using var listener = new TcpListener(IPAddress.Any, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
