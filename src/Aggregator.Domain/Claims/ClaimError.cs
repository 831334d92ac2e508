namespace Aggregator.Domain.Claims;

/// <summary>Why a claim was refused.</summary>
/// <param name="Code">Stable, for programs: one of <see cref="ClaimErrorCodes"/>.</param>
/// <param name="Field">Path of the field at fault (<c>figure.low</c>); empty for the whole claim.</param>
/// <param name="Message">For people.</param>
public sealed record ClaimError(string Code, string Field, string Message);

/// <summary>The closed set of refusals of one claim.</summary>
public static class ClaimErrorCodes
{
    /// <summary>A required field is absent or blank.</summary>
    public const string Missing = "claim.missing";

    /// <summary>A field has the wrong JSON type or is not a date, time or number.</summary>
    public const string Malformed = "claim.malformed";

    /// <summary>A field is not one that a claim has.</summary>
    public const string UnknownField = "claim.unknown-field";

    /// <summary>A text is longer than its limit or has characters it may not have.</summary>
    public const string Text = "claim.text";

    /// <summary>A name has no letter or digit in it.</summary>
    public const string Name = "claim.name";

    /// <summary>Item, outcome, event, stance, basis or relation is not a word of the vocabulary.</summary>
    public const string Vocabulary = "claim.vocabulary";

    /// <summary>The outcome cannot happen to the item.</summary>
    public const string Mismatch = "claim.mismatch";

    /// <summary>A figure is negative, out of order or too large.</summary>
    public const string Figure = "claim.figure";

    /// <summary>A date lies outside the accepted range or a span ends before it starts.</summary>
    public const string Date = "claim.date";

    /// <summary>The claim has had as many versions as one may have; send it under another id.</summary>
    public const string TooManyVersions = "claim.too-many-versions";

    /// <summary>The report has had as many texts as one may have.</summary>
    public const string TooManyTexts = "report.too-many-texts";

    /// <summary>The claim states neither figure, control nor event, or both a figure and control.</summary>
    public const string Nothing = "claim.nothing";
}
