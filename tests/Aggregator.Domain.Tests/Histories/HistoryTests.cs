using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;
using Aggregator.Domain.Tests.Ledger;
using CsCheck;

namespace Aggregator.Domain.Tests.Histories;

/// <summary>
/// R1, R3, R4 and R19 over random histories. A failing history is shrunk and its seed printed.
/// </summary>
public sealed class HistoryTests
{
    [Fact]
    public void Views_DoNotDependOnTheOrderOfClaims() => History.Any.Sample(
        history =>
        {
            var standing = History.Standing(history);
            return Views(Added(standing)) == Views(Added(standing.AsEnumerable().Reverse()))
                && Views(Added(standing)) == Views(Added(standing.OrderBy(claim => claim.ContentHash)));
        },
        iter: History.Count);

    [Fact]
    public void AfterAnySequence_TheViewsAreThoseOfTheStandingClaims() => History.Any.Sample(
        history => Views(History.Log(history)) == Views(Added(History.Standing(history))),
        iter: History.Count);

    [Fact]
    public void AsOfAnyMoment_TheViewsAreThoseOfTheClaimsKnownThen() => Gen.Select(History.Any, Gen.Int[0, 140]).Sample(
        (history, hours) =>
        {
            var moment = Say.Time("2024-05-01T00:00Z").AddHours(hours);
            return Views(History.Log(history), moment) == Views(Added(History.Standing(history, moment)));
        },
        iter: History.Count);

    [Fact]
    public void UnderAnyMerges_TheViewsAreThoseOfClaimsThatNameTheSurvivors() => Gen.Select(History.Any, History.AnyMerges).Sample(
        (history, merges) =>
        {
            var registry = Say.Merged(merges);
            var renamed = History.Standing(history).Select(claim => new Appearance(claim, default).Under(registry).Claim);
            return Views(History.Log(history), under: registry) == Views(Added(renamed), under: registry);
        },
        iter: History.Count);

    [Fact]
    public void EveryChange_IsAmongTheLinesToldToTheParent() => History.Any.Sample(
        history =>
        {
            var log = History.Log(history);
            var tree = new Tree(log, Say.Registry);
            foreach (var entity in tree.Entities.Where(entity => entity.Kind != EntityKind.Source))
            {
                IAggregate aggregate = entity.Kind == EntityKind.Region ? new RegionAggregate(entity.Id) : new ActorAggregate(entity.Id);
                foreach (var part in tree.Entities.Where(part => part.Kind == entity.Kind && Say.Registry.Parent(part.Kind, part.Id) == entity.Id))
                {
                    aggregate.Parts.Apply(part.Id, tree.Of(part).Update(Say.Registry));
                }

                var before = Totals(aggregate);
                foreach (var placed in log.Where(placed => placed.Record.Touches.Contains(entity)))
                {
                    var told = aggregate.Book.Apply(placed).SelectMany(bucket => aggregate.LinesOf(bucket, Say.Registry)).ToHashSet();
                    var after = Totals(aggregate);
                    var changed = before.Keys.Union(after.Keys).Where(line => before.GetValueOrDefault(line) != after.GetValueOrDefault(line));
                    Assert.Empty(changed.Except(told));
                    before = after;
                }
            }

            static Dictionary<LineKey, string> Totals(IAggregate aggregate) =>
                aggregate.AllLines(Say.Registry).Select(line => (line, Total: aggregate.Total(line, Say.Registry))).Where(one => !one.Total.IsEmpty).ToDictionary(one => one.line, one => Dump.Of(one.Total));
        },
        iter: History.Count / 5);

    private static IEnumerable<PlacedRecord> Added(IEnumerable<Claim> claims) =>
        claims.Select((claim, at) => new PlacedRecord(new LogPosition(0, at + 1, 0), new LogRecord.Added(claim), claim.ReportedAt));

    /// <summary>What every place and actor would show and tell, without what lies outside R1 and without log positions.</summary>
    private static string Views(IEnumerable<PlacedRecord> log, DateTimeOffset? asOf = null, RegistrySnapshot? under = null)
    {
        var registry = under ?? Say.Registry;
        var tree = new Tree([.. log], registry, asOf);
        var views = new System.Text.StringBuilder();
        foreach (var id in Standing(EntityKind.Region))
        {
            Write(id, tree.Region(id).Lines(registry, []), tree.Region(id).Counts(registry));
        }

        foreach (var id in Standing(EntityKind.Actor))
        {
            Write(id, tree.Actor(id).Lines(registry), tree.Actor(id).Counts(registry));
            foreach (var said in tree.Actor(id).Said(registry))
            {
                views.Append(said.Cell).Append(Text(said.Position)).AppendLine();
            }
        }

        return views.ToString();

        IEnumerable<string> Standing(EntityKind kind) =>
            registry.All(kind).Where(entry => entry.MergedInto is null).Select(entry => entry.Id).Order(StringComparer.Ordinal);

        void Write(string id, IReadOnlyList<Line> lines, Counts counts)
        {
            views.Append(id).Append(' ').Append(counts.Total).AppendLine();
            foreach (var line in lines)
            {
                views.Append(line.Target).Append(line.Item).Append(line.Outcome).Append(line.Estimate).AppendJoin(';', line.Positions.Select(Text)).AppendLine();
            }
        }
    }

    private static string Text(Position position) =>
        $"{position.Voice} {position.Standing} {position.Figure} {position.Basis} {position.Since} {position.AsOf} {position.Added} {position.Corrected} {position.Floor} {position.Unallocated} {position.Inconsistent} "
        + $"{string.Join(',', position.Details.Select(pair => $"{pair.Key}={pair.Value.Value}{pair.Value.Superseded}"))} {position.Provenance.Appearances} {position.Provenance.Unnumbered} "
        + string.Join('|', string.Join(',', position.Provenance.Bodies), string.Join(',', position.Provenance.Sources), string.Join(',', position.Provenance.Origins), string.Join(',', position.Provenance.DeniedBy), string.Join(',', position.Provenance.ConfirmedBy), string.Join(',', position.Provenance.Variants), string.Join(',', position.Provenance.Evidence));
}
