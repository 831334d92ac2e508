using Aggregator.Contracts.Partitions;

namespace Aggregator.Contracts.Entities;

/// <summary>Which claims are asked for (R20); null asks for any.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.claims-query")]
public sealed record ClaimsQuery
{
    /// <summary>What is counted, an item of the vocabulary.</summary>
    [Id(0)]
    public byte? Item { get; init; }

    /// <summary>What happened to it.</summary>
    [Id(1)]
    public byte? Outcome { get; init; }

    /// <summary>Registry id of the target, or of its voice.</summary>
    [Id(2)]
    public string? Target { get; init; }

    /// <summary>Registry id of the claimant, or of its voice.</summary>
    [Id(3)]
    public string? Claimant { get; init; }

    /// <summary>Reported at this moment or later, UTC.</summary>
    [Id(4)]
    public DateTimeOffset? From { get; init; }

    /// <summary>Reported at this moment or earlier, UTC.</summary>
    [Id(5)]
    public DateTimeOffset? To { get; init; }

    /// <summary>reportedAt of the claim that the last page ended with; null for the first page.</summary>
    [Id(6)]
    public DateTimeOffset? AfterTime { get; init; }

    /// <summary>Source of that claim, as its key has it.</summary>
    [Id(7)]
    public string? AfterSource { get; init; }

    /// <summary>Id of that claim.</summary>
    [Id(8)]
    public string? AfterId { get; init; }

    /// <summary>Most claims to answer.</summary>
    [Id(9)]
    public required int Limit { get; init; }
}

/// <summary>Claims with their words, newest first.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.claims-page")]
public sealed record ClaimsPage
{
    /// <summary>The claims.</summary>
    [Id(0)]
    public required ClaimList Claims { get; init; }

    /// <summary>Whether there are older ones.</summary>
    [Id(1)]
    public required bool HasMore { get; init; }

    /// <summary>Whether the registry knows the entity, or a claim names it.</summary>
    [Id(2)]
    public required bool IsKnown { get; init; }
}

/// <summary>Which timeline is asked for (R18).</summary>
[GenerateSerializer, Immutable, Alias("aggregator.timeline-query")]
public sealed record TimelineQuery
{
    /// <summary>Its fineness.</summary>
    [Id(0)]
    public required byte Bucket { get; init; }

    /// <summary>By which time.</summary>
    [Id(1)]
    public required byte By { get; init; }

    /// <summary>Id of the entity that was asked first: an actor's claim on a body within it is that body's to count.</summary>
    [Id(2)]
    public required string Root { get; init; }
}

/// <summary>A timeline on the wire, oldest bucket first.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.timeline-counts")]
public sealed record TimelineCounts
{
    /// <summary>The buckets that have claims.</summary>
    [Id(0)]
    public TimelineCount[] Buckets { get; init; } = [];

    /// <summary>Claims that name no day.</summary>
    [Id(1)]
    public long Undated { get; init; }

    /// <summary>The newest reportedAt, UTC; null if there are no claims.</summary>
    [Id(2)]
    public DateTimeOffset? Newest { get; init; }

    /// <summary>Whether the registry knows the entity, or a claim names it.</summary>
    [Id(3)]
    public bool IsKnown { get; init; }
}

/// <summary>The claims of one bucket.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.timeline-count")]
public readonly record struct TimelineCount
{
    /// <summary>Start of the bucket, UTC.</summary>
    [Id(0)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Claims that assert.</summary>
    [Id(1)]
    public required long Asserts { get; init; }

    /// <summary>Claims that deny.</summary>
    [Id(2)]
    public required long Denies { get; init; }

    /// <summary>Claims that confirm.</summary>
    [Id(3)]
    public required long Confirms { get; init; }

    /// <summary>Of all of them, those reported late.</summary>
    [Id(4)]
    public required long Late { get; init; }
}
