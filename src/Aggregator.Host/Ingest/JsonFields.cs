using System.Globalization;
using System.Text.Json;
using Aggregator.Domain.Claims;

namespace Aggregator.Host.Ingest;

/// <summary>Reads the fields of one JSON object and keeps the first thing wrong with them, with its path.</summary>
internal sealed class JsonFields(string codePrefix)
{
    public ClaimError? Error { get; private set; }

    public void Fail(string code, string field, string message) => Error ??= new ClaimError(code, field, message);

    public void Malformed(string field, string expected) => Fail(codePrefix + ".malformed", field, $"{field} is {expected}");

    public void Unknown(string field) => Fail(codePrefix + ".unknown-field", field, $"there is no field {field}");

    public string? Text(string field, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Unescape(field, value.GetString);
            case JsonValueKind.Null:
                return null;
            default:
                Malformed(field, "a string");
                return null;
        }
    }

    // JSON can escape half a surrogate pair, which is no text.
    private string? Unescape(string field, Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            Fail(codePrefix + ".text", field, $"{field} has a broken surrogate in it");
            return null;
        }
    }

    public long? Integer(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
        {
            return number;
        }

        Malformed(field, "a whole number");
        return null;
    }

    public double? Real(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // A number too large for its type reads as infinite.
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Malformed(field, "a number");
        return null;
    }

    public int? Small(string field, JsonElement value)
    {
        var number = Integer(field, value);
        if (number is < int.MinValue or > int.MaxValue)
        {
            Malformed(field, "a whole number of 32 bits");
            return null;
        }

        return (int?)number;
    }

    /// <summary>A day, or a time whose UTC day counts.</summary>
    public DateOnly? Day(string field, JsonElement value)
    {
        if (Text(field, value) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        return Time(field, value) is { } time ? DateOnly.FromDateTime(time.UtcDateTime) : null;
    }

    /// <summary>An RFC 3339 time; a bare day is its first moment, UTC.</summary>
    public DateTimeOffset? Time(string field, JsonElement value)
    {
        if (Text(field, value) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        }

        if (value.TryGetDateTimeOffset(out var time) && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10))
        {
            return time.ToUniversalTime();
        }

        Malformed(field, "a date (2020-09-29) or a time with its offset (2020-09-29T04:00:00Z)");
        return null;
    }

    /// <summary>A name: a string, or an entity as answers give it.</summary>
    public NameRef? Name(string field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return Text(field, value) is { } text ? new NameRef(text) : null;
        }

        string? id = null;
        string? found = null;
        foreach (var property in value.EnumerateObject())
        {
            switch (property.Name)
            {
                case "id":
                    id = Text(field + ".id", property.Value);
                    break;
                case "text":
                    found = Text(field + ".text", property.Value);
                    break;
                case "name":
                    found ??= Text(field + ".name", property.Value);
                    break;
                default:
                    Unknown($"{field}.{property.Name}");
                    break;
            }
        }

        // The id is a name like any other: the registry says whether it is one of its own.
        if ((id ?? found) is not { } name)
        {
            Fail(codePrefix + ".missing", field, $"{field} has neither id nor text; leave it out or give null");
            return null;
        }

        return new NameRef(name);
    }

    public IReadOnlyList<string> Texts(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Malformed(field, "an array of strings");
            return [];
        }

        var texts = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (Text(field, item) is { } text)
            {
                texts.Add(text);
            }
            else
            {
                Malformed(field, "an array of strings");
            }
        }

        return texts;
    }

    /// <summary>Reads the properties of an object; null is an absent object, but where one is to be.</summary>
    public bool Object(string field, JsonElement value, Action<string, JsonElement> property)
    {
        if (value.ValueKind == JsonValueKind.Null && field.Length > 0)
        {
            return false;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(codePrefix + ".malformed", field, $"{(field.Length == 0 ? "a " + codePrefix : field)} is an object");
            return false;
        }

        foreach (var one in value.EnumerateObject())
        {
            if (Unescape(field, () => one.Name) is { } name)
            {
                property(name, one.Value);
            }
        }

        return true;
    }
}
