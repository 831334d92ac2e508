using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;
using Aggregator.Domain.Tests.Histories;
using Aggregator.Domain.Tests.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>
/// Every number of the fold against <see cref="Ledger"/>, which knows the claims and the rules alone, over random histories, the
/// moments in them and merges. <c>AGGREGATOR_HISTORIES</c> sets how many.
/// </summary>
public sealed class OracleTests
{
    [Fact]
    public void EveryNumber_IsThatOfThePlainClaims() => History.Any.Sample(
        history => Compare(history, Say.Registry),
        iter: History.Count);

    [Fact]
    public void EveryNumberOfAPastMoment_IsThatOfTheClaimsKnownThen() => Gen.Select(History.Any, Gen.Int[0, 140]).Sample(
        (history, hours) => Compare(history, Say.Registry, Say.Time("2024-05-01T00:00Z").AddHours(hours)),
        iter: History.Count);

    [Fact]
    public void EveryNumberUnderAnyMerges_IsThatOfThePlainClaims() => Gen.Select(History.Any, History.AnyMerges).Sample(
        (history, merges) => Compare(history, Say.Merged(merges)),
        iter: History.Count);

    private static void Compare(Arrival[] history, RegistrySnapshot registry, DateTimeOffset? asOf = null)
    {
        var tree = new Tree(History.Log(history), registry, asOf);
        var oracle = new Ledger(History.Standing(history, asOf), registry);
        foreach (var region in Standing(EntityKind.Region))
        {
            Assert.Equal($"{region}\n{oracle.Region(region)}", $"{region}\n{Text(tree.Region(region).Lines(registry, []))}");
        }

        foreach (var actor in Standing(EntityKind.Actor))
        {
            Assert.Equal($"{actor}\n{oracle.Actor(actor)}", $"{actor}\n{Text(tree.Actor(actor).Lines(registry))}");
        }

        IEnumerable<string> Standing(EntityKind kind) => registry.All(kind).Where(entry => entry.MergedInto is null).Select(entry => entry.Id);
    }

    private static string Text(IEnumerable<Line> lines) => string.Join('\n', lines.SelectMany(line => line.Positions.Select(position => Row(line, position))).Order(StringComparer.Ordinal));

    private static string Row(Line line, Position position) =>
        $"{line.Target} {line.Item} {line.Outcome} {position.Voice.Id}: {Number.Of(position.Figure)} since {position.Since:O} as of {position.AsOf:O} added {position.Added} corrected {position.Corrected} floor {(position.Floor is { } floor ? Number.Of(floor) : null)} unallocated {position.Unallocated} {position.Inconsistent} "
        + $"{position.Provenance.Appearances} {position.Provenance.Unnumbered} {position.Superseded} [{string.Join(',', position.Provenance.Origins.Order(StringComparer.Ordinal))}]";
}
