using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;
using Aggregator.Domain.TrackRecord;
using Orleans.Concurrency;

namespace Aggregator.Grains.Entities;

/// <summary>The live aggregate of one source: what it has published.</summary>
[Reentrant]
internal sealed class SourceGrain(EntityServices services) : EntityGrain<SourceAggregate>(services), ISourceGrain
{
    private const int RegionsAskedAtOnce = 64;

    /// <inheritdoc/>
    protected override EntityKind Kind => EntityKind.Source;

    /// <inheritdoc/>
    public async Task<SourceView?> GetViewAsync(DateTimeOffset? asOf)
    {
        var isNow = asOf is null;
        if (isNow)
        {
            await AskRegionsAsync();
        }

        return await ViewAsync(asOf, (source, at) => new SourceView
        {
            Affiliation = at.Entry.Affiliation is { } actor ? at.Views.Name(EntityKind.Actor, actor) : null,
            Rating = at.Entry.Rating?.ToString(),
            Duplicates = isNow ? source.Counts(at.Registry).Duplicates : null,
            Reports = isNow ? source.Counts(at.Registry).Reports : null,
            Retractions = isNow ? source.Counts(at.Registry).Retractions : null,
            Corrections = isNow ? source.Counts(at.Registry).Corrections : null,
            TrackRecord = isNow ? ViewMaker.TrackRecord(source.Reliability) : null,
        });
    }

    /// <inheritdoc/>
    public async Task TakeJudgementsAsync(string region, SourceTally tally)
    {
        await MeetAsync(tally.Era);
        await UnderGateAsync(() =>
        {
            Take(Aggregate.Judgements, region, tally);
            return Task.FromResult(true);
        });
    }

    /// <inheritdoc/>
    protected override void RegistryChanged() => Aggregate.Judgements.Forget();

    /// <inheritdoc/>
    protected override long Shown => Aggregate.Judgements.Changes;

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GetGrain<ISourceGrain>(id);

    /// <inheritdoc/>
    protected override SourceAggregate Create(string id) => new(id);

    // What regions told an earlier activation they are asked for once; from then on they tell what changes.
    private async Task AskRegionsAsync()
    {
        var (asked, generation, regions) = await UnderGateAsync(async () =>
            (Aggregate.Judgements, Aggregate.Judgements.Generation, Aggregate.Judgements.IsComplete ? [] : await ReadAsync(() => Aggregate.Regions(Registry).ToArray())));
        foreach (var some in regions.Chunk(RegionsAskedAtOnce))
        {
            var tallies = await Task.WhenAll(some.Select(region => GrainFactory.GetGrain<IRegionGrain>(region).GetJudgementsAsync(Key.Id)));
            for (var at = 0; at < some.Length; at++)
            {
                if (asked.Generation == generation)
                {
                    Take(asked, some[at], tallies[at]);
                }
            }
        }

        asked.Completed(generation);
    }

    // What was told in an earlier era may have been lost since; the region tells again.
    private void Take(JudgementsTaken judgements, string region, SourceTally tally)
    {
        if (!IsLaterThan(tally.Era))
        {
            judgements.Take(region, new PartVersion(tally.Epoch, tally.Number), new Judgements(tally.Confirmed, tally.Contradicted));
        }
    }
}
