using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Claims;
using Aggregator.Simulation.Cluster;

namespace Aggregator.Simulation.Feeding;

/// <summary>
/// Sends batches as scrapers do: one after another, again when nobody answered, now and then never again; what it sends
/// others send too.
/// </summary>
/// <param name="world">The world.</param>
/// <param name="partitionOf">The partition of a source.</param>
/// <param name="journal">What was sent and acknowledged.</param>
/// <param name="keys">How many keys it sends; the fewer, the more they are sent again, corrected and taken back.</param>
/// <param name="firsts">How much likelier the first version of a claim is than any other.</param>
/// <param name="most">Most claims in a batch.</param>
/// <param name="reports">Whether it sends reports besides.</param>
internal sealed class Sender(World world, Func<string, IPartitionGrain> partitionOf, Journal journal, int keys, int firsts, int most, bool reports)
{
    private const int MostTries = 6;
    private const int MostTriesAtLast = 50;

    public async Task<bool> RunAsync(int batches)
    {
        for (var batch = 0; batch < batches && !world.IsAtRest; batch++)
        {
            var source = world.Random.Next(4) == 0 && keys > Claims.FirstOfPaper ? "paper" : "wire";
            if (world.Chance(8))
            {
                await RetractAsync(world.Random.Next(keys));
            }
            else if (reports && world.Chance(2))
            {
                await ReportAsync(source);
            }
            else
            {
                var claims = new Claim[1 + world.Random.Next(most)];
                for (var at = 0; at < claims.Length; at++)
                {
                    claims[at] = Pick(source);
                }

                await SendAsync(source, claims, world.Random.Next(MostTries));
            }

            await world.PauseAsync();
        }

        return true;
    }

    /// <summary>Sends claims when nothing is wrong any more: they must be taken, or be known.</summary>
    public async Task<bool> SendLastAsync(IReadOnlyCollection<Claim> claims)
    {
        var all = true;
        foreach (var some in claims.GroupBy(claim => claim.Key.Source).Select(group => group.ToArray()))
        {
            // An activation that was leaving when faults ended still refuses.
            all &= await SendAsync(some[0].Key.Source, some, MostTriesAtLast);
        }

        return all;
    }

    private Claim Pick(string source)
    {
        while (true)
        {
            var key = world.Random.Next(keys);
            if (Claims.Key(key).Source == source)
            {
                // First versions most often, or all alike where claims are to be corrected a lot.
                return Claims.Of(key, Math.Max(0, world.Random.Next(Claims.Versions + firsts) - firsts));
            }
        }
    }

    private async Task<bool> SendAsync(string source, Claim[] claims, int tries)
    {
        journal.Sending(claims);
        var reply = await PersistentlyAsync(() => partitionOf(source).AppendAsync(new ClaimBatch { Claims = new ClaimList(claims) }), tries);
        HearOf(claims, reply);
        return reply is not null;
    }

    private async Task ReportAsync(string source)
    {
        // Several texts of one report come behind the claims of all of them.
        (ReportText Text, Claim[] Claims)[] reports = [.. Enumerable.Range(0, 1 + world.Random.Next(2)).Select(_ => Reports.Of(source, keys, world.Random.Next(Reports.Texts)))];
        if (world.Random.Next(2) == 0)
        {
            // As hosts do: what is known is not sent again.
            reports = await UnknownAsync(source, reports);
            if (reports.Length == 0)
            {
                return;
            }
        }

        Claim[] claims = [.. reports.SelectMany(static one => one.Claims)];
        journal.Sending(claims);
        var batch = new ClaimBatch { Claims = new ClaimList(claims), Texts = [.. reports.Select(static one => new ReportTextBox(one.Text))] };
        var reply = await PersistentlyAsync(() => partitionOf(source).AppendAsync(batch), world.Random.Next(MostTries));
        HearOf(claims, reply);
        for (var at = 0; reply is not null && at < reports.Length; at++)
        {
            var text = reports[at].Text;
            world.Note($"acknowledged {Reports.Name(text)} {reply.Outcomes[claims.Length + at]}");
            journal.Heard(Reports.Key(text), text.TextHash, reply, claims.Length + at);
        }
    }

    private async Task<(ReportText Text, Claim[] Claims)[]> UnknownAsync(string source, (ReportText Text, Claim[] Claims)[] reports)
    {
        var unknown = new List<(ReportText, Claim[])>();
        foreach (var (text, claims) in reports)
        {
            KnownReport? known;
            try
            {
                known = await partitionOf(source).FindReportAsync(new ReportTextBox(text));
            }
            catch (Exception)
            {
                // All is refused; whoever sends it comes again some time.
                return [];
            }

            if (known is not { TextsLeft: null })
            {
                unknown.Add((text, claims));
                continue;
            }

            world.Note($"acknowledged {Reports.Name(text)}, which came before");
            journal.Heard(Reports.Key(text), text.TextHash, known);
            foreach (var claim in known.Claims.Claims)
            {
                journal.Heard(claim.Key, claim.ContentHash, known);
            }
        }

        return [.. unknown];
    }

    private async Task RetractAsync(int key)
    {
        var claim = Claims.Key(key);
        var reply = await PersistentlyAsync(() => partitionOf(claim.Source).RetractAsync(new RetractionBox { Source = claim.Source, Id = claim.Id, SourceId = claim.Source }), world.Random.Next(MostTries));
        if (reply is not null)
        {
            world.Note($"acknowledged retraction of {claim} {reply.Outcomes[0]}");
            journal.Heard(claim, null, reply, 0);
        }
    }

    private void HearOf(Claim[] claims, AppendReply? reply)
    {
        for (var at = 0; reply is not null && at < claims.Length; at++)
        {
            world.Note($"acknowledged {claims[at].Key} {claims[at].ContentHash} {reply.Outcomes[at]}");
            journal.Heard(claims[at].Key, claims[at].ContentHash, reply, at);
        }
    }

    private async Task<AppendReply?> PersistentlyAsync(Func<Task<AppendReply>> send, int tries)
    {
        for (; tries >= 0; tries--)
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
