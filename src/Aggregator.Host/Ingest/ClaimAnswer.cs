using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Host.Ingest;

#pragma warning disable CS1591 // members mirror the wire form of a claim (ClaimInput says what each field means)

/// <summary>An entity as answers give it.</summary>
/// <param name="Id">Registry id.</param>
/// <param name="Name">Display name.</param>
/// <param name="Text">As found.</param>
public sealed record EntityAnswer(string Id, string Name, string Text);

/// <summary>UTF-16 offsets into the report's text.</summary>
public sealed record SpanAnswer(int Start, int End);

/// <summary>First and last day.</summary>
public sealed record OccurredAnswer(DateOnly From, DateOnly To);

/// <summary>Who holds a place.</summary>
public sealed record ControlAnswer(EntityAnswer Holder);

/// <summary>How a claim relates to another.</summary>
public sealed record RelatesAnswer(string To, string As);

/// <summary>The figure of a claim.</summary>
public sealed record FigureAnswer(
    string Item, string Outcome, long? Low, long? Best, long? High, string Basis, DateOnly? Since, DateOnly? AsOf, string? Phrase, string? Detail,
    long? Correction, IReadOnlyList<string> Supersedes);

/// <summary>A claim as answers give it.</summary>
public record ClaimAnswer
{
    public required string Id { get; init; }
    public required string Source { get; init; }
    public required DateTimeOffset ReportedAt { get; init; }
    public EntityAnswer? Claimant { get; init; }
    public required string Stance { get; init; }
    public string? Event { get; init; }
    public EntityAnswer? Initiator { get; init; }
    public EntityAnswer? Target { get; init; }
    public EntityAnswer? Region { get; init; }
    public OccurredAnswer? Occurred { get; init; }
    public FigureAnswer? Figure { get; init; }
    public ControlAnswer? Control { get; init; }
    public RelatesAnswer? Relates { get; init; }
    public IReadOnlyList<string> RefersTo { get; init; } = [];
    public string? Quote { get; init; }
    public SpanAnswer? Span { get; init; }

    [SetsRequiredMembers]
    internal ClaimAnswer(Claim claim, RegistrySnapshot registry)
    {
        Id = claim.Key.Id;
        Source = claim.Source.Id;
        ReportedAt = claim.ReportedAt;
        Claimant = Entity(EntityKind.Actor, claim.Claimant);
        Stance = Slug.Of(claim.Stance);
        Event = claim.Event is { } type ? Slug.Of(type) : null;
        Initiator = Entity(EntityKind.Actor, claim.Initiator);
        Target = Entity(EntityKind.Actor, claim.Target);
        Region = Entity(EntityKind.Region, claim.Region);
        Occurred = claim.Occurred is { } days ? new OccurredAnswer(days.From, days.To) : null;
        Figure = claim.Figure is { } figure
            ? new FigureAnswer(
                Slug.Of(figure.Item), Slug.Of(figure.Outcome), figure.Bounds.Low, figure.Bounds.Best, figure.Bounds.High,
                Slug.Of(figure.Basis), figure.Since, figure.AsOf, figure.Phrase, figure.Detail, figure.Correction, figure.Supersedes)
            : null;
        Control = Entity(EntityKind.Actor, claim.Holder) is { } holder ? new ControlAnswer(holder) : null;
        Relates = claim.Relates is { } relation ? new RelatesAnswer(relation.To, Slug.Of(relation.Kind)) : null;
        RefersTo = claim.RefersTo;
        Quote = claim.Quote;
        Span = claim.Span is { } span ? new SpanAnswer(span.Start, span.End) : null;

        EntityAnswer? Entity(EntityKind kind, EntityRef? entity) =>
            entity is null ? null : new EntityAnswer(entity.Id, registry.Describe(kind, entity.Id, entity.Text).Name, entity.Text);
    }
}

/// <summary>A claim found in a report of the request.</summary>
public sealed record FoundClaimAnswer : ClaimAnswer
{
    [SetsRequiredMembers]
    internal FoundClaimAnswer(Claim claim, int report, RegistrySnapshot registry) : base(claim, registry) => Report = report;

    /// <summary>0-based place of the report in the request.</summary>
    public required int Report { get; init; }
}

/// <summary>What became of reports: the tallies of their claims, and the claims. Tallies count claims, errors reports.</summary>
public sealed record ReportAnswer(
    int Accepted, int Duplicate, int Corrected, int Rejected, IReadOnlyList<FeedError> Errors, bool? Applied,
    [property: JsonPropertyOrder(1)] bool DryRun, [property: JsonPropertyOrder(2)] IReadOnlyList<FoundClaimAnswer> Claims)
    : FeedAnswer(Accepted, Duplicate, Corrected, Rejected, Errors, Applied);
