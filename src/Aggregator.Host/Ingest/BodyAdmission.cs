using Aggregator.Host.Hosting;
using Aggregator.Host.Problems;

namespace Aggregator.Host.Ingest;

/// <summary>Says of an endpoint that it takes a body, and of which types.</summary>
internal sealed record TakesBody(params string[] MediaTypes);

/// <summary>
/// Reads the body before the request waits for its turn: under the bound of all bytes in flight and within its time. So a slow
/// sender holds up nobody, and what cannot be held is refused before it is read.
/// </summary>
internal sealed class BodyAdmission(RequestDelegate next, BytesInFlight bytes, IngestSettings settings, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakesBody>() is not { } takes)
        {
            await next(context);
            return;
        }

        using var share = bytes.Hold();
        var (body, refusal) = await ReadAsync(context, share, takes);
        if (refusal is not null)
        {
            await refusal.ToResult().ExecuteAsync(context);
            return;
        }

        context.Features.Set(new Body.Read(body!));
        context.Features.Set(share);
        await next(context);
    }

    private async Task<(byte[]? Body, Problem? Refusal)> ReadAsync(HttpContext context, BytesInFlight.Share share, TakesBody takes)
    {
        if (Body.RefuseHead(context.Request, takes.MediaTypes) is { } refused)
        {
            return (null, refused);
        }

        var declared = context.Request.ContentLength ?? 0;
        if (declared > IngestLimits.BodyBytes)
        {
            return (null, Problem.TooLarge(IngestLimits.BodyBytes));
        }

        if (!share.TryGrowTo(declared))
        {
            return (null, Problem.Busy());
        }

        using var patience = new CancellationTokenSource(settings.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        try
        {
            return await Body.ReadAsync(context.Request, share, either.Token) is { } body ? (body, null) : (null, Problem.Busy());
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            context.CloseAfterwards();
            return (null, Problem.TooSlow());
        }
    }
}
