using Aggregator.Grains.Hosting;
using Aggregator.Host.Diagnostics;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Hosting;

/// <summary>Lets no request to the API in that the host should not begin.</summary>
internal sealed class RequestGate(RequestDelegate next, Draining draining, StoreAlarm alarm, StoreWatch watch)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/v1"))
        {
            await next(context);
            return;
        }

        using var entered = draining.Enter(context);
        if (Refuse(context) is not { } refusal)
        {
            await next(context);
            return;
        }

        await refusal.ToResult().ExecuteAsync(context);
    }

    private Problem? Refuse(HttpContext context)
    {
        if (alarm.What is not null)
        {
            return Problem.Lost();
        }

        if (draining.Refuses(context.Request))
        {
            // The next request belongs on another connection, to another host.
            context.CloseAfterwards();
            return Problem.Stopping();
        }

        return watch.IsSilent && Draining.IsWrite(context.Request) ? Problem.Unavailable() : null;
    }
}

/// <summary>Ends connections.</summary>
internal static class Connections
{
    /// <summary>Ends the connection with this answer. Those of HTTP/2 and 3 have other ways to say so, and stay.</summary>
    public static void CloseAfterwards(this HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }
    }
}
