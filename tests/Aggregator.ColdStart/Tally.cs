using System.Runtime.InteropServices;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.ColdStart;

/// <summary>A figure that a view shows: where or about whom, whose loss, of what, by which voice.</summary>
internal readonly record struct Told(string Owner, string Target, Item Item, string Voice);

/// <summary>What views must show, by counting: one pass over the generated claims, nothing of the product's fold.</summary>
internal sealed class Tally
{
    private readonly RegistrySnapshot _registry;
    private readonly HashSet<(Told Told, DateOnly Day)> _counted = [];
    private readonly Dictionary<string, string[]> _above = new(StringComparer.Ordinal);

    public Tally(Generator generator, RegistrySnapshot registry, long claims)
    {
        _registry = registry;
        for (long number = 0; number < claims; number++)
        {
            var claim = generator.Claim(number);
            var fate = generator.FateOf(number);
            if (fate == Fate.Retracted)
            {
                Add(Retractions, claim.Source.Id, 1);
                Add(Sources, claim.Source.Id, 0);
                continue;
            }

            if (fate == Fate.Corrected)
            {
                Add(Corrections, claim.Source.Id, 1);
                claim = Generator.Correction(claim);
            }

            Count(claim);
        }
    }

    public long Standing { get; private set; }

    /// <summary>Standing claims that name a place, 0 for one that only holds others.</summary>
    public Dictionary<string, long> Regions { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Actors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Sources { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Corrections { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Retractions { get; } = new(StringComparer.Ordinal);

    /// <summary>Sums of figures in places.</summary>
    public Dictionary<Told, long> InRegions { get; } = [];

    /// <summary>Sums of figures about actors.</summary>
    public Dictionary<Told, long> OnActors { get; } = [];

    private void Count(Claim claim)
    {
        Standing++;
        Add(Sources, claim.Source.Id, 1);
        foreach (var actor in new[] { claim.Target!.Id, claim.Claimant?.Id }.OfType<string>().Distinct())
        {
            Add(Actors, actor, 1);
        }

        var voice = claim.Claimant?.Id ?? claim.Source.Id;
        var counts = claim.Figure is { } said
            && (claim.Incident is not null || _counted.Add((new Told(claim.Region!.Id, claim.Target.Id, said.Item, voice), claim.Occurred!.Value.From)));
        foreach (var region in Above(claim.Region!.Id))
        {
            Add(Regions, region, region == claim.Region.Id ? 1 : 0);
            if (counts)
            {
                Add(InRegions, new Told(region, claim.Target.Id, claim.Figure!.Item, voice), claim.Figure.Bounds.Best!.Value);
            }
        }

        if (counts)
        {
            Add(OnActors, new Told(claim.Target.Id, claim.Target.Id, claim.Figure!.Item, voice), claim.Figure.Bounds.Best!.Value);
        }
    }

    private string[] Above(string region)
    {
        if (!_above.TryGetValue(region, out var above))
        {
            var path = new List<string>();
            for (var at = region; at is not null; at = _registry.Parent(EntityKind.Region, at))
            {
                path.Add(at);
            }

            _above[region] = above = [.. path];
        }

        return above;
    }

    private static void Add<TKey>(Dictionary<TKey, long> counts, TKey key, long by)
        where TKey : notnull => CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += by;
}
