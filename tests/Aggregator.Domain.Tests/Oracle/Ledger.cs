using Aggregator.Domain.Claims;
using Aggregator.Domain.Registry;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>What a voice says of a line at an entity.</summary>
internal sealed record Said(Node Node, int Appearances, int Unnumbered, List<string> Origins, bool Superseded);

/// <summary>
/// Every number from the plain list of standing claims, slowly and by the words of the rules. It shares no code with the fold:
/// only claims, the vocabulary and the registry's entries. It knows nothing of denials: they never touch a number (R12).
/// </summary>
internal sealed class Ledger
{
    private readonly World _world;
    private readonly List<Claim> _claims;

    public Ledger(IEnumerable<Claim> claims, RegistrySnapshot registry)
    {
        _world = new World(registry);
        _claims = [.. claims.Select(_world.Read)];
    }

    /// <summary>All lines of a place, and of a target's voice in it.</summary>
    public string Region(string region)
    {
        var rows = new List<string>();
        foreach (var (target, item, outcome) in Lines(claim => _world.IsWithin(EntityKind.Region, RegionOf(claim), region), claim => claim.Target is null ? null : _world.Voice(claim.Target.Id)))
        {
            rows.AddRange(Rows($"{target}", item, outcome, At(region)));

            // Actors within the place first, then its places.
            Dictionary<Voice, Said> At(string place) => Combine(Here(place), [.. Children(EntityKind.Region, place).Select(At)], places: true);

            Dictionary<Voice, Said> Here(string place) => target is null ? OfTarget(null, item, outcome, place) : Targets(target, place);

            // Another actor with the target's voice is a part of its line.
            Dictionary<Voice, Said> Targets(string actor, string place) => Combine(
                OfTarget(actor, item, outcome, place),
                [.. _claims.Where(claim => claim.Target is not null && RegionOf(claim) == place).SelectMany(claim => UpTo(claim.Target!.Id, target)).Distinct()
                    .Where(other => other != actor && ParentInLine(other) == actor)
                    .Select(other => Targets(other, place))],
                places: false);

            IEnumerable<string> UpTo(string actor, string voice)
            {
                for (var at = _world.Voice(actor) == voice ? actor : null; at is not null && at != voice; at = ParentInLine(at))
                {
                    yield return at;
                }
            }

            string? ParentInLine(string actor) => actor == target ? null : _world.Parent(EntityKind.Actor, actor) is { } parent && _world.Voice(parent) == target ? parent : target;
        }

        return Text(rows);
    }

    /// <summary>All losses of an actor and its parts: actors within each place, then places.</summary>
    public string Actor(string actor)
    {
        var rows = new List<string>();
        foreach (var (_, item, outcome) in Lines(claim => claim.Target is { } target && _world.IsWithin(EntityKind.Actor, target.Id, actor), _ => actor))
        {
            rows.AddRange(Rows(actor, item, outcome, Over("world")));

            Dictionary<Voice, Said> Over(string place) => Combine(Of(actor, place), [.. Children(EntityKind.Region, place).Select(Over)], places: true);

            Dictionary<Voice, Said> Of(string body, string place) =>
                Combine(OfTarget(body, item, outcome, place), [.. Children(EntityKind.Actor, body).Select(part => Of(part, place))], places: false);
        }

        return Text(rows);
    }

    private IEnumerable<(string? Target, Item Item, Outcome Outcome)> Lines(Func<Claim, bool> within, Func<Claim, string?> target) => _claims
        .Where(claim => claim.Figure is not null && within(claim))
        .SelectMany(claim => claim.Figure!.Item.IsPeople() || claim.Figure.Outcome == Outcome.Lost
            ? [(target(claim), claim.Figure.Item, claim.Figure.Outcome)]
            : new[] { (target(claim), claim.Figure.Item, claim.Figure.Outcome), (target(claim), claim.Figure.Item, Outcome.Lost) })
        .Distinct();

    private IEnumerable<string> Children(EntityKind kind, string id) => _world.All(kind)
        .Concat(kind == EntityKind.Actor ? _claims.Select(claim => claim.Target?.Id).OfType<string>() : [])
        .Distinct()
        .Where(child => child != id && _world.Parent(kind, child) == id);

    private static string RegionOf(Claim claim) => claim.Region?.Id ?? "world";

    private static IEnumerable<string> Rows(string target, Item item, Outcome outcome, Dictionary<Voice, Said> voices) => voices
        .Where(voice => voice.Value.Appearances > 0)
        .Select(voice => Row.Of(target, item, outcome, voice.Key.Id, voice.Value));

