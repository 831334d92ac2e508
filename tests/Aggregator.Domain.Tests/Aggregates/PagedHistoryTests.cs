using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Histories;
using Aggregator.Domain.Tests.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>Whatever the history, and whatever is out of memory or at a part, views are the same.</summary>
public sealed class PagedHistoryTests
{
    [Fact]
    public void AfterAnyHistory_WithAnythingOutOfMemory_ViewsAreTheSame() => Gen.Select(History.Any, History.AnyMerges, Gen.Int[0, 1 << 12]).Sample(
        (history, merges, saves) =>
        {
            var registry = Say.Merged(merges);
            var log = History.Log(history);
            foreach (var owner in log.SelectMany(placed => placed.Record.Touches).Distinct().Where(owner => owner.Kind != EntityKind.Source))
            {
                var (all, paged) = (Make(owner), Make(owner));
                var shelf = new Shelf(paged);
                foreach (var placed in log.Where(placed => placed.Record.Touches.Contains(owner)))
                {
                    all.Book.Apply(placed);
                    foreach (var chunk in paged.Book.Needs(placed.Record).ToList())
                    {
                        shelf.Load(chunk);
                    }

                    paged.Book.Apply(placed);
                    if ((saves & (1 << (int)(placed.Position.Sequence % 12))) != 0)
                    {
                        shelf.Save();
                        paged.Book.Shed((int)placed.Position.Sequence % 3);
                        shelf.Read(() => Text(paged, registry));
                    }
                }

                shelf.Save();
                paged.Book.Shed(0);
                Assert.Equal(Text(all, registry), shelf.Read(() => Text(paged, registry)));

                var restored = Make(owner);
                var restoredShelf = shelf.To(restored);
                Assert.Equal(Text(all, registry), restoredShelf.Read(() => Text(restored, registry)));
                restoredShelf.LoadAll();
                var (pastOfAll, pastOfPaged) = (Make(owner), Make(owner));
                all.Book.CopyTo(pastOfAll.Book, Say.Time("2024-05-03T00:00Z"));
                restored.Book.CopyTo(pastOfPaged.Book, Say.Time("2024-05-03T00:00Z"));
                Assert.Equal(Text(pastOfAll, registry), Text(pastOfPaged, registry));
                Assert.Equal(pastOfAll.Book.Counts.Total, pastOfPaged.Book.Counts.Total);
            }
        },
        iter: History.Count);

    [Fact]
    public void AfterAnyHistory_WithPartsThatOnlyTell_ViewsAreTheSame() => Gen.Select(History.Any, History.AnyMerges).Sample(
        (history, merges) =>
        {
            var registry = Say.Merged(merges);
            var tree = new Tree(History.Log(history), registry);
            foreach (var owner in tree.Entities.Where(entity => entity.Kind != EntityKind.Source && !registry.IsMerged(entity.Kind, entity.Id)))
            {
                // As it is with its parts' claims at hand, and as it is when they are told of and asked for.
                var (whole, telling) = (tree.Of(owner), Make(owner));
                foreach (var placed in History.Log(history).Where(placed => placed.Record.Touches.Contains(owner)))
                {
                    telling.Book.Apply(placed);
                }

                var at = 0;
                foreach (var part in tree.Entities.Where(entity => entity.Kind == owner.Kind && registry.Parent(owner.Kind, entity.Id) == owner.Id))
                {
                    // First empty, so that something is kept which the news must take the place of.
                    var below = tree.Of(part);
                    telling.Parts.Apply(part.Id, new PartUpdate(new(1, 1), null, new Dictionary<LineKey, System.Collections.Immutable.ImmutableSortedDictionary<Voice, VoiceTally>>(), new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>()));
                    if (at++ % 2 == 0)
                    {
                        Asked().Read(() => Text(telling, registry));
                    }

                    telling.Parts.Apply(part.Id, below.Update(registry) with
                    {
                        Version = new(1, 2),
                        Claims = new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>(),
                        Told = below.TellsBuckets(registry).ToDictionary(bucket => bucket, bucket => below.Told(bucket, new(1, 2))),
                    });
                }

                Assert.Equal(Text(whole, registry), Asked().Read(() => Text(telling, registry)));
                Assert.Equal(whole.Counts(registry).Total, Asked().Read(() => telling.Counts(registry).Total));

                Shelf Asked() => new(telling, told => tree.Of(new EntityKey(owner.Kind, told.Part)).Claims(told.Bucket));
            }
        },
        iter: History.Count);

    private static IAggregate Make(EntityKey owner) => owner.Kind == EntityKind.Region ? new RegionAggregate(owner.Id) : new ActorAggregate(owner.Id);

    // What it gives its parent has every number in it.
    private static string Text(IAggregate aggregate, RegistrySnapshot registry)
    {
        if (aggregate is RegionAggregate region)
        {
            region.Judgements.Refresh(registry);
        }

        var control = (aggregate as RegionAggregate)?.Control(registry, []);
        var said = (aggregate as ActorAggregate)?.Said(registry);
        var totals = aggregate.AllLines(registry).Order().ToDictionary(line => line, line => aggregate.Total(line, registry));
        return Dump.Of(new PartUpdate(new(1, 1), null, totals, new Dictionary<BucketKey, IReadOnlyCollection<Appearance>>()))
            + string.Join('\n', control?.Positions.Select(position => $"{position.Voice} {position.Holder} {position.Since} {string.Join(',', position.Provenance.Evidence)}") ?? [])
            + string.Join('\n', said?.Select(one => $"{one.Cell} {one.Position.Voice} {one.Position.Figure} {one.Position.Superseded} {one.Position.Added} {string.Join(',', one.Position.Provenance.Evidence)}") ?? []);
    }
}
