using System.Text;
using System.Text.Json;
using Aggregator.Contracts.Entities;
using Aggregator.Contracts.Views;
using Aggregator.Domain.Activity;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;
using Aggregator.Grains.Entities;

namespace Aggregator.Simulation.Audit;

/// <summary>What of a view must follow from the log: all but versions, times and counts of resends.</summary>
internal static class Shown
{
    private const int Before = 150;
    private const int After = 350;

    /// <summary>What a grain shows.</summary>
    /// <param name="view">The view.</param>
    /// <param name="resends">Whether counts of corrections must be the same too: a quarantined one may be in them or not.</param>
    public static byte[] Of(EntityView? view, bool resends) => view switch
    {
        null => Text("nothing"),
        RegionView region => Text(region.Claims, region.Activity, region.Lines, region.Control, region.Children),
        ActorView actor => Text(actor.Claims, actor.Activity, actor.Lines, actor.Said, actor.Children),
        SourceView source => Text(source.Claims, source.Activity, source.Reports, resends ? source.Corrections : null, resends ? source.Retractions : null, resends ? source.TrackRecord : null),
        _ => throw new NotSupportedException(),
    };

    /// <summary>What a grain shows of a moment: what it showed to others then, a source's record among it, is not shown again.</summary>
    public static byte[] OfMoment(EntityView? view) => view switch
    {
        null => Text("nothing"),
        RegionView region => Text(region.Claims, region.Lines, region.Control),
        ActorView actor => Text(actor.Claims, actor.Lines, actor.Said),
        _ => Text(view.Claims),
    };

    /// <summary>What it should.</summary>
    public static byte[] OfMoment(EntityKey entity, Refold refold, RegistrySnapshot registry)
    {
        var aggregate = refold.Of(entity);
        var counts = aggregate.Counts(registry);
        var claims = ViewMaker.Claims(counts);
        var views = new ViewMaker(registry, registry.Describe(entity.Kind, entity.Id, counts.Spelling));
        var inherited = entity.Kind == EntityKind.Region ? refold.Inherited(entity.Id) : [];
        return aggregate switch
        {
            RegionAggregate region => Text(claims, region.Lines(registry, inherited).Select(views.Line).ToArray(), views.Control(region.Control(registry, inherited))),
            ActorAggregate actor => Text(claims, actor.Lines(registry).Select(views.Line).ToArray(), actor.Said(registry).Select(views.Said).ToArray()),
            _ => Text(claims),
        };
    }

    /// <summary>What it should.</summary>
    public static byte[] Of(EntityKey entity, Refold refold, RegistrySnapshot registry, bool resends)
    {
        var aggregate = refold.Of(entity);
        var counts = aggregate.Counts(registry);
        var (claims, activity) = (ViewMaker.Claims(counts), ViewMaker.Activity(counts));
        var entry = registry.Describe(entity.Kind, entity.Id, counts.Spelling);
        var views = new ViewMaker(registry, entry);
        var children = views.Names(entity.Kind, aggregate.Parts.Telling.Where(part => !registry.IsMerged(entity.Kind, part)));
        switch (aggregate)
        {
            case RegionAggregate region:
                var inherited = refold.Inherited(entity.Id);
                return Text(claims, activity, region.Lines(registry, inherited).Select(views.Line).ToArray(), views.Control(region.Control(registry, inherited)), children);
            case ActorAggregate actor:
                return Text(claims, activity, actor.Lines(registry).Select(views.Line).ToArray(), actor.Said(registry).Select(views.Said).ToArray(), children);
            default:
                return Text(
                    claims, activity, counts.Reports, resends ? counts.Corrections : null, resends ? counts.Retractions : null,
                    resends ? ViewMaker.TrackRecord(((SourceAggregate)aggregate).Reliability) : null);
        }
    }

    /// <summary>What a grain tells of when its claims came.</summary>
    public static byte[] Of(TimelineCounts told) => Text(told.Buckets.Select(one => (object?)new { one.At, one.Asserts, one.Denies, one.Confirms, one.Late }).ToArray(), told.Undated, told.Newest);

    /// <summary>What it should.</summary>
    public static byte[] Of(Timeline timeline) =>
        Text(timeline.Counts.Select(one => (object?)new { At = one.Key, one.Value.Asserts, one.Value.Denies, one.Value.Confirms, one.Value.Late }).ToArray(), timeline.Undated, timeline.Newest);

    /// <summary>Claims, for what they rest on.</summary>
    public static byte[] Of(IEnumerable<Claim> claims) => Text(claims.Select(claim => (object?)$"{claim.Key} {claim.ContentHash}").ToArray());

    /// <summary>From where on a text is not another, for a reader.</summary>
    public static string Differing(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other)
    {
        var common = text.CommonPrefixLength(other);
        return $" ...{Encoding.UTF8.GetString(text[Math.Max(0, common - Before)..Math.Min(text.Length, common + After)])}...";
    }

    private static byte[] Text(params object?[] parts) => JsonSerializer.SerializeToUtf8Bytes(parts);
}
