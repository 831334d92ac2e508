using Aggregator.Domain.Activity;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

/// <summary>How many standing claims name an entity, and when. All of it can be counted back, so corrections are exact.</summary>
public sealed class Counts
{
    /// <summary>Claims per stance.</summary>
    public Dictionary<Stance, long> ByStance { get; } = [];

    /// <summary>Claims per day of reportedAt, UTC.</summary>
    public SortedDictionary<DateOnly, long> ByReportedDay { get; } = [];

    /// <summary>
    /// Spellings whose slug is the entity's id, by use: the names that a provisional entry has been given.
    /// </summary>
    public SortedDictionary<string, long> Spellings { get; } = new(StringComparer.Ordinal);

    /// <summary>Claims per region id as written, kept by sources alone: the places that have something to say of their track record.</summary>
    public SortedDictionary<string, long> Regions { get; } = new(StringComparer.Ordinal);

    /// <summary>Claims that were late (R18).</summary>
    public long Late { get; set; }

    /// <summary>Claims that came again with the same content; kept by sources alone.</summary>
    public long Duplicates { get; set; }

    /// <summary>Texts of reports that came, each once; kept by sources alone.</summary>
    public long Reports { get; set; }

    /// <summary>
    /// Versions that came after the first of their claim, and claims that another text of their report replaced; kept by sources
    /// alone.
    /// </summary>
    public long Corrections { get; set; }

    /// <summary>Claims taken back; kept by sources alone.</summary>
    public long Retractions { get; set; }

    /// <summary>What a source did with its claims after it had sent them.</summary>
    public Resends Resends
    {
        get => new(Duplicates, Corrections, Retractions, Reports);
        set => (Duplicates, Corrections, Retractions, Reports) = value;
    }

    /// <summary>Standing claims.</summary>
    public long Total => ByStance.Values.Sum();

    /// <summary>The spelling used most, the first of equals; null if none was.</summary>
    public string? Spelling => Spellings.Count == 0 ? null : Spellings.MaxBy(pair => pair.Value).Key;

    /// <summary>The same counts, to be counted on.</summary>
    public Counts Copy()
    {
        var copy = new Counts { Late = Late, Duplicates = Duplicates, Reports = Reports, Corrections = Corrections, Retractions = Retractions };
        Copy(ByStance, copy.ByStance);
        Copy(ByReportedDay, copy.ByReportedDay);
        Copy(Spellings, copy.Spellings);
        Copy(Regions, copy.Regions);
        return copy;

        static void Copy<TKey>(IDictionary<TKey, long> from, IDictionary<TKey, long> to)
        {
            foreach (var (key, count) in from)
            {
                to[key] = count;
            }
        }
    }

    /// <summary>Forgets what was counted of claims, and keeps what was counted of resends.</summary>
    public void ForgetClaims()
    {
        ByStance.Clear();
        ByReportedDay.Clear();
        Spellings.Clear();
        Regions.Clear();
        Late = 0;
    }

    /// <summary>Counts a claim in, or out again.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="owner">The entity that it names.</param>
    /// <param name="by">1, −1 or nothing.</param>
    public void Count(Claim claim, EntityKey owner, int by)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (by == 0)
        {
            return;
        }

        if (NameIn(claim, owner) is { } name && (Spellings.ContainsKey(name) || NameFolding.ToSlug(name) == owner.Id))
        {
            Add(Spellings, name, by);
        }

        if (owner.Kind == EntityKind.Source)
        {
            Add(Regions, claim.Region?.Id ?? RegistrySnapshot.World, by);
        }

        Late += Timeline.IsLate(claim) ? by : 0;
        Add(ByStance, claim.Stance, by);
        Add(ByReportedDay, DateOnly.FromDateTime(claim.ReportedAt.UtcDateTime), by);
    }

    private static string? NameIn(Claim claim, EntityKey owner) => owner.Kind switch
    {
        EntityKind.Source => claim.Source.Text,
        EntityKind.Region => claim.Region?.Text,
        _ => claim.Target?.Id == owner.Id ? claim.Target.Text : claim.Claimant?.Text,
    };

    private static void Add<TKey>(IDictionary<TKey, long> counts, TKey key, int by)
    {
        counts.TryGetValue(key, out var count);
        if (count + by == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count + by;
        }
    }
}
