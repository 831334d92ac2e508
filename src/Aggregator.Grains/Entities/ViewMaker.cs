using Aggregator.Contracts.Views;
using Aggregator.Domain.Aggregates;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Registry;
using Aggregator.Domain.TrackRecord;

namespace Aggregator.Grains.Entities;

/// <summary>What a view is made under.</summary>
internal sealed record ViewContext(RegistrySnapshot Registry, RegistryEntry Entry, ViewMaker Views);

/// <summary>Turns what the ledger says into the shapes of the contract, with names from one registry.</summary>
/// <param name="registry">The registry.</param>
/// <param name="owner">The entity that the view is of; the registry may not know its name.</param>
internal sealed class ViewMaker(RegistrySnapshot registry, RegistryEntry owner)
{
    private const int MaximumDays = 31;

    public EntityName Name(EntityKind kind, string id) => new()
    {
        Id = id,
        Name = kind == owner.Entity && id == owner.Id ? owner.Name : registry.Describe(kind, id).Name,
    };

    public EntityName[] Names(EntityKind kind, IEnumerable<string> ids) => [.. ids.Select(id => Name(kind, id))];

    public static ClaimCounts Claims(Counts counts) => new()
    {
        Total = counts.Total,
        Asserts = counts.ByStance.GetValueOrDefault(Stance.Asserts),
        Denies = counts.ByStance.GetValueOrDefault(Stance.Denies),
        Confirms = counts.ByStance.GetValueOrDefault(Stance.Confirms),
    };

    public static ActivityView Activity(Counts counts) => counts.ByReportedDay.Count == 0
        ? new ActivityView()
        : new ActivityView
        {
            FirstReported = counts.ByReportedDay.First().Key,
            LastReported = counts.ByReportedDay.Last().Key,
            Late = counts.Late,
            Days = [.. counts.ByReportedDay.Reverse().Take(MaximumDays).Select(pair => new DayCount { Day = pair.Key, Claims = pair.Value })],
        };

    public static TrackRecordView TrackRecord(Reliability earned) => new()
    {
        Letter = earned.Letter.ToString(),
        Mean = Math.Round(earned.Mean, 4),
        N = earned.Count,
        Confirmed = earned.Confirmed,
        Contradicted = earned.Contradicted,
        Corrected = earned.Corrected,
        Retracted = earned.Retracted,
    };

    public LineView Line(Line line) => new()
    {
        Target = line.Target is { } target ? Name(EntityKind.Actor, target) : null,
        Item = Slug.Of(line.Item),
        Outcome = Slug.Of(line.Outcome),
        Estimate = Figure(line.Estimate),
        Disputed = line.Disputed,
        Inconsistent = line.Inconsistent,
        Positions = [.. line.Positions.Select(Position)],
    };

    public SaidView Said(SaidLine said) => new()
    {
        Target = said.Cell.Target is { } target ? Name(EntityKind.Actor, target) : null,
        Region = Name(EntityKind.Region, said.Cell.Region),
        Item = Slug.Of(said.Cell.Item),
        Outcome = Slug.Of(said.Cell.Outcome),
        Position = Position(said.Position),
    };

    public ControlView Control(Control control) => new()
    {
        Status = Slug.Of(control.Status),
        Positions = [.. control.Positions.Select(position => new ControlPositionView
        {
            Voice = Name(position.Voice.Kind, position.Voice.Id),
            Holder = Name(EntityKind.Actor, position.Holder),
            Since = position.Since,
            Bodies = [.. position.Provenance.Bodies],
            Sources = [.. position.Provenance.Sources],
            DeniedBy = Ids(position.Provenance.DeniedBy),
            ConfirmedBy = Ids(position.Provenance.ConfirmedBy),
            Evidence = Evidence(position.Provenance),
        })],
    };

    private PositionView Position(Position position) => new()
    {
        Voice = Name(position.Voice.Kind, position.Voice.Id),
        Standing = Slug.Of(position.Standing),
        Low = position.Figure.Low,
        Best = position.Figure.Best,
        High = position.Figure.High,
        Basis = Slug.Of(position.Basis),
        Since = position.Since,
        AsOf = position.AsOf,
        Added = position.Added,
        Corrected = position.Corrected,
        Bodies = [.. position.Provenance.Bodies],
        Sources = [.. position.Provenance.Sources],
        Appearances = position.Provenance.Appearances,
        Origins = position.Provenance.Origins.Count,
        DeniedBy = Ids(position.Provenance.DeniedBy),
        ConfirmedBy = Ids(position.Provenance.ConfirmedBy),
        Unnumbered = position.Provenance.Unnumbered,
        Floor = position.Floor is { } floor ? Figure(floor) : null,
        Unallocated = position.Unallocated,
        Superseded = position.Superseded,
        Details = [.. position.Details.Select(pair => Detail(pair.Key, pair.Value))],
        Variants = [.. position.Provenance.Variants.Select(variant => new VariantView
        {
            Outcome = Slug.Of(variant.Outcome),
            Figure = Figure(variant.Figure),
            AsOf = variant.AsOf,
            Claim = variant.Claim.ToString(),
        })],
        Evidence = Evidence(position.Provenance),
    };

    private static DetailView Detail(string detail, Tally tally) => new()
    {
        Detail = detail,
        Low = tally.Value.Low,
        Best = tally.Value.Best,
        High = tally.Value.High,
        Superseded = tally.Superseded,
    };

    private static FigureView Figure(Bounds bounds) => new() { Low = bounds.Low, Best = bounds.Best, High = bounds.High };

    private static string[] Ids(IReadOnlyList<Voice> voices) => [.. voices.Select(voice => voice.Id)];

    private static string[] Evidence(Provenance provenance) => [.. provenance.Evidence.Select(one => one.Claim.ToString())];
}
