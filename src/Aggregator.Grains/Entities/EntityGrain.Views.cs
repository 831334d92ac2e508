using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Partitions;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;

namespace Aggregator.Grains.Entities;

// What the entity shows, now and as of a past moment.
internal abstract partial class EntityGrain<TAggregate>
{
    private const int PartsAskedAtOnce = 64;
    private static readonly TimeSpan BetweenBids = TimeSpan.FromSeconds(1);
    private long _outbidAt;
    private Task? _bid;

    /// <summary>Changes of the view that are no changes of the entity's state; grows as long as the aggregate is the same.</summary>
    protected virtual long Shown => 0;

    // Not under the gate: all of it is replaced in one turn, and who asks this often must not wait for a fold. What has no epoch has nothing to show:
    // whatever it counts begins anew with the next activation.
    private long Version => _epoch == 0 ? 0 : (_epoch << 32) + _settlement.Changes + Shown;

    /// <inheritdoc/>
    public Task<long> GetVersionAsync() => Task.FromResult(Version);

    /// <inheritdoc/>
    public async Task<PartUpdateBox> GetPastAsync(DateTimeOffset asOf)
    {
        var past = await PastAsync(asOf);
        return new PartUpdateBox(FoldPast(() => past.Everything(services.Registry.Current)));
    }

    /// <summary>The aggregate as it was known at a moment (R19). The parts are asked for theirs, and not under the gate.</summary>
    protected Task<TAggregate> PastAsync(DateTimeOffset asOf) => PastAsync(asOf, static _ => true);

    /// <summary>The same of the entity itself: of its parts only with those that were merged into it.</summary>
    protected Task<TAggregate> OwnPastAsync(DateTimeOffset asOf) => PastAsync(asOf, part => _registry.IsMerged(Kind, part));

    private async Task<TAggregate> PastAsync(DateTimeOffset asOf, Func<string, bool> isAsked)
    {
        await LookIfRecentAsync();
        var past = await KnownAsync(asOf);
        var parts = await UnderGateAsync(() => Task.FromResult(Aggregate.Parts.Ids.Where(isAsked).ToArray()));
        var at = 0;
        await foreach (var told in AskPartsAsync(parts, part => part.GetPastAsync(asOf)))
        {
            past.Parts.Apply(parts[at++], told.Update);
        }

        return past;
    }

    /// <summary>The entity's own claims as they were known at a moment, without its parts.</summary>
    /// <exception cref="PastTooLargeException">There are more than may be in memory for it.</exception>
    private Task<TAggregate> KnownAsync(DateTimeOffset asOf)
    {
        return OverOwnClaimsAsync(() => Create(Key.Id), (past, bucket, standing, formers) =>
        {
            past.Book.RestoreQuarantined(Aggregate.Book.Quarantined);
            past.Book.TakePast(bucket, standing, formers, asOf);
            if (past.Book.Counts.Total > Options.PastClaims)
            {
                throw new PastTooLargeException($"{Key} has more than {Options.PastClaims} claims at that moment");
            }
        });
    }

    /// <summary>Folds what was known at a moment. A fold that fails of it takes nothing out of what stands: nobody is told.</summary>
    protected static T FoldPast<T>(Func<T> fold)
    {
        try
        {
            return fold();
        }
        catch (FoldException fault)
        {
            throw new FoldFaultException(fault);
        }
    }

    /// <summary>
    /// A view under one registry: what the kind of entity makes of its aggregate, with the head that all views have. Null if
    /// no claim names the entity and the registry does not know it.
    /// </summary>
    protected async Task<TView?> ViewAsync<TView>(DateTimeOffset? asOf, Func<TAggregate, ViewContext, TView> make) where TView : EntityView
    {
        if (asOf is not { } moment)
        {
            await LookIfRecentAsync();
            return await UnderGateAsync(() => ReadAsync(() => View(Aggregate, null, make)));
        }

        var past = await PastAsync(moment);
        return await UnderGateAsync(() => Task.FromResult(FoldPast(() => View(past, moment, make))));
    }

    /// <summary>
    /// Whatever is shown while silos come and go: another activation may have shown more than this one knows, and versions do not fall. Two that are both asked would
    /// outbid each other with every answer.
    /// </summary>
    /// <exception cref="TimeoutException">The other one is asked as well, for a moment.</exception>
    protected async Task LookIfRecentAsync()
    {
        if (!services.MembershipChanges.AreRecent)
        {
            return;
        }

        var epoch = await _epochNow.RunAsync();
        if (epoch <= _epoch)
        {
            return;
        }

        if (_bid is { IsCompleted: false } bid)
        {
            await bid;
            return;
        }

        if (_outbidAt != 0 && services.Time.GetElapsedTime(_outbidAt) < BetweenBids)
        {
            throw new TimeoutException($"{Key}: another activation shows it as well, for a moment");
        }

        _outbidAt = services.Time.GetTimestamp();
        await (_bid = OutrankedAsync(epoch));
    }

    private TView? View<TView>(TAggregate aggregate, DateTimeOffset? asOf, Func<TAggregate, ViewContext, TView> make) where TView : EntityView
    {
        var registry = _registry;
        var counts = aggregate.Counts(registry);
        if (registry.Find(Kind, Key.Id) is null && counts.Total == 0 && _epoch == 0)
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
            Version = Version,
            Era = _store.Era,
            AppliedAt = _appliedAt,
            AsOf = asOf,
            RegistryVersion = registry.Version,
            Claims = ViewMaker.Claims(counts),
            Activity = ViewMaker.Activity(counts),
        });
    }
}
