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
    public Task<SourceView?> GetViewAsync(DateTimeOffset? asOf) => ViewAsync(asOf, (source, at) => new SourceView
    {
        Affiliation = at.Entry.Affiliation is { } actor ? at.Views.Name(EntityKind.Actor, actor) : null,
        Rating = at.Entry.Rating?.ToString(),
        Duplicates = asOf is null ? source.Book.Counts.Duplicates : null,
        Reports = asOf is null ? source.Book.Counts.Reports : null,
        Retractions = asOf is null ? source.Book.Counts.Retractions : null,
        Corrections = asOf is null ? source.Book.Counts.Corrections : null,
    });

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GetGrain<ISourceGrain>(id);

    /// <inheritdoc/>
    protected override SourceAggregate Create(string id) => new(id);
}
