using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Aggregator.Domain.Registry;

/// <summary>
/// The registry at one version: immutable, so that every view says exactly which registry it was built under.
/// Names resolve without case and diacritics; a name nobody knows gives a provisional entry whose id is its slug,
/// the same on every silo and without a write.
/// </summary>
public sealed class RegistrySnapshot
{
    /// <summary>The root of all regions.</summary>
    public const string World = "world";

    // Deeper than any tree of bodies or places is.
    private const int MaximumSteps = 32;

    private readonly FrozenDictionary<string, RegistryEntry>[] _byId;
    // Not frozen: freezing some 200,000 names costs more than all look-ups between two edits win back.
    private readonly Dictionary<string, RegistryEntry[]>[] _byAlias;
    private readonly FrozenDictionary<string, string[]>[] _children;
    private readonly FrozenDictionary<string, string>[] _survivors;

    /// <summary>Builds the indexes.</summary>
    /// <param name="entries">All entries; ids unique per kind of entity, parents among them.</param>
    /// <param name="version">Grows with every edit.</param>
    /// <exception cref="ArgumentException">An id occurs twice, a parent or survivor is missing, or they form a cycle.</exception>
    public RegistrySnapshot(IReadOnlyCollection<RegistryEntry> entries, long version)
    {
        ArgumentNullException.ThrowIfNull(entries);
        Version = version;
        var kinds = Enum.GetValues<EntityKind>().Length + 1;
        _byId = new FrozenDictionary<string, RegistryEntry>[kinds];
        _byAlias = new Dictionary<string, RegistryEntry[]>[kinds];
        _children = new FrozenDictionary<string, string[]>[kinds];
        _survivors = new FrozenDictionary<string, string>[kinds];
        foreach (var kind in Enum.GetValues<EntityKind>())
        {
            var ofKind = entries.Where(entry => entry.Entity == kind).ToArray();
            _byId[(int)kind] = ofKind.ToFrozenDictionary(entry => entry.Id, StringComparer.Ordinal);
            _byAlias[(int)kind] = IndexNames(ofKind);
            _survivors[(int)kind] = SurvivorsOf(kind, ofKind);
            HasMerges |= _survivors[(int)kind].Count > 0;
            _children[(int)kind] = ofKind
                .Select(entry => (entry.Id, Parent: Parent(kind, entry.Id)))
                .Where(entry => entry.Parent is not null)
                .GroupBy(entry => entry.Parent!, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.Select(entry => entry.Id).Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
            CheckParents(kind, ofKind);
        }
    }

    /// <summary>Whether any entry is merged into another.</summary>
    public bool HasMerges { get; }

    /// <summary>Grows with every edit; names the registry that a view was built under.</summary>
    public long Version { get; }

    /// <summary>All entries of one kind of entity, in no order; provisional ones are not among them.</summary>
    public IReadOnlyCollection<RegistryEntry> All(EntityKind kind) => _byId[(int)kind].Values;

    /// <summary>The entry with this id; null if there is none (it may still be a provisional id).</summary>
    public RegistryEntry? Find(EntityKind kind, string id) => _byId[(int)kind].GetValueOrDefault(id);

    /// <summary>The entry with this id, or a provisional one of that id and the given name.</summary>
    public RegistryEntry Describe(EntityKind kind, string id, string? name = null) =>
        Find(kind, id) ?? new RegistryEntry
        {
            Entity = kind,
            Id = id,
            Name = name ?? id,
            Kind = "unknown",
            Parent = kind == EntityKind.Region ? World : null,
            Provisional = true,
        };

    /// <summary>
    /// All entries a name may stand for, the likeliest first: exact id, then the given countries, then countries over
    /// divisions over towns, then the larger. Empty if nobody knows it.
    /// </summary>
    /// <param name="kind">What is looked for.</param>
    /// <param name="name">An id or any alias, in any case.</param>
    /// <param name="countries">ISO codes that the context makes likely, the likeliest first.</param>
    public IReadOnlyList<RegistryEntry> Candidates(EntityKind kind, string name, IReadOnlyList<string>? countries = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Find(kind, name) is { } exact)
        {
            return [exact];
        }

        var found = _byAlias[(int)kind].GetValueOrDefault(NameFolding.Fold(name)) ?? [];
        if (found.Length < 2 || countries is not { Count: > 0 })
        {
            return found;
        }

        return [.. found.OrderBy(entry => CountryRank(entry, countries))];
    }

    /// <summary>
    /// The entry a name stands for; a provisional one if nobody knows it; null if nothing is left of the name when folded.
    /// </summary>
    public RegistryEntry? Resolve(EntityKind kind, string name, IReadOnlyList<string>? countries = null)
    {
        if (Candidates(kind, name, countries) is [var best, ..])
        {
            return best;
        }

        var slug = NameFolding.ToSlug(name);
        return slug.Length == 0 ? null : Find(kind, slug) ?? Describe(kind, slug, name.Trim());
    }

    /// <summary>The id that an id reads as: that of the entry it was merged into, itself if it was not.</summary>
    public string Survivor(EntityKind kind, string id) => _survivors[(int)kind].GetValueOrDefault(id) ?? id;

    /// <summary>Whether the id reads as another's.</summary>
    public bool IsMerged(EntityKind kind, string id) => _survivors[(int)kind].ContainsKey(id);

