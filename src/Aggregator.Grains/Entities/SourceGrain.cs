using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;
using Orleans.Concurrency;

namespace Aggregator.Grains.Entities;

/// <summary>The live aggregate of one source: what it has published.</summary>
[Reentrant]
internal sealed class SourceGrain(EntityServices services) : EntityGrain<SourceAggregate>(services), ISourceGrain
{
    /// <inheritdoc/>
    protected override EntityKind Kind => EntityKind.Source;

    /// <inheritdoc/>
    public Task<SourceView?> GetViewAsync() => ViewAsync((_, entry, views) => new SourceView
    {
        Affiliation = entry.Affiliation is { } actor ? views.Name(EntityKind.Actor, actor) : null,
        Rating = entry.Rating?.ToString(),
        Duplicates = Aggregate.Book.Counts.Duplicates,
        Corrections = Aggregate.Book.Counts.Corrections,
    });

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GetGrain<ISourceGrain>(id);

    /// <inheritdoc/>
    protected override SourceAggregate Create(string id) => new(id);
}
