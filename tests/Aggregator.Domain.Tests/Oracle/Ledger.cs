using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>
/// Every part of every view from the plain list of standing claims, slowly and by the words of the rules. It shares no code with
/// the fold: only claims, the vocabulary, the sketches of texts and the registry's entries.
/// </summary>
internal sealed class Ledger
{
    private readonly World _world;
    private readonly List<Claim> _claims;
    private readonly Cells _cells;
    private readonly List<Reply> _replies;
    private readonly Dictionary<EntityKind, ILookup<string?, string>> _children = [];

    public Ledger(IEnumerable<Claim> claims, RegistrySnapshot registry)
    {
        _world = new World(registry);
        _claims = [.. claims.Select(_world.Read)];
        _cells = new Cells(_claims, _world);
        _replies = new Replies(_claims, _world).Standing;
    }

    /// <summary>All lines of a place.</summary>
    /// <param name="region">The place.</param>
    /// <param name="around">Whether answers made in the places that contain it count: they do in its own view, not in what it tells those.</param>
    public string Region(string region, bool around)
    {
        var rows = new List<string>();
        foreach (var (target, item, outcome) in Lines(claim => _world.IsWithin(EntityKind.Region, RegionOf(claim), region), claim => claim.Target is null ? null : _world.Voice(claim.Target.Id)))
        {
            rows.AddRange(Row.Line(target, item, outcome, At(region, outcome, [.. _replies.Where(reply => reply.Region == region || (around && _world.IsWithin(EntityKind.Region, region, reply.Region)))]), _world));

            // Actors within the place first, then its places; a place's own answers reach its parts.
            Dictionary<Voice, Said> At(string place, Outcome of, List<Reply> replies)
            {
                var children = Children(EntityKind.Region, place);
                var all = Said.Combine(Here(place, of, replies), [.. children.Select(child => Below(child, of))], places: true);
                foreach (var what in replies.Count == 0 ? [] : Cells.PartsOf(item, of).Prepend(of))
                {
                    foreach (var (voice, said) in children.SelectMany(child => Below(child, what)))
                    {
                        all[voice] = all[voice].With(Replies.Hitting(voice, said, On(what, replies)));
                    }
                }

                return all;
            }

            Dictionary<Voice, Said> Below(string place, Outcome of) => At(place, of, [.. _replies.Where(reply => reply.Region == place)]);

            List<Reply> On(Outcome of, List<Reply> replies) => [.. replies.Where(reply => reply.Claim.Holder is null && (reply.NamesClaims
                || (reply.Claim.Figure!.Item == item && reply.Claim.Figure.Outcome == of && (reply.Claim.Target is { } named ? _world.Voice(named.Id) : null) == target)))];

            Dictionary<Voice, Said> Here(string place, Outcome of, List<Reply> replies) => target is null ? OfTarget(null, of, place, replies) : Targets(target, of, place, replies);

            // Another actor with the target's voice is a part of its line.
            Dictionary<Voice, Said> Targets(string actor, Outcome of, string place, List<Reply> replies) => Said.Combine(
                OfTarget(actor, of, place, replies),
                [.. _claims.Where(claim => claim.Target is not null && RegionOf(claim) == place).SelectMany(claim => UpTo(claim.Target!.Id, target!)).Distinct()
                    .Where(other => other != actor && ParentInLine(other) == actor)
                    .Select(other => Targets(other, of, place, replies))],
                places: false);

            Dictionary<Voice, Said> OfTarget(string? actor, Outcome of, string place, List<Reply> replies) => _cells.WithOutcomes(actor, item, of, place, what => On(what, replies));

            IEnumerable<string> UpTo(string actor, string voice)
            {
                for (var at = _world.Voice(actor) == voice ? actor : null; at is not null && at != voice; at = ParentInLine(at))
                {
                    yield return at;
                }
            }

            string? ParentInLine(string actor) => actor == target ? null : _world.Parent(EntityKind.Actor, actor) is { } parent && _world.Voice(parent) == target ? parent : target;
        }

        return Row.Text(rows);
    }

