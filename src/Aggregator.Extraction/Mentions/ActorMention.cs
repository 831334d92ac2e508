namespace Aggregator.Extraction.Mentions;

/// <summary>How an actor is named.</summary>
internal enum ActorForm : byte
{
    /// <summary>By a name or adjective that the registry resolves ("Baku", "Armenian", "the RSF").</summary>
    Named = 1,

    /// <summary>A body of a named side ("Azerbaijan's military", "officials in Baku").</summary>
    Body = 2,

    /// <summary>A body without a side ("the army", "the ministry").</summary>
    BareBody = 3,

    /// <summary>A word that only the speaker or story resolves ("the enemy", "rebels").</summary>
    Side = 4,

    /// <summary>A pronoun, or "the ministry" for one named before.</summary>
    Pronoun = 5,

    /// <summary>A speaker without an entry ("residents"), or a person's name.</summary>
    Other = 6,
}

/// <summary>Words that name an actor, at tokens [Start, End).</summary>
internal sealed record ActorMention(int Start, int End, ActorForm Form)
{
    /// <summary>The words as found.</summary>
    public required string Text { get; init; }

    /// <summary>Registry id; null if only context can tell.</summary>
    public string? Id { get; init; }

    /// <summary>Id of the actor whose body it is, or of the actor itself; null if only context can tell.</summary>
    public string? Owner { get; init; }

    /// <summary>For side words, their kind (sides.tsv).</summary>
    public string Side { get; init; } = "";

    /// <summary>For a body called "its", "their", "his": whom the sentence names before it; null if nobody.</summary>
    public ActorMention? Antecedent { get; init; }

    /// <summary>Whether it is a side's men and arms, or what they do.</summary>
    public bool Military { get; init; }

    /// <summary>Whether it can make statements.</summary>
    public bool Speaks { get; init; }
}
