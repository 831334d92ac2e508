using Aggregator.Host.Ingest;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Aggregator.Host.Hosting;

/// <summary>What one caller may ask of the server, and all of them together. All are said here, defaults included.</summary>
internal static class HttpLimits
{
    public static void Set(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;

        // A connection that waits costs its buffers: 4,096 of them at most 512 MiB, and in practice nearly nothing.
        limits.MaxConcurrentConnections = 4_096;

        // Nothing here speaks anything but HTTP.
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);

        // A request line holds a source and an id of a claim, both percent-encoded; headers a key and little else.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.MaxRequestLineSize = 8 * 1024;
        limits.MaxRequestHeadersTotalSize = 32 * 1024;
        limits.MaxRequestHeaderCount = 100;

        // Of a body that waits for admission no more than this is read ahead.
        limits.MaxRequestBufferSize = 128 * 1024;
        limits.MaxRequestBodySize = IngestLimits.BodyBytes;
        limits.MaxResponseBufferSize = 64 * 1024;

        // Who sends or reads more slowly is dropped. A body also has a time limit of its own (Ingest:BodyTimeout).
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

        // One connection of HTTP/2 is one caller: it may have some requests under way, and no more in the buffers than of HTTP/1.
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.InitialStreamWindowSize = 128 * 1024;
        limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
    }
}
