using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;
using Orleans.Concurrency;

namespace Aggregator.Grains.Entities;

/// <summary>The live aggregate of one region: what happened in it and its parts, and who is said to hold it.</summary>
[Reentrant]
internal sealed class RegionGrain(EntityServices services) : EntityGrain<RegionAggregate>(services), IRegionGrain
{
    /// <inheritdoc/>
    protected override EntityKind Kind => EntityKind.Region;

    /// <inheritdoc/>
    public async Task<RegionView?> GetViewAsync()
    {
        var inherited = await InheritedAnswersAsync();
        return await ViewAsync((registry, entry, views) => new RegionView
        {
            Latitude = entry.Latitude,
            Longitude = entry.Longitude,
            Lines = [.. Aggregate.Lines(registry, inherited.Answers).Select(views.Line)],
            Control = views.Control(Aggregate.Control(registry, inherited.Answers)),
            Children = views.Names(EntityKind.Region, Aggregate.Parts.Telling),
        });
    }

    /// <inheritdoc/>
    public async Task<AnswerList> GetAnswersAsync()
    {
        var inherited = await InheritedAnswersAsync();
        var own = await UnderGateAsync(() => Task.FromResult(Aggregate.OwnAnswers(Services.Registry.Current)));
        return own.Count == 0 ? inherited : new AnswerList([.. inherited.Answers, .. own]);
    }

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GetGrain<IRegionGrain>(id);

    /// <inheritdoc/>
    protected override RegionAggregate Create(string id) => new(id);

    private Task<AnswerList> InheritedAnswersAsync() =>
        Parent() is IRegionGrain parent ? parent.GetAnswersAsync() : Task.FromResult(AnswerList.None);
}