    /// <summary>All losses of an actor and its parts: actors within each place, then places.</summary>
    public string Actor(string actor)
    {
        var rows = new List<string>();
        foreach (var (_, item, outcome) in Lines(claim => claim.Target is { } target && _world.IsWithin(EntityKind.Actor, target.Id, actor), _ => actor))
        {
            rows.AddRange(Row.Line(actor, item, outcome, Over("world"), _world));

            Dictionary<Voice, Said> Over(string place) => Said.Combine(Of(actor, outcome, place), [.. Children(EntityKind.Region, place).Select(Over)], places: true);

            // Who answers names the target: its own statements and those on its parts are reached.
            Dictionary<Voice, Said> Of(string body, Outcome of, string place)
            {
                var parts = Children(EntityKind.Actor, body);
                var all = Said.Combine(_cells.WithOutcomes(body, item, of, place, what => On(body, what, place)), [.. parts.Select(part => Of(part, of, place))], places: false);
                foreach (var what in _replies.Count == 0 ? [] : Cells.PartsOf(item, of).Prepend(of))
                {
                    foreach (var (voice, said) in parts.SelectMany(part => Of(part, what, place)))
                    {
                        all[voice] = all[voice].With(Replies.Hitting(voice, said, On(body, what, place)));
                    }
                }

                return all;
            }

            List<Reply> On(string body, Outcome of, string place) => [.. _replies.Where(reply =>
                reply.Claim.Holder is null && reply.Claim.Target?.Id == body && _world.IsWithin(EntityKind.Region, place, reply.Region)
                && (reply.NamesClaims || (reply.Claim.Figure?.Item == item && reply.Claim.Figure.Outcome == of)))];
        }

        return Row.Text(rows);
    }

    /// <summary>What an actor and the bodies of its voice say of others, by target, item, outcome and place; from their claims alone.</summary>
    public string SaidBy(string actor)
    {
        var speakers = Speakers(actor).ToHashSet();
        var spoken = _claims.Where(claim => claim.Claimant is { } claimant && speakers.Contains(claimant.Id) && claim.Figure is not null).ToList();
        var cells = new Cells(spoken, _world);
        return Row.Text(spoken
            .Select(claim => (Target: claim.Target?.Id, claim.Figure!.Item, claim.Figure.Outcome, Region: RegionOf(claim)))
            .Distinct()
            .SelectMany(cell => Row.Positions($"{cell.Target} {cell.Item} {cell.Outcome} {cell.Region}", cell.Target, cells.Of(cell.Target, cell.Item, cell.Outcome, cell.Region, []), _world)));

        IEnumerable<string> Speakers(string body) => Children(EntityKind.Actor, body)
            .Where(part => _world.Voice(part) == _world.Voice(body)).SelectMany(Speakers).Prepend(body);
    }

    /// <summary>Who is said to hold a place, with answers made there and in the places that contain it.</summary>
    public string Control(string region) => Holds.Of(
        _claims.Where(claim => RegionOf(claim) == region),
        [.. _replies.Where(reply => _world.IsWithin(EntityKind.Region, region, reply.Region))],
        _world);

    /// <summary>Counts of the claims that name an entity.</summary>
    public string Counts(EntityKind kind, string id) => Times.Counts(_claims.Where(claim => Names(claim, kind).Contains(id)));

    /// <summary>When the claims that name an entity or its parts were reported, or speak of, each once.</summary>
    public string Timeline(EntityKind kind, string id, Activity.TimelineBucket bucket, Activity.TimelineBy by) =>
        Times.Timeline(_claims.Where(claim => Names(claim, kind).Any(named => _world.IsWithin(kind, named, id))), bucket, by);

    private static IEnumerable<string> Names(Claim claim, EntityKind kind) => kind switch
    {
        EntityKind.Source => [claim.Source.Id],
        EntityKind.Region => [RegionOf(claim)],
        _ => new[] { claim.Target?.Id, claim.Claimant?.Id }.OfType<string>(),
    };

    private static IEnumerable<(string? Target, Item Item, Outcome Outcome)> Lines(IEnumerable<Claim> claims, Func<Claim, string?> target) => claims
        .SelectMany(claim => claim.Figure!.Item.IsPeople() || claim.Figure.Outcome == Outcome.Lost
            ? [(target(claim), claim.Figure.Item, claim.Figure.Outcome)]
            : new[] { (target(claim), claim.Figure.Item, claim.Figure.Outcome), (target(claim), claim.Figure.Item, Outcome.Lost) })
        .Distinct();

    private IEnumerable<(string? Target, Item Item, Outcome Outcome)> Lines(Func<Claim, bool> within, Func<Claim, string?> target) =>
        Lines(_claims.Where(claim => claim.Figure is not null && within(claim)), target);

    // With provisional ones that claims name.
    private List<string> Children(EntityKind kind, string id)
    {
        _children[kind] = _children.GetValueOrDefault(kind) ?? _world.All(kind)
            .Union(kind == EntityKind.Actor ? _claims.SelectMany(claim => new[] { claim.Target?.Id, claim.Claimant?.Id }).OfType<string>() : [])
            .ToLookup(child => _world.Parent(kind, child));
        return [.. _children[kind][id]];
    }

    private static string RegionOf(Claim claim) => claim.Region?.Id ?? "world";
}
