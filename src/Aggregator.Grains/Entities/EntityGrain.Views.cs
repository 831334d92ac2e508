using Aggregator.Contracts.Partitions;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;

namespace Aggregator.Grains.Entities;

// What the entity shows, now and as of a past moment.
internal abstract partial class EntityGrain<TAggregate>
{
    private const int PartsAskedAtOnce = 64;

    /// <inheritdoc/>
    public async Task<PartUpdateBox> GetPastAsync(DateTimeOffset asOf)
    {
        var registry = services.Registry.Current;
        var roller = new Roller(await PastAsync(asOf));
        roller.MarkAll(registry);
        return new PartUpdateBox(roller.Everything(registry));
    }

    /// <summary>The aggregate as it was known at a moment (R19). The parts are asked for theirs, and not under the gate.</summary>
    protected async Task<TAggregate> PastAsync(DateTimeOffset asOf)
    {
        var (past, parts) = await UnderGateAsync(() => Task.FromResult((Known(asOf), Aggregate.Parts.Ids.ToArray())));
        var at = 0;
        await foreach (var told in AskPartsAsync(parts, part => part.GetPastAsync(asOf)))
        {
            past.Parts.Apply(parts[at++], told.Update);
        }

        return past;
    }

    /// <summary>The entity's own claims as they were known at a moment, without its parts; under the gate.</summary>
    protected TAggregate Known(DateTimeOffset asOf)
    {
        var past = Create(Key.Id);
        Aggregate.Book.CopyTo(past.Book, asOf);
        return past;
    }

    /// <summary>
    /// A view under one registry: what the kind of entity makes of its aggregate, with the head that all views have. Null if
    /// no claim names the entity and the registry does not know it.
    /// </summary>
    protected async Task<TView?> ViewAsync<TView>(DateTimeOffset? asOf, Func<TAggregate, ViewContext, TView> make) where TView : EntityView
    {
        if (asOf is not { } moment)
        {
            return await UnderGateAsync(() => Task.FromResult(View(Aggregate, null, make)));
        }

        var past = await PastAsync(moment);
        return await UnderGateAsync(() => Task.FromResult(View(past, moment, make)));
    }

    private TView? View<TView>(TAggregate aggregate, DateTimeOffset? asOf, Func<TAggregate, ViewContext, TView> make) where TView : EntityView
    {
        var registry = _registry;
        var counts = aggregate.Counts(registry);
        if (registry.Find(Kind, Key.Id) is null && counts.Total == 0)
        {
            return null;
        }

        var entry = registry.Describe(Kind, Key.Id, counts.Spelling);
        var views = new ViewMaker(registry, entry);
        return (TView)(make(aggregate, new ViewContext(registry, entry, views)) with
        {
            Id = entry.Id,
            Name = entry.Name,
            Kind = entry.Kind,
            Provisional = entry.Provisional,
            Parent = registry.Parent(Kind, Key.Id) is { } parent ? views.Name(Kind, parent) : null,
            Version = (_epoch << 32) + _settlement.Changes,
            AppliedAt = _appliedAt,
            AsOf = asOf,
            RegistryVersion = registry.Version,
            Claims = ViewMaker.Claims(counts),
            Activity = ViewMaker.Activity(counts),
        });
    }
}
