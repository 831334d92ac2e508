using System.Threading.RateLimiting;

namespace Aggregator.Host.Ingest;

/// <summary>A limiter whose callers wait only so long: who has not come in by then is refused like one for whom there was no room to wait.</summary>
/// <param name="inner">Who lets them in.</param>
/// <param name="patience">How long they wait.</param>
/// <param name="time">The clock.</param>
internal sealed class PatientLimiter(RateLimiter inner, TimeSpan patience, TimeProvider time) : RateLimiter
{
    /// <inheritdoc/>
    public override TimeSpan? IdleDuration => inner.IdleDuration;

    /// <inheritdoc/>
    public override RateLimiterStatistics? GetStatistics() => inner.GetStatistics();

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => inner.AttemptAcquire(permitCount);

    /// <inheritdoc/>
    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        var free = inner.AttemptAcquire(permitCount);
        if (free.IsAcquired)
        {
            return free;
        }

        free.Dispose();
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await inner.AcquireAsync(permitCount, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Refused();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class Refused : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
