using System.Text.Json;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;
using Aggregator.Host.Ingest;

namespace Aggregator.Host.Registry;

/// <summary>An entry as sent.</summary>
/// <param name="Draft">What it shall be.</param>
/// <param name="Stated">Fields that an edit does not change, as the sender believes them to be.</param>
internal sealed record SentEntry(EntryDraft Draft, IReadOnlyList<(string Name, JsonElement Value)> Stated);

/// <summary>Reads an entry as sent (EntryInput says what each field means). An unknown field is an error: a misspelt <c>parent</c>
/// must not leave an entry without one.</summary>
internal static class EntryJson
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The entry, or what is wrong with it.</summary>
    public static (SentEntry Sent, ClaimError? Error) Read(JsonElement element)
    {
        var fields = new JsonFields("entry");
        var draft = new EntryDraft();
        var stated = new List<(string, JsonElement)>();
        fields.Object("", element, (name, value) => draft = name switch
        {
            "name" => draft with { Name = fields.Text(name, value) },
            "aliases" => draft with { Aliases = fields.Texts(name, value) },
            "kind" => draft with { Kind = fields.Text(name, value) },
            "parent" => draft with { Parent = fields.Name(name, value)?.Text },
            "voice" => draft with { Voice = fields.Name(name, value)?.Text },
            "location" => ReadLocation(fields, value, draft),
            "affiliation" => draft with { Affiliation = fields.Name(name, value)?.Text },
            "rating" => draft with { Rating = fields.Text(name, value) },
            "id" or "country" or "population" or "geoNamesId" or "mergedInto" => State(name, value),
            _ => Unknown(name),
        });
        return (new SentEntry(draft, stated), fields.Error);

        EntryDraft State(string name, JsonElement value)
        {
            stated.Add((name, value));
            return draft;
        }

        EntryDraft Unknown(string name)
        {
            fields.Unknown(name);
            return draft;
        }
    }

    /// <summary>The first field that an edit does not change and that says otherwise than the registry; null if none does.</summary>
    public static string? Contradiction(SentEntry sent, string id, RegistryEntry? entry)
    {
        var held = JsonSerializer.SerializeToElement(EntryAnswer.Of(entry ?? new RegistryEntry { Entity = default, Id = id, Name = id, Kind = "" }), Web);
        return sent.Stated.FirstOrDefault(one => one.Value.ValueKind != JsonValueKind.Null && !JsonElement.DeepEquals(one.Value, held.GetProperty(one.Name))).Name;
    }

    private static EntryDraft ReadLocation(JsonFields fields, JsonElement value, EntryDraft draft)
    {
        var has = fields.Object("location", value, (name, degrees) => draft = name switch
        {
            "latitude" => draft with { Latitude = fields.Real("location.latitude", degrees) },
            "longitude" => draft with { Longitude = fields.Real("location.longitude", degrees) },
            _ => Unknown(name),
        });
        if (has && (draft.Latitude is null || draft.Longitude is null))
        {
            fields.Fail("entry.location", "location", "a location has a latitude and a longitude");
        }

        return draft;

        EntryDraft Unknown(string name)
        {
            fields.Unknown("location." + name);
            return draft;
        }
    }
}
