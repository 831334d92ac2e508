using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;
using Aggregator.Domain.Tests.Histories;
using Aggregator.Domain.Tests.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>
/// Everything that the fold shows against <see cref="Ledger"/>, which knows the claims and the rules alone, over random histories,
/// the moments in them and merges. <c>AGGREGATOR_HISTORIES</c> sets how many.
/// </summary>
public sealed class OracleTests
{
    [Fact]
    public void EveryView_IsThatOfThePlainClaims() => History.Any.Sample(
        history => Compare(history, Say.Registry),
        iter: History.Count);

    [Fact]
    public void EveryViewOfAPastMoment_IsThatOfTheClaimsKnownThen() => Gen.Select(History.Any, Gen.Int[0, 140]).Sample(
        (history, hours) => Compare(history, Say.Registry, Say.Time("2024-05-01T00:00Z").AddHours(hours)),
        iter: History.Count);

    [Fact]
    public void EveryViewUnderAnyMerges_IsThatOfThePlainClaims() => Gen.Select(History.Any, History.AnyMerges).Sample(
        (history, merges) => Compare(history, Say.Merged(merges)),
        iter: History.Count);

    // Line by line, so that what differs is seen.
    private static void Same(string id, string expected, string actual)
    {
        if (expected != actual)
        {
            var (words, shown) = (expected.Split('\n'), actual.Split('\n'));
            Assert.Fail($"{id}\n  the words give\n{string.Join('\n', words.Except(shown))}\n  the view shows\n{string.Join('\n', shown.Except(words))}");
        }
    }

    private static void Compare(Arrival[] history, RegistrySnapshot registry, DateTimeOffset? asOf = null)
    {
        var tree = new Tree(History.Log(history), registry, asOf);
        var oracle = new Ledger(History.Standing(history, asOf), registry);
        foreach (var region in Standing(EntityKind.Region))
        {
            var inherited = registry.Ancestors(EntityKind.Region, region).SelectMany(above => tree.Region(above).OwnAnswers(registry)).ToList();
            Same(region, oracle.Region(region, around: true), Shown.Of(tree.Region(region).Lines(registry, inherited)));
            if (inherited.Count > 0)
            {
                Same(region, oracle.Region(region, around: false), Shown.Of(tree.Region(region).Lines(registry, [])));
            }

            Same(region, oracle.Control(region), Shown.Of(tree.Region(region).Control(registry, inherited)));
            CompareCounts(tree.Region(region));
        }

        foreach (var actor in Standing(EntityKind.Actor))
        {
            Same(actor, oracle.Actor(actor), Shown.Of(tree.Actor(actor).Lines(registry)));
            Same(actor, oracle.SaidBy(actor), Shown.Of(tree.Actor(actor).Said(registry)));
            CompareCounts(tree.Actor(actor));
        }

        foreach (var source in Standing(EntityKind.Source))
        {
            CompareCounts(tree.Source(source));
        }

        IEnumerable<string> Standing(EntityKind kind) => registry.All(kind).Where(entry => entry.MergedInto is null).Select(entry => entry.Id)
            .Union(tree.Entities.Where(entity => entity.Kind == kind && !registry.IsMerged(kind, entity.Id)).Select(entity => entity.Id));

        void CompareCounts(IAggregate aggregate)
        {
            var (kind, id) = aggregate.Book.Owner;
            Same(id, oracle.Counts(kind, id), Shown.Of(aggregate.Counts(registry)));

            // As the grains do: each entity's own, then its parts'.
            var (bucket, by) = ((TimelineBucket)(1 + (history.Length % 3)), (TimelineBy)(1 + (history.Length % 2)));
            var timeline = tree.Entities.Where(entity => entity.Kind == kind && registry.IsWithin(kind, entity.Id, id))
                .Select(entity => Timeline.Of(tree.Of(entity).CountedClaims(id, registry), bucket, by))
                .Aggregate(Timeline.Of([], bucket, by), (sum, part) => sum.Plus(part));
            Same(id, oracle.Timeline(kind, id, bucket, by), Shown.Of(timeline));

            if (kind == EntityKind.Source && asOf is null && !registry.HasMerges)
            {
                var log = History.Log(history);
                Assert.Equal(
                    (id, Of<LogRecord.Corrected>(one => one.Claim.Source.Id) + Of<LogRecord.Superseded>(one => one.Source), Of<LogRecord.Retracted>(one => one.Removed is null ? "" : one.Retraction.Source), Of<LogRecord.Reported>(one => one.Text.SourceId)),
                    (id, aggregate.Book.Counts.Corrections, aggregate.Book.Counts.Retractions, aggregate.Book.Counts.Reports));

                long Of<T>(Func<T, string> source) where T : LogRecord => log.Select(placed => placed.Record).OfType<T>().Count(record => source(record) == id);
            }
        }
    }
}
