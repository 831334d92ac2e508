using System.IO.Hashing;

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
    private const int KindSlots = 4;

    private readonly EntryIndex[] _indexes;
    private readonly RegistryEntry[]?[] _all = new RegistryEntry[]?[KindSlots];

    /// <summary>Builds the indexes.</summary>
    /// <param name="entries">All entries; ids unique per kind of entity, parents among them.</param>
    /// <param name="version">Grows with every edit.</param>
    /// <exception cref="ArgumentException">An id occurs twice, a parent or survivor is missing, or they form a cycle.</exception>
    public RegistrySnapshot(IReadOnlyCollection<RegistryEntry> entries, long version)
        : this(Index(entries), version)
    {
        foreach (var kind in Enum.GetValues<EntityKind>())
        {
            if (FindFault(kind) is { } fault)
            {
                throw new ArgumentException(fault.ToString());
            }
        }
    }

    private RegistrySnapshot(EntryIndex[] indexes, long version)
    {
        _indexes = indexes;
        Version = version;
        foreach (var index in indexes)
        {
            HasMerges |= index?.HasMerges ?? false;
            Structure = unchecked(Structure + (index?.Structure ?? 0));
        }

        var last = indexes.Max(static index => index?.StructureVersion ?? 0);
        Structure = last == 0 ? Structure : unchecked(Structure + XxHash64.HashToUInt64(BitConverter.GetBytes(last)));
    }

    /// <summary>Whether any entry is merged into another.</summary>
    public bool HasMerges { get; }

    /// <summary>Grows with every edit; names the registry that a view was built under.</summary>
    public long Version { get; }

    /// <summary>
    /// A fingerprint of all that totals rest on (parents, merges, who speaks with whose voice, affiliations) and of the edit that last changed any of that. Registries with the
    /// same one make the same totals of the same claims, whatever their names, places and ratings. One that was edited and edited back has another than it had: what rests on the
    /// first knows nothing of what came in between, and went elsewhere.
    /// </summary>
    public ulong Structure { get; }

    /// <summary>
    /// This registry with entries edited. Costs what the edits cost, not what the registry does: all versions share the
    /// entries that no edit has touched.
    /// </summary>
    /// <param name="edited">What the edits made of entries, in the order in which they were made; of two of one entry the later stands.</param>
    /// <param name="version">The version that the last of them makes; each of those before it made the one before.</param>
    /// <exception cref="ArgumentException">Merges form a cycle. Whether the rest fits together <see cref="FindFault"/> tells.</exception>
    public RegistrySnapshot With(IReadOnlyList<RegistryOverride> edited, long version)
    {
        ArgumentNullException.ThrowIfNull(edited);
        var indexes = (EntryIndex[])_indexes.Clone();
        foreach (var ofKind in edited.Select((edit, at) => (Edit: edit, Version: version - edited.Count + 1 + at)).GroupBy(one => one.Edit.Entity))
        {
            indexes[(int)ofKind.Key] = indexes[(int)ofKind.Key].With(ofKind);
        }

        return new RegistrySnapshot(indexes, version);
    }

    /// <summary>What edits made of an entry; null if none touched it.</summary>
    public RegistryOverride? Override(EntityKind kind, string id) => _indexes[(int)kind].Override(id);

    /// <summary>All entries of one kind of entity, in no order; provisional ones are not among them.</summary>
    public IReadOnlyCollection<RegistryEntry> All(EntityKind kind) => _all[(int)kind] ??= _indexes[(int)kind].All();

    /// <summary>The entry with this id; null if there is none (it may still be a provisional id).</summary>
    public RegistryEntry? Find(EntityKind kind, string id) => _indexes[(int)kind].Find(id);

    /// <summary>The entries that a name belongs to as it folds, the likeliest first, an id being a name; empty if nobody has it.</summary>
    public IReadOnlyList<RegistryEntry> Holders(EntityKind kind, string folded) => _indexes[(int)kind].Holders(folded);

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

        var found = Holders(kind, NameFolding.Fold(name));
        if (found.Count < 2 || countries is not { Count: > 0 })
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
    public string Survivor(EntityKind kind, string id) => _indexes[(int)kind].Survivor(id) ?? id;

    /// <summary>Whether the id reads as another's.</summary>
    public bool IsMerged(EntityKind kind, string id) => _indexes[(int)kind].Survivor(id) is not null;

    /// <summary>Ids of the direct parts of an entity, by id, those merged into it among them; without provisional ones.</summary>
    public IReadOnlyList<string> Children(EntityKind kind, string id)
    {
        var index = _indexes[(int)kind];
        var merged = index.MergedInto(id);
        return [.. merged.Append(id).SelectMany(index.Declared).Concat(merged)
            .Where(child => Parent(kind, child) == id)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Ids that read as this one, without itself, in no order.</summary>
    public IReadOnlyList<string> MergedInto(EntityKind kind, string id) => _indexes[(int)kind].MergedInto(id);

    /// <summary>
    /// The entity that this one is a part of: what it was merged into, else its parent. A provisional region is a part of the
    /// world. Null at the top, and always of sources that are not merged.
    /// </summary>
    public string? Parent(EntityKind kind, string id) =>
        _indexes[(int)kind].Survivor(id) ?? (Describe(kind, id).Parent is { } parent ? Survivor(kind, parent) : null);

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
        // Bounded: neither a registry nor an edit of it is taken whose voices form a cycle.
        return TryVoice(actor) ?? throw new InvalidOperationException($"actor {actor}: its voices form a cycle");
    }

    /// <summary>The first thing that does not fit together among the entries of a kind; null if all do.</summary>
    public RegistryFault? FindFault(EntityKind kind)
    {
        foreach (var entry in All(kind))
        {
            if (entry.Parent is { } declared && Find(kind, declared) is null && !IsMerged(kind, declared))
            {
                return new RegistryFault(RegistryFaultKind.ParentUnknown, kind, entry.Id);
            }

            var steps = 0;
            for (var above = Parent(kind, entry.Id); above is not null; above = Parent(kind, above))
            {
                if (++steps > MaximumSteps)
                {
                    return new RegistryFault(RegistryFaultKind.ParentCycle, kind, entry.Id);
                }
            }

            if (kind == EntityKind.Actor && TryVoice(entry.Id) is null)
            {
                return new RegistryFault(RegistryFaultKind.VoiceCycle, kind, entry.Id);
            }
        }

        return null;
    }

    /// <summary>Whether an actor of a kind speaks with its parent's voice where its entry says nothing else.</summary>
    internal static bool SpeaksForParent(string kind) => kind is "military" or "ministry" or "person" or "civilian";

    private string? TryVoice(string actor)
    {
        for (var steps = 0; steps <= MaximumSteps; steps++)
        {
            if (SpeaksThrough(Survivor(EntityKind.Actor, actor)) is not { } through)
            {
                return Survivor(EntityKind.Actor, actor);
            }

            actor = through;
        }

        return null;
    }

    // Whose voice an actor speaks with; null if its own.
    private string? SpeaksThrough(string actor)
    {
        var entry = Describe(EntityKind.Actor, actor);
        if (entry.Voice is { } voice)
        {
            return Survivor(EntityKind.Actor, voice) == actor ? null : voice;
        }

        return SpeaksForParent(entry.Kind) ? entry.Parent : null;
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

    private static EntryIndex[] Index(IReadOnlyCollection<RegistryEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var indexes = new EntryIndex[KindSlots];
        foreach (var kind in Enum.GetValues<EntityKind>())
        {
            indexes[(int)kind] = new EntryIndex(kind, [.. entries.Where(entry => entry.Entity == kind)]);
        }

        return indexes;
    }
}
