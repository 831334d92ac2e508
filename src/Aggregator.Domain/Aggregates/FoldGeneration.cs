namespace Aggregator.Domain.Aggregates;

/// <summary>
/// What the fold's results mean, as a name that all of them are kept under (docs/upgrades.md): a release that counts or keeps otherwise than the one
/// before gets another <see cref="Current"/>, and builds its state anew from the log, beside the old.
/// </summary>
public static class FoldGeneration
{
    /// <summary>The first one; its keys and its cluster have no generation in their names.</summary>
    public const string First = "1";

    /// <summary>The generation that this release folds into.</summary>
    public const string Current = "1";

    /// <summary>Longest name.</summary>
    public const int MaximumLength = 64;

    /// <summary>The generation of this release, or one beside it that holds the same.</summary>
    /// <param name="label">Tells those beside apart; null for the release's own.</param>
    public static string Beside(string? label) => label is null ? Current : $"{Current}-{label}";

    /// <summary>Whether a name may be one of a generation: small letters, digits and <c>-</c>.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= MaximumLength } && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
