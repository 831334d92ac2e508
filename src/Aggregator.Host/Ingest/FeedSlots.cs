using System.Threading.RateLimiting;
using Aggregator.Host.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Aggregator.Host.Ingest;

/// <summary>How many feeding requests are worked on at once, and how many wait for views that they have fed.</summary>
internal sealed class FeedSlots : IDisposable
{
    private readonly PatientLimiter _working;
    private readonly ConcurrencyLimiter _awaiting = new(new ConcurrencyLimiterOptions { PermitLimit = IngestLimits.FeedsAwaitingViews, QueueLimit = 0 });

    /// <param name="time">The clock.</param>
    public FeedSlots(TimeProvider time) => _working = new PatientLimiter(
        new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = IngestLimits.ConcurrentFeeds,
            QueueLimit = IngestLimits.WaitingFeeds,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }),
        IngestLimits.FeedsWait,
        time);

    /// <summary>A place for a request, once there is one; null if there is none in time.</summary>
    /// <param name="share">What it holds of all bodies; null if it has none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<FeedSlot?> EnterAsync(BytesInFlight.Share? share, CancellationToken cancellationToken)
    {
        var lease = await _working.AcquireAsync(1, cancellationToken);
        if (lease.IsAcquired)
        {
            return new FeedSlot(lease, _awaiting, share);
        }

        lease.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _working.Dispose();
        _awaiting.Dispose();
    }
}

/// <summary>
/// The place of one feeding request. While it waits for views alone it leaves its place to others: an entity that does not get on would hold up all feeding through its host.
/// </summary>
internal sealed class FeedSlot(RateLimitLease working, RateLimiter awaiting, BytesInFlight.Share? share) : IDisposable
{
    private RateLimitLease? _awaiting;

    /// <summary>The place of the request that is being served.</summary>
    public static FeedSlot Of(HttpContext context) => context.Features.GetRequiredFeature<FeedSlot>();

    /// <summary>All is durable: the place is given back.</summary>
    /// <returns>Whether the request may wait for views; false if too many do.</returns>
    public bool TryAwaitViews()
    {
        working.Dispose();
        _awaiting ??= awaiting.AttemptAcquire();
        return _awaiting.IsAcquired && share?.TryAwaitViews() != false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        working.Dispose();
        _awaiting?.Dispose();
    }
}

/// <summary>Lets a feeding request in once there is a place for it, or refuses it as busy.</summary>
internal sealed class FeedGate(FeedSlots slots) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        using var slot = await slots.EnterAsync(context.HttpContext.Features.Get<BytesInFlight.Share>(), context.HttpContext.RequestAborted);
        if (slot is null)
        {
            return Problem.Busy().ToResult();
        }

        context.HttpContext.Features.Set(slot);
        return await next(context);
    }
}
