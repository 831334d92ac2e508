using System.Collections.Immutable;
using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Grains.Hosting;
using Aggregator.Grains.Partition;
using Aggregator.Store;

namespace Aggregator.Grains.Entities;

// What the entity's numbers rest on, and when it came: its own claims and its parts', who are asked in turn.
internal abstract partial class EntityGrain<TAggregate>
{
    /// <inheritdoc/>
    public async Task<ClaimsPage> GetClaimsAsync(ClaimsQuery query)
    {
        var found = await FindAsync(query with { Limit = query.Limit + 1 });
        var page = found.Take(query.Limit).ToList();
        return new ClaimsPage { Claims = new ClaimList(await WordsAsync(page)), HasMore = found.Count > page.Count, IsKnown = IsKnown };
    }

    /// <inheritdoc/>
    public async Task<RecordList> FindClaimsAsync(ClaimsQuery query) =>
        new([.. (await FindAsync(query)).Select(one => new PlacedRecord(one.Position, new LogRecord.Added(one.Claim), one.KnownFrom))]);

    /// <inheritdoc/>
    public async Task<TimelineCounts> GetTimelineAsync(TimelineQuery query)
    {
        await LookIfRecentAsync();
        var (bucket, by) = ((TimelineBucket)query.Bucket, (TimelineBy)query.By);
        var registry = services.Registry.Current;
        var own = await OverOwnClaimsAsync(
            () => new OwnTimeline(Key, query.Root, registry, bucket, by),
            (sum, of, standing, _) => sum.Add(of, standing),
            sum => sum.GoBucketByBucket());
        var timeline = own.Timeline;
        var parts = await UnderGateAsync(() => Task.FromResult(Aggregate.Parts.Ids.ToArray()));
        await foreach (var told in AskPartsAsync(parts, part => part.GetTimelineAsync(query)))
        {
            timeline = timeline.Plus(new Timeline(
                bucket, by, told.Buckets.ToImmutableSortedDictionary(one => one.At, one => new ClaimsAt(one.Asserts, one.Denies, one.Confirms, one.Late)), told.Undated, told.Newest));
        }

        return new TimelineCounts
        {
            Buckets = [.. timeline.Counts.Select(pair => new TimelineCount
            {
                At = pair.Key, Asserts = pair.Value.Asserts, Denies = pair.Value.Denies, Confirms = pair.Value.Confirms, Late = pair.Value.Late,
            })],
            Undated = timeline.Undated,
            Newest = timeline.Newest,
            IsKnown = IsKnown,
        };
    }

    private async Task<IReadOnlyList<Appearance>> FindAsync(ClaimsQuery query)
    {
        await LookIfRecentAsync();
        var registry = services.Registry.Current;
        var search = new ClaimSearch
        {
            Item = (Item?)query.Item,
            Outcome = (Outcome?)query.Outcome,
            Target = query.Target,
            Claimant = query.Claimant,
            From = query.From,
            To = query.To,
            After = query is { AfterTime: { } time, AfterSource: { } source, AfterId: { } id } ? new EvidenceRef(time, new ClaimKey(source, id)) : null,
            Limit = query.Limit,
        };
        var own = await OverOwnClaimsAsync(() => new Findings(), (all, _, standing, _) => all.Found = search.Find(all.Found.Concat(standing), registry));
        var found = own.Found;
        var parts = await UnderGateAsync(() => Task.FromResult(Aggregate.Parts.Ids.ToArray()));
        await foreach (var told in AskPartsAsync(parts, part => part.FindClaimsAsync(query)))
        {
            found = search.Find(found.Concat(told.Records.Select(AppearanceOf)), registry);
        }

        return found;
    }

    private bool IsKnown => services.Registry.Current.Find(Kind, Key.Id) is not null || Aggregate.Book.Counts.Total > 0 || _epoch > 0;

    // A part is asked outside the gate, so that nobody waits for it who could be asked for something else.
    private async IAsyncEnumerable<T> AskPartsAsync<T>(string[] parts, Func<IEntityGrain, Task<T>> ask)
    {
        foreach (var some in parts.Chunk(PartsAskedAtOnce))
        {
            foreach (var told in await Task.WhenAll(some.Select(part => ask(GrainOf(part)))))
            {
                yield return told;
            }
        }
    }

    // The words of a claim are in the log alone.
    private async Task<List<Claim>> WordsAsync(List<Appearance> page)
    {
        var words = new Dictionary<LogPosition, Claim>();
        foreach (var entry in page.GroupBy(one => (one.Position.Partition, one.Position.Sequence)))
        {
            var records = LogFormat.Decode(await EntryAsync(entry.Key.Partition, entry.Key.Sequence), entry.Key.Partition, entry.Key.Sequence).Records;
            foreach (var one in entry)
            {
                var claim = one.Position.Ordinal < records.Count ? EntryCache.TryClaimOf(records[one.Position.Ordinal]) : null;
                words[one.Position] = claim?.Key == one.Claim.Key ? claim! : throw Outlived();
            }
        }

        return page.ConvertAll(one => words[one.Position]);
    }

    private async Task<byte[]> EntryAsync(int partition, long sequence)
    {
        try
        {
            if (await services.Log.ReadOneAsync(partition, sequence, _stop.Token) is { } bytes)
            {
                return bytes;
            }

            // A position may be from the memory of somebody who has not noticed that the store restarted without its end, and the end may have grown over it since.
            if (await services.Log.LastAsync(partition, _stop.Token) >= sequence && await services.Log.ReadOneAsync(partition, sequence, _stop.Token) is null)
            {
                throw new StoreDamagedException($"Entry {sequence} of the log of partition {partition} is gone, and {Key} rests on it. Restore the store from a copy.");
            }

            throw Outlived();
        }
        catch (StoreException fault) when (fault.IsLoss())
        {
            await RaiseAlarmAsync(fault);
            throw;
        }
    }

    private StoreUnavailableException Outlived() => new($"{Key}: claims were found that a store has lost which restarted; those who found them read it again");

    private sealed class Findings
    {
        public IReadOnlyList<Appearance> Found { get; set; } = [];
    }
}
