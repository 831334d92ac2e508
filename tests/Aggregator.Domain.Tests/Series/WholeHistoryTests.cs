using System.Text;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;
using Aggregator.Domain.Tests.Aggregates;
using Aggregator.Domain.Tests.Histories;
using Aggregator.Domain.Tests.Oracle;

namespace Aggregator.Domain.Tests.Series;

/// <summary>R1 and R2 on two real histories in one registry: in order, shuffled, and each claim twice, the views are the same to the byte.</summary>
public sealed class WholeHistoryTests
{
    private static readonly DateOnly Spring = new(2022, 4, 1);
    private static readonly DateOnly Summer = new(2022, 5, 9);

    /// <summary>Five weeks of both, the merge of two classes among them.</summary>
    [Fact]
    public void SomeWeeksOfBoth_InOrderShuffledAndTwice_GiveTheSameViews() => Compare(
        GeneralStaff.Rows().Where(row => row.Day >= Spring && row.Day <= Summer).Select(GeneralStaff.Claim)
            .Concat(Oryx.Rows().Where(row => row.Day >= Spring && row.Day <= Summer).SelectMany(Oryx.Claims)));

    /// <summary>All of it: minutes, so by hand.</summary>
    [Fact(Explicit = true)]
    public void TheWholeOfTheGeneralStaff_InOrderShuffledAndTwice_GivesTheSameViews() => Compare(GeneralStaff.Rows().Select(GeneralStaff.Claim));

    /// <summary>All of it: minutes, so by hand.</summary>
    [Fact(Explicit = true)]
    public void TheWholeOfOryx_InOrderShuffledAndTwice_GivesTheSameViews() => Compare(Oryx.Rows().SelectMany(Oryx.Claims));

    private static void Compare(IEnumerable<Appearance> history)
    {
        var claims = history.Select(one => one.Claim).ToArray();
        Assert.True(claims.Length > 1000, $"{claims.Length} claims");
        var ordered = Views(claims);
        Claim[] twice = [.. claims, .. claims];
        new Random(13).Shuffle(claims);
        new Random(17).Shuffle(twice);

        Assert.Equal(ordered, Views(claims));
        Assert.Equal(ordered, Views(twice));
    }

    private static string Views(Claim[] claims)
    {
        var registry = BundledRegistry.Snapshot;
        var tree = new Tree(History.Log(claims.Select(claim => new Arrival(claim, false, claim.ReportedAt))), registry);
        var views = new StringBuilder();
        foreach (var entity in tree.Entities.OrderBy(entity => entity.Kind).ThenBy(entity => entity.Id, StringComparer.Ordinal))
        {
            var aggregate = tree.Of(entity);
            views.AppendLine(entity.ToString()).AppendLine(Shown.Of(aggregate.Counts(registry))).AppendLine(Dump.Of(tree.Totals(aggregate)));
            views.AppendLine(aggregate switch
            {
                RegionAggregate region => Shown.Of(region.Lines(registry, [])) + Shown.Of(region.Control(registry, [])),
                ActorAggregate actor => Shown.Of(actor.Lines(registry)) + Shown.Of(actor.Said(registry)),
                _ => "",
            });
        }

        return views.ToString();
    }
}
