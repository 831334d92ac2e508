using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Simulation.Cluster;

namespace Aggregator.Simulation.Feeding;

/// <summary>
/// Sends batches as scrapers do: one after another, again when nobody answered, now and then never again; what it sends
/// others send too.
/// </summary>
internal sealed class Sender(World world, Func<string, IPartitionGrain> partitionOf, List<Acknowledged> journal)
{
    private const int MostTries = 6;

    public async Task<bool> RunAsync(int batches)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            var source = world.Random.Next(4) == 0 ? "paper" : "wire";
            if (world.Chance(8))
            {
                await RetractAsync(world.Random.Next(Claims.Keys));
            }
            else
            {
                await SendAsync(source, [.. Enumerable.Range(0, 1 + world.Random.Next(3)).Select(_ => Pick(source))]);
            }

            await world.PauseAsync();
        }

        return true;
    }

    private Claim Pick(string source)
    {
        while (true)
        {
            var key = world.Random.Next(Claims.Keys);
            if (Claims.Key(key).Source == source)
            {
                return Claims.Of(key, Math.Max(0, world.Random.Next(Claims.Versions + 2) - 2));
            }
        }
    }

    private async Task SendAsync(string source, Claim[] claims)
    {
        var reply = await PersistentlyAsync(() => partitionOf(source).AppendAsync(new ClaimBatch { Claims = new ClaimList(claims) }));
        for (var at = 0; at < (reply?.Outcomes.Length ?? 0); at++)
        {
            world.Note($"acknowledged {claims[at].Key} {claims[at].ContentHash} {reply!.Outcomes[at]}");
            journal.Add(new Acknowledged(claims[at].Key, claims[at].ContentHash, reply.Outcomes[at]));
        }
    }

    private async Task RetractAsync(int key)
    {
        var claim = Claims.Key(key);
        var reply = await PersistentlyAsync(() => partitionOf(claim.Source).RetractAsync(new RetractionBox { Source = claim.Source, Id = claim.Id, SourceId = claim.Source }));
        if (reply is not null)
        {
            world.Note($"acknowledged retraction of {claim} {reply.Outcomes[0]}");
            journal.Add(new Acknowledged(claim, null, reply.Outcomes[0]));
        }
    }

    private async Task<AppendReply?> PersistentlyAsync(Func<Task<AppendReply>> send)
    {
        for (var tries = world.Random.Next(MostTries); tries >= 0; tries--)
        {
            try
            {
                if (await send() is { Refusal: AppendRefusal.None } reply)
                {
                    return reply;
                }
            }
            catch (Exception)
            {
                // Nobody knows: it is sent again, or not.
            }

            await world.PauseAsync();
        }

        return null;
    }
}
