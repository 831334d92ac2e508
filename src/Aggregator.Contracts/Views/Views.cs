using System.Text.Json.Serialization;

namespace Aggregator.Contracts.Views;

// The shapes of the API, as the grains make them and the host writes them.

/// <summary>An entity as views name it.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.entity")]
public sealed record EntityName
{
    /// <summary>Registry id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Display name.</summary>
    [Id(1)] public required string Name { get; init; }
}

/// <summary>What all views begin with. The grain fills it in for every kind of view alike.</summary>
[GenerateSerializer, Alias("aggregator.view.head")]
public abstract record EntityView
{
    /// <summary>Registry id.</summary>
    [Id(0), JsonPropertyOrder(-19)] public string Id { get; init; } = "";

    /// <summary>Display name; of a provisional entry, the spelling used most.</summary>
    [Id(1), JsonPropertyOrder(-18)] public string Name { get; init; } = "";

    /// <summary>Kind of actor, region or source; <c>unknown</c> for provisional entries.</summary>
    [Id(2), JsonPropertyOrder(-17)] public string Kind { get; init; } = "";

    /// <summary>Whether the entry was made from a name nobody knew.</summary>
    [Id(3), JsonPropertyOrder(-16)] public bool Provisional { get; init; }

    /// <summary>The entity this one is a part of; null at the top.</summary>
    [Id(4), JsonPropertyOrder(-15)] public EntityName? Parent { get; init; }

    /// <summary>Grows with every change of what the view shows; its steps mean nothing.</summary>
    [Id(5), JsonPropertyOrder(-14)] public long Version { get; init; }

    /// <summary>The era of the store that it was read in; 0 of a host that tells none. No part of the API: within one era versions do not fall.</summary>
    [Id(12), JsonIgnore] public long Era { get; init; }

    /// <summary>When the last change was applied, UTC; null if none was.</summary>
    [Id(6), JsonPropertyOrder(-13)] public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>The moment that the view shows, UTC (R19); null for now.</summary>
    [Id(10), JsonPropertyOrder(-13)] public DateTimeOffset? AsOf { get; init; }

    /// <summary>The registry the view was built under.</summary>
    [Id(7), JsonPropertyOrder(-12)] public long RegistryVersion { get; init; }

    /// <summary>Standing claims that name this id, its parts' not included.</summary>
    [Id(8), JsonPropertyOrder(-11)] public ClaimCounts Claims { get; init; } = new();

    /// <summary>When they were reported.</summary>
    [Id(9), JsonPropertyOrder(-10)] public ActivityView Activity { get; init; } = new();

    /// <summary>Cursor of the rest of its lists; null if they are whole.</summary>
    [Id(11), JsonPropertyOrder(1)] public string? Next { get; init; }
}

/// <summary>Counts of claims by stance.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.claims")]
public sealed record ClaimCounts
{
    /// <summary>All.</summary>
    [Id(0)] public long Total { get; init; }

    /// <summary>That assert.</summary>
    [Id(1)] public long Asserts { get; init; }

    /// <summary>That deny.</summary>
    [Id(2)] public long Denies { get; init; }

    /// <summary>That confirm.</summary>
    [Id(3)] public long Confirms { get; init; }
}

/// <summary>When claims were reported, by day.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.activity")]
public sealed record ActivityView
{
    /// <summary>First day with a claim, UTC; null if there is none.</summary>
    [Id(0)] public DateOnly? FirstReported { get; init; }

    /// <summary>Last day with a claim, UTC; null if there is none.</summary>
    [Id(1)] public DateOnly? LastReported { get; init; }

    /// <summary>The last days that have claims, newest first, at most 31.</summary>
    [Id(2)] public DayCount[] Days { get; init; } = [];

    /// <summary>Claims reported more than 72 hours after the end of the last day they speak of; figures take them all the same (R18).</summary>
    [Id(3)] public long Late { get; init; }
}

/// <summary>How many claims one day has.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.day")]
public sealed record DayCount
{
    /// <summary>The day, UTC.</summary>
    [Id(0)] public required DateOnly Day { get; init; }

    /// <summary>Claims reported on it.</summary>
    [Id(1)] public required long Claims { get; init; }
}

/// <summary>An actor's aggregate.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.actor")]
public sealed record ActorView : EntityView
{
    /// <summary>The voice the actor speaks with.</summary>
    [Id(0)] public required EntityName Voice { get; init; }

