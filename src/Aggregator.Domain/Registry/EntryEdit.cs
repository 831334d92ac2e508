using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Registry;

/// <summary>
/// Checks a draft of an entry against the registry that it is to change: it becomes the entry, or is refused with the
/// first thing wrong with it. Pure.
/// </summary>
public sealed class EntryEdit
{
    /// <summary>Most aliases of one entry.</summary>
    public const int MaximumAliases = 1_000;

    private readonly RegistrySnapshot _registry;
    private readonly EntityKind _kind;
    private readonly string _id;
    private readonly RegistryEntry? _before;
    private readonly HashSet<string> _held;
    private RegistryRefusal? _refusal;

    private EntryEdit(RegistrySnapshot registry, EntityKind kind, string id)
    {
        (_registry, _kind, _id) = (registry, kind, id);
        _before = registry.Find(kind, id);
        _held = _before is null ? [] : [.. _before.Aliases.Append(_before.Name).Append(id).Select(NameFolding.Fold)];
    }

    private bool IsWorld => _kind == EntityKind.Region && _id == RegistrySnapshot.World;

    /// <summary>What an edit makes of an entry, the registry with it, or why it is not made.</summary>
    /// <param name="registry">The registry it is to change.</param>
    /// <param name="kind">What kind of entity the entry is of.</param>
    /// <param name="id">Its id; a new one makes a new entry.</param>
    /// <param name="draft">What it shall be.</param>
    public static (RegistryOverride? Edit, RegistryRefusal? Refusal) Put(RegistrySnapshot registry, EntityKind kind, string id, EntryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(draft);
        var edit = new EntryEdit(registry, kind, id);
        var entry = edit.Read(draft);
        if (edit._refusal is not null)
        {
            return (null, edit._refusal);
        }

        var made = new RegistryOverride(kind, id, entry, registry.Override(kind, id)?.MergedInto ?? edit._before?.MergedInto);
        return edit.FaultOf(registry.With([made], registry.Version + 1)) is { } fault ? (null, fault) : (made, null);
    }

