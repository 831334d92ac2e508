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
    public Task<ActorView?> GetViewAsync(DateTimeOffset? asOf) => ViewAsync(asOf, (actor, at) => new ActorView
    {
        Voice = at.Views.Name(EntityKind.Actor, at.Registry.Voice(at.Entry.Id)),
        Lines = [.. actor.Lines(at.Registry).Select(at.Views.Line)],
        Said = [.. actor.Said(at.Registry).Select(at.Views.Said)],
        Children = at.Views.Names(EntityKind.Actor, actor.Parts.Telling.Where(part => !at.Registry.IsMerged(EntityKind.Actor, part))),
    });

    /// <inheritdoc/>
    protected override IEntityGrain GrainOf(string id) => GrainFactory.GrainOf<IActorGrain>(id);

    /// <inheritdoc/>
    protected override ActorAggregate Create(string id) => new(id);
}