    /// <summary>What it and its parts are said to have lost.</summary>
    [Id(1)] public LineView[] Lines { get; init; } = [];

    /// <summary>What it and the bodies of its voice say of others.</summary>
    [Id(2)] public SaidView[] Said { get; init; } = [];

    /// <summary>Parts that have figures of their own.</summary>
    [Id(3)] public EntityName[] Children { get; init; } = [];
}

/// <summary>A region's aggregate.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.region")]
public sealed record RegionView : EntityView
{
    /// <summary>Degrees north; null if unknown.</summary>
    [Id(0)] public double? Latitude { get; init; }

    /// <summary>Degrees east; null if unknown.</summary>
    [Id(1)] public double? Longitude { get; init; }

    /// <summary>What happened in it and its parts, per target voice.</summary>
    [Id(2)] public LineView[] Lines { get; init; } = [];

    /// <summary>Who is said to hold it.</summary>
    [Id(3)] public required ControlView Control { get; init; }

    /// <summary>Parts that have figures of their own.</summary>
    [Id(4)] public EntityName[] Children { get; init; } = [];
}

/// <summary>A figure; three nulls are a claim without a number.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.figure")]
public sealed record FigureView
{
    /// <summary>Least count.</summary>
    [Id(0)] public long? Low { get; init; }

    /// <summary>The count; null if unknown.</summary>
    [Id(1)] public long? Best { get; init; }

    /// <summary>Greatest count; null is unbounded.</summary>
    [Id(2)] public long? High { get; init; }
}

/// <summary>What is said of one target, item and outcome.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.line")]
public sealed record LineView
{
    /// <summary>Who lost it; null where claims name no target.</summary>
    [Id(0)] public EntityName? Target { get; init; }

    /// <summary>What is counted.</summary>
    [Id(1)] public required string Item { get; init; }

    /// <summary>What happened to it.</summary>
    [Id(2)] public required string Outcome { get; init; }

    /// <summary>R9.</summary>
    [Id(3)] public required FigureView Estimate { get; init; }

    /// <summary>Whether a position is denied.</summary>
    [Id(4)] public required bool Disputed { get; init; }

    /// <summary>Whether a position's parts say more than its whole.</summary>
    [Id(5)] public required bool Inconsistent { get; init; }

    /// <summary>Side by side, never blended.</summary>
    [Id(6)] public PositionView[] Positions { get; init; } = [];
}

/// <summary>One voice's current standing figure.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.position")]
public sealed record PositionView
{
    /// <summary>Who stands behind it.</summary>
    [Id(0)] public required EntityName Voice { get; init; }

    /// <summary><c>admitted</c>, <c>independent</c> or <c>alleged</c>.</summary>
    [Id(1)] public required string Standing { get; init; }

    /// <summary>Least count.</summary>
    [Id(2)] public long? Low { get; init; }

    /// <summary>The count; null if unknown.</summary>
    [Id(3)] public long? Best { get; init; }

    /// <summary>Greatest count; null is unbounded.</summary>
    [Id(4)] public long? High { get; init; }

    /// <summary><c>incident</c> or <c>cumulative</c>.</summary>
    [Id(5)] public required string Basis { get; init; }

    /// <summary>First day it covers.</summary>
    [Id(6)] public DateOnly? Since { get; init; }

    /// <summary>Last day it covers.</summary>
    [Id(7)] public DateOnly? AsOf { get; init; }

    /// <summary>What the last total added; null unless one series makes the position.</summary>
    [Id(8)] public long? Added { get; init; }

    /// <summary>What the last total took back; null unless one series makes the position.</summary>
    [Id(9)] public long? Corrected { get; init; }

    /// <summary>Actors whose words they are.</summary>
    [Id(10)] public string[] Bodies { get; init; } = [];

    /// <summary>Sources that carried them.</summary>
    [Id(11)] public string[] Sources { get; init; } = [];

    /// <summary>How many claims carry it.</summary>
    [Id(12)] public required int Appearances { get; init; }

    /// <summary>How many origins those trace back to (R5).</summary>
    [Id(13)] public required int Origins { get; init; }

    /// <summary>Voices that deny it.</summary>
    [Id(14)] public string[] DeniedBy { get; init; } = [];

    /// <summary>Voices that confirm it.</summary>
    [Id(15)] public string[] ConfirmedBy { get; init; } = [];

