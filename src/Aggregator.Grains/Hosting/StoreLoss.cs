using Aggregator.Store;
using Aggregator.Store.Connection;

namespace Aggregator.Grains.Hosting;

/// <summary>Tells what the store has lost from what it only did not answer.</summary>
internal static class StoreLoss
{
    /// <summary>Whether a fault says that the store lacks, or has altered, what was written.</summary>
    public static bool IsLoss(this Exception fault) => fault is StoreTruncatedException or StoreDamagedException;

    /// <summary>
    /// Raises the alarm over a fault that says that something is lost: trying again would hide that. Not if the store has restarted since: then it is
    /// the memory of who met the fault that is behind, and whoever reads anew judges what there is.
    /// </summary>
    /// <param name="alarm">The alarm of the process.</param>
    /// <param name="fault">The fault; others than <see cref="IsLoss"/> raise none.</param>
    /// <param name="session">The hold on the store.</param>
    /// <param name="era">The era of the memory that it was met with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">Nobody knows which run of the store this is; who tries again finds out.</exception>
    public static async Task JudgeAsync(this IStoreAlarm alarm, Exception fault, StoreSession session, long era, CancellationToken cancellationToken)
    {
        if (fault.IsLoss() && await session.PulseAsync(cancellationToken) == era)
        {
            alarm.Lost(fault.Message);
        }
    }
}
