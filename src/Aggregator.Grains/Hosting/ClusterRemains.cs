using System.Text.Json;
using Aggregator.Store;
using StackExchange.Redis;

namespace Aggregator.Grains.Hosting;

/// <summary>What a cluster leaves in the store: the membership and the reminders that Orleans keeps there under the cluster's name.</summary>
/// <param name="store">The store.</param>
/// <param name="time">What the time is.</param>
public sealed class ClusterRemains(StoreDatabase store, TimeProvider time)
{
    // A silo says every five seconds that it lives, those of older hosts every thirty; one that was killed says nothing more, and nobody may be left to say it for it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The silos of a cluster that have said lately that they live, for people.</summary>
    public async Task<IReadOnlyList<string>> LiveSilosAsync(string cluster)
    {
        var entries = await store.Database.HashGetAllAsync(Members(cluster));
        return [.. entries.Where(entry => entry.Value.StartsWith("{"u8.ToArray())).Select(entry => Read((byte[])entry.Value!)).OfType<string>()];
    }

    /// <summary>Removes it all.</summary>
    public Task RemoveAsync(string cluster) => store.Database.KeyDeleteAsync([Members(cluster), $"{cluster}/reminders"]);

    private static RedisKey Members(string cluster) => $"{cluster}/members/{cluster}";

    private string? Read(byte[] entry)
    {
        using var member = JsonDocument.Parse(entry);
        var (status, said) = ((SiloStatus)member.RootElement.GetProperty("Status").GetInt32(), member.RootElement.GetProperty("IAmAliveTime").GetDateTimeOffset());
        return status != SiloStatus.Dead && time.GetUtcNow() - said < Patience
            ? member.RootElement.GetProperty("SiloAddress").GetProperty("SiloAddress").GetString()
            : null;
    }
}
