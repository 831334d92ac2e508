using System.Collections.Frozen;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Aggregator.Domain.Registry;

/// <summary>
/// The entries of one kind of entity, by id, by name and by parent: those that the registry was built from, which all its
/// versions share, and a thin layer of what edits made of some. Immutable.
/// </summary>
internal sealed class EntryIndex
{
    private readonly EntityKind _kind;
    private readonly FrozenDictionary<string, RegistryEntry> _byId;

    // Not frozen: freezing some 200,000 names costs more than all look-ups between two starts win back.
    private readonly Dictionary<string, RegistryEntry[]> _byName;
    private readonly FrozenDictionary<string, string[]> _byParent;

    // The layer. Each edit copies it, so its cost grows with the edits there are and not with the entries.
    private readonly Dictionary<string, RegistryOverride> _overrides = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RegistryEntry?> _edited = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RegistryEntry[]> _editedNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _editedByParent = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _survivors;
    private readonly Dictionary<string, List<string>> _merged = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">An id occurs twice, a survivor is missing, or merges form a cycle.</exception>
    public EntryIndex(EntityKind kind, RegistryEntry[] entries)
    {
        _kind = kind;
        _byId = entries.ToFrozenDictionary(entry => entry.Id, StringComparer.Ordinal);
        _byName = IndexNames(entries);
        _byParent = entries.Where(entry => entry.Parent is not null)
            .GroupBy(entry => entry.Parent!, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Select(entry => entry.Id).ToArray(), StringComparer.Ordinal);
        _survivors = Survivors();
        if (_survivors.FirstOrDefault(pair => !_byId.ContainsKey(pair.Value)) is { Key: not null } lost)
        {
            throw new ArgumentException($"{kind} {lost.Key}: {lost.Value}, which it is merged into, is not in the registry");
        }

        foreach (var entry in entries)
        {
            Structure = unchecked(Structure + StructureOf(entry, entry.MergedInto));
        }
    }

    private EntryIndex(EntryIndex before, IEnumerable<(RegistryOverride Edit, long Version)> edited)
    {
        (_kind, _byId, _byName, _byParent) = (before._kind, before._byId, before._byName, before._byParent);
        _overrides = new(before._overrides, StringComparer.Ordinal);
        _edited = new(before._edited, StringComparer.Ordinal);
        _editedNames = new(before._editedNames, StringComparer.Ordinal);
        (Structure, StructureVersion) = (before.Structure, before.StructureVersion);
        foreach (var (edit, version) in edited)
        {
            var structure = Structure;
            Take(edit);
            StructureVersion = Structure == structure ? StructureVersion : version;
        }

        foreach (var entry in _edited.Values.Where(entry => entry?.Parent is not null))
        {
            Add(_editedByParent, entry!.Parent!, entry.Id);
        }

        _survivors = Survivors();
    }

    /// <summary>Whether any entry is merged into another.</summary>
    public bool HasMerges => _survivors.Count > 0;

    /// <summary>The entries' part in <see cref="RegistrySnapshot.Structure"/>: a sum, so that it does not depend on any order.</summary>
    public ulong Structure { get; private set; }

    /// <summary>The version that the last edit made that changed it; 0 if none has.</summary>
    public long StructureVersion { get; private set; }

    /// <summary>The same with entries edited, in the order given, each with the version that it made; of two edits of one entry the later stands.</summary>
    /// <exception cref="ArgumentException">Merges form a cycle.</exception>
    public EntryIndex With(IEnumerable<(RegistryOverride Edit, long Version)> edited) => new(this, edited);

    public RegistryOverride? Override(string id) => _overrides.GetValueOrDefault(id);

    public RegistryEntry? Find(string id) => _edited.Count > 0 && _edited.TryGetValue(id, out var edited) ? edited : _byId.GetValueOrDefault(id);

    public RegistryEntry[] All() => _edited.Count == 0
        ? [.. _byId.Values]
        : [.. _byId.Values.Where(entry => !_edited.ContainsKey(entry.Id)), .. _edited.Values.OfType<RegistryEntry>()];

    /// <summary>The entries that a folded name belongs to, the likeliest first.</summary>
    public RegistryEntry[] Holders(string folded) =>
        _editedNames.Count > 0 && _editedNames.TryGetValue(folded, out var edited) ? edited : _byName.GetValueOrDefault(folded) ?? [];

