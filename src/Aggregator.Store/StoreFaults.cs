using StackExchange.Redis;

namespace Aggregator.Store;

/// <summary>Turns what the client throws into the closed set of <see cref="StoreException"/>.</summary>
internal static class StoreFaults
{
    // An error reply with one of these means that the server did not run the write at all.
    private static readonly string[] Refusals =
        ["OOM ", "MISCONF", "READONLY", "NOREPLICAS", "NOAUTH", "NOPERM", "WRONGPASS", "MASTERDOWN", "LOADING"];

    /// <summary>True if the server answered and its answer says that nothing was written.</summary>
    public static bool IsRefusal(RedisServerException fault) =>
        Array.Exists(Refusals, refusal => fault.Message.Contains(refusal, StringComparison.Ordinal));

    /// <summary>True if the call may or may not have reached the server, or its answer was lost.</summary>
    public static bool IsUnknown(Exception fault) => fault is RedisTimeoutException or RedisConnectionException or TimeoutException;

    /// <summary>Awaits a read, or a write that is safe to repeat.</summary>
    public static async Task<T> Repeatable<T>(Task<T> call, string what, CancellationToken cancellationToken = default)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException fault) when (IsRefusal(fault))
        {
            throw new StoreRefusedException($"The store refused to {what}: {fault.Message}", fault);
        }
        catch (Exception fault) when (IsUnknown(fault) || fault is ObjectDisposedException)
        {
            throw new StoreUnavailableException($"The store did not answer when asked to {what}: {fault.Message}", fault);
        }
    }

    /// <summary>Awaits a write that must not be repeated blindly.</summary>
    public static async Task<T> Once<T>(Task<T> call, string what, CancellationToken cancellationToken = default)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException fault) when (IsRefusal(fault))
        {
            throw new StoreRefusedException($"The store refused to {what}: {fault.Message}", fault);
        }
        catch (Exception fault) when (IsUnknown(fault) || fault is ObjectDisposedException)
        {
            throw new StoreUnknownException($"It is unknown whether the store did {what}: {fault.Message}", fault);
        }
    }
}
