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

    private Task? _asking;

    /// <inheritdoc/>
    protected override EntityKind Kind => EntityKind.Source;

    /// <inheritdoc/>
    public async Task<SourceView?> GetViewAsync(DateTimeOffset? asOf)
    {
        // What is shown may have been read anew, or have come under another registry, since the regions were asked.
        while (true)
        {
            var isComplete = true;
            var view = await ViewAsync(asOf, (source, at) =>
            {
                var isNow = asOf is null;
                isComplete = !isNow || Unasked(source, at.Registry).Length == 0;
                var counts = source.Counts(at.Registry);
                return new SourceView
                {
                    Affiliation = at.Entry.Affiliation is { } actor ? at.Views.Name(EntityKind.Actor, actor) : null,
                    Rating = at.Entry.Rating?.ToString(),
                    Duplicates = isNow ? counts.Duplicates : null,
                    Reports = isNow ? counts.Reports : null,
                    Retractions = isNow ? counts.Retractions : null,
                    Corrections = isNow ? counts.Corrections : null,
                    TrackRecord = isNow ? ViewMaker.TrackRecord(source.Reliability) : null,
                };
            });
            if (isComplete)
            {
                return view;
            }

            // One step that all who come meanwhile share, its fault too: nobody waits behind others for a region that does not answer.
            await UnlessDepartingAsync(_asking is { IsCompleted: false } ? _asking : _asking = AskRegionsAsync());
        }
    }

    /// <inheritdoc/>
    public async Task TakeJudgementsAsync(string region, SourceTally tally)
    {
        await MeetAsync(tally.Era);

        // One that was overtaken is gone before long, and what it was told with it: the region would not tell it again.
        await LookWhetherOutrankedAsync();
        await UnderGateAsync(() =>
        {
            return Task.FromResult(Take(Aggregate.Judgements, region, tally));
        });
    }

    /// <inheritdoc/>
    protected override void RegistryChanged() => Aggregate.Judgements.Forget();

    /// <inheritdoc/>
    protected override long Shown => Aggregate.Judgements.Changes;

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GrainOf<ISourceGrain>(id);

    /// <inheritdoc/>
    protected override SourceAggregate Create(string id) => new(id);

    // What regions told an earlier activation they are asked for once, also one in which the source has its first claim: it may have told another activation. From then on they
    // tell what changes. Asked again is whoever is needed under another registry, or after the row was read anew meanwhile.
    private static string[] Unasked(SourceAggregate source, RegistrySnapshot registry) => [.. source.Regions(registry).Where(region => !source.Judgements.HasAnswered(region))];

    // Many of them may have to be read from the store first: none waits for another, and who has answered is not asked again after a fault.
    private async Task AskRegionsAsync()
    {
        var (judgements, generation, regions) = await UnderGateAsync(async () =>
            (Aggregate.Judgements, Aggregate.Judgements.Generation, await ReadAsync(() => Unasked(Aggregate, Registry))));
        await Turns.ForEachAsync(regions, RegionsAskedAtOnce, async region =>
        {
            var tally = await GrainFactory.GrainOf<IRegionGrain>(region).GetJudgementsAsync(Key.Id);
            if (judgements.Generation != generation)
            {
                return;
            }

            if (!Take(judgements, region, tally))
            {
                throw new TimeoutException($"{region} has not noticed yet that the store has restarted");
            }

            judgements.Answered(region);
        });
    }

    // What was told in an earlier era may have been lost since; the region tells again.
    private bool Take(JudgementsTaken judgements, string region, SourceTally tally)
    {
        if (IsLaterThan(tally.Era))
        {
            return false;
        }

        judgements.Take(region, new PartVersion(tally.Epoch, tally.Number), new Judgements(tally.Confirmed, tally.Contradicted));
        return true;
    }
}