    /// <summary>What an id that was merged reads as; null if it stands for itself.</summary>
    public string? Survivor(string id) => _survivors.GetValueOrDefault(id);

    /// <summary>Ids that read as this one.</summary>
    public IReadOnlyList<string> MergedInto(string id) => _merged.TryGetValue(id, out var merged) ? merged : [];

    /// <summary>Ids of the entries that name this one as their parent, merges aside.</summary>
    public IEnumerable<string> Declared(string id)
    {
        var shipped = _byParent.TryGetValue(id, out var children) ? children.Where(child => !_edited.ContainsKey(child)) : [];
        return _editedByParent.TryGetValue(id, out var edited) ? shipped.Concat(edited) : shipped;
    }

    private void Take(RegistryOverride edited)
    {
        var before = Find(edited.Id);
        var after = (edited.Entry ?? _byId.GetValueOrDefault(edited.Id)) is { } entry ? entry with { MergedInto = edited.MergedInto } : null;
        Structure = unchecked(Structure
            - StructureOf(before ?? Nothing(edited.Id), _overrides.TryGetValue(edited.Id, out var known) ? known.MergedInto : before?.MergedInto)
            + StructureOf(after ?? Nothing(edited.Id), edited.MergedInto));
        var names = NamesOf(after).ToHashSet(StringComparer.Ordinal);
        foreach (var name in NamesOf(before).Union(names, StringComparer.Ordinal))
        {
            var holders = Holders(name).Where(holder => holder.Id != edited.Id).ToList();
            if (names.Contains(name))
            {
                holders.Add(after!);
                holders.Sort(CompareLikelihood);
            }

            _editedNames[name] = [.. holders];
        }

        _overrides[edited.Id] = edited;
        _edited[edited.Id] = after;
    }

    private RegistryEntry Nothing(string id) => new()
    {
        Entity = _kind,
        Id = id,
        Name = id,
        Kind = "unknown",
        Parent = _kind == EntityKind.Region ? RegistrySnapshot.World : null,
    };

    // What an id that nobody has registered would be counts nothing: to register it as just that changes no total.
    private static ulong StructureOf(RegistryEntry entry, string? mergedInto)
    {
        var parent = entry.Entity == EntityKind.Region && entry.Parent == RegistrySnapshot.World ? null : entry.Parent;
        var voice = entry.Voice ?? (entry.Entity == EntityKind.Actor && RegistrySnapshot.SpeaksForParent(entry.Kind) ? "^" : null);
        return parent is null && voice is null && entry.Affiliation is null && mergedInto is null
            ? 0
            : XxHash64.HashToUInt64(MemoryMarshal.AsBytes(string.Join('/', (byte)entry.Entity, entry.Id, parent, voice, entry.Affiliation, mergedInto).AsSpan()));
    }

    private Dictionary<string, string> Survivors()
    {
        var direct = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in _byId.Values.Where(entry => entry.MergedInto is not null && !_overrides.ContainsKey(entry.Id)))
        {
            direct[entry.Id] = entry.MergedInto!;
        }

        foreach (var edited in _overrides.Values.Where(edited => edited.MergedInto is not null))
        {
            direct[edited.Id] = edited.MergedInto!;
        }

        var survivors = new Dictionary<string, string>(direct.Count, StringComparer.Ordinal);
        foreach (var id in direct.Keys)
        {
            survivors[id] = End(id);
            Add(_merged, survivors[id], id);
        }

        return survivors;

        string End(string id)
        {
            var steps = 0;
            for (; direct.TryGetValue(id, out var next); id = next)
            {
                if (++steps > direct.Count)
                {
                    throw new ArgumentException($"{_kind} {id}: its merges form a cycle");
                }
            }

            return id;
        }
    }

    private static void Add(Dictionary<string, List<string>> lists, string key, string id)
    {
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, key, out _);
        (list ??= []).Add(id);
    }

    private static IEnumerable<string> NamesOf(RegistryEntry? entry) => entry is null ? [] :
        entry.Aliases.Append(entry.Name).Append(entry.Id).Select(NameFolding.Fold).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal);

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
}
