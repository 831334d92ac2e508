using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Tests.Ledger;

namespace Aggregator.Domain.Tests.Aggregates;

/// <summary>What tests of a region's claims do over and over.</summary>
internal static class Regions
{
    // All that was destroyed, by whomever.
    public static long? Value(Shelf shelf, RegionAggregate region) => shelf.Read(() =>
        region.AllLines(Say.Registry).Where(line => line.Outcome == Outcome.Destroyed).Sum(line => region.Total(line, Say.Registry).Values.Sum(said => said.Tally.Value.Best)));

    public static void Apply(RegionAggregate aggregate, long sequence, LogRecord record) =>
        aggregate.Book.Apply(new PlacedRecord(new LogPosition(0, sequence, 0), record, Say.Time("2024-05-02T00:00Z")));
}
