using System.Collections.Frozen;
using System.Text;

namespace Aggregator.Domain.Claims;

/// <summary>
/// The wire form of the vocabulary: <c>ArmouredVehicle</c> is <c>armoured-vehicle</c>. Slugs are compared exactly.
/// </summary>
public static class Slug
{
    /// <summary>The slug of a vocabulary word.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Table<T>.Slugs[value];

    /// <summary>The word of a slug; false if no word has it.</summary>
    public static bool TryParse<T>(string? slug, out T value) where T : struct, Enum
    {
        if (slug is not null && Table<T>.Words.TryGetValue(slug, out value))
        {
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>All slugs of a vocabulary, in the order of its words.</summary>
    public static IReadOnlyList<string> All<T>() where T : struct, Enum => Table<T>.Ordered;

    private static string FromPascal(string name)
    {
        var slug = new StringBuilder(name.Length + 4);
        foreach (var character in name)
        {
            if (char.IsUpper(character) && slug.Length > 0)
            {
                slug.Append('-');
            }

            slug.Append(char.ToLowerInvariant(character));
        }

        return slug.ToString();
    }

    private static class Table<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Slugs =
            Enum.GetValues<T>().ToFrozenDictionary(value => value, value => FromPascal(value.ToString()));

        public static readonly FrozenDictionary<string, T> Words =
            Slugs.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

        public static readonly string[] Ordered = [.. Enum.GetValues<T>().Select(value => Slugs[value])];
    }
}
