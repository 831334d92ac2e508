using System.Globalization;

namespace Aggregator.Store.Registry;

/// <summary>The last edit of the registry: how many there are, and a digest of it, so that a history that another took the place of is noticed.</summary>
/// <param name="Version">Number of the last edit, 1 for the first; 0 if there is none.</param>
/// <param name="Tag">Digest of the last edit; empty if there is none.</param>
public readonly record struct RegistryHead(long Version, string Tag)
{
    /// <summary>No edit was ever made.</summary>
    public static readonly RegistryHead None = new(0, "");

    /// <summary>The stored form; empty for none.</summary>
    public override string ToString() => Version == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Version}:{Tag}");

    internal static RegistryHead Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new RegistryHead(long.Parse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture), text[(colon + 1)..]);
    }
}
