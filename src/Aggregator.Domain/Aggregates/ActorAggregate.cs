using System.Collections.Immutable;
using Aggregator.Domain.Claims;
using Aggregator.Domain.Ledger;
using Aggregator.Domain.Log;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Aggregates;

using Voices = ImmutableSortedDictionary<Voice, VoiceTally>;

/// <summary>What is claimed of one actor's losses, its parts included, and what it says itself.</summary>
public sealed class ActorAggregate : IAggregate
{
    private readonly string _id;
    private readonly Folds _folds;

    /// <summary>An aggregate without claims.</summary>
    public ActorAggregate(string id)
    {
        _id = id;
        Book = new ClaimBook(new EntityKey(EntityKind.Actor, id));
        _folds = new Folds(Book, Parts);
    }

    /// <inheritdoc/>
    public ClaimBook Book { get; }

    /// <inheritdoc/>
    public Parts Parts { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyCollection<LineKey> LinesOf(BucketKey bucket, RegistrySnapshot registry)
    {
        bucket = bucket.Under(registry);
        LineKey[] own = bucket.Kind == BucketKind.Cell
            ? [.. _folds.Affected(bucket, registry).Select(one => new LineKey(null, one.Item, one.Outcome, bucket.Cell.Region))]
            : [];
        return _folds.NamesClaims(bucket, registry) ? [.. AllLines(registry).Union(own)]
            : !_folds.AnswersOthers(bucket, registry) || own.Length == 0
            ? own
            : [.. AllLines(registry)
                .Where(line => own.Any(other => other.Item == line.Item && other.Outcome == line.Outcome) && registry.IsWithin(EntityKind.Region, line.Place ?? RegistrySnapshot.World, bucket.Cell.Region))
                .Union(own)];
    }

    /// <inheritdoc/>
    public IEnumerable<LineKey> AllLines(RegistrySnapshot registry) => _folds.All(registry)
        .Where(bucket => bucket.Kind == BucketKind.Cell)
        .SelectMany(bucket => _folds.Affected(bucket, registry).Select(one => new LineKey(null, one.Item, one.Outcome, bucket.Cell.Region)))
        .Concat(Parts.Lines)
        .Distinct();

    /// <inheritdoc/>
    public IReadOnlyList<Miss> TakeMisses() => _folds.TakeMisses();

    /// <inheritdoc/>
    public bool HasMisses => _folds.HasMisses;

    /// <inheritdoc/>
    public bool HasClaimsOf(IEnumerable<string> parts) => _folds.HasClaimsOf(parts);

    /// <inheritdoc/>
    public Voices Total(LineKey line, RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        var place = line.Place ?? RegistrySnapshot.World;
        var own = Rollup.Combine(
            OfOutcome(line.Outcome),
            [.. line.Outcome.Parts(line.Item).Select(OfOutcome).Where(part => part.Count > 0)]);
        return Rollup.Answered(Rollup.Combine(own, PartsOf(line.Outcome)), line.Outcome.Parts(line.Item).SelectMany(PartsOf));

        IReadOnlyCollection<Voices> PartsOf(Outcome outcome) =>
            Rollup.Mark(Parts.Totals(line with { Outcome = outcome }), [.. AnswersOn(line with { Outcome = outcome }, place, registry)]);

        Voices OfOutcome(Outcome outcome)
        {
            var bucket = new BucketKey(BucketKind.Cell, new CellKey(_id, line.Item, outcome, place));
            return !_folds.Has(bucket, registry) ? Rollup.Nobody : _folds.Fold(bucket, registry, [.. AnswersOn(line with { Outcome = outcome }, place, registry)]);
        }
    }

    /// <summary>The losses, by item and outcome: each place's actors first, then places, up to the world (R14).</summary>
    public IReadOnlyList<Line> Lines(RegistrySnapshot registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return [.. AllLines(registry)
            .GroupBy(line => line with { Place = null })
            .OrderBy(group => group.Key)
            .Select(group => Aggregates.Lines.Make(_id, group.Key.Item, group.Key.Outcome, OverPlaces(group, registry), registry))
            .Where(line => line.Positions.Count > 0)];
    }

    /// <summary>What the actor and the bodies of its voice say of others, by target, item, outcome and place.</summary>
    public IReadOnlyList<SaidLine> Said(RegistrySnapshot registry) =>
        [.. _folds.All(registry).Where(bucket => bucket.Kind == BucketKind.Said)
            .OrderBy(bucket => bucket.Cell)
            .Select(bucket => (bucket.Cell, Line: Aggregates.Lines.Make(
                bucket.Cell.Target, bucket.Cell.Item, bucket.Cell.Outcome, _folds.Fold(bucket, registry, []), registry)))
            .SelectMany(said => said.Line.Positions.Select(position => new SaidLine(said.Cell, position)))];

    private Voices OverPlaces(IEnumerable<LineKey> lines, RegistrySnapshot registry) => Rollup.Fold(
        lines.ToDictionary(line => line.Place ?? RegistrySnapshot.World, line => Total(line, registry), StringComparer.Ordinal),
        place => registry.Parent(EntityKind.Region, place),
        RegistrySnapshot.World,
        places: true);

    // Denials of a loss name its target, so the target has them: those made in the place or in one that contains it.
    private IEnumerable<Answer> AnswersOn(LineKey line, string place, RegistrySnapshot registry) => _folds.Answers(registry).Where(answer =>
        answer.Holder is null && answer.Target == _id && (answer.RefersTo.Count > 0 || (answer.Item == line.Item && answer.Outcome == line.Outcome))
        && registry.IsWithin(EntityKind.Region, place, answer.Region));
}

/// <summary>One thing an actor says of a target in a place.</summary>
/// <param name="Cell">Of whom, what and where.</param>
/// <param name="Position">Its position.</param>
public sealed record SaidLine(CellKey Cell, Position Position);