    /// <summary>
    /// The names that a draft gives an entry which it does not have yet and which are ids of nothing registered: claims may have
    /// used them for something provisional.
    /// </summary>
    public static IReadOnlyList<string> NewIds(RegistrySnapshot registry, EntityKind kind, string id, EntryDraft draft)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(draft);
        var held = new EntryEdit(registry, kind, id)._held;
        return [.. draft.Aliases.Append(draft.Name ?? "")
            .Where(name => !held.Contains(NameFolding.Fold(name)))
            .Select(NameFolding.ToSlug)
            .Where(slug => slug.Length > 0 && slug != id && registry.Find(kind, slug) is null && registry.Survivor(kind, slug) != registry.Survivor(kind, id))
            .Distinct(StringComparer.Ordinal)];
    }

    private RegistryEntry Read(EntryDraft draft)
    {
        if (_id.Length > ClaimAdmission.MaxNameLength || NameFolding.ToSlug(_id) is var slug && (slug != _id || slug.Length == 0))
        {
            Refuse(RegistryRefusalCodes.Id, "id", $"an id is a slug such as {(NameFolding.ToSlug(_id) is { Length: > 0 } like ? like : "blue-brigade")}");
        }

        var name = Name("name", draft.Name);
        var aliases = Aliases(draft.Aliases);
        CheckNames([.. aliases.Append(name).Append(_id)]);
        var entry = (_before ?? new RegistryEntry { Entity = _kind, Id = _id, Name = name, Kind = "" }) with
        {
            Name = name,
            Aliases = aliases,
            Kind = Kind(draft.Kind),
            Parent = Parent(draft.Parent),
            Voice = Voice(draft.Voice),
            Affiliation = Only(EntityKind.Source, "affiliation", draft.Affiliation) is { } actor ? Known(EntityKind.Actor, RegistryRefusalCodes.Affiliation, "affiliation", actor)?.Id : null,
            Rating = Rating(draft.Rating),
            Latitude = Degrees("latitude", draft.Latitude, 90),
            Longitude = Degrees("longitude", draft.Longitude, 180),
            MergedInto = null,
            Provisional = false,
        };
        if (draft.Latitude is null != draft.Longitude is null)
        {
            Refuse(RegistryRefusalCodes.Location, "location", "a location has a latitude and a longitude");
        }

        // Who is moved to another country has that country's code from then on.
        return (_before is not null && entry.Parent == _before.Parent) || entry.Parent is not { } parent
            ? entry
            : entry with { Country = _registry.Find(_kind, parent)?.Country };
    }

    private string Name(string field, string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            Refuse(RegistryRefusalCodes.Missing, field, $"{field} is missing");
        }
        else if (name.Length > ClaimAdmission.MaxNameLength || name.Any(char.IsControl))
        {
            Refuse(RegistryRefusalCodes.Text, field, $"{field} is a line of at most {ClaimAdmission.MaxNameLength} characters");
        }
        else if (NameFolding.ToSlug(name).Length == 0)
        {
            Refuse(RegistryRefusalCodes.Name, field, $"{field} has no letter or digit in it");
        }

        return name?.Trim() ?? "";
    }

    private string[] Aliases(IReadOnlyList<string> aliases)
    {
        if (aliases.Count > MaximumAliases)
        {
            Refuse(RegistryRefusalCodes.Text, "aliases", $"an entry has at most {MaximumAliases} aliases");
            return [];
        }

        return [.. aliases.Select((alias, at) => Name($"aliases[{at}]", alias)).Distinct(StringComparer.Ordinal)];
    }

    // A name that the entry has had already it keeps, also where several places share it.
    private void CheckNames(string[] names)
    {
        var survivor = _registry.Survivor(_kind, _id);
        foreach (var name in names.Where(name => !_held.Contains(NameFolding.Fold(name))))
        {
            if (_registry.Holders(_kind, NameFolding.Fold(name)).FirstOrDefault(holder => holder.Id != _id && _registry.Survivor(_kind, holder.Id) != survivor) is { } holder)
            {
                Refuse(RegistryRefusalCodes.NameTaken, name == names[^1] ? "id" : name == names[^2] ? "name" : "aliases", $"{name} is a name of {holder.Id} ({holder.Name})", RefusalKind.Conflict);
            }
        }
    }

    private string Kind(string? kind)
    {
        var kinds = IsWorld ? ["world"] : EntryKinds.Of(_kind);
        if (string.IsNullOrEmpty(kind))
        {
            Refuse(RegistryRefusalCodes.Missing, "kind", $"kind is one of: {string.Join(' ', kinds)}");
        }
        else if (!kinds.Contains(kind, StringComparer.Ordinal))
        {
            Refuse(IsWorld ? RegistryRefusalCodes.World : RegistryRefusalCodes.Kind, "kind", $"kind is one of: {string.Join(' ', kinds)}");
        }

        return kind ?? "";
    }

    private string? Parent(string? parent)
    {
        if (_kind == EntityKind.Source)
        {
            return Only(EntityKind.Actor, "parent", parent);
        }

        if (IsWorld)
        {
            if (parent is not null)
            {
                Refuse(RegistryRefusalCodes.World, "parent", "nothing contains the world");
            }

            return null;
        }

        if (parent is null)
        {
            return _kind == EntityKind.Region ? RegistrySnapshot.World : null;
        }

        var known = Known(_kind, RegistryRefusalCodes.Parent, "parent", parent);
        if (known?.Id == _id)
        {
            Refuse(RegistryRefusalCodes.Cycle, "parent", $"{_id} is no part of itself");
        }

        return known?.Id;
    }

    // An actor may be given its own voice, where the default is another's.
    private string? Voice(string? voice) =>
        Only(EntityKind.Actor, "voice", voice) is not { } given ? null
        : given == _id ? _id
        : Known(EntityKind.Actor, RegistryRefusalCodes.Voice, "voice", given)?.Id;

    private char? Rating(string? rating)
    {
        if (Only(EntityKind.Source, "rating", rating) is not { } given)
        {
            return null;
        }

        if (given is not [>= 'A' and <= 'F'])
        {
            Refuse(RegistryRefusalCodes.Rating, "rating", "a rating is A, B, C, D, E or F");
            return null;
        }

        return given[0];
    }

    private double? Degrees(string field, double? degrees, double most)
    {
        if (degrees is null)
        {
            return null;
        }

        if (_kind != EntityKind.Region)
        {
            Refuse(RegistryRefusalCodes.Field, "location", "only a region has a location");
        }
        else if (!(Math.Abs(degrees.Value) <= most))
        {
            Refuse(RegistryRefusalCodes.Location, $"location.{field}", $"{field} is from -{most} to {most} degrees");
        }

        return degrees;
    }

    private string? Only(EntityKind kind, string field, string? value)
    {
        if (value is not null && _kind != kind)
        {
            Refuse(RegistryRefusalCodes.Field, field, $"{(_kind == EntityKind.Actor ? "an" : "a")} {_kind.ToString().ToLowerInvariant()} has no {field}");
            return null;
        }

        return value;
    }

    private RegistryEntry? Known(EntityKind kind, string code, string field, string name)
    {
        var found = _registry.Candidates(kind, name);
        if (found.Count == 1)
        {
            return found[0];
        }

        Refuse(code, field, found.Count == 0
            ? $"nothing in the registry is called {name}"
            : $"{name} is one of: {string.Join(' ', found.Take(10).Select(one => one.Id))}");
        return null;
    }

    private RegistryRefusal? FaultOf(RegistrySnapshot after) => after.Structure == _registry.Structure ? null : after.FindFault(_kind)?.Kind switch
    {
        null => null,
        RegistryFaultKind.VoiceCycle => Refusal(RegistryRefusalCodes.Voice, _before?.Voice is null && after.Find(_kind, _id)?.Voice is null ? "parent" : "voice", $"{_id} would speak, by way of others, with its own voice", RefusalKind.Conflict),
        RegistryFaultKind.ParentUnknown => Refusal(RegistryRefusalCodes.Parent, "parent", "the parent is not in the registry", RefusalKind.Invalid),
        _ => Refusal(RegistryRefusalCodes.Cycle, "parent", $"{_id} would be a part of itself, or lie too deep", RefusalKind.Conflict),
    };

    private static RegistryRefusal Refusal(string code, string field, string message, RefusalKind kind) => new(kind, code, field, message);

    private void Refuse(string code, string field, string message, RefusalKind kind = RefusalKind.Invalid) => _refusal ??= Refusal(code, field, message, kind);
}