    /// <summary>What the voice also said of the same and what does not count beside it (R8, R10).</summary>
    [Id(16)] public VariantView[] Variants { get; init; } = [];

    /// <summary>Statements without a number.</summary>
    [Id(17)] public required int Unnumbered { get; init; }

    /// <summary>What the parts say where that is more than the whole.</summary>
    [Id(18)] public FigureView? Floor { get; init; }

    /// <summary>What the whole has beyond its parts.</summary>
    [Id(19)] public long? Unallocated { get; init; }

    /// <summary>Figures per formation, model or subgroup.</summary>
    [Id(20)] public DetailView[] Details { get; init; } = [];

    /// <summary>Whether classes of other items have taken over all of it: it is shown as it last stood, and counted in theirs.</summary>
    [Id(22)] public bool Superseded { get; init; }

    /// <summary>Claims it rests on, newest first, as <c>source/id</c>.</summary>
    [Id(21)] public string[] Evidence { get; init; } = [];
}

/// <summary>
/// Another reading of a position: a higher total that another body of the voice said before (R8), or casualties that were
/// also told as killed or wounded (R10).
/// </summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.variant")]
public sealed record VariantView
{
    /// <summary>The outcome it was told as.</summary>
    [Id(0)] public required string Outcome { get; init; }

    /// <summary>Its figure.</summary>
    [Id(1)] public required FigureView Figure { get; init; }

    /// <summary>Last day it speaks of.</summary>
    [Id(2)] public required DateOnly AsOf { get; init; }

    /// <summary>A claim that says it, as <c>source/id</c>.</summary>
    [Id(3)] public required string Claim { get; init; }
}

/// <summary>The figure of one formation, model or subgroup.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.detail")]
public sealed record DetailView
{
    /// <summary>Which.</summary>
    [Id(0)] public required string Detail { get; init; }

    /// <summary>Least count.</summary>
    [Id(1)] public long? Low { get; init; }

    /// <summary>The count; null if unknown.</summary>
    [Id(2)] public long? Best { get; init; }

    /// <summary>Greatest count; null is unbounded.</summary>
    [Id(3)] public long? High { get; init; }

    /// <summary>Whether another class has taken this one over: shown, and counted no more (R16).</summary>
    [Id(4)] public bool Superseded { get; init; }
}

/// <summary>One thing an actor says of a target in a place.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.said")]
public sealed record SaidView
{
    /// <summary>Of whom; null where it names none.</summary>
    [Id(0)] public EntityName? Target { get; init; }

    /// <summary>Where.</summary>
    [Id(1)] public required EntityName Region { get; init; }

    /// <summary>What is counted.</summary>
    [Id(2)] public required string Item { get; init; }

    /// <summary>What happened to it.</summary>
    [Id(3)] public required string Outcome { get; init; }

    /// <summary>The figure and what it rests on.</summary>
    [Id(4)] public required PositionView Position { get; init; }
}

/// <summary>Who is said to hold a place (R13).</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.control")]
public sealed record ControlView
{
    /// <summary><c>uncontested</c>, <c>contested</c> or <c>unknown</c>.</summary>
    [Id(0)] public required string Status { get; init; }

    /// <summary>Each voice's word.</summary>
    [Id(1)] public ControlPositionView[] Positions { get; init; } = [];
}

/// <summary>One voice's word on who holds a place.</summary>
[GenerateSerializer, Immutable, Alias("aggregator.view.control-position")]
public sealed record ControlPositionView
{
    /// <summary>Who says it.</summary>
    [Id(0)] public required EntityName Voice { get; init; }

    /// <summary>Who is said to hold it.</summary>
    [Id(1)] public required EntityName Holder { get; init; }

    /// <summary>First day of the voice's present word.</summary>
    [Id(2)] public required DateOnly Since { get; init; }

    /// <summary>Actors whose words they are.</summary>
    [Id(3)] public string[] Bodies { get; init; } = [];

    /// <summary>Sources that carried them.</summary>
    [Id(4)] public string[] Sources { get; init; } = [];

    /// <summary>Voices that deny it.</summary>
    [Id(5)] public string[] DeniedBy { get; init; } = [];

    /// <summary>Claims it rests on, newest first.</summary>
    [Id(6)] public string[] Evidence { get; init; } = [];

    /// <summary>Voices that confirm it (R21).</summary>
    [Id(7)] public string[] ConfirmedBy { get; init; } = [];
}
