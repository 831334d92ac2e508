namespace Aggregator.Domain.Registry;

/// <summary>What kind of refusal of an edit it is.</summary>
public enum RefusalKind
{
    /// <summary>The edit itself is wrong.</summary>
    Invalid,

    /// <summary>It does not fit what the registry holds.</summary>
    Conflict,

    /// <summary>It is about something that nobody knows.</summary>
    Unknown,
}

/// <summary>Why an edit of the registry is not made.</summary>
/// <param name="Kind">What kind of refusal it is.</param>
/// <param name="Code">Stable, for programs: one of <see cref="RegistryRefusalCodes"/>.</param>
/// <param name="Field">Path of the field at fault; empty if it is none.</param>
/// <param name="Message">For people.</param>
public sealed record RegistryRefusal(RefusalKind Kind, string Code, string Field, string Message);

/// <summary>The closed set of refusals of edits of the registry.</summary>
public static class RegistryRefusalCodes
{
    /// <summary>A required field is absent or blank.</summary>
    public const string Missing = "entry.missing";

    /// <summary>A text is too long, or has characters it may not have.</summary>
    public const string Text = "entry.text";

    /// <summary>A name has no letter or digit in it.</summary>
    public const string Name = "entry.name";

    /// <summary>The id is not a slug.</summary>
    public const string Id = "entry.id";

    /// <summary>The kind is none of this kind of entity.</summary>
    public const string Kind = "entry.kind";

    /// <summary>The field is one that entries of other kinds have, or one that an edit does not change.</summary>
    public const string Field = "entry.field";

    /// <summary>The parent is not in the registry, or the name fits several.</summary>
    public const string Parent = "entry.parent";

    /// <summary>The entry would contain itself.</summary>
    public const string Cycle = "entry.cycle";

    /// <summary>The voice is not in the registry, or would come back to the actor.</summary>
    public const string Voice = "entry.voice";

    /// <summary>The affiliation is not in the registry.</summary>
    public const string Affiliation = "entry.affiliation";

    /// <summary>The rating is none of A to F.</summary>
    public const string Rating = "entry.rating";

    /// <summary>A coordinate is out of range.</summary>
    public const string Location = "entry.location";

    /// <summary>A name belongs to another entry.</summary>
    public const string NameTaken = "entry.name-taken";

    /// <summary>A name is one that claims have used for something that nobody has registered: merge that.</summary>
    public const string NameProvisional = "entry.name-provisional";

    /// <summary>The root of all places stays what it is.</summary>
    public const string World = "entry.world";

    /// <summary>An entry is not merged into itself.</summary>
    public const string MergeSelf = "merge.self";

    /// <summary>What it would be merged into is itself merged into it, or is a part of it.</summary>
    public const string MergeCycle = "merge.cycle";

    /// <summary>It is merged into another already.</summary>
    public const string MergeMerged = "merge.merged";

    /// <summary>There is no such merge to undo.</summary>
    public const string MergeNone = "merge.none";

    /// <summary>The survivor has taken the name of what was merged into it: take the name out of it first.</summary>
    public const string MergeNamed = "merge.named";
}
