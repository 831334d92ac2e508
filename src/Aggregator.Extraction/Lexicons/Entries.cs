using Aggregator.Domain.Claims;

namespace Aggregator.Extraction.Lexicons;

/// <summary>A number word.</summary>
internal sealed record NumberWord(string Kind, long Low, long High);

/// <summary>A word by its kind: approximations, speech, sides, control, totals, dates, ...</summary>
internal sealed record Word(string Kind, string Value);

/// <summary>A countable thing.</summary>
/// <param name="Item">Its class.</param>
/// <param name="Detail"><c>model</c>, <c>formation</c> or empty.</param>
internal sealed record ItemWord(Item Item, string Detail);

/// <summary>What happens to things: the outcome for people and for equipment, null where it cannot be said.</summary>
/// <param name="People">For people.</param>
/// <param name="Equipment">For equipment and units.</param>
/// <param name="Form">Where the counted thing stands; see outcomes.tsv.</param>
internal sealed record OutcomeWord(Outcome? People, Outcome? Equipment, string Form)
{
    /// <summary>The outcome for an item; null if it cannot be said of it.</summary>
    public Outcome? For(Item item) => item.IsPeople() ? People : Equipment;
}

/// <summary>A body of a side.</summary>
/// <param name="Roles">Endings of registry ids after the country's, the first that exists.</param>
/// <param name="Military">Whether it is the side's men and arms.</param>
/// <param name="Speaks">Whether it makes statements.</param>
/// <param name="Names">Whether it is a part of a side's name ("Russian soldiers"), not its things or deeds ("Russian attacks").</param>
internal sealed record BodyWord(IReadOnlyList<string> Roles, bool Military, bool Speaks, bool Names);
