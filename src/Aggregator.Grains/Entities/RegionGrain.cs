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
    public async Task<RegionView?> GetViewAsync(DateTimeOffset? asOf)
    {
        var inherited = await InheritedAnswersAsync(asOf);
        return await ViewAsync(asOf, (region, at) => new RegionView
        {
            Latitude = at.Entry.Latitude,
            Longitude = at.Entry.Longitude,
            Lines = [.. region.Lines(at.Registry, inherited.Answers).Select(at.Views.Line)],
            Control = at.Views.Control(region.Control(at.Registry, inherited.Answers)),
            Children = at.Views.Names(EntityKind.Region, region.Parts.Telling.Where(part => !at.Registry.IsMerged(EntityKind.Region, part))),
        });
    }

    /// <inheritdoc/>
    public async Task<AnswerList> GetAnswersAsync(DateTimeOffset? asOf)
    {
        var inherited = await InheritedAnswersAsync(asOf);
        var own = await UnderGateAsync(() => Task.FromResult((asOf is { } moment ? Known(moment) : Aggregate).OwnAnswers(Registry)));
        return own.Count == 0 ? inherited : new AnswerList([.. inherited.Answers, .. own]);
    }

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GetGrain<IRegionGrain>(id);

    /// <inheritdoc/>
    protected override RegionAggregate Create(string id) => new(id);

    private Task<AnswerList> InheritedAnswersAsync(DateTimeOffset? asOf) =>
        Parent() is IRegionGrain parent ? parent.GetAnswersAsync(asOf) : Task.FromResult(AnswerList.None);
}
