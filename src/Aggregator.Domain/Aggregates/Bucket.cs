using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>What a bucket of an entity's claims is about.</summary>
public enum BucketKind : byte
{
    /// <summary>Figures on a target in a place, as a target or a place keeps them.</summary>
    Cell = 1,

    /// <summary>Figures as their claimant keeps them.</summary>
    Said = 2,

    /// <summary>Who holds a place.</summary>
    Control = 3,

    /// <summary>Claims that no figure and no control of the entity rests on, by month of reportedAt; a source's all, by day.</summary>
    Other = 4,

    /// <summary>Denials that state no figure and no holder, and name the claims they deny (R12).</summary>
    Denials = 5,
}

/// <summary>The unit in which an entity's claims are kept, folded and stored: a change rewrites only its bucket.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Cell">The cell; for control only the region counts, for other claims it is the time.</param>
public readonly record struct BucketKey(BucketKind Kind, CellKey Cell)
{
    /// <summary>The buckets that an entity keeps a claim in: at least one for every entity that the claim names.</summary>
    public static IEnumerable<BucketKey> Of(Claim claim, EntityKey owner)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (owner.Kind == EntityKind.Source)
        {
            return [Reported(claim, "yyyy-MM-dd")];
        }

        var region = claim.Region?.Id ?? RegistrySnapshot.World;
        var buckets = new List<BucketKey>(2);
        if (claim.Figure is { } figure)
        {
            var cell = new CellKey(claim.Target?.Id, figure.Item, figure.Outcome, region);
            if (owner.Id == (owner.Kind == EntityKind.Region ? region : claim.Target?.Id))
            {
                buckets.Add(new BucketKey(BucketKind.Cell, cell));
            }

            if (owner.Kind == EntityKind.Actor && owner.Id == claim.Claimant?.Id)
            {
                buckets.Add(new BucketKey(BucketKind.Said, cell));
            }
        }
        else if (claim.Holder is not null && owner.Kind == EntityKind.Region)
        {
            buckets.Add(new BucketKey(BucketKind.Control, new CellKey(null, default, default, region)));
        }

        return buckets.Count > 0 ? buckets
            : claim is { Figure: null, Holder: null, Stance: Stance.Denies, RefersTo.Count: > 0 } ? [new BucketKey(BucketKind.Denials, new CellKey(null, default, default, region))]
            : [Reported(claim, "yyyy-MM")];
    }

    /// <summary>The bucket as it reads under a registry: merged ids read as those they were merged into.</summary>
    public BucketKey Under(RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return !registry.HasMerges || Kind == BucketKind.Other ? this : this with
        {
            Cell = Cell with
            {
                Target = Cell.Target is { } target ? registry.Survivor(EntityKind.Actor, target) : null,
                Region = registry.Survivor(EntityKind.Region, Cell.Region),
            },
        };
    }

    /// <summary>The key of the stored form; <see cref="Parse"/> reads it back.</summary>
    public override string ToString() => string.Join(
        '/',
        ((byte)Kind).ToString(CultureInfo.InvariantCulture),
        ((byte)Cell.Item).ToString(CultureInfo.InvariantCulture),
        ((byte)Cell.Outcome).ToString(CultureInfo.InvariantCulture),
        Cell.Target ?? "",
        Cell.Region);

    private static BucketKey Reported(Claim claim, string format) => new(
        BucketKind.Other,
        new CellKey(null, default, default, claim.ReportedAt.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)));

    /// <summary>A name of fixed length for the bucket: ids may be longer than what a store takes as a field's name.</summary>
    public string Digest() => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(ToString())).ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Reads the stored form. Ids are slugs, so none has a slash in it.</summary>
    public static BucketKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        return new BucketKey(
            (BucketKind)byte.Parse(parts[0], CultureInfo.InvariantCulture),
            new CellKey(
                parts[3].Length == 0 ? null : parts[3],
                (Item)byte.Parse(parts[1], CultureInfo.InvariantCulture),
                (Outcome)byte.Parse(parts[2], CultureInfo.InvariantCulture),
                parts[4]));
    }
}
