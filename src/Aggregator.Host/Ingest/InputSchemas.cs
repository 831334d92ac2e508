using System.ComponentModel.DataAnnotations;
using Aggregator.Domain.Claims;

namespace Aggregator.Host.Ingest;

// What the API's description says of the bodies that it takes. ClaimJson and ReportReader read them; a test holds the
// fields of both together.

/// <summary>Names the vocabulary that a text field is a word of.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordOfAttribute(Type vocabulary) : Attribute
{
    /// <summary>The slugs of its words.</summary>
    public IReadOnlyList<string> Slugs => vocabulary switch
    {
        _ when vocabulary == typeof(Item) => Slug.All<Item>(),
        _ when vocabulary == typeof(Outcome) => Slug.All<Outcome>(),
        _ when vocabulary == typeof(EventType) => Slug.All<EventType>(),
        _ when vocabulary == typeof(Stance) => Slug.All<Stance>(),
        _ when vocabulary == typeof(Basis) => Slug.All<Basis>(),
        _ when vocabulary == typeof(RelationKind) => Slug.All<RelationKind>(),
        _ => throw new InvalidOperationException($"{vocabulary.Name} is no vocabulary"),
    };
}

/// <summary>
/// One atomic statement: somebody says something about one figure, event or control of a place. It has a figure, a
/// control or an event. Names are ids or any alias, without regard to case and diacritics; a name nobody knows makes a
/// provisional entry. Fields that are not listed are refused.
/// </summary>
internal sealed record ClaimInput
{
    /// <summary>Unique within the source, up to 256 characters; left out, one is made from the content. Case counts.</summary>
    public string? Id { get; init; }

    /// <summary>Who published it. Case does not count.</summary>
    [Required]
    public string Source { get; init; } = "";

    /// <summary>The first publisher, when known: copies of one story are one origin.</summary>
    public string? Origin { get; init; }

    /// <summary>The document it was found in.</summary>
    public ReportRefInput? Report { get; init; }

    /// <summary>When the source published it: RFC 3339 with an offset, or a day (its first moment, UTC).</summary>
    [Required]
    public DateTimeOffset ReportedAt { get; init; }

    /// <summary>Who asserts it; null is the source's own voice.</summary>
    public string? Claimant { get; init; }

    /// <summary>Asserts if left out. A denial adds no count; a confirmation asserts in its own voice.</summary>
    [WordOf(typeof(Stance))]
    public string? Stance { get; init; }

    /// <summary>An ACLED sub-event type. Events without a figure are counted, and shown in no line.</summary>
    [WordOf(typeof(EventType))]
    public string? Event { get; init; }

    /// <summary>Who acted.</summary>
    public string? Initiator { get; init; }

    /// <summary>On whom; for a loss, the side that suffered it. Null is everyone.</summary>
    public string? Target { get; init; }

    /// <summary>Where; null is the world.</summary>
    public string? Region { get; init; }

    /// <summary>When it happened, in days, UTC; one of the two is enough.</summary>
    public OccurredInput? Occurred { get; init; }

    /// <summary>The figure.</summary>
    public FigureInput? Figure { get; init; }

    /// <summary>Instead of a figure: who holds the region.</summary>
    public ControlInput? Control { get; init; }

    /// <summary>How it relates to another claim of the same report.</summary>
    public RelatesInput? Relates { get; init; }

    /// <summary>Admiralty credibility of the information, 1 (confirmed) to 6 (cannot be judged).</summary>
    [Range(1, 6)]
    public int? Credibility { get; init; }

    /// <summary>The words that carry it, up to 4,096 characters.</summary>
    public string? Quote { get; init; }

    /// <summary>Where the quote stands in the report's text, in UTF-16 units.</summary>
    public SpanInput? Span { get; init; }

    /// <summary>Claims that it answers, as <c>source/id</c>, up to 64.</summary>
    public IReadOnlyList<string>? RefersTo { get; init; }

    /// <summary>A global incident id: figures of different incidents add up even on one day.</summary>
    public string? Incident { get; init; }

