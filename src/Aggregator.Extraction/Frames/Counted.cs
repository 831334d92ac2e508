using Aggregator.Domain.Claims;
using Aggregator.Extraction.Lexicons;
using Aggregator.Extraction.Mentions;

namespace Aggregator.Extraction.Frames;

/// <summary>A number with the thing it counts, and what happened to it once that is known.</summary>
internal sealed class Counted
{
    /// <summary>First token of the number.</summary>
    public required int Start { get; init; }

    /// <summary>Token after the noun.</summary>
    public required int End { get; init; }

    /// <summary>How many.</summary>
    public required Bounds Bounds { get; init; }

    /// <summary>What; null where the sentence leaves it out ("and wounded 12").</summary>
    public Item? Item { get; set; }

    /// <summary>Formation or model; null for none.</summary>
    public string? Detail { get; init; }

    /// <summary>Whose, where the noun phrase says it ("Armenian", "enemy", "of the rebels").</summary>
    public ActorMention? Owner { get; set; }

    /// <summary>Whether the noun is "men", soldiers only where a side's own are meant.</summary>
    public bool IsMen { get; init; }

    /// <summary>Whether the number is only an article.</summary>
    public bool IsArticle { get; init; }

    /// <summary>What happened; null while unknown.</summary>
    public Outcome? Outcome { get; set; }

    /// <summary>The words that say what happened; the figure's own noun has its place too.</summary>
    public Hit<OutcomeWord>? Cause { get; set; }

    /// <summary>Whether it is a passive or intransitive reading: the cause follows.</summary>
    public bool IsSubject { get; set; }

    /// <summary>The figure this one is a part of; null if none.</summary>
    public Counted? Whole { get; set; }

    /// <summary>Whether a side lost it itself ("lost 54 servicemen"): subject of the verb is the target.</summary>
    public bool LostBySubject => Cause is { Value.Form: "lose" or "losing" } && !IsSubject;
}
