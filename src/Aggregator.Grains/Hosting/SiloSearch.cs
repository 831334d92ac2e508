using Microsoft.Extensions.Logging;

namespace Aggregator.Grains.Hosting;

/// <summary>How long a starting client looks for a silo: one that starts with its cluster has to wait for it.</summary>
internal sealed partial class SiloSearch(ClusterSettings cluster, TimeProvider time, ILogger<SiloSearch> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly long _began = time.GetTimestamp();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No silo was found in time.</exception>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_began) > cluster.StartTimeout)
        {
            throw new InvalidOperationException(
                $"no silo of cluster {cluster.Id} answered in {cluster.StartTimeout.TotalSeconds:F0} s: {exception.Message}", exception);
        }

        LogStillLooking(logger, cluster.Id, exception.Message);
        await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No silo of cluster {Cluster} answers yet: {Reason}")]
    private static partial void LogStillLooking(ILogger logger, string cluster, string reason);
}
