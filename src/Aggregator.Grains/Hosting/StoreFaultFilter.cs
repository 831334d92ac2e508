using Aggregator.Contracts;
using Aggregator.Domain.Aggregates;
using Aggregator.Grains.Entities;
using Aggregator.Store;
using StackExchange.Redis;

namespace Aggregator.Grains.Hosting;

/// <summary>
/// Gives faults of the store, and of folds, that leave a grain a form that every caller can read; else one on another host hears of a missing codec, and
/// the cause is lost. What a grain throws while it is activated passes no filter: there <see cref="TranslateAsync"/> is called.
/// </summary>
internal sealed class StoreFaultFilter : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context) => TranslateAsync(context.Invoke);

    /// <summary>Takes a step of a grain.</summary>
    /// <exception cref="StoreFaultException">It met a fault of the store.</exception>
    public static async Task TranslateAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception fault) when (fault is StoreException or RedisException or RedisTimeoutException)
        {
            throw new StoreFaultException(fault.Message);
        }
        catch (Exception fault) when (fault is FoldException or FoldFaultException)
        {
            // The record is taken out, once it is known which it is; soon there is an answer.
            throw new TimeoutException(fault.Message);
        }
    }
}
