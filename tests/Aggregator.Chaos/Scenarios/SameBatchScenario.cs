using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Aggregator.Chaos.Audit;
using Aggregator.Chaos.Load;
using Aggregator.Chaos.Running;
using Aggregator.Domain.Claims;
using StackExchange.Redis;

namespace Aggregator.Chaos.Scenarios;

/// <summary>Two clients send the same batches at once, and once more when what tells duplicates has left memory for the store.</summary>
internal static class SameBatchScenario
{
    private const int Partitions = 32;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task RunAsync(ScenarioContext context)
    {
        // Less in memory than one batch has: what comes again is looked up in the store.
        await context.StartAsync(new ClusterOptions { Host = ["--Partition:CachedKeys", "10"] }, new LoadOptions { Twins = 0.7, Duplicates = 0.2 });
        using var over = new CancellationTokenSource();
        var again = AgainAsync(context, over.Token);
        await context.RepeatAsync(() => InputScenarios.KillOneAsync(context));
        await over.CancelAsync();
        var batches = await again;
        context.Note($"{batches} batches were sent by two clients at once, and by two again when the store's index had them");
        if (batches == 0)
        {
            context.Violated(Promise.Scenario, "no batch was sent by two clients again after the store's index had it");
        }
    }

    // Batches of the factory that the load does not come to.
    private static async Task<int> AgainAsync(ScenarioContext context, CancellationToken over)
    {
        const int First = 6_000;
        var factory = new ClaimFactory(context.Seed, claimsPerBatch: 20, quoteLength: 0);
        await using var store = await context.Cluster.ConnectStoreAsync();
        var batches = 0;
        do
        {
            var claims = factory.Batch(First + batches);
            if (!await context.Loader.TwinsAgainAsync(claims, () => HoldsAsync(store.GetDatabase(), claims), Limit))
            {
                context.Violated(Promise.Recovery, string.Create(CultureInfo.InvariantCulture, $"a batch of two clients was not taken, did not come into the store's index, or was not taken again, each within {Limit.TotalSeconds} s"));
                return batches;
            }

            batches++;
        }
        while (!over.IsCancellationRequested);
        return batches;
    }

    // A row of the index ends in the digest of its claim; which partition it is in the harness does not know.
    private static async Task<bool> HoldsAsync(IDatabase store, ClaimSpec[] claims)
    {
        var rows = await Task.WhenAll(claims.Select(async claim =>
            await store.KeyExistsAsync([.. Enumerable.Range(0, Partitions).Select(partition => IndexRow(partition, claim))]) > 0));
        return rows.All(static isThere => isThere);
    }

    private static RedisKey IndexRow(int partition, ClaimSpec claim)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"agg:i:{{{partition}}}:");
        var key = new byte[head.Length + 16];
        Encoding.ASCII.GetBytes(head, key);
        BinaryPrimitives.WriteUInt128BigEndian(key.AsSpan(head.Length), ClaimIdentity.Hash(new ClaimKey(claim.Source, claim.Id)));
        return key;
    }
}
