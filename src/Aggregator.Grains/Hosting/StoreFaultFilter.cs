using Aggregator.Contracts;
using Aggregator.Store;
using StackExchange.Redis;

namespace Aggregator.Grains.Hosting;

/// <summary>
/// Gives faults of the store that leave a grain a form that every caller can read; else one on another host hears of a missing codec, and
/// the cause is lost.
/// </summary>
internal sealed class StoreFaultFilter : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception fault) when (fault is StoreException or RedisException or RedisTimeoutException)
        {
            throw new StoreFaultException(fault.Message);
        }
    }
}
