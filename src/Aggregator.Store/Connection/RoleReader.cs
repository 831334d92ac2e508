using StackExchange.Redis;

namespace Aggregator.Store.Connection;

/// <summary>Reads whether the server that writes go to is a replica.</summary>
internal static class RoleReader
{
    /// <summary>True if it says so. One that is down is no replica, nor is one that denies the question.</summary>
    public static async Task<bool> IsReplicaAsync(IConnectionMultiplexer multiplexer)
    {
        try
        {
            var reply = await PromiseReader.Primary(multiplexer).ExecuteAsync("ROLE").ConfigureAwait(false);
            return reply.Length > 0 && (string?)reply[0] is "slave" or "replica";
        }
        catch (RedisServerException fault) when (!fault.Message.StartsWith("LOADING", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
