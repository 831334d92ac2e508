using Aggregator.Domain.Claims;

namespace Aggregator.Domain.Tests.Oracle;

/// <summary>What each voice says of one target, item and outcome in one place, by the words of R10 and R22, and who answers.</summary>
internal sealed class Cells(List<Claim> claims, World world)
{
    // Found once: the same cells are asked for by every place and actor above them.
    private readonly Dictionary<(string?, Item, Outcome, string), List<Told>> _told = [];
    private readonly Dictionary<(string?, Item, Outcome, string), Dictionary<Voice, Said>> _said = [];
    private readonly HashSet<(string?, Item, Outcome, string)> _spoken =
        [.. claims.Where(claim => claim.Figure is not null).Select(claim => (claim.Target?.Id, claim.Figure!.Item, claim.Figure.Outcome, claim.Region?.Id ?? "world"))];

    /// <summary>R22: lost holds its outcomes as parts, before actors and places.</summary>
    public Dictionary<Voice, Said> WithOutcomes(string? target, Item item, Outcome outcome, string place, Func<Outcome, List<Reply>> replies) => Said.Combine(
        Of(target, item, outcome, place, replies(outcome)),
        [.. PartsOf(item, outcome).Select(part => Of(target, item, part, place, replies(part)))],
        places: false);

    public static IEnumerable<Outcome> PartsOf(Item item, Outcome outcome) =>
        outcome == Outcome.Lost && !item.IsPeople() ? [Outcome.Captured, Outcome.Destroyed, Outcome.Damaged, Outcome.Abandoned] : [];

    /// <summary>The claims of the very outcome.</summary>
    public Dictionary<Voice, Said> Of(string? target, Item item, Outcome outcome, string place, List<Reply> replies)
    {
        if (!_spoken.Contains((target, item, outcome, place)))
        {
            return [];
        }

        if (!_said.TryGetValue((target, item, outcome, place), out var all))
        {
            _said[(target, item, outcome, place)] = all = Of(target, item, outcome, place);
        }

        return all.ToDictionary(voice => voice.Key, voice =>
            voice.Value.With(Replies.Hitting(voice.Key, voice.Value, replies, all.ToDictionary(one => one.Key, one => one.Value.Told))));
    }

    private Dictionary<Voice, Said> Of(string? target, Item item, Outcome outcome, string place)
    {
        var told = Tell(item, outcome);
        var casualties = item.IsPeople() && outcome is Outcome.Killed or Outcome.Wounded ? Tell(item, Outcome.Casualties) : [];

        // R10: also told as casualties, by another origin, with the same bounds.
        var standing = told.Where(one => !IsAlsoCasualties(one, casualties)).GroupBy(one => one.Voice).ToDictionary(voice => voice.Key, voice => voice.ToList());
        return standing.ToDictionary(voice => voice.Key, voice =>
        {
            var said = VoiceLedger.Of(
                voice.Value,
                [.. claims.Select(claim => claim.Figure?.Item).OfType<Item>().Distinct().SelectMany(one => Tell(one, outcome)).Where(one => one.Voice == voice.Key)],
                item.IsPeople() ? [] : [.. new[] { Outcome.Abandoned, Outcome.Damaged, Outcome.Captured, Outcome.Destroyed }.SelectMany(one => Tell(item, one)).Where(one => one.Voice == voice.Key)]);
            if (item.IsPeople() && outcome == Outcome.Casualties)
            {
                said = said with { Variants = [.. said.Variants, .. new[] { Outcome.Killed, Outcome.Wounded }.SelectMany(one => AlsoTold(one, voice.Key))] };
            }

            return said;
        });

        IEnumerable<Variation> AlsoTold(Outcome what, Voice voice) => Tell(item, what)
            .Where(one => one.Voice == voice && IsAlsoCasualties(one, told))
            .GroupBy(one => (one.Number, one.Period))
            .Select(reading => new Variation(what, reading.Key.Number, reading.Key.Period.To, reading.First().Claim.Key));

        List<Told> Tell(Item of, Outcome what)
        {
            if (!_told.TryGetValue((target, of, what, place), out var known))
            {
                _told[(target, of, what, place)] = known = Statements.Tell(
                    claims.Where(claim => claim.Figure?.Item == of && claim.Figure.Outcome == what && claim.Target?.Id == target && (claim.Region?.Id ?? "world") == place), world);
            }

            return known;
        }
    }

    private static bool IsAlsoCasualties(Told one, List<Told> casualties)
    {
        var same = casualties.Where(other => other.Voice == one.Voice && other.Number == one.Number && other.IsTotal == one.IsTotal && other.Detail == one.Detail
            && other.Claim.Incident == one.Claim.Incident && (one.Claim.Incident is not null || other.Period == one.Period)).ToList();
        return !one.Number.IsNone && same.Count > 0 && !same.Exists(other => other.Origin == one.Origin);
    }
}