    /// <summary>Ids of the direct parts of an entity, by id, those merged into it among them; without provisional ones.</summary>
    public IReadOnlyList<string> Children(EntityKind kind, string id) => _children[(int)kind].GetValueOrDefault(id) ?? [];

    /// <summary>
    /// The entity that this one is a part of: what it was merged into, else its parent. A provisional region is a part of the
    /// world. Null at the top, and always of sources that are not merged.
    /// </summary>
    public string? Parent(EntityKind kind, string id) =>
        _survivors[(int)kind].GetValueOrDefault(id) ?? (Describe(kind, id).Parent is { } parent ? Survivor(kind, parent) : null);

    /// <summary>The parents from the nearest to the top, without the entity itself.</summary>
    public IEnumerable<string> Ancestors(EntityKind kind, string id)
    {
        for (var parent = Parent(kind, id); parent is not null; parent = Parent(kind, parent))
        {
            yield return parent;
        }
    }

    /// <summary>Whether the two are the same or <paramref name="ancestor"/> contains <paramref name="id"/>.</summary>
    public bool IsWithin(EntityKind kind, string id, string ancestor) =>
        id == ancestor || Ancestors(kind, id).Contains(ancestor, StringComparer.Ordinal);

    /// <summary>
    /// The voice an actor speaks with (docs/rules.md): its registry field if set; by default the parent's for the bodies and
    /// persons of a side, its own for states, rebels, militias, igo, ngo, monitors, media and unknown kinds.
    /// </summary>
    public string Voice(string actor)
    {
        // Bounded: the constructor refuses voices that form a cycle.
        for (var steps = 0; steps <= MaximumSteps; steps++)
        {
            if (SpeaksThrough(Survivor(EntityKind.Actor, actor)) is not { } through)
            {
                return Survivor(EntityKind.Actor, actor);
            }

            actor = through;
        }

        throw new InvalidOperationException($"actor {actor}: its voices form a cycle");
    }

    // Whose voice an actor speaks with; null if its own.
    private string? SpeaksThrough(string actor)
    {
        var entry = Describe(EntityKind.Actor, actor);
        if (entry.Voice is { } voice)
        {
            return Survivor(EntityKind.Actor, voice) == actor ? null : voice;
        }

        return entry.Kind is "military" or "ministry" or "person" or "civilian" ? entry.Parent : null;
    }

    private static int CountryRank(RegistryEntry entry, IReadOnlyList<string> countries)
    {
        for (var rank = 0; rank < countries.Count; rank++)
        {
            if (string.Equals(entry.Country, countries[rank], StringComparison.OrdinalIgnoreCase))
            {
                return rank;
            }
        }

        return countries.Count;
    }

    private static Dictionary<string, RegistryEntry[]> IndexNames(RegistryEntry[] entries)
    {
        var index = new Dictionary<string, RegistryEntry[]>(entries.Length * 8, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            foreach (var name in entry.Aliases.Append(entry.Name).Append(entry.Id).Select(NameFolding.Fold))
            {
                ref var holders = ref CollectionsMarshal.GetValueRefOrAddDefault(index, name, out var known);
                if (!known)
                {
                    holders = [entry];
                }
                else if (!ReferenceEquals(holders![^1], entry))
                {
                    holders = [.. holders, entry];
                }
            }
        }

        index.Remove(string.Empty);
        foreach (var holders in index.Values.Where(holders => holders.Length > 1))
        {
            Array.Sort(holders, CompareLikelihood);
        }

        return index;
    }

    private static int CompareLikelihood(RegistryEntry left, RegistryEntry right)
    {
        var order = KindRank(left).CompareTo(KindRank(right));
        order = order == 0 ? right.Population.CompareTo(left.Population) : order;
        return order == 0 ? string.CompareOrdinal(left.Id, right.Id) : order;
    }

    private static int KindRank(RegistryEntry entry) => entry.Kind switch
    {
        "world" or "country" or "state" => 0,
        "area" => 1,
        "city" => 2,
        "admin1" => 3,
        _ => 1,
    };

    private static FrozenDictionary<string, string> SurvivorsOf(EntityKind kind, RegistryEntry[] entries)
    {
        var merged = entries.Where(entry => entry.MergedInto is not null).ToDictionary(entry => entry.Id, entry => entry.MergedInto!, StringComparer.Ordinal);
        return merged.ToFrozenDictionary(pair => pair.Key, pair => End(pair.Key), StringComparer.Ordinal);

        string End(string id)
        {
            var steps = 0;
            for (; merged.TryGetValue(id, out var next); id = next)
            {
                if (++steps > merged.Count)
                {
                    throw new ArgumentException($"{kind} {id}: its merges form a cycle");
                }
            }

            return id;
        }
    }

    private void CheckParents(EntityKind kind, RegistryEntry[] entries)
    {
        foreach (var entry in entries)
        {
            var steps = 0;
            for (var at = entry; Parent(kind, at.Id) is { } parent; steps++)
            {
                at = Find(kind, parent) ?? throw new ArgumentException($"{kind} {at.Id}: parent {parent} is not in the registry");
                if (steps > MaximumSteps)
                {
                    throw new ArgumentException($"{kind} {entry.Id}: its parents form a cycle");
                }
            }

            if (entry.Voice is not null)
            {
                CheckVoice(entry.Id);
            }
        }
    }

    private void CheckVoice(string actor)
    {
        try
        {
            Voice(actor);
        }
        catch (InvalidOperationException fault)
        {
            throw new ArgumentException(fault.Message, fault);
        }
    }
}