    private static string Text(IEnumerable<string> rows) => string.Join('\n', rows.Order(StringComparer.Ordinal));

    // R22: lost holds its outcomes as parts, before actors and places.
    private Dictionary<Voice, Said> OfTarget(string? target, Item item, Outcome outcome, string place) => Combine(
        Cell(target, item, outcome, place),
        outcome == Outcome.Lost && !item.IsPeople()
            ? [.. new[] { Outcome.Captured, Outcome.Destroyed, Outcome.Damaged, Outcome.Abandoned }.Select(part => Cell(target, item, part, place))]
            : [],
        places: false);

    private static Dictionary<Voice, Said> Combine(Dictionary<Voice, Said> own, List<Dictionary<Voice, Said>> parts, bool places)
    {
        var all = new Dictionary<Voice, Said>();
        foreach (var voice in own.Keys.Concat(parts.SelectMany(part => part.Keys)).Distinct())
        {
            var (mine, theirs) = (own.GetValueOrDefault(voice), parts.Select(part => part.GetValueOrDefault(voice)).OfType<Said>().ToList());
            all[voice] = theirs.Count == 0 ? mine! : new Said(
                mine is null ? Node.Of(Own.None, [.. theirs.Select(one => one.Node)], places) : mine.Node.With([.. theirs.Select(one => one.Node)], places),
                theirs.Append(mine).Sum(one => one?.Appearances ?? 0),
                theirs.Append(mine).Sum(one => one?.Unnumbered ?? 0),
                [.. theirs.Append(mine).SelectMany(one => one?.Origins ?? []).Distinct()],
                (mine is null || mine.Superseded) && theirs.TrueForAll(one => one.Superseded));
        }

        return all;
    }

    private Dictionary<Voice, Said> Cell(string? target, Item item, Outcome outcome, string place)
    {
        var told = TellCell(item, outcome);
        var casualties = item.IsPeople() && outcome is Outcome.Killed or Outcome.Wounded ? TellCell(item, Outcome.Casualties) : [];
        var voices = new Dictionary<Voice, Said>();
        foreach (var voice in told.Select(one => one.Voice).Distinct())
        {
            // R10: also told as casualties, by another origin, with the same bounds.
            var stands = told.Where(one => one.Voice == voice && !IsAlsoCasualties(one)).ToList();
            if (stands.Count > 0)
            {
                voices[voice] = VoiceLedger.Of(stands, [.. AllItems(outcome).Where(one => one.Voice == voice)], item.IsPeople() ? [] : [.. Moving(item).Where(one => one.Voice == voice)]);
            }
        }

        return voices;

        List<Told> TellCell(Item of, Outcome what) => Statements.Tell(
            _claims.Where(claim => claim.Figure?.Item == of && claim.Figure.Outcome == what && claim.Target?.Id == target && RegionOf(claim) == place), _world);

        IEnumerable<Told> AllItems(Outcome what) => Enum.GetValues<Item>().SelectMany(one => TellCell(one, what));

        IEnumerable<Told> Moving(Item of) => new[] { Outcome.Abandoned, Outcome.Damaged, Outcome.Captured, Outcome.Destroyed }.SelectMany(what => TellCell(of, what));

        bool IsAlsoCasualties(Told one)
        {
            var same = casualties.Where(other => other.Voice == one.Voice && other.Number == one.Number && other.IsTotal == one.IsTotal && other.Detail == one.Detail
                && other.Claim.Incident == one.Claim.Incident && (one.Claim.Incident is not null || other.Period == one.Period)).ToList();
            return !one.Number.IsNone && same.Count > 0 && !same.Exists(other => other.Origin == one.Origin);
        }
    }
}

/// <summary>A position as text, for comparison.</summary>
internal static class Row
{
    public static string Of(string target, Item item, Outcome outcome, string voice, Said said)
    {
        var node = said.Node;
        var dated = node.Days.Keys.Where(period => Node.Counts(period, node.AsOf)).ToList();
        var number = node.AsOf is null && dated.Count == 0 ? new Number(null, null, null) : node.Value;
        var asOf = dated.Select(period => (DateOnly?)period.To).Append(node.AsOf).Max();
        var since = node.AsOf is null ? dated.Select(period => (DateOnly?)period.From).Min() : node.Since;
        return $"{target} {item} {outcome} {voice}: {number} since {since:O} as of {asOf:O} added {node.Series?.Added} corrected {node.Series?.Corrected} floor {node.Floor} unallocated {node.Unallocated} {node.Inconsistent} "
            + $"{said.Appearances} {said.Unnumbered} {said.Superseded} [{string.Join(',', said.Origins.Order(StringComparer.Ordinal))}]";
    }
}
