using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>
/// What is claimed of one place and its parts. Own claims are kept, parts' totals are held as they push them, and lines
/// are made of both under the registry given.
/// </summary>
public sealed class RegionAggregate : IAggregate
{
    private readonly string _id;
    private readonly Folds _folds;

    /// <summary>An aggregate without claims.</summary>
    public RegionAggregate(string id)
    {
        _id = id;
        Book = new ClaimBook(new EntityKey(EntityKind.Region, id));
        _folds = new Folds(Book, Parts);
        Judgements = new JudgementBook(id, _folds);
    }

    /// <inheritdoc/>
    public ClaimBook Book { get; }

    /// <inheritdoc/>
    public Parts Parts { get; } = new();

    /// <summary>What the place gives each source towards its track record (R17).</summary>
    public JudgementBook Judgements { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<LineKey> LinesOf(BucketKey bucket, RegistrySnapshot registry)
    {
        var read = bucket.Under(registry);
        LineKey[] own = read.Kind == BucketKind.Cell ? LinesOfCell(read, registry) : [];
        return _folds.NamesClaims(read, registry) ? [.. AllLines(registry).Union(own)] : own;
    }

    private LineKey[] LinesOfCell(BucketKey cell, RegistrySnapshot registry) =>
        [.. _folds.Affected(cell, registry).Select(one => new LineKey(TargetVoice(cell.Cell.Target, registry), one.Item, one.Outcome, null))];

    /// <inheritdoc/>
    public IEnumerable<LineKey> AllLines(RegistrySnapshot registry) =>
        _folds.All(registry).Where(bucket => bucket.Kind == BucketKind.Cell).SelectMany(bucket => LinesOfCell(bucket, registry)).Concat(Parts.Lines).Distinct();

    /// <inheritdoc/>
    public IReadOnlyList<Miss> TakeMisses() => _folds.TakeMisses();

    /// <inheritdoc/>
    public bool HasMisses => _folds.HasMisses;

    /// <inheritdoc/>
    public bool HasClaimsOf(IEnumerable<string> parts) => _folds.HasClaimsOf(parts);

    /// <inheritdoc/>
    public Voices Total(LineKey line, RegistrySnapshot registry) => Total(line, registry, OwnAnswers(registry));

    /// <summary>The denials and confirmations made here, which reach into the parts (R12).</summary>
    public IReadOnlyList<Answer> OwnAnswers(RegistrySnapshot registry) => _folds.Answers(registry);

    /// <summary>All lines, by target, item and outcome.</summary>
    /// <param name="registry">The registry the view is built under.</param>
    /// <param name="inherited">Answers made in the places that contain this one.</param>
    public IReadOnlyList<Line> Lines(RegistrySnapshot registry, IReadOnlyCollection<Answer> inherited)
    {
        Answer[] answers = [.. inherited, .. OwnAnswers(registry)];
        return [.. AllLines(registry)
            .Order()
            .Select(line => Aggregates.Lines.Make(line.Target, line.Item, line.Outcome, Total(line, registry, answers), registry))
            .Where(line => line.Positions.Count > 0)];
    }

    /// <summary>Who is said to hold the place itself.</summary>
    /// <param name="registry">The registry the view is built under.</param>
    /// <param name="inherited">Answers made in the places that contain this one.</param>
    public Control Control(RegistrySnapshot registry, IReadOnlyCollection<Answer> inherited) =>
        _folds.Control(new BucketKey(BucketKind.Control, new CellKey(null, default, default, _id)), registry, [.. inherited, .. OwnAnswers(registry).Where(answer => answer.Holder is null)]);

    private Voices Total(LineKey line, RegistrySnapshot registry, IReadOnlyCollection<Answer> answers)
    {
        var total = Rollup.Combine(Here(line, registry, answers), PartsOf(line.Outcome), places: true);
        return answers.Count == 0 ? total : Rollup.Answered(total, line.Outcome.Parts(line.Item).SelectMany(PartsOf));

        IReadOnlyCollection<Voices> PartsOf(Outcome outcome) =>
            Rollup.Mark(Parts.Totals(line with { Outcome = outcome }), Reaching(line with { Outcome = outcome }, registry, answers));
    }

    // Order under max: details, outcomes, actors, places (docs/rules.md, R14).
    private Voices Here(LineKey line, RegistrySnapshot registry, IReadOnlyCollection<Answer> answers)
    {
        var byTarget = line.Outcome.Parts(line.Item).Prepend(line.Outcome)
            .SelectMany(outcome => _folds.Targets(line with { Outcome = outcome }, registry))
            .Distinct()
            .ToDictionary(target => target ?? "", target => OfTarget(target), StringComparer.Ordinal);
        return line.Target is null
            ? byTarget.GetValueOrDefault("") ?? Rollup.Nobody
            : Rollup.FoldTargets(byTarget, line.Target, registry);

        Voices OfTarget(string? target) => Rollup.Combine(
            OfOutcome(target, line.Outcome),
            [.. line.Outcome.Parts(line.Item).Select(outcome => OfOutcome(target, outcome)).Where(part => part.Count > 0)]);

        Voices OfOutcome(string? target, Outcome outcome) => _folds.Fold(
            new BucketKey(BucketKind.Cell, new CellKey(target, line.Item, outcome, _id)),
            registry,
            Reaching(line with { Outcome = outcome }, registry, answers));
    }

    private static Answer[] Reaching(LineKey line, RegistrySnapshot registry, IReadOnlyCollection<Answer> answers) => answers.Count == 0 ? [] :
    [
        .. answers.Where(answer => answer.Holder is null
            && (answer.RefersTo.Count > 0 || (answer.Item == line.Item && answer.Outcome == line.Outcome && TargetVoice(answer.Target, registry) == line.Target))),
    ];

    private static string? TargetVoice(string? target, RegistrySnapshot registry) => target is null ? null : registry.Voice(target);
}