    /// <summary>Version under the same (source, id): the highest stands.</summary>
    public int? Revision { get; init; }
}

/// <summary>The document a claim was found in.</summary>
internal sealed record ReportRefInput
{
    /// <summary>Where it was published.</summary>
    public string? Url { get; init; }

    /// <summary>Its headline.</summary>
    public string? Title { get; init; }

    /// <summary>A digest that near-identical texts share.</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>First and last day.</summary>
internal sealed record OccurredInput
{
    /// <summary>First day.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>
/// How many of what. Null low is 0, null high is unbounded, null best is unknown: send all three alike for an exact
/// count. Three nulls are a loss without a number.
/// </summary>
internal sealed record FigureInput
{
    /// <summary>What is counted.</summary>
    [Required, WordOf(typeof(Item))]
    public string Item { get; init; } = "";

    /// <summary>What happened to it: people are killed, tanks are destroyed.</summary>
    [Required, WordOf(typeof(Outcome))]
    public string Outcome { get; init; } = "";

    /// <summary>Least count.</summary>
    public long? Low { get; init; }

    /// <summary>The count as stated.</summary>
    public long? Best { get; init; }

    /// <summary>Greatest count.</summary>
    public long? High { get; init; }

    /// <summary>Incident if left out; cumulative is a running total.</summary>
    [WordOf(typeof(Basis))]
    public string? Basis { get; init; }

    /// <summary>First day of a running total.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>Day a running total is stated for.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>The words of the figure.</summary>
    public string? Phrase { get; init; }

    /// <summary>Formation, model or subgroup. Figures of different details add up within a day.</summary>
    public string? Detail { get; init; }

    /// <summary>A stated correction of a running total, signed.</summary>
    public long? Correction { get; init; }

    /// <summary>Classes that this figure takes over, as item or item/detail.</summary>
    public IReadOnlyList<string>? Supersedes { get; init; }
}

/// <summary>Who holds the region.</summary>
internal sealed record ControlInput
{
    /// <summary>The holder.</summary>
    [Required]
    public string Holder { get; init; } = "";
}

/// <summary>How a claim relates to another of the same report.</summary>
internal sealed record RelatesInput
{
    /// <summary>The other claim, as <c>source/id</c>.</summary>
    [Required]
    public string To { get; init; } = "";

    /// <summary>A part of it (never added), its former version (history only), or more (added).</summary>
    [Required, WordOf(typeof(RelationKind))]
    public string As { get; init; } = "";
}

/// <summary>Offsets [start, end).</summary>
internal sealed record SpanInput
{
    /// <summary>First unit.</summary>
    [Required]
    public int Start { get; init; }

    /// <summary>One behind the last.</summary>
    [Required]
    public int End { get; init; }
}

/// <summary>One published document, as a scraper delivered it.</summary>
internal sealed record ReportInput
{
    /// <summary>Who published it.</summary>
    [Required]
    public string Source { get; init; } = "";

    /// <summary>Where.</summary>
    public string? Url { get; init; }

    /// <summary>Its headline.</summary>
    public string? Title { get; init; }

    /// <summary>When: RFC 3339 with an offset, or a day. Weekdays in the text are resolved against it.</summary>
    [Required]
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>The text, up to 1,000,000 characters; markup is read as text.</summary>
    [Required]
    public string Text { get; init; } = "";

    /// <summary>Its language as a BCP 47 tag; English if left out.</summary>
    public string? Language { get; init; }
}

/// <summary>A refusal (RFC 9457).</summary>
internal sealed record ProblemAnswer
{
    /// <summary>Reference of the status.</summary>
    public string? Type { get; init; }

    /// <summary>Name of the status.</summary>
    public string? Title { get; init; }

    /// <summary>HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>What is wrong, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>What is wrong, for programs; stable.</summary>
    public string Code { get; init; } = "";

    /// <summary>The field at fault, if it is one.</summary>
    public string? Field { get; init; }

    /// <summary>Line of the body, from 1.</summary>
    public long? Line { get; init; }

    /// <summary>Byte column in the line, from 1.</summary>
    public long? Column { get; init; }
}
