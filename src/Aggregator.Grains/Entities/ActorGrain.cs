using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Registry;
using Orleans.Concurrency;

namespace Aggregator.Grains.Entities;

/// <summary>The live aggregate of one actor: its losses and what it says.</summary>
[Reentrant]
internal sealed class ActorGrain(EntityServices services) : EntityGrain<ActorAggregate>(services), IActorGrain
{
    /// <inheritdoc/>
    protected override EntityKind Kind => EntityKind.Actor;

    /// <inheritdoc/>
    public Task<ActorView?> GetViewAsync() => ViewAsync((registry, entry, views) => new ActorView
    {
        Voice = views.Name(EntityKind.Actor, registry.Voice(entry.Id)),
        Lines = [.. Aggregate.Lines(registry).Select(views.Line)],
        Said = [.. Aggregate.Said(registry).Select(views.Said)],
        Children = views.Names(EntityKind.Actor, Aggregate.Parts.Telling),
    });

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GetGrain<IActorGrain>(id);

    /// <inheritdoc/>
    protected override ActorAggregate Create(string id) => new(id);
}
